#include "vm/interp/catch_table.h"

#include <algorithm>

namespace tenon::vm::interp {

void CatchTable::clear() {
  regions_.clear();
  clauses_.clear();
  boundaries_.clear();
}

uint32_t CatchTable::Open(uint32_t word, uint32_t outer) {
  const auto region = static_cast<uint32_t>(regions_.size());
  regions_.push_back({outer, kNone, kNone});
  boundaries_.push_back({word, region});
  return region;
}

uint32_t CatchTable::Add(uint32_t region, const Clause& clause) {
  const auto index = static_cast<uint32_t>(clauses_.size());
  clauses_.push_back(clause);
  uint32_t& last = regions_[region].last;
  (last == kNone ? regions_[region].first : clauses_[last].next) = index;
  last = index;
  return index;
}

uint32_t CatchTable::RegionAt(uint32_t word) const {
  // Of several boundaries at one word the last counts: the code of those before it is empty.
  const auto after =
      std::upper_bound(boundaries_.begin(), boundaries_.end(), word,
                       [](uint32_t at, const Boundary& boundary) { return at < boundary.word; });
  return after == boundaries_.begin() ? kNone : std::prev(after)->region;
}

}  // namespace tenon::vm::interp
