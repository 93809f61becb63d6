// Types: canonicalisation group by group, declared subtyping, and the types of declarations.
// core: #valid-types, #match
#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "vm/syntax/type_reader.h"
#include "vm/valid/module_validator.h"

namespace tenon::vm {
namespace {

// Calls check(type) for every type in a definition until one fails.
template <typename Check>
Status CheckEach(const SubType& type, const Check& check) {
  for (ValType param : type.func.params) TENON_RETURN_IF_ERROR(check(param));
  for (ValType result : type.func.results) TENON_RETURN_IF_ERROR(check(result));
  for (const FieldType& field : type.fields) TENON_RETURN_IF_ERROR(check(field.storage.type));
  return {};
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

Status ModuleValidator::ResolveTypes(absl::Span<SubType> types) {
  resolved_.type_ids.reserve(types.size());
  resolved_.type_defs.reserve(types.size());
  subtype_depths_.reserve(types.size());
  for (const RecGroup& group : module_.rec_groups) {
    TENON_RETURN_IF_ERROR(ResolveGroup(types.subspan(group.first, group.count), group));
  }
  return {};
}

Status ModuleValidator::ResolveGroup(absl::Span<SubType> members, const RecGroup& group) {
  if (group.count == 0) return {};  // the store holds no empty groups
  for (const SubType& type : members) TENON_RETURN_IF_ERROR(CheckType(type, group));
  TENON_RETURN_IF_ERROR(Intern(members));
  for (uint32_t i = group.first; i < group.first + group.count; ++i) {
    TENON_RETURN_IF_ERROR(CheckSubtyping(i));
  }
  return {};
}

Result<TypeId> ModuleValidator::ResolveGroupAlone(absl::Span<SubType> members,
                                                  absl::Span<const TypeId> known) {
  for (const TypeId id : known) {
    resolved_.type_ids.push_back(id);
    resolved_.type_defs.push_back(&resolved_.types->Get(id));
    subtype_depths_.push_back(static_cast<uint8_t>(resolved_.types->Depth(id)));
  }
  const auto first = static_cast<uint32_t>(known.size());
  TENON_RETURN_IF_ERROR(ResolveGroup(members, {first, static_cast<uint32_t>(members.size())}));
  return resolved_.type_ids[first];
}

// A definition on its own: its features, and that what it names is in sight.
Status ModuleValidator::CheckType(const SubType& type, const RecGroup& group) {
  TENON_RETURN_IF_ERROR(CheckSupertype(type));
  TENON_RETURN_IF_ERROR(CheckFeatures(type, group.count));
  const uint32_t in_sight = group.first + group.count;
  return CheckEach(type, [&](ValType part) -> Status {
    if (!part.is_ref() || !part.heap().is_concrete() || part.heap().index() < in_sight) return {};
    return Invalid(absl::StrCat("unknown type ", part.heap().index()));
  });
}

// Supertypes come before their subtypes, so that chains are finite, and chains are short, since
// each type of one knows all above it.
Status ModuleValidator::CheckSupertype(const SubType& type) {
  const auto index = static_cast<uint32_t>(subtype_depths_.size());
  uint32_t depth = 0;
  if (type.supertype_count > 1) {
    return Invalid(absl::StrCat("sub type ", index, " has more than one super type"));
  }
  if (type.supertype_count != 0) {
    if (type.supertype >= index) return Invalid(absl::StrCat("unknown type ", type.supertype));
    depth = subtype_depths_[type.supertype] + 1u;
  }
  if (depth > kMaxSubtypeDepth) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("sub type ", index, " is deeper than ", kMaxSubtypeDepth));
  }
  subtype_depths_.push_back(static_cast<uint8_t>(depth));
  return {};
}

Status ModuleValidator::CheckFeatures(const SubType& type, size_t group_size) const {
  const bool is_plain = group_size == 1 && type.kind == SubType::Kind::kFunc && type.is_final &&
                        type.supertype_count == 0;
  if (!is_plain && !resolved_.features.Has(Feature::kGc)) {
    return Invalid("type with sub types, a group, or of a structure or array: gc is off");
  }
  if (type.func.results.size() > 1 && !resolved_.features.Has(Feature::kMultiValue)) {
    return Invalid("invalid result arity: multi-value is off");
  }
  return CheckEach(type, [this](ValType part) { return CheckFeatures(part); });
}

Status ModuleValidator::CheckFeatures(ValType type) const {
  const Feature feature = FeatureOf(type);
  if (resolved_.features.Has(feature)) return {};
  return Invalid(absl::StrCat("type ", ToString(type), ": ", FeatureName(feature), " is off"));
}

Status ModuleValidator::Intern(absl::Span<SubType> group) {
  TENON_ASSIGN_OR_RETURN(const TypeId first_id, resolved_.types->Intern(group, resolved_.type_ids));
  for (uint32_t i = 0; i < group.size(); ++i) {
    const TypeId id(first_id.value() + i);
    resolved_.type_ids.push_back(id);
    resolved_.type_defs.push_back(&resolved_.types->Get(id));
  }
  return {};
}

Status ModuleValidator::CheckSubtyping(uint32_t index) const {
  const SubType& sub = *resolved_.type_defs[index];
  if (sub.supertype_count == 0) return {};
  const TypeId super_id(sub.supertype);
  const SubType& super = resolved_.types->Get(super_id);
  if (!super.is_final && MatchesComposite(sub, super)) return {};
  const auto super_index = absl::c_find(resolved_.type_ids, super_id) - resolved_.type_ids.begin();
  return Invalid(absl::StrCat("sub type ", index, " does not match super type ", super_index,
                              super.is_final ? ", which is final" : ""));
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
  TENON_RETURN_IF_ERROR(CheckAddress(type.address));
  const uint64_t range = type.address == AddressType::kI64 ? UINT64_MAX : UINT32_MAX;
  TENON_RETURN_IF_ERROR(CheckLimits(type.limits, range, "table size must be at most 2^32-1"));
  return ResolveValType(type.element, &out->element);
}

Status ModuleValidator::CheckAddress(AddressType address) const {
  if (address == AddressType::kI32 || resolved_.features.Has(Feature::kMemory64)) return {};
  return Invalid("type with 64-bit addresses: memory64 is off");
}

Status ModuleValidator::CheckMemoryType(const MemoryType& type) {
  TENON_RETURN_IF_ERROR(CheckAddress(type.address));
  if (type.shared && !resolved_.features.Has(Feature::kThreads)) {
    return Invalid("shared memory: threads is off");
  }
  if (type.shared && !type.limits.has_max) return Invalid("shared memory must have maximum");
  const bool is_64 = type.address == AddressType::kI64;
  if (type.page_size_log2 == kWasmPageLog2) {
    return CheckLimits(type.limits, MaxPages(type),
                       is_64 ? "memory size must be at most 281474976710656 pages (2^64 bytes)"
                             : "memory size must be at most 65536 pages (4GiB)");
  }
  if (!resolved_.features.Has(Feature::kCustomPageSizes)) {
    return Invalid("invalid custom page size: custom-page-sizes is off");
  }
  if (type.page_size_log2 != 0) return Invalid("invalid custom page size: neither 1 nor 65536");
  return CheckLimits(type.limits, MaxPages(type),
                     is_64 ? "memory size must be at most 2^64-1 bytes"
                           : "memory size must be at most 2^32-1 bytes");
}

Status ModuleValidator::ResolveTag(const TagType& type, ResolvedFunc* out) {
  if (!resolved_.features.Has(Feature::kExceptionHandling)) {
    return Invalid("tag: exception-handling is off");
  }
  TENON_RETURN_IF_ERROR(ResolveFuncType(type.type, out));
  if (!out->type->results.empty()) return Invalid("non-empty tag result type");
  return {};
}

}  // namespace tenon::vm
