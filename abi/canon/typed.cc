#include "abi/canon/typed.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_join.h"

namespace tenon::abi {

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

std::string DescribeLabels(const char* keyword, absl::Span<const char* const> labels) {
  return absl::StrCat(keyword, " { ", absl::StrJoin(labels, ", "), " }");
}

}  // namespace tenon::abi
