// What a guest is granted: arguments, environment, directories, standard streams. An empty Context
// grants nothing but clocks, randomness and the three standard descriptors; what is not granted
// here does not exist for the guest. The network is not in it: there is no way to grant it yet.
#pragma once

#include <tenon/directory_access.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "wasi/filesystem/descriptor.h"
#include "wasi/os/path_walk.h"
#include "wasi/os/share.h"
#include "wasi/os/standard_fd.h"

namespace tenon::wasi {

// What the guests of a Context may have together: files and directories that they opened, and bytes
// written to standard streams that take none now.
inline constexpr uint64_t kMaxOpenFiles = 1'000;
inline constexpr uint64_t kMaxKeptBytes = 1 << 20;

using tenon::DirectoryAccess;

struct Preopen {
  Descriptor directory;
  std::string guest_path;
};

class Context {
 public:
  explicit Context(WalkMethod walk_method = WalkMethod::kAvailable) : walk_method_(walk_method) {
    SetStandardDescriptors(0, 1, 2);
  }

  // Opens the directory at once, so a missing one is an error here (kUsage, kIo) and not the
  // guest's. A guest path that another directory has is one as well.
  Status AddDirectory(const std::string& host_path, absl::string_view guest_path,
                      DirectoryAccess access);
  // As the command line writes it: "HOST" or "HOST::GUEST".
  Status AddDirectoryOption(absl::string_view option, DirectoryAccess access);

  // A later value of the same name replaces the earlier one.
  Status AddEnvironment(absl::string_view name, absl::string_view value);
  // As the command line writes it: "NAME=VALUE", or "NAME" to hand on the host's value.
  Status AddEnvironmentOption(absl::string_view option);

  Status AddArgument(absl::string_view argument);

  const std::vector<std::string>& arguments() const { return arguments_; }
  const std::vector<std::pair<std::string, std::string>>& environment() const {
    return environment_;
  }
  const std::vector<Preopen>& preopens() const { return preopens_; }

  // Borrowed: they stay the caller's and must outlive the Context.
  const std::shared_ptr<StandardFd>& stdin_fd() const { return stdin_fd_; }
  const std::shared_ptr<StandardFd>& stdout_fd() const { return stdout_fd_; }
  const std::shared_ptr<StandardFd>& stderr_fd() const { return stderr_fd_; }
  void SetStandardDescriptors(int stdin_fd, int stdout_fd, int stderr_fd);

 private:
  WalkMethod walk_method_;
  SharedAllowance open_files_ = std::make_shared<vm::Allowance>(kMaxOpenFiles);
  SharedAllowance kept_bytes_ = std::make_shared<vm::Allowance>(kMaxKeptBytes);
  std::vector<std::string> arguments_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::vector<Preopen> preopens_;
  std::shared_ptr<StandardFd> stdin_fd_;
  std::shared_ptr<StandardFd> stdout_fd_;
  std::shared_ptr<StandardFd> stderr_fd_;
};

}  // namespace tenon::wasi
