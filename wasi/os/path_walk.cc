#include "wasi/os/path_walk.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "vm/base/status.h"
#include "wasi/os/guest_path.h"

namespace tenon::wasi {
namespace {

constexpr int kDirectoryFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;

// A rename beside a walk with ".." in it makes the kernel give up with EAGAIN and ask for a retry.
constexpr int kRenameRetries = 32;

int OpenBeneath(int base, const char* path) {
  open_how how = {};
  how.flags = kDirectoryFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, base, path, &how, sizeof how));
}

// False for a kernel before 5.6 (ENOSYS) and under a filter that does not know the call (EPERM).
bool HasOpenat2() {
  static const bool has_openat2 = UniqueFd(OpenBeneath(AT_FDCWD, ".")).is_open();
  return has_openat2;
}

// The walk for kernels without openat2. Holds every directory on the way down, so `..` goes back to
// where the walk came from, not to where a renamed directory hangs by now.
class ComponentWalk {
 public:
  explicit ComponentWalk(int base) : base_(base) {}

  OsResult<UniqueFd> Open(absl::string_view path) {
    Push(path);
    while (!pending_.empty()) {
      const std::string component = std::move(pending_.back());
      pending_.pop_back();
      TENON_RETURN_IF_ERROR(Step(component));
    }
    if (opened_.empty()) return ReopenBase();
    return std::move(opened_.back());
  }

 private:
  OsStatus Step(const std::string& component);
  OsStatus Expand(const std::string& link);
  OsResult<UniqueFd> ReopenBase() const;
  void Push(absl::string_view path);

  int current() const { return opened_.empty() ? base_ : opened_.back().get(); }

  int base_;
  int links_followed_ = 0;
  std::vector<UniqueFd> opened_;      // the directories below the base, innermost last
  std::vector<std::string> pending_;  // components still to walk, next one last
};

OsStatus ComponentWalk::Step(const std::string& component) {
  if (component == "..") {
    if (opened_.empty()) return OsError(ErrorCode::kNotPermitted);
    opened_.pop_back();
    return {};
  }
  UniqueFd next(::openat(current(), component.c_str(), kDirectoryFlags | O_NOFOLLOW));
  if (next.is_open()) {
    opened_.push_back(std::move(next));
    return {};
  }
  // A link is ENOTDIR here (O_PATH opens the link itself, O_DIRECTORY refuses it), or ELOOP.
  if (errno != ENOTDIR && errno != ELOOP) return OsError(errno);
  return Expand(component);
}

OsStatus ComponentWalk::Expand(const std::string& link) {
  OsResult<std::string> target = ReadLink(current(), link);
  if (!target) {
    const bool no_link = target.error() == ErrorCode::kInvalid;
    return OsError(no_link ? ErrorCode::kNotDirectory : target.error());
  }
  if (absl::StartsWith(*target, "/")) return OsError(ErrorCode::kNotPermitted);
  if (++links_followed_ > kMaxLinksFollowed) return OsError(ErrorCode::kLoop);
  Push(*target);
  return {};
}

OsResult<UniqueFd> ComponentWalk::ReopenBase() const {
  UniqueFd fd(::openat(base_, ".", kDirectoryFlags));
  if (!fd.is_open()) return OsError(errno);
  return fd;
}

void ComponentWalk::Push(absl::string_view path) {
  const std::vector<absl::string_view> components = SplitComponents(path);
  for (size_t i = components.size(); i-- > 0;) pending_.emplace_back(components[i]);
}

OsResult<UniqueFd> OpenDirectoryWithOpenat2(int base, absl::string_view path) {
  const std::string terminated(path);
  for (int i = 0; i < kRenameRetries; ++i) {
    UniqueFd fd(OpenBeneath(base, terminated.c_str()));
    if (fd.is_open()) return fd;
    if (errno == EAGAIN || errno == EINTR) continue;
    // The kernel's word for "this would leave the base"; no other step of a walk gives it.
    if (errno == EXDEV) return OsError(ErrorCode::kNotPermitted);
    return OsError(errno);
  }
  return ComponentWalk(base).Open(path);  // renames anywhere in the system can starve openat2
}

}  // namespace

OsResult<std::string> ReadLink(int directory, const std::string& name) {
  char buffer[kMaxPathBytes + 1];
  const ssize_t length = ::readlinkat(directory, name.c_str(), buffer, sizeof buffer);
  if (length < 0) return OsError(errno);
  if (static_cast<size_t>(length) > kMaxPathBytes) return OsError(ErrorCode::kNameTooLong);
  return std::string(buffer, static_cast<size_t>(length));
}

PathWalk::PathWalk(WalkMethod method)
    : use_openat2_(method == WalkMethod::kOpenat2 ||
                   (method == WalkMethod::kAvailable && HasOpenat2())) {}

OsStatus PathWalk::EnterDirectory(int base, absl::string_view parent, Place* place) const {
  place->opened.Reset(-1);
  place->directory = base;
  if (parent.empty()) return {};
  TENON_ASSIGN_OR_RETURN(place->opened, use_openat2_ ? OpenDirectoryWithOpenat2(base, parent)
                                                     : ComponentWalk(base).Open(parent));
  place->directory = place->opened.get();
  return {};
}

OsResult<Place> PathWalk::LocateName(int base, absl::string_view path) const {
  TENON_ASSIGN_OR_RETURN(const GuestPath split, SplitGuestPath(path));
  Place place;
  TENON_RETURN_IF_ERROR(EnterDirectory(base, split.parent, &place));
  place.name = std::string(split.name);
  place.must_be_directory = split.must_be_directory;
  return place;
}

OsResult<Place> PathWalk::Locate(int base, absl::string_view path, FollowFinal follow) const {
  // A link at the end is replaced by its text and the whole path walked again from the base, so
  // that a target such as "../x" is judged against the base and not against its own directory.
  std::string walked(path);
  bool must_be_directory = false;
  for (int links = 0; links <= kMaxLinksFollowed; ++links) {
    TENON_ASSIGN_OR_RETURN(Place place, LocateName(base, walked));
    must_be_directory |= place.must_be_directory;
    place.must_be_directory = must_be_directory;
    if (place.names_directory_itself()) return place;
    if (follow == FollowFinal::kNo && !must_be_directory) return place;
    const OsResult<std::string> target = ReadLink(place.directory, place.name);
    if (!target) return place;  // no link, or nothing there yet: for the caller's call to say
    if (absl::StartsWith(*target, "/")) return OsError(ErrorCode::kNotPermitted);
    TENON_ASSIGN_OR_RETURN(const GuestPath split, SplitGuestPath(walked));
    walked = split.parent.empty() ? *target : absl::StrCat(split.parent, "/", *target);
  }
  return OsError(ErrorCode::kLoop);
}

}  // namespace tenon::wasi
