// The types that are one word of WIT, by the rows of abi/syntax/primitive_types.def.
// `error-context` is one as long as nothing else has that name.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace tenon::wit {

enum class Primitive : uint8_t {
#define PRIMITIVE(name, text, code, is_key) k##name,
#include "abi/syntax/primitive_types.def"
};

absl::string_view NameOf(Primitive type);
bool MayBeKey(Primitive type);
std::optional<Primitive> PrimitiveOf(absl::string_view name);

}  // namespace tenon::wit
