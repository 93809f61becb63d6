#include "vm/sys/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tenon::vm::sys {
namespace {

std::unexpected<Error> SystemFailure() { return Fail(ErrorKind::kIo, std::strerror(errno)); }

}  // namespace

File::~File() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<File> File::Open(const std::string& path) {
  // Who opens a pipe would wait for its writer.
  File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.descriptor_ < 0) return SystemFailure();
  struct stat status;
  if (fstat(file.descriptor_, &status) != 0) return SystemFailure();
  if (!S_ISREG(status.st_mode)) return Fail(ErrorKind::kIo, "not a regular file");
  return file;
}

Result<File> File::OfBytes(absl::Span<const uint8_t> bytes) {
  File file(memfd_create("tenon", MFD_CLOEXEC));
  if (file.descriptor_ < 0) return SystemFailure();
  while (!bytes.empty()) {
    const ssize_t written = write(file.descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemFailure();
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return file;
}

Result<uint64_t> File::Size() const {
  struct stat status;
  if (fstat(descriptor_, &status) != 0) return SystemFailure();
  return static_cast<uint64_t>(status.st_size);
}

Status File::ReadAt(uint64_t offset, absl::Span<uint8_t> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemFailure();
    if (got == 0) return Fail(ErrorKind::kIo, "the file ends before");
    offset += static_cast<uint64_t>(got);
    bytes.remove_prefix(static_cast<size_t>(got));
  }
  return {};
}

Status WriteThrough(int descriptor) {
  if (fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS) return {};
  return Fail(ErrorKind::kIo, std::strerror(errno));
}

}  // namespace tenon::vm::sys
