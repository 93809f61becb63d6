#include "wit/syntax/primitive.h"

namespace tenon::wit {
namespace {

struct Row {
  Primitive type;
  absl::string_view name;
  bool may_be_key;
};
constexpr Row kRows[] = {
#define PRIMITIVE(name, text, code, is_key) {Primitive::k##name, text, is_key},
#include "abi/syntax/primitive_types.def"
};

}  // namespace

absl::string_view NameOf(Primitive type) { return kRows[static_cast<size_t>(type)].name; }

bool MayBeKey(Primitive type) { return kRows[static_cast<size_t>(type)].may_be_key; }

std::optional<Primitive> PrimitiveOf(absl::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

}  // namespace tenon::wit
