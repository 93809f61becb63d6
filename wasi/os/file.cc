#include "wasi/os/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "vm/base/status.h"
#include "wasi/os/file_type.h"
#include "wasi/os/random.h"
#include "wasi/os/sip_hash.h"

namespace tenon::wasi {
namespace {

constexpr uint64_t kMaxOffset = std::numeric_limits<off_t>::max();

OsStatus Check(int result) {
  if (result < 0) return OsError(errno);
  return {};
}

// Repeats a call that a signal interrupted.
template <typename Call>
auto Uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

OsResult<size_t> CheckCount(ssize_t result) {
  if (result < 0) return OsError(errno);
  return static_cast<size_t>(result);
}

OsResult<struct stat> RawStat(int fd) {
  struct stat raw;
  if (::fstat(fd, &raw) < 0) return OsError(errno);
  return raw;
}

OsResult<struct stat> RawStatAt(const Place& place) {
  struct stat raw;
  if (::fstatat(place.directory, place.name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) < 0) {
    return OsError(errno);
  }
  if (place.must_be_directory && !S_ISDIR(raw.st_mode)) return OsError(ErrorCode::kNotDirectory);
  return raw;
}

std::optional<Datetime> ToDatetime(const timespec& time) {
  if (time.tv_sec < 0) return std::nullopt;
  return Datetime{static_cast<uint64_t>(time.tv_sec), static_cast<uint32_t>(time.tv_nsec)};
}

FileStat ToFileStat(const struct stat& raw) {
  FileStat stat;
  stat.type = FileTypeOfMode(raw.st_mode);
  stat.link_count = raw.st_nlink;
  stat.size = static_cast<uint64_t>(raw.st_size);
  stat.data_access_timestamp = ToDatetime(raw.st_atim);
  stat.data_modification_timestamp = ToDatetime(raw.st_mtim);
  stat.status_change_timestamp = ToDatetime(raw.st_ctim);
  return stat;
}

MetadataHashValue Hash(const struct stat& raw) {
  static const SipKey lower_key{RandomU64(), RandomU64()};  // of this process alone
  static const SipKey upper_key{RandomU64(), RandomU64()};
  const uint64_t words[] = {raw.st_dev, raw.st_ino, static_cast<uint64_t>(raw.st_size),
                            static_cast<uint64_t>(raw.st_mtim.tv_sec),
                            static_cast<uint64_t>(raw.st_mtim.tv_nsec)};
  const absl::Span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(words), sizeof words);
  return MetadataHashValue{SipHash(lower_key, bytes), SipHash(upper_key, bytes)};
}

OsResult<timespec> ToTimespec(const NewTimestamp& wanted) {
  switch (wanted.kind) {
    case NewTimestamp::Kind::kNoChange: return timespec{0, UTIME_OMIT};
    case NewTimestamp::Kind::kNow: return timespec{0, UTIME_NOW};
    case NewTimestamp::Kind::kTimestamp: break;
  }
  // UTIME_NOW and UTIME_OMIT are nanoseconds beyond a second: a guest must not reach them.
  if (wanted.timestamp.nanoseconds >= 1'000'000'000) return OsError(ErrorCode::kInvalid);
  if (wanted.timestamp.seconds > static_cast<uint64_t>(std::numeric_limits<time_t>::max())) {
    return OsError(ErrorCode::kOverflow);
  }
  return timespec{static_cast<time_t>(wanted.timestamp.seconds),
                  static_cast<long>(wanted.timestamp.nanoseconds)};
}

int OpenFlags(const OpenRequest& request) {
  // Neither a FIFO without a peer nor a terminal may catch us while we find out what it is.
  int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  flags |= request.write ? (request.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (request.create) flags |= O_CREAT;
  if (request.directory) flags |= O_DIRECTORY;
  if (request.create && request.exclusive) flags |= O_EXCL;  // alone it means nothing in POSIX
  if (request.truncate) flags |= O_TRUNC;
  if (request.file_integrity_sync) flags |= O_SYNC;
  if (request.data_integrity_sync) flags |= O_DSYNC;
  return flags;
}

// A removal or a move takes the name as it is: a slash behind a link does not lead through it.
OsStatus RequireDirectoryIfAsked(const Place& place) {
  if (!place.must_be_directory) return {};
  TENON_RETURN_IF_ERROR(RawStatAt(place));
  return {};
}

}  // namespace

OsResult<OpenedFile> OpenAt(const Place& place, const OpenRequest& request) {
  if (request.create && request.directory) return OsError(ErrorCode::kInvalid);
  if (request.create && place.must_be_directory) return OsError(ErrorCode::kIsDirectory);
  OpenRequest asked = request;
  asked.directory |= place.must_be_directory;
  // Opening a FIFO or a device may have effects on others already. Who puts one there between this
  // look and the opening is refused below.
  if (const OsResult<struct stat> raw = RawStatAt(place);
      raw && !S_ISREG(raw->st_mode) && !S_ISDIR(raw->st_mode) && !S_ISLNK(raw->st_mode)) {
    return OsError(ErrorCode::kNotPermitted);
  }
  UniqueFd fd(Uninterrupted(
      [&] { return ::openat(place.directory, place.name.c_str(), OpenFlags(asked), 0666); }));
  if (!fd.is_open()) return OsError(errno);
  TENON_ASSIGN_OR_RETURN(const FileType type, TypeOf(fd.get()));
  if (type != FileType::kRegularFile && type != FileType::kDirectory) {
    return OsError(ErrorCode::kNotPermitted);
  }
  return OpenedFile{std::move(fd), type};
}

OsResult<UniqueFd> OpenHostDirectory(const std::string& host_path) {
  UniqueFd fd(::open(host_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open()) return OsError(errno);
  return fd;
}

OsResult<FileStat> Stat(int fd) {
  TENON_ASSIGN_OR_RETURN(const struct stat raw, RawStat(fd));
  return ToFileStat(raw);
}

OsResult<FileStat> StatAt(const Place& place) {
  TENON_ASSIGN_OR_RETURN(const struct stat raw, RawStatAt(place));
  return ToFileStat(raw);
}

OsResult<FileType> TypeOf(int fd) {
  TENON_ASSIGN_OR_RETURN(const struct stat raw, RawStat(fd));
  return FileTypeOfMode(raw.st_mode);
}

OsResult<MetadataHashValue> HashMetadata(int fd) {
  TENON_ASSIGN_OR_RETURN(const struct stat raw, RawStat(fd));
  return Hash(raw);
}

OsResult<MetadataHashValue> HashMetadataAt(const Place& place) {
  TENON_ASSIGN_OR_RETURN(const struct stat raw, RawStatAt(place));
  return Hash(raw);
}

bool IsSameObject(int fd, int other) {
  const OsResult<struct stat> a = RawStat(fd);
  const OsResult<struct stat> b = RawStat(other);
  return a && b && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

OsStatus SetTimes(int fd, const NewTimestamp& access, const NewTimestamp& modification) {
  timespec times[2];
  TENON_ASSIGN_OR_RETURN(times[0], ToTimespec(access));
  TENON_ASSIGN_OR_RETURN(times[1], ToTimespec(modification));
  return Check(::futimens(fd, times));
}

OsStatus SetTimesAt(const Place& place, const NewTimestamp& access,
                    const NewTimestamp& modification) {
  timespec times[2];
  TENON_ASSIGN_OR_RETURN(times[0], ToTimespec(access));
  TENON_ASSIGN_OR_RETURN(times[1], ToTimespec(modification));
  TENON_RETURN_IF_ERROR(RequireDirectoryIfAsked(place));
  return Check(::utimensat(place.directory, place.name.c_str(), times, AT_SYMLINK_NOFOLLOW));
}

OsStatus SetSize(int fd, uint64_t size) {
  if (size > kMaxOffset) return OsError(ErrorCode::kFileTooLarge);
  return Check(Uninterrupted([&] { return ::ftruncate(fd, static_cast<off_t>(size)); }));
}

OsStatus Sync(int fd) {
  return Check(Uninterrupted([&] { return ::fsync(fd); }));
}

OsStatus SyncData(int fd) {
  return Check(Uninterrupted([&] { return ::fdatasync(fd); }));
}

OsStatus Advise(int fd, uint64_t offset, uint64_t length, Advice advice) {
  static constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                    POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if (offset > kMaxOffset || length > kMaxOffset) return OsError(ErrorCode::kInvalid);
  const int error = ::posix_fadvise(fd, static_cast<off_t>(offset), static_cast<off_t>(length),
                                    kAdvice[static_cast<int>(advice)]);
  if (error != 0) return OsError(error);
  return {};
}

OsResult<size_t> ReadAt(int fd, absl::Span<uint8_t> into, uint64_t offset) {
  if (offset > kMaxOffset) return OsError(ErrorCode::kInvalid);
  return CheckCount(Uninterrupted(
      [&] { return ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset)); }));
}

OsResult<size_t> WriteAt(int fd, absl::Span<const uint8_t> bytes, uint64_t offset) {
  if (offset > kMaxOffset) return OsError(ErrorCode::kFileTooLarge);
  return CheckCount(Uninterrupted(
      [&] { return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)); }));
}

OsResult<size_t> Append(int fd, absl::Span<const uint8_t> bytes) {
  iovec vector{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  const ssize_t written = Uninterrupted([&] { return ::pwritev2(fd, &vector, 1, 0, RWF_APPEND); });
  if (written >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS)) return CheckCount(written);
  // A file system without RWF_APPEND: another writer may slip in between these two.
  TENON_ASSIGN_OR_RETURN(const struct stat raw, RawStat(fd));
  return WriteAt(fd, bytes, static_cast<uint64_t>(raw.st_size));
}

bool IsTerminal(int fd) { return ::isatty(fd) == 1; }

int NullDevice() {
  static const int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  return fd;
}

OsStatus CreateDirectoryAt(const Place& place) {
  if (place.names_directory_itself()) return OsError(ErrorCode::kExist);
  return Check(::mkdirat(place.directory, place.name.c_str(), 0777));
}

OsStatus RemoveDirectoryAt(const Place& place) {
  if (place.names_directory_itself()) return OsError(ErrorCode::kInvalid);
  return Check(::unlinkat(place.directory, place.name.c_str(), AT_REMOVEDIR));
}

OsStatus UnlinkFileAt(const Place& place) {
  if (place.names_directory_itself()) return OsError(ErrorCode::kIsDirectory);
  TENON_RETURN_IF_ERROR(RequireDirectoryIfAsked(place));
  return Check(::unlinkat(place.directory, place.name.c_str(), 0));
}

OsStatus RenameAt(const Place& from, const Place& to) {
  if (from.names_directory_itself() || to.names_directory_itself()) {
    return OsError(ErrorCode::kBusy);
  }
  TENON_RETURN_IF_ERROR(RequireDirectoryIfAsked(from));
  if (to.must_be_directory) {  // it may be missing, but then what moves there is a directory
    const OsResult<struct stat> moved = RawStatAt(from);
    if (!moved) return OsError(moved.error());
    if (!S_ISDIR(moved->st_mode)) return OsError(ErrorCode::kNotDirectory);
  }
  return Check(::renameat(from.directory, from.name.c_str(), to.directory, to.name.c_str()));
}

OsStatus LinkAt(const Place& existing, const Place& added) {
  if (added.names_directory_itself()) return OsError(ErrorCode::kExist);
  TENON_RETURN_IF_ERROR(RequireDirectoryIfAsked(existing));
  if (added.must_be_directory) return OsError(ErrorCode::kNoEntry);  // no link makes a directory
  return Check(
      ::linkat(existing.directory, existing.name.c_str(), added.directory, added.name.c_str(), 0));
}

OsStatus SymlinkAt(const std::string& contents, const Place& place) {
  if (place.names_directory_itself()) return OsError(ErrorCode::kExist);
  if (place.must_be_directory) return OsError(ErrorCode::kNoEntry);
  return Check(::symlinkat(contents.c_str(), place.directory, place.name.c_str()));
}

}  // namespace tenon::wasi
