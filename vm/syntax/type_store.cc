#include "vm/syntax/type_store.h"

#include <algorithm>
#include <new>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "vm/syntax/limits.h"

namespace tenon::vm {
namespace {

// The parts that must be equal, whatever the indices mean.
bool HasSameShape(const SubType& a, const SubType& b) {
  const auto same_storage = [](const FieldType& x, const FieldType& y) {
    return x.is_mutable == y.is_mutable && x.storage.packed == y.storage.packed;
  };
  return a.kind == b.kind && a.is_final == b.is_final && a.supertype_count == b.supertype_count &&
         a.func.params.size() == b.func.params.size() &&
         a.func.results.size() == b.func.results.size() &&
         std::ranges::equal(a.fields, b.fields, same_storage);
}

}  // namespace

// How the indices in a group are meant; see Intern. What it gives is equal for equal groups:
// TypeIds, and from kMember on the members of the group.
struct TypeStore::Numbering {
  static constexpr uint32_t kMember = kMaxIds;

  absl::Span<const TypeId> known;  // empty: indices below `first_member` are TypeIds already
  uint32_t first_member;

  uint32_t operator()(uint32_t index) const {
    if (index >= first_member) return kMember + (index - first_member);
    return known.empty() ? index : known[index].value();
  }
  ValType operator()(ValType type) const {
    if (!type.is_ref() || !type.heap().is_concrete()) return type;
    return ValType::Ref(HeapType::Concrete((*this)(type.heap().index())), type.nullable());
  }
};

struct TypeStore::Candidate {
  const TypeStore& store;
  absl::Span<const SubType> types;
  const Numbering& numbering;
  uint32_t hash;

  template <typename H>
  friend H AbslHashValue(H state, const Candidate& group) {
    const auto add = [&](uint32_t bits) { state = H::combine(std::move(state), bits); };
    const auto add_type = [&](ValType type) {
      add(std::bit_cast<uint32_t>(group.numbering(type)));
    };
    for (const SubType& type : group.types) {
      add(static_cast<uint32_t>(type.kind) | (type.is_final ? 8u : 0u));
      if (type.supertype_count != 0) add(group.numbering(type.supertype));
      for (ValType param : type.func.params) add_type(param);
      add(static_cast<uint32_t>(type.func.params.size()));
      for (ValType result : type.func.results) add_type(result);
      for (const FieldType& field : type.fields) {
        add(static_cast<uint32_t>(field.storage.packed) | (field.is_mutable ? 8u : 0u));
        add_type(field.storage.type);
      }
    }
    return H::combine(std::move(state), group.types.size());
  }

  bool operator==(const Group& group) const {
    if (group.hash != hash || !store.IsGroup(group.first, types.size())) return false;
    const Numbering stored{{}, group.first.value()};
    for (uint32_t i = 0; i < types.size(); ++i) {
      if (!IsEqual(types[i], store.Get(TypeId(group.first.value() + i)), stored)) return false;
    }
    return true;
  }

 private:
  bool IsEqual(const SubType& type, const SubType& other, const Numbering& stored) const {
    const auto same = [&](const auto& a, const auto& b) { return numbering(a) == stored(b); };
    const auto same_type = [&](const FieldType& a, const FieldType& b) {
      return same(a.storage.type, b.storage.type);
    };
    return HasSameShape(type, other) &&
           (type.supertype_count == 0 || same(type.supertype, other.supertype)) &&
           std::ranges::equal(type.func.params, other.func.params, same) &&
           std::ranges::equal(type.func.results, other.func.results, same) &&
           std::ranges::equal(type.fields, other.fields, same_type);
  }
};

bool TypeStore::GroupEqual::operator()(const Group& a, const Candidate& b) const { return b == a; }

size_t TypeStore::GroupHash::operator()(const Candidate& group) const { return group.hash; }

TypeStore::~TypeStore() {
  for (uint32_t id = 0; id < size_; ++id) std::destroy_at(&At(TypeId(id)));
  for (std::atomic<Entry*>& chunk : chunks_) ::operator delete(chunk.load());
}

Result<TypeId> TypeStore::Intern(absl::Span<SubType> group, absl::Span<const TypeId> known) {
  return Intern(group, Numbering{known, static_cast<uint32_t>(known.size())});
}

Result<TypeId> TypeStore::InternFunc(FuncType func) {
  SubType type;
  type.func = std::move(func);
  return Intern({&type, 1}, Numbering{{}, kMaxIds});
}

Result<TypeId> TypeStore::Intern(absl::Span<SubType> group, const Numbering& numbering) {
  Candidate candidate{*this, group, numbering, 0};
  candidate.hash = static_cast<uint32_t>(absl::Hash<Candidate>()(candidate));
  std::lock_guard lock(mutex_);
  if (const auto found = groups_.find(candidate); found != groups_.end()) return found->first;
  const TypeId first(size_);
  if (group.size() > max_types_ - size_) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("more than ", max_types_, " different types in one engine"));
  }
  if (!Reserve(static_cast<uint32_t>(group.size()))) {
    return Fail(ErrorKind::kLimit, "no memory left for types");
  }
  for (SubType& member : group) Append(std::move(member), numbering, first);
  begins_group_.resize(size_);
  begins_group_[first.value()] = true;
  groups_.insert({candidate.hash, first});
  return first;
}

std::vector<uint32_t> TypeStore::GroupSizes() const {
  const std::lock_guard lock(mutex_);
  std::vector<uint32_t> sizes;
  for (uint32_t id = 0; id < size_; ++id) {
    if (begins_group_[id]) sizes.push_back(0);
    ++sizes.back();
  }
  return sizes;
}

// Whether the group that begins at `first` has that many members.
bool TypeStore::IsGroup(TypeId first, size_t size) const {
  const uint32_t end = first.value() + static_cast<uint32_t>(size);
  for (uint32_t id = first.value() + 1; id < std::min(end, size_); ++id) {
    if (begins_group_[id]) return false;
  }
  return end == size_ || (end < size_ && begins_group_[end]);
}

// Memory that nobody writes to yet costs nothing, so a large chunk may be asked for early.
bool TypeStore::Reserve(uint32_t count) {
  if (count == 0) return true;
  for (int chunk = 0; chunk <= ChunkOf(size_ + count - 1); ++chunk) {
    if (chunks_[chunk].load(std::memory_order_relaxed) != nullptr) continue;
    void* memory = ::operator new((size_t{kFirstChunk} << chunk) * sizeof(Entry), std::nothrow);
    if (memory == nullptr) return false;
    chunks_[chunk].store(static_cast<Entry*>(memory), std::memory_order_release);
  }
  return true;
}

void TypeStore::Append(SubType member, const Numbering& numbering, TypeId first) {
  const auto final_index = [&](uint32_t index) {
    const uint32_t canonical = numbering(index);
    return canonical < Numbering::kMember ? canonical
                                          : first.value() + (canonical - Numbering::kMember);
  };
  const auto finish = [&](ValType* type) {
    if (!type->is_ref() || !type->heap().is_concrete()) return;
    *type = ValType::Ref(HeapType::Concrete(final_index(type->heap().index())), type->nullable());
  };
  Entry& entry = *new (&At(TypeId(size_))) Entry{.type = std::move(member)};
  for (ValType& param : entry.type.func.params) finish(&param);
  for (ValType& result : entry.type.func.results) finish(&result);
  for (FieldType& field : entry.type.fields) finish(&field.storage.type);
  ++size_;
  if (entry.type.supertype_count == 0) return;
  entry.type.supertype = final_index(entry.type.supertype);
  entry.ancestors = LineageOf(TypeId(entry.type.supertype));
}

// One for all subtypes of the type. A stretch with room is copied rather than continued, since
// several types may go on from it.
const TypeStore::Stretch* TypeStore::LineageOf(TypeId id) {
  Entry& entry = At(id);
  if (entry.lineage != nullptr) return entry.lineage;
  Stretch& lineage = stretches_.emplace_back();
  if (const Stretch* above = entry.ancestors) {
    const bool is_full = above->depth % kStretch == kStretch - 1;
    if (is_full) {
      lineage.above = above;
    } else {
      lineage = *above;
    }
    lineage.depth = above->depth + 1;
  }
  lineage.types[lineage.depth % kStretch] = id;
  return entry.lineage = &lineage;
}

HeapType TypeStore::Top(HeapType type) const {
  switch (type.kind()) {
    case HeapKind::kFunc:
    case HeapKind::kNoFunc: return HeapKind::kFunc;
    case HeapKind::kExtern:
    case HeapKind::kNoExtern: return HeapKind::kExtern;
    case HeapKind::kExn:
    case HeapKind::kNoExn: return HeapKind::kExn;
    case HeapKind::kConcrete:
      return Get(TypeId(type.index())).kind == SubType::Kind::kFunc ? HeapKind::kFunc
                                                                    : HeapKind::kAny;
    default: return HeapKind::kAny;
  }
}
bool TypeStore::Matches(HeapType sub, HeapType super) const {
  if (sub == super || sub.kind() == HeapKind::kBot) return true;
  if (sub.is_concrete() && super.is_concrete()) {
    return IsSubType(TypeId(sub.index()), TypeId(super.index()));
  }
  if (sub.is_concrete()) {
    const SubType::Kind kind = Get(TypeId(sub.index())).kind;
    switch (super.kind()) {
      case HeapKind::kFunc: return kind == SubType::Kind::kFunc;
      case HeapKind::kStruct: return kind == SubType::Kind::kStruct;
      case HeapKind::kArray: return kind == SubType::Kind::kArray;
      case HeapKind::kAny:
      case HeapKind::kEq: return kind != SubType::Kind::kFunc;
      default: return false;
    }
  }
  if (super.is_concrete()) {
    const bool is_func = Get(TypeId(super.index())).kind == SubType::Kind::kFunc;
    return sub.kind() == (is_func ? HeapKind::kNoFunc : HeapKind::kNone);
  }
  switch (sub.kind()) {
    case HeapKind::kNoFunc: return super.kind() == HeapKind::kFunc;
    case HeapKind::kNoExtern: return super.kind() == HeapKind::kExtern;
    case HeapKind::kNoExn: return super.kind() == HeapKind::kExn;
    case HeapKind::kEq: return super.kind() == HeapKind::kAny;
    case HeapKind::kI31:
    case HeapKind::kStruct:
    case HeapKind::kArray: return super.kind() == HeapKind::kEq || super.kind() == HeapKind::kAny;
    case HeapKind::kNone:
      return super.kind() == HeapKind::kAny || super.kind() == HeapKind::kEq ||
             super.kind() == HeapKind::kI31 || super.kind() == HeapKind::kStruct ||
             super.kind() == HeapKind::kArray;
    default: return false;
  }
}

bool TypeStore::Matches(ValType sub, ValType super) const {
  if (sub == super || sub.is_bot()) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub.nullable() && !super.nullable()) return false;
  return Matches(sub.heap(), super.heap());
}

bool TypeStore::Matches(absl::Span<const ValType> sub, absl::Span<const ValType> super) const {
  if (sub.size() != super.size()) return false;
  for (size_t i = 0; i < sub.size(); ++i) {
    if (!Matches(sub[i], super[i])) return false;
  }
  return true;
}

}  // namespace tenon::vm
