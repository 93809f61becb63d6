// WIT as component binaries: a world as a component type, as it stands in a core module's custom
// section `component-type`, and a package. Comments and gates are not part of the types: those of a
// package stand beside them, in a custom section.
// wit: "Package Format"
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/binary/component_writer.h"
#include "absl/functional/function_ref.h"
#include "vm/base/status.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

enum class StringEncoding : uint8_t { kUtf8, kUtf16, kLatin1Utf16 };

// The content of a section `component-type`, or one whose name begins so: a component that exports
// the type of the world, and says how a core module that is made for it encodes strings.
inline constexpr char kComponentTypeSection[] = "component-type";
std::vector<uint8_t> EncodeWorld(const Packages& packages, WorldIdx world, StringEncoding encoding);

// The world's component type, as a definition of `out`. `name` says what an interface with a
// package is called there.
using NameInType = absl::FunctionRef<std::string(std::string name, bool is_export)>;
abi::TypeIdx AddWorldType(const Packages& packages, WorldIdx world, NameInType name,
                          abi::ComponentWriter& out);
abi::TypeIdx AddWorldType(const Packages& packages, WorldIdx world, abi::ComponentWriter& out);

// The only root as a component that exports a type for each of its interfaces and worlds, each
// with all that it uses. Fails if there are several (kInvalid), and where that comes to more than
// kMaxWitBytes (kLimit).
Result<std::vector<uint8_t>> EncodePackage(const Packages& packages);

}  // namespace tenon::wit
