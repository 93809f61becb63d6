#include "abi/types/compare.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// What leads from a type to its part `index`.
std::string StepTo(const TypeDef& def, size_t index) {
  switch (def.kind) {
    case TypeKind::kRecord: return absl::StrCat("field \"", def.labels[index], "\"");
    case TypeKind::kVariant: return absl::StrCat("case \"", def.labels[index], "\"");
    case TypeKind::kTuple: return absl::StrCat("tuple item ", index);
    case TypeKind::kOption: return "option";
    case TypeKind::kResult: return index == 0 ? "ok" : "error";
    default: return "list element";
  }
}

}  // namespace

bool TypeComparer::Differ(AnyType expected, AnyType found) {
  difference_ = {{}, expected, found};
  return false;
}

bool TypeComparer::Under(std::string step) {
  difference_.path.push_back(std::move(step));
  return false;
}

TypeDifference TypeComparer::difference() const {
  TypeDifference result = difference_;
  std::reverse(result.path.begin(), result.path.end());
  return result;
}

bool TypeComparer::Equal(ValType expected, ValType found) {
  if (expected.has_value() != found.has_value()) return Differ(expected, found);
  if (!expected.has_value()) return true;
  if (expected.kind() != found.kind()) return Differ(expected, found);
  if (IsPrimitive(expected.kind())) return true;
  // The ends of a stream or future know their elements by the types of one component.
  if (expected.kind() == TypeKind::kStream || expected.kind() == TypeKind::kFuture) {
    return Differ(expected, found);
  }
  const std::pair<uint32_t, uint32_t> pair(expected.bits(), found.bits());
  if (equal_.contains(pair)) return true;
  if (!Parts(expected, found)) return false;
  equal_.insert(pair);
  return true;
}

// Types are at most kMaxTypeDepth deep.
bool TypeComparer::Parts(ValType expected, ValType found) {
  const TypeDef& wanted = expected_.Get(expected);
  const TypeDef& given = found_.Get(found);
  if (wanted.kind == TypeKind::kOwn || wanted.kind == TypeKind::kBorrow) {
    return same_(wanted.resource, given.resource) || Differ(expected, found);
  }
  if (wanted.labels != given.labels || wanted.types.size() != given.types.size() ||
      wanted.length != given.length) {
    return Differ(expected, found);
  }
  for (size_t i = 0; i < wanted.types.size(); ++i) {
    if (!Equal(wanted.types[i], given.types[i])) return Under(StepTo(wanted, i));
  }
  return true;
}

bool TypeComparer::Equal(FuncTypeId expected, FuncTypeId found) {
  const FuncType& wanted = expected_.Get(expected);
  const FuncType& given = found_.Get(found);
  if (wanted.is_async != given.is_async || wanted.params.size() != given.params.size()) {
    return Differ(expected, found);
  }
  for (size_t i = 0; i < wanted.params.size(); ++i) {
    if (wanted.params[i].first != given.params[i].first) return Differ(expected, found);
  }
  for (size_t i = 0; i < wanted.params.size(); ++i) {
    if (!Equal(wanted.params[i].second, given.params[i].second)) {
      return Under(absl::StrCat("param \"", wanted.params[i].first, "\""));
    }
  }
  return Equal(wanted.result, given.result) || Under("result");
}

}  // namespace tenon::abi
