#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tenon::cli {
namespace {

std::unexpected<Error> SystemFailure() { return Fail(ErrorKind::kIo, std::strerror(errno)); }

// The file itself, where the path is a link to it.
std::string Resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) != nullptr ? buffer : path;
}

// The mode of a file that is there, else of a new one.
mode_t ModeOf(const struct stat* status) {
  if (status != nullptr) return status->st_mode & 07777;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

int output_error = 0;

bool KeepError(bool succeeded) {
  if (!succeeded && output_error == 0) output_error = errno;
  return succeeded;
}

}  // namespace

bool PutText(absl::string_view text) {
  return KeepError(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

int FlushOutput() {
  KeepError(std::fflush(stdout) == 0);
  return output_error != 0 ? output_error : std::ferror(stdout) != 0 ? EIO : 0;
}

Result<OutputFile> OutputFile::Open(const std::string& path, std::optional<mode_t> mode) {
  if (path == "-") return OutputFile(STDOUT_FILENO, path, "");
  struct stat status;
  const bool exists = stat(path.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return SystemFailure();
    return OutputFile(fd, path, "");
  }
  const std::string target = Resolved(path);
  std::string temporary = absl::StrCat(target, ".XXXXXX");
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return SystemFailure();
  fchmod(fd, mode ? *mode : ModeOf(exists ? &status : nullptr));
  return OutputFile(fd, target, std::move(temporary));
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)) {}

OutputFile::~OutputFile() {
  if (fd_ < 0) return;
  if (fd_ != STDOUT_FILENO) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Status OutputFile::Write(absl::string_view bytes) {
  if (fd_ == STDOUT_FILENO) return PutText(bytes) ? Status() : SystemFailure();
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemFailure();
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status OutputFile::Commit() {
  if (fd_ == STDOUT_FILENO) return {};
  if (close(std::exchange(fd_, -1)) != 0 ||
      (!temporary_.empty() && rename(temporary_.c_str(), path_.c_str()) != 0)) {
    const int error = errno;
    if (!temporary_.empty()) unlink(temporary_.c_str());
    return Fail(ErrorKind::kIo, std::strerror(error));
  }
  return {};
}

Status WriteFile(const std::string& path, absl::string_view bytes, std::optional<mode_t> mode) {
  TENON_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Open(path, mode));
  TENON_RETURN_IF_ERROR(file.Write(bytes));
  return file.Commit();
}

}  // namespace tenon::cli
