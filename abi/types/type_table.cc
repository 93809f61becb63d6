#include "abi/types/type_table.h"

#include <algorithm>
#include <utility>

#include "abi/syntax/limits.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

constexpr size_t kCommonTypes = 64;
// A pair that only stands for the entries of a map may be larger than other types, not much.
constexpr uint64_t kMaxPairSize = 2 * kMaxElementSize;

uint64_t AlignTo(uint64_t offset, uint64_t alignment) {
  return (offset + alignment - 1) & ~(alignment - 1);
}

// abi: "Element Size", pointers of eight bytes.
TypeFacts PrimitiveFacts(TypeKind kind) {
  TypeFacts facts;
  switch (kind) {
    case TypeKind::kBool:
    case TypeKind::kS8:
    case TypeKind::kU8: facts.element_size64 = 1; break;
    case TypeKind::kS16:
    case TypeKind::kU16: facts.element_size64 = 2; break;
    case TypeKind::kS32:
    case TypeKind::kU32:
    case TypeKind::kF32:
    case TypeKind::kChar: facts.element_size64 = 4; break;
    case TypeKind::kString:
      facts.element_size64 = 16;
      facts.alignment64 = 8;
      facts.has_pointer = true;
      return facts;
    case TypeKind::kErrorContext:
      facts.element_size64 = 4;
      facts.has_async = true;
      break;
    default: facts.element_size64 = 8; break;
  }
  facts.alignment64 = static_cast<uint8_t>(facts.element_size64);
  return facts;
}

FlatForm PrimitiveFlat(TypeKind kind) {
  using Part = FlatForm::Part;
  switch (kind) {
    case TypeKind::kS64:
    case TypeKind::kU64: return {{Part::kI64}, 1};
    case TypeKind::kF32: return {{Part::kF32}, 1};
    case TypeKind::kF64: return {{Part::kF64}, 1};
    case TypeKind::kString: return {{Part::kPointer, Part::kPointer}, 2};
    default: return {{Part::kI32}, 1};
  }
}

void Append(const FlatForm& more, FlatForm* flat) {
  for (uint8_t i = 0; i < more.size && flat->size <= kMaxFlatParams; ++i) {
    if (flat->size < kMaxFlatParams) flat->parts[flat->size] = more.parts[i];
    ++flat->size;
  }
}

// What holds either of two cases' values. abi: "Flattening", join.
FlatForm::Part Join(FlatForm::Part a, FlatForm::Part b) {
  using Part = FlatForm::Part;
  const auto is_64 = [](Part part) { return part == Part::kI64 || part == Part::kF64; };
  if (a == b) return a;
  if (is_64(a) || is_64(b)) return Part::kI64;
  return a == Part::kPointer || b == Part::kPointer ? Part::kPointer : Part::kI32;
}

void JoinWith(const FlatForm& other, FlatForm* flat) {
  const size_t common = std::min(flat->size, other.size);
  for (size_t i = 0; i < std::min(common, kMaxFlatParams); ++i) {
    flat->parts[i] = Join(flat->parts[i], other.parts[i]);
  }
  for (size_t i = common; i < std::min<size_t>(other.size, kMaxFlatParams); ++i) {
    flat->parts[i] = other.parts[i];
  }
  flat->size = std::max(flat->size, other.size);
}

uint32_t DiscriminantSize(size_t cases) { return cases <= 256 ? 1 : cases <= 65536 ? 2 : 4; }

// What a value of the type takes in a 64-bit memory; its parts take `product` one behind the other
// and the largest of them `largest`. Completes the facts that those parts have made.
uint64_t ElementSize64(const TypeDef& def, uint64_t product, uint64_t largest, TypeFacts* facts) {
  switch (def.kind) {
    case TypeKind::kRecord:
    case TypeKind::kTuple: return AlignTo(product, facts->alignment64);
    case TypeKind::kVariant:
    case TypeKind::kOption:
    case TypeKind::kResult:
    case TypeKind::kEnum: {
      const size_t cases = def.kind == TypeKind::kEnum      ? def.labels.size()
                           : def.kind == TypeKind::kVariant ? def.types.size()
                                                            : 2;
      const uint32_t tag = DiscriminantSize(cases);
      const uint8_t payload_alignment = facts->alignment64;
      facts->alignment64 = std::max(facts->alignment64, static_cast<uint8_t>(tag));
      return AlignTo(AlignTo(tag, payload_alignment) + largest, facts->alignment64);
    }
    case TypeKind::kFlags:
      facts->alignment64 = def.labels.size() <= 8 ? 1 : def.labels.size() <= 16 ? 2 : 4;
      return facts->alignment64;
    case TypeKind::kFixedList: return def.length * product;
    case TypeKind::kList:
    case TypeKind::kMap:
      facts->alignment64 = 8;
      facts->has_pointer = true;
      return 16;
    case TypeKind::kStream:
    case TypeKind::kFuture:  // handles, whatever their elements are
      facts->alignment64 = 4;
      facts->has_pointer = false;
      facts->has_async = true;
      return 4;
    default:  // own, borrow
      facts->alignment64 = 4;
      facts->has_resource = true;
      facts->has_borrow = def.kind == TypeKind::kBorrow;
      return 4;
  }
}

}  // namespace

Sort SortOf(const ExternType& type) {
  static constexpr Sort kSorts[] = {Sort::kCoreModule, Sort::kFunc, Sort::kType, Sort::kComponent,
                                    Sort::kInstance};
  return kSorts[type.index()];
}

// Room from the start for the types of a common component: growing hashes all of them again.
TypeTable::TypeTable(uint64_t max_items)
    : interned_defs_(kCommonTypes, Hash{*this}, Equal{*this}),
      interned_funcs_(kCommonTypes, Hash{*this}, Equal{*this}),
      max_items_(max_items) {}

TypeFacts TypeTable::Facts(ValType type) const {
  return IsPrimitive(type.kind()) ? PrimitiveFacts(type.kind()) : defs_[type.index()].facts;
}

FlatForm TypeTable::Flat(ValType type) const {
  if (IsPrimitive(type.kind())) return PrimitiveFlat(type.kind());
  TENON_CHECK(type.index() < flat_.size());
  return flat_[type.index()];
}

FlatForm TypeTable::Flatten(const TypeDef& def) const {
  FlatForm flat;
  switch (def.kind) {
    case TypeKind::kList:
    case TypeKind::kMap: Append(PrimitiveFlat(TypeKind::kString), &flat); break;
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const ValType part : def.types) Append(Flat(part), &flat);
      break;
    case TypeKind::kFixedList:  // each adds one or more
      for (uint32_t i = 0; i < def.length && flat.size <= kMaxFlatParams; ++i) {
        Append(Flat(def.types[0]), &flat);
      }
      break;
    case TypeKind::kVariant:
    case TypeKind::kOption:
    case TypeKind::kResult: {
      FlatForm payloads;
      for (const ValType payload : def.types) {
        if (payload.has_value()) JoinWith(Flat(payload), &payloads);
      }
      flat = PrimitiveFlat(TypeKind::kU32);  // the discriminant
      Append(payloads, &flat);
      break;
    }
    default: flat = PrimitiveFlat(TypeKind::kU32);  // flags, enum, handles
  }
  return flat;
}

Result<TypeFacts> TypeTable::Measure(const TypeDef& def) const {
  TypeFacts facts;
  uint64_t size = 1 + def.labels.size();
  uint64_t product = 0, largest = 0;  // sizes as of a record, and of the largest case
  uint32_t depth = 0;
  for (ValType type : def.types) {
    if (!type.has_value()) continue;
    const TypeFacts part = Facts(type);
    size += part.size;
    depth = std::max(depth, part.depth);
    facts.has_borrow |= part.has_borrow;
    facts.has_resource |= part.has_resource;
    facts.has_pointer |= part.has_pointer;
    facts.has_async |= part.has_async;
    facts.alignment64 = std::max(facts.alignment64, part.alignment64);
    product = AlignTo(product, part.alignment64) + part.element_size64;
    largest = std::max<uint64_t>(largest, part.element_size64);
  }
  if (size > kMaxTypeSize) {
    return Fail(ErrorKind::kLimit, absl::StrCat("type size exceeds the limit of ", kMaxTypeSize));
  }
  if (depth + 1 > kMaxTypeDepth) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("type nesting exceeds the limit of ", kMaxTypeDepth));
  }
  facts.size = static_cast<uint32_t>(size);
  facts.depth = depth + 1;
  const uint64_t bytes = ElementSize64(def, product, largest, &facts);
  if (bytes >= kMaxPairSize) return Fail(ErrorKind::kInvalid, kTypeTooLarge);
  facts.element_size64 = static_cast<uint32_t>(bytes);
  return facts;
}

Result<ValType> TypeTable::Intern(TypeDef def) {
  if (const auto found = interned_defs_.find(def); found != interned_defs_.end()) {
    return ValType(def.kind, found->value());
  }
  if (defs_.size() >= kMaxTypes) return Fail(ErrorKind::kLimit, "too many types");
  TENON_ASSIGN_OR_RETURN(const TypeFacts facts, Measure(def));
  const uint32_t index = static_cast<uint32_t>(defs_.size());
  const TypeKind kind = def.kind;
  flat_.push_back(Flatten(def));
  defs_.push_back({std::move(def), facts});
  interned_defs_.insert(DefIndex(index));
  return ValType(kind, index);
}

Result<FuncTypeId> TypeTable::Intern(FuncType type) {
  if (const auto found = interned_funcs_.find(type); found != interned_funcs_.end()) {
    return *found;
  }
  if (funcs_.size() >= kMaxTypes) return Fail(ErrorKind::kLimit, "too many types");
  uint64_t size = 1;
  bool has_resource = false;
  const auto measure = [&](ValType part) {
    const TypeFacts facts = Facts(part);
    size += facts.size;
    has_resource |= facts.has_resource;
  };
  for (const auto& [label, param] : type.params) measure(param);
  if (type.result.has_value()) measure(type.result);
  if (size > kMaxTypeSize) {
    return Fail(ErrorKind::kLimit, absl::StrCat("type size exceeds the limit of ", kMaxTypeSize));
  }
  const uint32_t index = static_cast<uint32_t>(funcs_.size());
  funcs_.push_back(std::move(type));
  func_has_resource_.push_back(has_resource);
  interned_funcs_.insert(FuncTypeId(index));
  return FuncTypeId(index);
}

void TypeTable::Grow(const NamedItem& named, Extent* extent) const {
  const ExternType& type = named.type;
  Extent part;
  AnyType any = ResourceId();
  if (const auto* item = std::get_if<TypeItem>(&type)) any = item->type;
  if (const auto* id = std::get_if<InstanceTypeId>(&type)) any = *id;
  if (const auto* id = std::get_if<ComponentTypeId>(&type)) any = *id;
  if (const auto* id = std::get_if<InstanceTypeId>(&any)) part = instance_extents_[id->value()];
  if (const auto* id = std::get_if<ComponentTypeId>(&any)) part = component_extents_[id->value()];
  extent->size += part.size + Cost(named.name) - 1;
  extent->depth = std::max(extent->depth, part.depth + 1);
}

Status TypeTable::Check(const Extent& extent) {
  if (extent.size > kMaxTypeSize) {
    return Fail(ErrorKind::kLimit, absl::StrCat("type size exceeds the limit of ", kMaxTypeSize));
  }
  if (extent.depth > kMaxTypeDepth) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("type nesting exceeds the limit of ", kMaxTypeDepth));
  }
  return Charge(extent.size);
}

uint64_t TypeTable::Cost(const std::vector<ResourcePath>& paths) {
  uint64_t cost = 0;
  for (const ResourcePath& path : paths) {
    for (absl::string_view name : path.path) cost += Cost(name);
  }
  return cost;
}

Status TypeTable::Charge(uint64_t items) {
  items_ += items;
  if (items_ > max_items_) {
    return Fail(ErrorKind::kLimit, absl::StrCat("types exceed ", max_items_, " items in total"));
  }
  return {};
}

Result<InstanceTypeId> TypeTable::Add(InstanceType type) {
  Extent extent;
  for (const NamedItem& item : type.exports) Grow(item, &extent);
  TENON_RETURN_IF_ERROR(Check(extent));
  TENON_RETURN_IF_ERROR(Charge(Cost(type.resources)));
  instances_.push_back(std::move(type));
  instance_extents_.push_back(extent);
  return InstanceTypeId(static_cast<uint32_t>(instances_.size() - 1));
}

Result<ComponentTypeId> TypeTable::Add(ComponentType type) {
  Extent extent;
  for (const NamedItem& item : type.imports) Grow(item, &extent);
  for (const NamedItem& item : type.exports) Grow(item, &extent);
  TENON_RETURN_IF_ERROR(Check(extent));
  TENON_RETURN_IF_ERROR(Charge(Cost(type.imported_resources) + Cost(type.defined_resources)));
  components_.push_back(std::move(type));
  component_extents_.push_back(extent);
  return ComponentTypeId(static_cast<uint32_t>(components_.size() - 1));
}

Result<ModuleTypeId> TypeTable::Add(ModuleType type) {
  TENON_RETURN_IF_ERROR(Check({type.imports.size() + type.exports.size(), 1}));
  modules_.push_back(std::move(type));
  return ModuleTypeId(static_cast<uint32_t>(modules_.size() - 1));
}

ResourceId TypeTable::NewResource(absl::string_view name) {
  resource_names_.push_back(name);
  return ResourceId(static_cast<uint32_t>(resource_names_.size() - 1));
}

void TypeTable::SetResourceName(ResourceId id, absl::string_view name) {
  if (resource_names_[id.value()].empty()) resource_names_[id.value()] = name;
}

uint32_t CaseCount(const TypeDef& def) {
  switch (def.kind) {
    case TypeKind::kOption:
    case TypeKind::kResult: return 2;
    case TypeKind::kEnum: return static_cast<uint32_t>(def.labels.size());
    default: return static_cast<uint32_t>(def.types.size());
  }
}

ValType CasePayload(const TypeDef& def, uint32_t index) {
  switch (def.kind) {
    case TypeKind::kOption: return index == 0 ? ValType() : def.types[0];
    case TypeKind::kEnum: return ValType();
    default: return def.types[index];
  }
}

}  // namespace tenon::abi
