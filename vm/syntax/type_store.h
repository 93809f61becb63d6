// The engine's types, canonicalised: two types of any two modules are equal exactly when their
// TypeIds are (iso-recursive equality over rec groups). core: #type-closure, #match-deftype
//
// Append-only and safe for concurrent use; definitions have stable addresses, so a `const SubType*`
// stays good as long as the store. Inside the store, concrete heap types and supertypes hold
// TypeIds. What modules bring is theirs to choose, so a full store is that module's error.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

class TypeStore {
 public:
  // References in a type have room for kRecMember ids; a test makes do with fewer.
  explicit TypeStore(uint32_t max_types = kRecMember) : max_types_(max_types) {}

  // Interns one rec group. In `group`, a concrete index i < 2^23 is a TypeId already interned;
  // kRecMember + i is the i-th member of the group itself. Returns the id of the first member;
  // the others follow it. kLimit when the store is full.
  static constexpr uint32_t kRecMember = 1u << 23;
  Result<TypeId> Intern(absl::Span<const SubType> group);
  // Interns a final function type without supertypes, as host functions need it. Concrete heap
  // types inside hold TypeIds.
  Result<TypeId> InternFunc(FuncType type);

  const SubType& Get(TypeId id) const;

  // True when `sub` is `super` or declares it as an ancestor.
  bool IsSubType(TypeId sub, TypeId super) const;
  // The type above all that `type` is related to.
  HeapType Top(HeapType type) const;
  // core: #match-heaptype, #match-valtype. Types hold TypeIds; bottom matches everything.
  bool Matches(HeapType sub, HeapType super) const;
  bool Matches(ValType sub, ValType super) const;
  bool Matches(absl::Span<const ValType> sub, absl::Span<const ValType> super) const;

 private:
  // A group as numbers. Few groups are too long to be keyed without an allocation.
  using Key = absl::InlinedVector<uint32_t, 20>;
  static Key KeyOf(absl::Span<const SubType> group);
  static void Append(ValType type, Key* key);

  const uint32_t max_types_;
  mutable std::mutex mutex_;
  std::deque<SubType> types_;  // stable addresses
  absl::flat_hash_map<Key, TypeId> groups_;
};

}  // namespace tenon::vm
