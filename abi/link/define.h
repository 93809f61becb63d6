// Gives a linker what a component's instance exports: components that are linked later in the same
// store import it, and their calls go from guest to guest (FusedLower), no host between.
// A definition holds the instance; it is good as long as the instance's store, and refused in
// others. What a linker can't give (modules, components, interfaces within interfaces) is left out.
#pragma once

#include <memory>

#include "abi/link/host.h"
#include "abi/link/instance.h"
#include "absl/strings/string_view.h"

namespace tenon::abi {

// The linker's interface `name` becomes the one that the instance exports as `exported`, whatever
// it was before. kUnlinkable when there is no such export.
Status DefineInterface(HostLinker& linker, absl::string_view name,
                       const std::shared_ptr<const Instance>& instance, absl::string_view exported);

// All of the instance's exports under their own names: interfaces, as above, and what stands in its
// world.
void DefineExports(HostLinker& linker, const std::shared_ptr<const Instance>& instance);

}  // namespace tenon::abi
