// Which export of which part fills each import, by names and tracks of versions alone, and an order
// in which the parts can be instantiated.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/compose/compose.h"

namespace tenon::abi {

struct Wiring {
  struct Source {
    uint32_t part = 0;
    const PlanExport* item = nullptr;
  };
  std::vector<std::vector<std::optional<Source>>> sources;  // by part and import
  std::vector<uint32_t> order;  // of the parts: what one needs stands before it
};

// Part 0 is the socket. kUnlinkable when a plug fills no import, or in a circle.
Result<Wiring> Wire(absl::Span<const ComposePart> parts);

}  // namespace tenon::abi
