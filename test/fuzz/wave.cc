// A byte that chooses a type, and any text: it is a value of the type, which survives the way to
// text and back, or an error with a place in the text.
#include <cstdint>

#include "abi/text/wave_parse.h"
#include "abi/text/wave_print.h"
#include "abi/types/types_for_test.h"
#include "vm/base/caret.h"

namespace tenon::abi {
namespace {

using K = TypeKind;

// Every kind of type, and kinds in each other. make-seeds knows how many there are.
std::vector<ValType> MakeTypes(TypeTable& types) {
  std::vector<ValType> made = {K::kBool, K::kS8,  K::kU8,  K::kS16, K::kU16,  K::kS32,   K::kU32,
                               K::kS64,  K::kU64, K::kF32, K::kF64, K::kChar, K::kString};
  const ValType flags = FlagsType(types, {"read", "write", "true"});
  const ValType color = EnumType(types, {"red", "light-green", "none"});
  const ValType option = OptionType(types, OptionType(types, K::kString));
  const ValType record = RecordType(types, {"id", "name", "flags", "may"},
                                    {K::kU32, K::kString, flags, OptionType(types, K::kF64)});
  const ValType variant =
      VariantType(types, {"dot", "ok", "path"}, {ValType(), color, ListType(types, K::kS32)});
  const ValType result = ResultType(types, ListType(types, record), ValType());
  const ValType tuple = TupleType(types, {variant, option, result, K::kChar});
  made.insert(made.end(), {flags, color, option, record, variant, result, tuple,
                           ListType(types, ListType(types, tuple))});
  return made;
}

void Check(const TypeTable& types, ValType type, absl::string_view text) {
  const Result<Value> value = ParseWave(types, type, text);
  if (!value) {
    const std::optional<SourceLocation>& where = value.error().where();
    if (!where) return;
    TENON_CHECK(where->offset <= text.size());
    TENON_CHECK(!CaretLines(text, value.error()).empty());
    return;
  }
  TENON_CHECK(Fits(types, type, *value));
  const std::string printed = PrintWave(types, type, *value);
  const Result<Value> again = ParseWave(types, type, printed);
  TENON_CHECK(again && *again == *value);
  TENON_CHECK(PrintWave(types, type, *again) == printed);
}

}  // namespace
}  // namespace tenon::abi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tenon::abi;
  static TypeTable& types = *new TypeTable();
  static const std::vector<ValType>& all = *new std::vector<ValType>(MakeTypes(types));
  if (size == 0) return 0;
  Check(types, all[data[0] % all.size()], {reinterpret_cast<const char*>(data + 1), size - 1});
  return 0;
}
