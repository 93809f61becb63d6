#include "abi/canon/typed.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::abi {
namespace {

absl::Span<const char* const> Labels(const canon::TypeShape& shape) {
  return {shape.labels, shape.label_count};
}
absl::Span<const canon::TypeShape* const> Parts(const canon::TypeShape& shape) {
  return {shape.parts, shape.part_count};
}

}  // namespace

bool TypeChecker::Matches(ValType type, const canon::TypeShape* shape) const {
  if (shape == nullptr || !type.has_value()) return shape == nullptr && !type.has_value();
  if (type.kind() != shape->kind) return false;
  if (IsPrimitive(type.kind())) return true;
  const TypeDef& def = types.Get(type);
  if (def.length != shape->length) return false;
  if (def.kind == TypeKind::kOwn || def.kind == TypeKind::kBorrow) {
    return MatchesHandle(def, *shape);
  }
  const auto parts = Parts(*shape);
  const bool has_parts = def.kind != TypeKind::kEnum && def.kind != TypeKind::kFlags;
  if (has_parts && def.types.size() != parts.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!Matches(def.types[i], parts[i])) return false;
  }
  return shape->labels == nullptr || HasLabels(type, Labels(*shape));
}

bool TypeChecker::Matches(const FuncType& type, const canon::FuncShape& shape) const {
  // A host's function does not block, nor does the host wait for an export.
  if (type.is_async || type.params.size() != shape.param_count) return false;
  for (size_t i = 0; i < shape.param_count; ++i) {
    if (!Matches(type.params[i].second, shape.params[i])) return false;
  }
  return Matches(type.result, shape.result);
}

bool TypeChecker::MatchesHandle(const TypeDef& def, const canon::TypeShape& shape) const {
  const ResourceType* bound = resources[def.resource.value()];
  return shape.guest_tag != nullptr ? BindGuestType(shape.guest_tag, bound)
                                    : bound == shape.resource;
}

bool TypeChecker::HasLabels(ValType type, absl::Span<const char* const> labels) const {
  const std::pair<ValType, const char* const*> seen(type, labels.data());
  if (absl::c_linear_search(labels_seen_, seen)) return true;
  if (!absl::c_equal(types.Get(type).labels, labels)) return false;
  labels_seen_.push_back(seen);
  return true;
}

bool TypeChecker::BindGuestType(const void* tag, const ResourceType* type) const {
  if (type == nullptr || type->impl == nullptr) return false;
  for (const auto& [bound, to] : guest_types_) {
    if (bound == tag) return to == type;
  }
  guest_types_.emplace_back(tag, type);
  return true;
}

namespace {

using Names = ResourceNames;

const char* PrimitiveName(TypeKind kind) {
  static constexpr const char* kNames[] = {
#define PRIMITIVE(name, text, code, is_key) text,
#include "abi/syntax/primitive_types.def"
  };
  return kNames[static_cast<size_t>(kind)];
}

std::string DescribeHandle(const canon::TypeShape& shape, const Names& names) {
  const char* const prefix = shape.kind == TypeKind::kOwn ? "own<" : "borrow<";
  if (shape.guest_tag != nullptr) return absl::StrCat(prefix, "guest resource>");
  const auto name = names.find(shape.resource);
  return absl::StrCat(prefix, name == names.end() ? "unregistered resource" : name->second, ">");
}

// "keyword<part, part>"
std::string DescribeParts(const char* keyword, const canon::TypeShape& shape, const Names& names) {
  return absl::StrCat(keyword, "<",
                      absl::StrJoin(Parts(shape), ", ",
                                    [&](std::string* out, const canon::TypeShape* part) {
                                      absl::StrAppend(out, Describe(part, names));
                                    }),
                      ">");
}

// "keyword { label, label }", with what `part` says of each label's type.
std::string DescribeLabels(const char* keyword, const canon::TypeShape& shape,
                           absl::FunctionRef<std::string(const canon::TypeShape*)> part) {
  std::string text = absl::StrCat(keyword, " { ");
  for (size_t i = 0; i < shape.label_count; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", shape.labels[i],
                    part(i < shape.part_count ? shape.parts[i] : nullptr));
  }
  return text + " }";
}

}  // namespace

std::string Describe(const canon::TypeShape* shape, const ResourceNames& names) {
  if (shape == nullptr) return "_";
  switch (shape->kind) {
    case TypeKind::kRecord:
      return DescribeLabels("record", *shape, [&](const canon::TypeShape* part) {
        return absl::StrCat(": ", Describe(part, names));
      });
    case TypeKind::kVariant:
      return DescribeLabels("variant", *shape, [&](const canon::TypeShape* part) {
        return part == nullptr ? "" : absl::StrCat("(", Describe(part, names), ")");
      });
    case TypeKind::kEnum:
    case TypeKind::kFlags:
      return DescribeLabels(shape->kind == TypeKind::kEnum ? "enum" : "flags", *shape,
                            [](const canon::TypeShape*) { return ""; });
    case TypeKind::kList: return DescribeParts("list", *shape, names);
    case TypeKind::kFixedList:
      return absl::StrCat("list<", Describe(shape->parts[0], names), ", ", shape->length, ">");
    case TypeKind::kMap: return DescribeParts("map", *shape->parts[0], names);
    case TypeKind::kTuple: return DescribeParts("tuple", *shape, names);
    case TypeKind::kOption: return DescribeParts("option", *shape, names);
    case TypeKind::kResult: return DescribeParts("result", *shape, names);
    case TypeKind::kOwn:
    case TypeKind::kBorrow: return DescribeHandle(*shape, names);
    default: return PrimitiveName(shape->kind);
  }
}

std::string Describe(const canon::FuncShape& shape, const ResourceNames& names) {
  std::string text = "func(";
  for (size_t i = 0; i < shape.param_count; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", Describe(shape.params[i], names));
  }
  text += ")";
  if (shape.result != nullptr) absl::StrAppend(&text, " -> ", Describe(shape.result, names));
  return text;
}

}  // namespace tenon::abi
