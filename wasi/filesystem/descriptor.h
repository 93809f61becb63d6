// The descriptor resource of wasi:filesystem/types: an open file or directory and the rights that
// live with it. Every operation checks its right here, then calls wasi/os.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wasi/io/stream.h"
#include "wasi/os/directory_stream.h"
#include "wasi/os/file.h"
#include "wasi/os/path_walk.h"
#include "wasi/os/share.h"

namespace tenon::wasi {

// Rights: `read` and `write` guard a file's contents. `mutate-directory` guards everything that
// changes what lies beneath a directory, and every way to get a descriptor that could; rename and
// link need it on both sides. What is opened through a directory inherits the directory's
// mutate-directory, asked for or not: C libraries never ask for it when they open a directory, and
// go on to create and remove files through it. So a grant can't be widened, and get-flags tells the
// truth.

// descriptor-flags: one bit a flag, in the order of the WIT.
struct DescriptorFlags {
  static constexpr uint8_t kRead = 1 << 0;
  static constexpr uint8_t kWrite = 1 << 1;
  static constexpr uint8_t kFileIntegritySync = 1 << 2;
  static constexpr uint8_t kDataIntegritySync = 1 << 3;
  static constexpr uint8_t kRequestedWriteSync = 1 << 4;
  static constexpr uint8_t kMutateDirectory = 1 << 5;

  uint8_t bits = 0;

  bool has(uint8_t flag) const { return (bits & flag) != 0; }
};

// open-flags.
struct OpenFlags {
  static constexpr uint8_t kCreate = 1 << 0;
  static constexpr uint8_t kDirectory = 1 << 1;
  static constexpr uint8_t kExclusive = 1 << 2;
  static constexpr uint8_t kTruncate = 1 << 3;

  uint8_t bits = 0;

  bool has(uint8_t flag) const { return (bits & flag) != 0; }
};

// A copy is another handle to the same open file.
class Descriptor {
 public:
  // A directory of the host, as a grant. What is opened beneath it takes from `open_files`.
  static OsResult<Descriptor> OpenHost(const std::string& host_path, DescriptorFlags rights,
                                       PathWalk walk, SharedAllowance open_files = nullptr);

  FileType type() const { return type_; }
  DescriptorFlags flags() const { return flags_; }
  bool IsSameObject(const Descriptor& other) const;

  // Contents of a file.
  OsResult<std::unique_ptr<InputStream>> ReadViaStream(uint64_t offset) const;
  OsResult<std::unique_ptr<OutputStream>> WriteViaStream(uint64_t offset) const;
  OsResult<std::unique_ptr<OutputStream>> AppendViaStream() const;
  // Fills at most kMaxTransfer bytes of `into`; 0 bytes for a non-empty `into` is the end.
  OsResult<size_t> Read(absl::Span<uint8_t> into, uint64_t offset) const;
  OsResult<uint64_t> Write(absl::Span<const uint8_t> bytes, uint64_t offset) const;
  OsStatus SetSize(uint64_t size) const;
  OsStatus Advise(uint64_t offset, uint64_t length, Advice advice) const;
  OsStatus Sync() const;
  OsStatus SyncData() const;

  // Metadata of what is open.
  OsResult<FileStat> Stat() const;
  OsResult<MetadataHashValue> MetadataHash() const;
  OsStatus SetTimes(const NewTimestamp& access, const NewTimestamp& modification) const;

  // Beneath a directory.
  OsResult<DirectoryStream> ReadDirectory() const;
  OsResult<Descriptor> OpenAt(FollowFinal follow, absl::string_view path, OpenFlags open_flags,
                              DescriptorFlags flags) const;
  OsResult<FileStat> StatAt(FollowFinal follow, absl::string_view path) const;
  OsResult<MetadataHashValue> MetadataHashAt(FollowFinal follow, absl::string_view path) const;
  OsStatus SetTimesAt(FollowFinal follow, absl::string_view path, const NewTimestamp& access,
                      const NewTimestamp& modification) const;
  OsResult<std::string> ReadlinkAt(absl::string_view path) const;
  OsStatus CreateDirectoryAt(absl::string_view path) const;
  OsStatus RemoveDirectoryAt(absl::string_view path) const;
  OsStatus UnlinkFileAt(absl::string_view path) const;
  OsStatus SymlinkAt(absl::string_view contents, absl::string_view path) const;
  OsStatus RenameAt(absl::string_view old_path, const Descriptor& new_base,
                    absl::string_view new_path) const;
  OsStatus LinkAt(FollowFinal follow_old, absl::string_view old_path, const Descriptor& new_base,
                  absl::string_view new_path) const;

 private:
  struct OpenFd {
    UniqueFd fd;
    Share share;  // of open_files_
  };

  Descriptor(OpenFd open, SharedAllowance open_files, FileType type, DescriptorFlags flags,
             bool may_mutate, PathWalk walk)
      : open_files_(std::move(open_files)),
        type_(type),
        flags_(flags),
        may_mutate_(may_mutate),
        walk_(walk) {
    auto shared = std::make_shared<const OpenFd>(std::move(open));
    fd_ = std::shared_ptr<const UniqueFd>(shared, &shared->fd);
  }

  int fd() const { return fd_->get(); }
  bool may_write_contents() const { return flags_.has(DescriptorFlags::kWrite); }
  OsStatus RequireFile(uint8_t right) const;
  OsStatus RequireDirectory() const;
  OsStatus RequireMutableDirectory() const;

  std::shared_ptr<const UniqueFd> fd_;  // streams keep it open beyond the descriptor
  SharedAllowance open_files_;
  FileType type_;
  DescriptorFlags flags_;
  bool may_mutate_;  // the grant it came from allows changes
  PathWalk walk_;
};

}  // namespace tenon::wasi
