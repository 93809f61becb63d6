// The types that are one word of WIT, by the rows of type_names.def.
// `error-context` is one as long as nothing else has that name.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace tenon::wit {

enum class Primitive : uint8_t {
#define TYPE(name, text, is_key) k##name,
#include "wit/syntax/type_names.def"
#undef TYPE
};

absl::string_view NameOf(Primitive type);
bool MayBeKey(Primitive type);
std::optional<Primitive> PrimitiveOf(absl::string_view name);

}  // namespace tenon::wit
