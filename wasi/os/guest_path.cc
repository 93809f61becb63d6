#include "wasi/os/guest_path.h"

#include <algorithm>

namespace tenon::wasi {

OsResult<GuestPath> SplitGuestPath(absl::string_view path) {
  if (path.empty()) return OsError(ErrorCode::kNoEntry);
  if (path.size() > kMaxPathBytes) return OsError(ErrorCode::kNameTooLong);
  if (path.find('\0') != absl::string_view::npos) return OsError(ErrorCode::kInvalid);
  if (path.front() == '/') return OsError(ErrorCode::kNotPermitted);

  GuestPath split;
  absl::string_view rest = path;
  while (rest.back() == '/') {  // stops: the first byte is not a slash
    rest.remove_suffix(1);
    split.must_be_directory = true;
  }
  const size_t slash = rest.rfind('/');
  split.name = slash == absl::string_view::npos ? rest : rest.substr(slash + 1);
  split.parent = slash == absl::string_view::npos ? absl::string_view() : rest.substr(0, slash);
  if (split.name == "." || split.name == "..") {
    split.parent = rest;
    split.name = ".";
    split.must_be_directory = true;
  }
  return split;
}

std::vector<absl::string_view> SplitComponents(absl::string_view path) {
  std::vector<absl::string_view> components;
  while (!path.empty()) {
    const size_t length = std::min(path.find('/'), path.size());
    const absl::string_view component = path.substr(0, length);
    if (!component.empty() && component != ".") components.push_back(component);
    path.remove_prefix(std::min(length + 1, path.size()));
  }
  return components;
}

}  // namespace tenon::wasi
