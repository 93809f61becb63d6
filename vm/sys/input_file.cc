#include "vm/sys/input_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace tenon::vm::sys {
namespace {

std::unexpected<Error> SystemFailure(int error) {
  return Fail(ErrorKind::kIo, std::strerror(error));
}

std::unexpected<Error> TooLarge(uint64_t max_bytes) {
  return Fail(ErrorKind::kLimit, absl::StrCat("larger than the limit of ", max_bytes, " bytes"));
}

// `size` bytes, in huge pages where there may be some: more than half the time that reading a file
// of 12 MB takes goes into page faults.
std::vector<uint8_t> MakeBuffer(size_t size) {
  constexpr size_t kHugePageBytes = 2 << 20;
  std::vector<uint8_t> bytes;
  bytes.reserve(size);
  const uintptr_t start = reinterpret_cast<uintptr_t>(bytes.data());
  const uintptr_t first = (start + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  if (first + kHugePageBytes <= start + size) {
    madvise(reinterpret_cast<void*>(first), start + size - first, MADV_HUGEPAGE);
  }
  bytes.resize(size);
  return bytes;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Result<std::vector<uint8_t>> ReadInputFile(const std::string& path, uint64_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return SystemFailure(errno);
  return ReadInput(file.get(), max_bytes);
}

Result<std::vector<uint8_t>> ReadInput(int file, uint64_t max_bytes) {
  struct stat status;
  if (fstat(file, &status) != 0) return SystemFailure(errno);
  if (S_ISDIR(status.st_mode)) {
    return Fail(ErrorKind::kIo, "is a directory, not a file");
  }
  // What the file system says of the size is a hint, and not one to allocate by blindly.
  const bool is_regular = S_ISREG(status.st_mode);
  if (is_regular && static_cast<uint64_t>(status.st_size) > max_bytes) {
    return TooLarge(max_bytes);
  }
  // One byte more than the file's size, so that the end is seen without growing.
  std::vector<uint8_t> bytes =
      MakeBuffer(is_regular ? static_cast<size_t>(status.st_size) + 1 : size_t{65536});
  size_t used = 0;
  while (true) {
    if (used > max_bytes) return TooLarge(max_bytes);
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
    const ssize_t got = read(file, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemFailure(errno);
    if (got == 0) break;
    used += static_cast<size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace tenon::vm::sys
