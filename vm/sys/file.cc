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

// Who opens a pipe would wait for its writer.
constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

}  // namespace

File::~File() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<File> File::Open(const std::string& path) { return Checked(open(path.c_str(), kOpenFlags)); }

Result<File> File::OpenIn(int folder, const std::string& name) {
  return Checked(openat(folder, name.c_str(), kOpenFlags | O_NOFOLLOW));
}

Result<File> File::Checked(int descriptor) {
  File file(descriptor);
  if (file.descriptor_ < 0) return SystemFailure();
  struct stat status;
  if (fstat(file.descriptor_, &status) != 0) return SystemFailure();
  if (!S_ISREG(status.st_mode)) return Fail(ErrorKind::kIo, "not a regular file");
  return file;
}

Result<File> File::OfBytes(absl::Span<const uint8_t> bytes) {
  // No program, which some systems ask for; older ones know no such flag. It may be mapped as code.
  constexpr unsigned kNoExecSeal = 0x0008;
  File file(memfd_create("tenon", MFD_CLOEXEC | MFD_ALLOW_SEALING | kNoExecSeal));
  if (file.descriptor_ < 0 && errno == EINVAL) {
    file.descriptor_ = memfd_create("tenon", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  }
  Status made = file.descriptor_ < 0 ? SystemFailure() : file.Append(bytes);
  if (!made) return std::unexpected(std::move(made).error().WithContext("a file in memory"));
  return file;
}

Status File::Append(absl::Span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemFailure();
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status File::Seal() {
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  return fcntl(descriptor_, F_ADD_SEALS, kSeals) == 0 ? Status() : SystemFailure();
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
