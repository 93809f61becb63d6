// From a directory and a guest's path to a place strictly beneath that directory.
// wasi: filesystem/types, "path resolution".
// Invariants: no step leaves the base (`..`, symbolic links, magic links), whoever renames beside
// us; the last component is handed to the kernel alone, without a slash, and only together with
// O_NOFOLLOW or AT_SYMLINK_NOFOLLOW. Both methods obey them: openat2 where the kernel has it, and a
// walk that opens one component at a time and expands links itself.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "wasi/os/error_code.h"
#include "wasi/os/unique_fd.h"

namespace tenon::wasi {

enum class WalkMethod : unsigned char {
  kAvailable,  // openat2 if the kernel and its filters allow it
  kOpenat2,
  kComponents,  // one openat a component
};

enum class FollowFinal : bool { kNo, kYes };  // the symlink-follow flag of the WIT

constexpr int kMaxLinksFollowed = 40;

// Where the last component stands. Use `name` only with the *at() calls and not following links.
struct Place {
  // The directory of `name`: borrowed from the caller if `opened` holds nothing.
  int directory = -1;
  UniqueFd opened;
  std::string name;
  bool must_be_directory = false;

  bool names_directory_itself() const { return name == "."; }
};

class PathWalk {
 public:
  explicit PathWalk(WalkMethod method = WalkMethod::kAvailable);

  // Finds the place of `path` beneath `base`, which must stay open as long as the Place is used.
  // The last component need not exist. With kYes, or when the path ends in a slash, a symbolic link
  // there is expanded, so the place is that of its target. An escape is kNotPermitted.
  OsResult<Place> Locate(int base, absl::string_view path, FollowFinal follow) const;

  // Like Locate for a path whose own last component matters, not what it points to: rename, unlink,
  // create, readlink. A trailing slash only sets must_be_directory.
  OsResult<Place> LocateName(int base, absl::string_view path) const;

 private:
  // Opens `parent` beneath `base` into the place; leaves the base itself for an empty one.
  OsStatus EnterDirectory(int base, absl::string_view parent, Place* place) const;

  bool use_openat2_;
};

// The contents of the symbolic link `name`; kInvalid if it is something else.
OsResult<std::string> ReadLink(int directory, const std::string& name);

}  // namespace tenon::wasi
