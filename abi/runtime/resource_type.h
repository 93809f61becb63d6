// Resource types at run time: abi::ResourceType, which the public headers need too, and the one
// that stands for what a host lacks. abi: "Resource State".
#pragma once

#include <tenon/canon.h>  // IWYU pragma: export

namespace tenon::abi {

// Stands in for a resource type that a component imports and the host lacks: no handle ever has it,
// so that all may share it.
inline constexpr ResourceType kAbsentResource{nullptr, nullptr, [](void*) {}};

}  // namespace tenon::abi
