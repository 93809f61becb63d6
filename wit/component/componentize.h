// Core modules to a component: what `tenon component new` does. wit/README.md has the shape of the
// result. The main module's world is in its sections `component-type...`; adapters, which turn one
// set of core imports into another, have theirs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/base/status.h"
#include "wit/binary/encode.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

struct CoreInput {
  std::string name;  // of an adapter: the module whose functions it has
  std::vector<uint8_t> bytes;
};

// Fails with kInvalid where a module does not fit its world, or with what the decoder says. The
// component is not validated.
Result<std::vector<uint8_t>> MakeComponent(CoreInput main, std::vector<CoreInput> adapters);

// The core module with the type of a world in a section at its end. Fails if it is none.
Result<std::vector<uint8_t>> EmbedWorld(std::vector<uint8_t> module, const Packages& packages,
                                        WorldIdx world, StringEncoding encoding);

}  // namespace tenon::wit
