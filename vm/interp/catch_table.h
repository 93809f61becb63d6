// Where a body's exceptions are caught: regions of its code, each a try_table's inside, and their
// clauses. Made by translation; looked at when something is thrown. core: #exec-throw-ref
//
// Regions nest. The boundaries between them are sorted by word, so the innermost region at a word
// is found by bisection; `outer` leads on from there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tenon::vm::interp {

class CatchTable {
 public:
  static constexpr uint32_t kNone = ~0u;  // no region, no slot, no clause
  static constexpr uint32_t kAnyTag = ~0u;

  // What a clause does: the values of an exception with its tag go to the slots from `slot` on, the
  // exception's reference to `ref_slot`, and the frame goes on at `target`.
  struct Clause {
    uint32_t tag = kAnyTag;  // TagIdx; with any tag there are no values
    uint32_t slot = 0;
    uint32_t ref_slot = kNone;
    uint32_t target = 0;    // word of the body
    uint32_t next = kNone;  // of the same region
  };

  bool empty() const { return regions_.empty(); }
  size_t bytes() const {
    return regions_.size() * sizeof(Region) + clauses_.size() * sizeof(Clause) +
           boundaries_.size() * sizeof(Boundary);
  }
  void clear();

  // While translating. The code from `word` on lies in a new region within `outer`.
  uint32_t Open(uint32_t word, uint32_t outer);
  // Adds to the region's clauses; returns the clause's index.
  uint32_t Add(uint32_t region, const Clause& clause);
  // The code from `word` on lies in `region` again.
  void Close(uint32_t word, uint32_t region) { boundaries_.push_back({word, region}); }
  void SetOuter(uint32_t region, uint32_t outer) { regions_[region].outer = outer; }
  Clause& clause(uint32_t index) { return clauses_[index]; }

  // The first clause in force at `word` that `fits`, innermost region first; null if there is none.
  template <typename Fits>
  const Clause* Find(uint32_t word, const Fits& fits) const {
    for (uint32_t region = RegionAt(word); region != kNone; region = regions_[region].outer) {
      for (uint32_t i = regions_[region].first; i != kNone; i = clauses_[i].next) {
        if (fits(clauses_[i])) return &clauses_[i];
      }
    }
    return nullptr;
  }

 private:
  struct Region {
    uint32_t outer;
    uint32_t first;  // of its clauses
    uint32_t last;
  };
  struct Boundary {
    uint32_t word;
    uint32_t region;  // innermost from there on
  };

  uint32_t RegionAt(uint32_t word) const;

  std::vector<Region> regions_;
  std::vector<Clause> clauses_;
  std::vector<Boundary> boundaries_;
};

}  // namespace tenon::vm::interp
