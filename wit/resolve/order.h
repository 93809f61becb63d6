// An order of things in which each stands behind those it needs, or a cycle of needs.
// Explicit stack: chains may be as long as the input.
#pragma once

#include <cstdint>
#include <vector>

namespace tenon::wit {

struct Order {
  std::vector<uint32_t> order;  // all of them, if there is no cycle
  std::vector<uint32_t> cycle;  // each needs the next, and the last the first
};
// `needs[i]` are the things that i needs. Independent things keep their order.
Order OrderByNeeds(const std::vector<std::vector<uint32_t>>& needs);

}  // namespace tenon::wit
