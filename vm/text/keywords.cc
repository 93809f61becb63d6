#include "vm/text/keywords.h"

#include "absl/container/flat_hash_set.h"
#include "vm/syntax/opcode.h"
#include "vm/text/number.h"

namespace tenon::vm {
namespace {

constexpr absl::string_view kKeywords[] = {
    // types
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "i8x16",
    "i16x8",
    "i32x4",
    "i64x2",
    "f32x4",
    "f64x2",
    "func",
    "nofunc",
    "extern",
    "noextern",
    "exn",
    "noexn",
    "any",
    "eq",
    "i31",
    "struct",
    "array",
    "none",
    "anyref",
    "eqref",
    "i31ref",
    "structref",
    "arrayref",
    "nullref",
    "funcref",
    "nullfuncref",
    "externref",
    "nullexternref",
    "exnref",
    "nullexnref",
    "ref",
    "null",
    "mut",
    "field",
    "sub",
    "final",
    "rec",
    "shared",
    "pagesize",
    // modules
    "module",
    "definition",
    "instance",
    "type",
    "import",
    "export",
    "func",
    "table",
    "memory",
    "global",
    "tag",
    "start",
    "elem",
    "data",
    "declare",
    "item",
    "offset",
    "param",
    "result",
    "local",
    "then",
    "catch",
    "catch_ref",
    "catch_all",
    "catch_all_ref",
    // scripts
    "binary",
    "quote",
    "script",
    "register",
    "invoke",
    "get",
    "assert_malformed",
    "assert_malformed_custom",
    "assert_invalid",
    "assert_invalid_custom",
    "assert_unlinkable",
    "assert_return",
    "assert_trap",
    "assert_exception",
    "assert_exhaustion",
    "nan:canonical",
    "nan:arithmetic",
    "input",
    "output",
    "either",
    "ref.host",
    "ref.extern",
};

}  // namespace

bool IsKnownKeyword(absl::string_view word) {
  static const auto& keywords =
      *new absl::flat_hash_set<absl::string_view>(std::begin(kKeywords), std::end(kKeywords));
  if (keywords.contains(word) || FindOpcode(word)) return true;
  for (absl::string_view prefix : {"offset=", "align="}) {
    if (word.substr(0, prefix.size()) == prefix) {
      return ClassifyNumber(word.substr(prefix.size())) == NumberForm::kNat;
    }
  }
  return false;
}

}  // namespace tenon::vm
