// A guest's path, split by us and by nobody else. A path is relative, has no NUL and at most 4,096
// bytes; a trailing slash or dot says "must be a directory" and never reaches the kernel, since
// `open(O_NOFOLLOW, "link/")` follows the link.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "wasi/os/error_code.h"

namespace tenon::wasi {

constexpr size_t kMaxPathBytes = 4096;

// Views into the path it was split from.
struct GuestPath {
  // What leads to the directory of the last component; empty when that is the base itself.
  absl::string_view parent;
  // The last component. "." when the path names a directory by its ending ("a/..", "."): then
  // `parent` is the whole path.
  absl::string_view name;
  // The path ended in a slash, "." or "..".
  bool must_be_directory = false;

  bool names_directory_itself() const { return name == "."; }
};

// kNotPermitted for an absolute path, kNoEntry for an empty one, kInvalid for a NUL, kNameTooLong.
OsResult<GuestPath> SplitGuestPath(absl::string_view path);

// The components of `path` without empty ones and ".", in order.
std::vector<absl::string_view> SplitComponents(absl::string_view path);

}  // namespace tenon::wasi
