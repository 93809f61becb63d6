// Types: canonicalisation group by group, declared subtyping, and the types of declarations.
// core: #valid-types, #match
#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "vm/syntax/type_reader.h"
#include "vm/valid/module_validator.h"

namespace tenon::vm {
namespace {

// A module's index as TypeStore::Intern wants it. False when no such type is in sight.
bool ToStoreIndex(const ResolvedModule& resolved, const RecGroup& group, uint32_t index,
                  uint32_t* out) {
  if (index < group.first) {
    *out = resolved.type_ids[index].value();
    return true;
  }
  if (index - group.first >= group.count) return false;
  *out = TypeStore::kRecMember + (index - group.first);
  return true;
}

Status Translate(const ResolvedModule& resolved, const RecGroup& group, ValType* type) {
  if (!type->is_ref() || !type->heap().is_concrete()) return {};
  uint32_t index;
  if (!ToStoreIndex(resolved, group, type->heap().index(), &index)) {
    return Fail(ErrorKind::kInvalid, absl::StrCat("unknown type ", type->heap().index()));
  }
  *type = ValType::Ref(HeapType::Concrete(index), type->nullable());
  return {};
}

bool MentionsTypes(const SubType& type) {
  const auto is_concrete = [](ValType part) { return part.is_ref() && part.heap().is_concrete(); };
  return !type.supertypes.empty() || absl::c_any_of(type.func.params, is_concrete) ||
         absl::c_any_of(type.func.results, is_concrete) ||
         absl::c_any_of(type.fields,
                        [&](const FieldType& field) { return is_concrete(field.storage.type); });
}

Status CheckLimits(const Limits& limits, uint64_t range, absl::string_view message) {
  if (limits.min > range || (limits.has_max && limits.max > range)) {
    return Fail(ErrorKind::kInvalid, message);
  }
  if (limits.has_max && limits.min > limits.max) {
    return Fail(ErrorKind::kInvalid, "size minimum must not be greater than maximum");
  }
  return {};
}

}  // namespace

Status ModuleValidator::ResolveTypes() {
  resolved_.type_ids.reserve(module_.types.size());
  resolved_.type_defs.reserve(module_.types.size());
  subtype_depths_.reserve(module_.types.size());
  for (const RecGroup& group : module_.rec_groups) {
    TENON_RETURN_IF_ERROR(CheckSupertypes(group));
    TENON_RETURN_IF_ERROR(ResolveGroup(group));
    TENON_RETURN_IF_ERROR(CheckSubtyping(group));
  }
  return {};
}

// Supertypes come before their subtypes, so that chains are finite, and chains are short, since
// they are walked.
Status ModuleValidator::CheckSupertypes(const RecGroup& group) {
  for (uint32_t i = group.first; i < group.first + group.count; ++i) {
    const std::vector<uint32_t>& supertypes = module_.types[i].supertypes;
    uint32_t depth = 0;
    if (supertypes.size() > 1) {
      return Invalid(absl::StrCat("sub type ", i, " has more than one super type"));
    }
    if (!supertypes.empty()) {
      if (supertypes[0] >= i) return Invalid(absl::StrCat("unknown type ", supertypes[0]));
      depth = subtype_depths_[supertypes[0]] + 1;
    }
    if (depth > kMaxSubtypeDepth) {
      return Fail(ErrorKind::kLimit,
                  absl::StrCat("sub type ", i, " is deeper than ", kMaxSubtypeDepth));
    }
    subtype_depths_.push_back(depth);
  }
  return {};
}

Status ModuleValidator::ResolveGroup(const RecGroup& group) {
  const auto declared = absl::MakeConstSpan(module_.types).subspan(group.first, group.count);
  for (const SubType& type : declared) TENON_RETURN_IF_ERROR(CheckFeatures(type, declared.size()));
  if (absl::c_none_of(declared, MentionsTypes)) return Intern(declared);
  std::vector<SubType> members(declared.begin(), declared.end());
  for (SubType& member : members) {
    for (uint32_t& super : member.supertypes) ToStoreIndex(resolved_, group, super, &super);
    for (ValType& type : member.func.params) {
      TENON_RETURN_IF_ERROR(Translate(resolved_, group, &type));
    }
    for (ValType& type : member.func.results) {
      TENON_RETURN_IF_ERROR(Translate(resolved_, group, &type));
    }
    for (FieldType& field : member.fields) {
      TENON_RETURN_IF_ERROR(Translate(resolved_, group, &field.storage.type));
    }
  }
  return Intern(members);
}

Status ModuleValidator::CheckFeatures(const SubType& type, size_t group_size) const {
  const bool is_plain = group_size == 1 && type.kind == SubType::Kind::kFunc && type.is_final &&
                        type.supertypes.empty();
  if (!is_plain && !resolved_.features.Has(Feature::kGc)) {
    return Invalid("type with sub types, a group, or of a structure or array: gc is off");
  }
  for (ValType param : type.func.params) TENON_RETURN_IF_ERROR(CheckFeatures(param));
  for (ValType result : type.func.results) TENON_RETURN_IF_ERROR(CheckFeatures(result));
  for (const FieldType& field : type.fields) {
    TENON_RETURN_IF_ERROR(CheckFeatures(field.storage.type));
  }
  return {};
}

Status ModuleValidator::CheckFeatures(ValType type) const {
  if (!type.is_ref()) return {};
  const Feature feature = FeatureOf(type);
  if (resolved_.features.Has(feature)) return {};
  return Invalid(absl::StrCat("type ", ToString(type), ": ", FeatureName(feature), " is off"));
}

Status ModuleValidator::Intern(absl::Span<const SubType> group) {
  if (group.empty()) return {};
  for (const SubType& type : group) {
    if (type.func.results.size() > 1 && !resolved_.features.Has(Feature::kMultiValue)) {
      return Invalid("invalid result arity: multi-value is off");
    }
  }
  TENON_ASSIGN_OR_RETURN(const TypeId first_id, resolved_.types->Intern(group));
  for (uint32_t i = 0; i < group.size(); ++i) {
    const TypeId id(first_id.value() + i);
    resolved_.type_ids.push_back(id);
    resolved_.type_defs.push_back(&resolved_.types->Get(id));
  }
  return {};
}

Status ModuleValidator::CheckSubtyping(const RecGroup& group) {
  for (uint32_t i = group.first; i < group.first + group.count; ++i) {
    const SubType& sub = *resolved_.type_defs[i];
    if (sub.supertypes.empty()) continue;
    const SubType& super = resolved_.types->Get(TypeId(sub.supertypes[0]));
    const uint32_t super_index = module_.types[i].supertypes[0];
    if (super.is_final || !MatchesComposite(sub, super)) {
      return Invalid(absl::StrCat("sub type ", i, " does not match super type ", super_index,
                                  super.is_final ? ", which is final" : ""));
    }
  }
  return {};
}

// core: #match-comptype
bool ModuleValidator::MatchesComposite(const SubType& sub, const SubType& super) const {
  const TypeStore& types = *resolved_.types;
  if (sub.kind != super.kind) return false;
  if (sub.kind == SubType::Kind::kFunc) {
    return types.Matches(super.func.params, sub.func.params) &&
           types.Matches(sub.func.results, super.func.results);
  }
  if (sub.fields.size() < super.fields.size()) return false;
  for (size_t i = 0; i < super.fields.size(); ++i) {
    const FieldType& a = sub.fields[i];
    const FieldType& b = super.fields[i];
    if (a.is_mutable != b.is_mutable || a.storage.packed != b.storage.packed) return false;
    if (!types.Matches(a.storage.type, b.storage.type)) return false;
    if (a.is_mutable && !types.Matches(b.storage.type, a.storage.type)) return false;
  }
  return true;
}

Status ModuleValidator::ResolveFuncType(TypeIdx index, ResolvedFunc* out) {
  if (index.value() >= resolved_.type_defs.size()) {
    return Invalid(absl::StrCat("unknown type ", index.value()));
  }
  const SubType* type = resolved_.type_defs[index.value()];
  if (type->kind != SubType::Kind::kFunc) {
    return Invalid(absl::StrCat("non-function type ", index.value()));
  }
  *out = {resolved_.type_ids[index.value()], &type->func};
  return {};
}

Status ModuleValidator::ResolveValType(ValType type, ValType* out) {
  TENON_RETURN_IF_ERROR(CheckFeatures(type));
  if (type.is_ref() && type.heap().is_concrete() &&
      type.heap().index() >= resolved_.type_ids.size()) {
    return Invalid(absl::StrCat("unknown type ", type.heap().index()));
  }
  *out = resolved_.Canonical(type);
  return {};
}

Status ModuleValidator::ResolveTable(const TableType& type, TableType* out) {
  *out = type;
  const uint64_t range = type.address == AddressType::kI64 ? UINT64_MAX : UINT32_MAX;
  TENON_RETURN_IF_ERROR(
      CheckLimits(type.limits, range, "table size must be at most 2^32-1"));
  return ResolveValType(type.element, &out->element);
}

Status ModuleValidator::CheckMemoryType(const MemoryType& type) {
  if (type.address == AddressType::kI64) {
    return CheckLimits(type.limits, uint64_t{1} << 48,
                       "memory size must be at most 281474976710656 pages (2^64 bytes)");
  }
  return CheckLimits(type.limits, 65536, "memory size must be at most 65536 pages (4GiB)");
}

Status ModuleValidator::ResolveTag(const TagType& type, TypeId* out) {
  if (!resolved_.features.Has(Feature::kExceptionHandling)) {
    return Invalid("tag: exception-handling is off");
  }
  ResolvedFunc func;
  TENON_RETURN_IF_ERROR(ResolveFuncType(type.type, &func));
  if (!func.type->results.empty()) return Invalid("non-empty tag result type");
  *out = func.type_id;
  return {};
}

}  // namespace tenon::vm
