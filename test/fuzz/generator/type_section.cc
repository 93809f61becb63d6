#include "test/fuzz/generator/type_section.h"

namespace tenon::vm {
namespace {

constexpr uint32_t kGroups = 6;
constexpr uint32_t kMaxGroup = 3;  // types
constexpr uint32_t kMaxFields = 4;
constexpr uint32_t kMaxParams = 3;

constexpr HeapKind kAnyKinds[] = {HeapKind::kAny,   HeapKind::kEq,     HeapKind::kI31,
                                  HeapKind::kArray, HeapKind::kStruct, HeapKind::kNone};
constexpr HeapKind kOtherKinds[] = {HeapKind::kFunc, HeapKind::kExtern, HeapKind::kNoFunc,
                                    HeapKind::kNoExtern};

// By SubType::Kind.
constexpr HeapKind kKindOf[] = {HeapKind::kFunc, HeapKind::kStruct, HeapKind::kArray};
HeapKind KindOf(SubType::Kind kind) { return kKindOf[static_cast<int>(kind)]; }

// core: #match-heaptype, among abstract types.
bool KindMatches(HeapKind sub, HeapKind super) {
  using enum HeapKind;
  if (sub == super) return true;
  switch (super) {
    case kAny: return sub == kEq || KindMatches(sub, kEq);
    case kEq: return sub == kI31 || sub == kStruct || sub == kArray || sub == kNone;
    case kI31:
    case kStruct:
    case kArray: return sub == kNone;
    case kFunc: return sub == kNoFunc;
    case kExtern: return sub == kNoExtern;
    case kExn: return sub == kNoExn;
    default: return false;
  }
}

}  // namespace

void TypeSection::Generate() {
  // Types of functions that a host can call, then anything.
  for (uint32_t i = 0; i < kHostFuncTypes; ++i) {
    SubType type;
    std::vector<ValType>& params = type.func.params;
    for (uint32_t n = choices_.Below(kMaxParams); n > 0; --n) params.push_back(AnyScalar());
    for (uint32_t n = choices_.Below(3); n > 0; --n) type.func.results.push_back(AnyScalar());
    module_.rec_groups.push_back({Add(std::move(type)), 1});
  }
  // Some that every module has, so that no instruction lacks one.
  const FieldType integer{.storage = {ValType::kI32}, .is_mutable = true};
  const FieldType byte{.storage = {ValType::kI32, StorageType::Packed::kI8}, .is_mutable = true};
  const FieldType function{.storage = {ValType::kFuncRef}, .is_mutable = true};
  for (const SubType& type : {SubType{.kind = SubType::Kind::kStruct, .fields = {integer, byte}},
                              SubType{.kind = SubType::Kind::kArray, .fields = {byte}},
                              SubType{.kind = SubType::Kind::kArray, .fields = {function}}}) {
    module_.rec_groups.push_back({Add(type), 1});
  }
  for (uint32_t i = 0; i < kGroups; ++i) AddGroup(1 + choices_.Below(kMaxGroup));
}

void TypeSection::AddGroup(uint32_t count) {
  const uint32_t first = size();
  module_.rec_groups.push_back({first, count});
  // Members name each other only in a field of their own, added when it is known what all are.
  for (uint32_t i = 0; i < count; ++i) {
    SubType type = AnyDefinition(first);
    Extend(first + i, first, &type);
    Add(std::move(type));
  }
  for (uint32_t i = first; i < size(); ++i) {
    SubType& type = module_.types[i];
    if (type.kind != SubType::Kind::kStruct) continue;
    if (type.supertype_count != 0 && type.supertype >= first) {
      type.fields = at(type.supertype).fields;
      continue;
    }
    const ValType member = ValType::Ref(HeapType::Concrete(first + choices_.Below(count)), true);
    type.fields.push_back({.storage = {member}, .is_mutable = true});
  }
}

uint32_t TypeSection::Add(SubType type) {
  const uint32_t index = size();
  of_kind_[static_cast<int>(type.kind)].push_back(index);
  module_.types.push_back(std::move(type));
  return index;
}

SubType TypeSection::AnyDefinition(uint32_t limit) {
  switch (choices_.Below(3)) {
    case 0: return AnyStruct(limit);
    case 1: return AnyArray(limit);
    default: return AnyFunc(limit);
  }
}

SubType TypeSection::AnyStruct(uint32_t limit) {
  SubType type{.kind = SubType::Kind::kStruct};
  for (uint32_t n = choices_.Below(kMaxFields); n > 0; --n) type.fields.push_back(AnyField(limit));
  return type;
}

SubType TypeSection::AnyArray(uint32_t limit) {
  return {.kind = SubType::Kind::kArray, .fields = {AnyField(limit)}};
}

SubType TypeSection::AnyFunc(uint32_t limit) {
  SubType type;
  for (uint32_t n = choices_.Below(kMaxParams); n > 0; --n) {
    type.func.params.push_back(AnyTypeBelow(limit));
  }
  for (uint32_t n = choices_.Below(3); n > 0; --n) {
    type.func.results.push_back(AnyTypeBelow(limit));
  }
  return type;
}

FieldType TypeSection::AnyField(uint32_t limit) {
  FieldType field;
  field.is_mutable = !choices_.OneIn(4);
  switch (choices_.Below(6)) {
    case 0: field.storage = {ValType::kI32, StorageType::Packed::kI8}; break;
    case 1: field.storage = {ValType::kI32, StorageType::Packed::kI16}; break;
    default: field.storage.type = AnyTypeBelow(limit); break;
  }
  return field;
}

// Perhaps makes the type a subtype of one before `index` that may have any. core: #match-comptype
void TypeSection::Extend(uint32_t index, uint32_t limit, SubType* type) {
  type->is_final = choices_.OneIn(3);
  const absl::Span<const uint32_t> candidates = OfKind(type->kind);
  if (candidates.empty() || !choices_.OneIn(2)) return;
  const uint32_t super = choices_.Of(candidates);
  if (at(super).is_final || super >= index) return;
  type->supertype_count = 1;
  type->supertype = super;
  type->func = at(super).func;
  const auto own = type->fields;
  type->fields = at(super).fields;
  if (type->kind == SubType::Kind::kStruct && super < limit) {
    type->fields.insert(type->fields.end(), own.begin(), own.end());
  }
}

uint32_t TypeSection::FuncTypeOf(const std::vector<ValType>& params,
                                 const std::vector<ValType>& results) {
  const FuncType wanted{params, results};
  for (const uint32_t index : OfKind(SubType::Kind::kFunc)) {
    if (at(index).func == wanted) return index;
  }
  module_.rec_groups.push_back({size(), 1});
  return Add({.func = wanted});
}

HeapKind TypeSection::Top(HeapType type) const {
  const HeapKind kind = type.is_concrete() ? KindOf(at(type.index()).kind) : type.kind();
  for (const HeapKind top : {HeapKind::kFunc, HeapKind::kExtern, HeapKind::kExn}) {
    if (KindMatches(kind, top)) return top;
  }
  return HeapKind::kAny;
}

HeapKind TypeSection::Bottom(HeapType type) const {
  switch (Top(type)) {
    case HeapKind::kFunc: return HeapKind::kNoFunc;
    case HeapKind::kExtern: return HeapKind::kNoExtern;
    case HeapKind::kExn: return HeapKind::kNoExn;
    default: return HeapKind::kNone;
  }
}

bool TypeSection::Matches(HeapType sub, HeapType super) const {
  if (sub == super) return true;
  if (!sub.is_concrete() && super.is_concrete()) return sub.kind() == Bottom(super);
  if (!sub.is_concrete()) return KindMatches(sub.kind(), super.kind());
  const SubType& type = at(sub.index());
  if (!super.is_concrete()) return KindMatches(KindOf(type.kind), super.kind());
  return type.supertype_count != 0 && Matches(HeapType::Concrete(type.supertype), super);
}

bool TypeSection::Matches(ValType sub, ValType super) const {
  if (!sub.is_ref() || !super.is_ref()) return sub == super;
  return (super.nullable() || !sub.nullable()) && Matches(sub.heap(), super.heap());
}

bool TypeSection::MatchAll(absl::Span<const ValType> subs, absl::Span<const ValType> supers) const {
  if (subs.size() != supers.size()) return false;
  for (size_t i = 0; i < subs.size(); ++i) {
    if (!Matches(subs[i], supers[i])) return false;
  }
  return true;
}

ValType TypeSection::AnyScalar() {
  constexpr ValType kTypes[] = {ValType::kI32, ValType::kI64, ValType::kF32, ValType::kF64};
  return choices_.Of(kTypes);
}

ValType TypeSection::AnyNumber() { return choices_.OneIn(5) ? ValType::kV128 : AnyScalar(); }

HeapType TypeSection::AnyHeapBelow(uint32_t limit) {
  if (limit > 0 && choices_.OneIn(2)) return HeapType::Concrete(choices_.Below(limit));
  if (!choices_.OneIn(3)) return choices_.Of(kAnyKinds);
  if (!choices_.OneIn(4) || !HasExceptionReferences(options_)) {
    return choices_.Of(kOtherKinds);
  }
  return choices_.OneIn(4) ? HeapKind::kNoExn : HeapKind::kExn;
}

ValType TypeSection::AnyRefBelow(uint32_t limit) {
  const HeapType heap = AnyHeapBelow(limit);
  // Of these there is hardly a value besides null.
  const bool is_rare =
      !heap.is_concrete() && (heap == HeapType(Bottom(heap)) || heap == HeapType(HeapKind::kExn));
  return ValType::Ref(heap, !choices_.OneIn(is_rare ? 24 : 3));
}

ValType TypeSection::AnyTypeBelow(uint32_t limit) {
  return choices_.OneIn(2) ? AnyRefBelow(limit) : AnyNumber();
}

std::vector<ValType> TypeSection::AnyTypes(uint32_t max_count) {
  std::vector<ValType> types;
  for (uint32_t n = choices_.Below(max_count + 1); n > 0; --n) types.push_back(AnyType());
  return types;
}

ValType TypeSection::AnySubtype(ValType type) {
  if (!type.is_ref()) return type;
  const bool nullable = type.nullable() && choices_.OneIn(2);
  for (int tries = 0; tries < 4; ++tries) {
    const HeapType heap = AnyHeapBelow(size());
    if (Matches(heap, type.heap())) return ValType::Ref(heap, nullable);
  }
  return ValType::Ref(type.heap(), nullable);
}

}  // namespace tenon::vm
