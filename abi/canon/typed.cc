#include "abi/canon/typed.h"

#include "absl/strings/str_join.h"

namespace tenon::abi {

bool LabelsMatch(const TypeDef& def, absl::Span<const char* const> labels) {
  if (def.labels.size() != labels.size()) return false;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (def.labels[i] != labels[i]) return false;
  }
  return true;
}

std::string DescribeLabels(const char* keyword, absl::Span<const char* const> labels) {
  return absl::StrCat(keyword, " { ", absl::StrJoin(labels, ", "), " }");
}

}  // namespace tenon::abi
