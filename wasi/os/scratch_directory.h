// For tests: a fresh directory of the host with a `box` to grant and an `outside` beside it,
// removed at the end. All paths are relative to it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "wasi/os/unique_fd.h"

namespace tenon::wasi {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tenon-wasi-XXXXXX").string();
    const char* made = ::mkdtemp(pattern.data());
    if (made == nullptr) std::abort();
    root_ = made;
    MakeDirectory("box");
    MakeDirectory("outside");
    WriteFile("outside/secret", "secret");
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::string Path(const std::string& path) const { return root_ + "/" + path; }

  void MakeDirectory(const std::string& path) const {
    EXPECT_EQ(::mkdir(Path(path).c_str(), 0777), 0) << path;
  }
  void WriteFile(const std::string& path, const std::string& contents) const {
    UniqueFd fd(::open(Path(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    EXPECT_EQ(::write(fd.get(), contents.data(), contents.size()),
              static_cast<ssize_t>(contents.size()))
        << path;
  }
  void MakeLink(const std::string& target, const std::string& path) const {
    EXPECT_EQ(::symlink(target.c_str(), Path(path).c_str()), 0) << path;
  }
  void MakeFifo(const std::string& path) const {
    EXPECT_EQ(::mkfifo(Path(path).c_str(), 0666), 0) << path;
  }

  bool Exists(const std::string& path) const {
    struct stat ignored;
    return ::lstat(Path(path).c_str(), &ignored) == 0;
  }
  std::string ReadFile(const std::string& path) const {
    UniqueFd fd(::open(Path(path).c_str(), O_RDONLY | O_CLOEXEC));
    char buffer[4096];
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    return got < 0 ? "" : std::string(buffer, static_cast<size_t>(got));
  }
  // A descriptor of the directory, for walks to start at.
  UniqueFd Open(const std::string& path) const {
    return UniqueFd(::open(Path(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

 private:
  std::string root_;
};

}  // namespace tenon::wasi
