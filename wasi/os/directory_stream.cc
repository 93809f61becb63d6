#include "wasi/os/directory_stream.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/base/utf8.h"
#include "wasi/os/file_type.h"

namespace tenon::wasi {
namespace {

// Some file systems leave the type out of the record.
FileType TypeOfEntry(int directory, const dirent64& record) {
  if (record.d_type != DT_UNKNOWN) return FileTypeOfMode(DTTOIF(record.d_type));
  struct stat raw;
  if (::fstatat(directory, record.d_name, &raw, AT_SYMLINK_NOFOLLOW) < 0) return FileType::kUnknown;
  return FileTypeOfMode(raw.st_mode);
}

}  // namespace

OsResult<DirectoryStream> DirectoryStream::Open(int directory, Share share) {
  UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open()) return OsError(errno);
  return DirectoryStream(std::move(fd), std::move(share));
}

OsStatus DirectoryStream::Fill() {
  const ssize_t bytes = ::getdents64(fd_.get(), buffer_.get(), kBufferBytes);
  if (bytes < 0) return OsError(errno);
  at_ = 0;
  end_ = static_cast<size_t>(bytes);
  return {};
}

OsResult<std::optional<DirectoryEntry>> DirectoryStream::Next() {
  while (true) {
    if (at_ == end_) TENON_RETURN_IF_ERROR(Fill());
    if (end_ == 0) return std::nullopt;
    const auto* record = reinterpret_cast<const dirent64*>(buffer_.get() + at_);
    at_ += record->d_reclen;
    const absl::string_view name(record->d_name);
    if (name == "." || name == ".." || !IsValidUtf8(name)) continue;
    return DirectoryEntry{TypeOfEntry(fd_.get(), *record), std::string(name)};
  }
}

}  // namespace tenon::wasi
