#include "vm/syntax/type_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tenon::vm {
namespace {

// Replaces a reference to a group member by its new id.
uint32_t Rebase(uint32_t index, uint32_t first) {
  return index >= TypeStore::kRecMember ? index - TypeStore::kRecMember + first : index;
}

void RebaseValType(uint32_t first, ValType* type) {
  if (!type->is_ref() || !type->heap().is_concrete()) return;
  *type = ValType::Ref(HeapType::Concrete(Rebase(type->heap().index(), first)), type->nullable());
}

}  // namespace

void TypeStore::Append(ValType type, Key* key) {
  key->push_back(static_cast<uint32_t>(type.kind()) | (type.nullable() ? 8u : 0u));
  if (!type.is_ref()) return;
  key->push_back(static_cast<uint32_t>(type.heap().kind()));
  key->push_back(type.heap().index());
}

TypeStore::Key TypeStore::KeyOf(absl::Span<const SubType> group) {
  Key key;
  for (const SubType& type : group) {
    key.push_back(static_cast<uint32_t>(type.kind) | (type.is_final ? 8u : 0u));
    key.push_back(static_cast<uint32_t>(type.supertypes.size()));
    for (uint32_t super : type.supertypes) key.push_back(super);
    if (type.kind == SubType::Kind::kFunc) {
      key.push_back(static_cast<uint32_t>(type.func.params.size()));
      for (ValType param : type.func.params) Append(param, &key);
      key.push_back(static_cast<uint32_t>(type.func.results.size()));
      for (ValType result : type.func.results) Append(result, &key);
    } else {
      key.push_back(static_cast<uint32_t>(type.fields.size()));
      for (const FieldType& field : type.fields) {
        key.push_back(static_cast<uint32_t>(field.storage.packed) | (field.is_mutable ? 8u : 0u));
        Append(field.storage.type, &key);
      }
    }
  }
  return key;
}

Result<TypeId> TypeStore::Intern(absl::Span<const SubType> group) {
  Key key = KeyOf(group);
  std::lock_guard lock(mutex_);
  const uint32_t first = static_cast<uint32_t>(types_.size());
  if (const auto found = groups_.find(key); found != groups_.end()) return found->second;
  if (group.size() > max_types_ - first) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("more than ", max_types_, " different types in one engine"));
  }
  groups_.emplace(std::move(key), TypeId(first));
  for (const SubType& member : group) {
    SubType& type = types_.emplace_back(member);
    for (uint32_t& super : type.supertypes) super = Rebase(super, first);
    for (ValType& param : type.func.params) RebaseValType(first, &param);
    for (ValType& result : type.func.results) RebaseValType(first, &result);
    for (FieldType& field : type.fields) RebaseValType(first, &field.storage.type);
  }
  return TypeId(first);
}

Result<TypeId> TypeStore::InternFunc(FuncType func) {
  SubType type;
  type.func = std::move(func);
  return Intern({&type, 1});
}

const SubType& TypeStore::Get(TypeId id) const {
  std::lock_guard lock(mutex_);
  return types_[id.value()];
}

bool TypeStore::IsSubType(TypeId sub, TypeId super) const {
  while (sub != super) {
    const SubType& type = Get(sub);
    if (type.supertypes.empty()) return false;
    sub = TypeId(type.supertypes[0]);
  }
  return true;
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
    case HeapKind::kArray:
      return super.kind() == HeapKind::kEq || super.kind() == HeapKind::kAny;
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
