#include "wit/component/shim_modules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "wit/component/core_module.h"

namespace tenon::wit {

std::vector<uint8_t> MakeShim(absl::Span<const vm::FuncType> types) {
  std::string text = absl::StrCat("(module $shim (table (export \"", kShimTable, "\") ",
                                  types.size(), " ", types.size(), " funcref)\n");
  for (size_t i = 0; i < types.size(); ++i) {
    const std::string type = Spell(types[i]);
    absl::StrAppend(&text, "(func (export \"", i, "\") ", type, " (call_indirect ", type);
    for (size_t j = 0; j < types[i].params.size(); ++j) {
      absl::StrAppend(&text, " (local.get ", j, ")");
    }
    absl::StrAppend(&text, " (i32.const ", i, ")))\n");
  }
  return BinaryOf(text + ")");
}

std::vector<uint8_t> MakeFixup(absl::Span<const vm::FuncType> types, bool initializes) {
  std::string text = "(module $fixup\n", functions;
  for (size_t i = 0; i < types.size(); ++i) {
    absl::StrAppend(&text, "(import \"\" \"", i, "\" (func ", Spell(types[i]), "))\n");
    absl::StrAppend(&functions, " ", i);
  }
  if (initializes) {
    absl::StrAppend(&text, "(import \"\" \"", kInitialize, "\" (func $initialize))\n",
                    "(start $initialize)\n");
  }
  if (!types.empty()) {
    absl::StrAppend(&text, "(import \"\" \"", kShimTable, "\" (table ", types.size(), " ",
                    types.size(), " funcref))\n(elem (i32.const 0) func", functions, ")");
  }
  return BinaryOf(text + ")");
}

}  // namespace tenon::wit
