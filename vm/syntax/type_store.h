// The engine's types, canonicalised: two types of any two modules are equal exactly when their
// TypeIds are (iso-recursive equality over rec groups). core: #type-closure, #match-deftype
//
// Append-only and safe for concurrent use; reading takes no lock, and definitions have stable
// addresses, so a `const SubType*` stays good as long as the store. Inside, concrete heap types and
// supertypes hold TypeIds. What modules bring is theirs to choose: a full store is their error.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

class TypeStore {
 public:
  // A heap type has room for 24 bits of index; half of that is asked for by nobody. A test makes do
  // with fewer.
  static constexpr uint32_t kMaxIds = 1u << 23;
  explicit TypeStore(uint32_t max_types = kMaxIds) : max_types_(max_types) {}
  ~TypeStore();
  TypeStore(const TypeStore&) = delete;
  TypeStore& operator=(const TypeStore&) = delete;

  // Interns one rec group, not an empty one, as it stands in a module: in `group`, a concrete
  // index below known.size() means the TypeId known[index], and known.size() + i is the i-th member
  // of the group itself. Supertypes must come before their subtypes. Takes the members. Returns the
  // id of the first; the others follow it. kLimit when the store is full.
  Result<TypeId> Intern(absl::Span<SubType> group, absl::Span<const TypeId> known = {});
  // Interns a final function type without supertypes, as host functions need it. Concrete heap
  // types inside hold TypeIds.
  Result<TypeId> InternFunc(FuncType type);

  const SubType& Get(TypeId id) const { return At(id).type; }
  // How many types each group has that was interned, in the order of their ids.
  std::vector<uint32_t> GroupSizes() const;
  // How many ancestors a type has.
  uint32_t Depth(TypeId id) const { return At(id).depth(); }

  // True when `sub` is `super` or declares it as an ancestor. Types know their ancestors by depth:
  // of the nearest eight in one step, of all in eight.
  bool IsSubType(TypeId sub, TypeId super) const {
    if (sub == super) return true;
    const Stretch* ancestors = At(sub).ancestors;
    const uint32_t depth = At(super).depth();
    if (ancestors == nullptr || ancestors->depth < depth) return false;
    for (uint32_t left = ancestors->depth / kStretch - depth / kStretch; left != 0; --left) {
      ancestors = ancestors->above;
    }
    return ancestors->types[depth % kStretch] == super;
  }

  // The type above all that `type` is related to.
  HeapType Top(HeapType type) const;
  // core: #match-heaptype, #match-valtype. Types hold TypeIds; bottom matches everything.
  bool Matches(HeapType sub, HeapType super) const;
  bool Matches(ValType sub, ValType super) const;
  bool Matches(absl::Span<const ValType> sub, absl::Span<const ValType> super) const;

 private:
  // Ancestors of a type by their depth, down to the nearest, whose depth is `depth`: those of the
  // eight depths it lies among stand here, the others above.
  static constexpr uint32_t kStretch = 8;
  struct Stretch {
    const Stretch* above = nullptr;
    uint32_t depth = 0;
    TypeId types[kStretch];
  };
  struct Entry {
    SubType type;
    const Stretch* ancestors = nullptr;  // null if there are none; shared with its siblings
    const Stretch* lineage = nullptr;    // its ancestors and itself, once it has subtypes

    uint32_t depth() const { return ancestors == nullptr ? 0 : ancestors->depth + 1; }
  };

  // Entries stand in chunks that double, so that they never move and are found without a search.
  static constexpr uint32_t kFirstChunk = 64;
  static constexpr int kFirstChunkBits = std::bit_width(kFirstChunk);
  static constexpr int kChunks = std::bit_width(kMaxIds + kFirstChunk) - kFirstChunkBits + 1;
  static int ChunkOf(uint32_t id) { return std::bit_width(id + kFirstChunk) - kFirstChunkBits; }
  static uint32_t OffsetOf(uint32_t id, int chunk) {
    return id + kFirstChunk - (kFirstChunk << chunk);
  }
  Entry& At(TypeId id) const {
    const int chunk = ChunkOf(id.value());
    return chunks_[chunk].load(std::memory_order_acquire)[OffsetOf(id.value(), chunk)];
  }

  // Groups are found by their content, which only the types themselves hold.
  struct Numbering;
  struct Candidate;
  struct Group {
    uint32_t hash;
    TypeId first;
  };
  struct GroupHash {
    using is_transparent = void;
    size_t operator()(const Group& group) const { return group.hash; }
    size_t operator()(const Candidate& group) const;
  };
  struct GroupEqual {
    using is_transparent = void;
    bool operator()(const Group& a, const Group& b) const { return a.first == b.first; }
    bool operator()(const Group& a, const Candidate& b) const;
  };

  Result<TypeId> Intern(absl::Span<SubType> group, const Numbering& numbering);
  bool Reserve(uint32_t count);
  void Append(SubType member, const Numbering& numbering, TypeId first);
  const Stretch* LineageOf(TypeId id);
  bool IsGroup(TypeId first, size_t size) const;

  const uint32_t max_types_;
  mutable std::mutex
      mutex_;  // of what follows; the chunks' contents are published by it or by the caller
  uint32_t size_ = 0;
  std::vector<bool> begins_group_;  // by TypeId
  std::deque<Stretch> stretches_;
  absl::flat_hash_set<Group, GroupHash, GroupEqual> groups_;
  std::atomic<Entry*> chunks_[kChunks] = {};
};

}  // namespace tenon::vm
