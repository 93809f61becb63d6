// The entries of a directory, one at a time. Each stream has a position of its own and starts at
// the beginning. wasi: filesystem/types.directory-entry-stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "wasi/os/error_code.h"
#include "wasi/os/file.h"
#include "wasi/os/share.h"
#include "wasi/os/unique_fd.h"

namespace tenon::wasi {

struct DirectoryEntry {
  FileType type = FileType::kUnknown;
  std::string name;
};

class DirectoryStream {
 public:
  // `directory` may be closed afterwards.
  static OsResult<DirectoryStream> Open(int directory, Share share = {});

  // The next entry, or nothing at the end. "." and ".." are left out, and so are names that are not
  // UTF-8: no WIT string can hold them.
  OsResult<std::optional<DirectoryEntry>> Next();

 private:
  static constexpr size_t kBufferBytes = 16 * 1024;

  DirectoryStream(UniqueFd fd, Share share)
      : fd_(std::move(fd)),
        share_(std::move(share)),
        buffer_(std::make_unique<uint8_t[]>(kBufferBytes)) {}

  OsStatus Fill();

  UniqueFd fd_;
  Share share_;  // of the open files
  std::unique_ptr<uint8_t[]> buffer_;
  size_t at_ = 0;   // of the next record in buffer_
  size_t end_ = 0;  // of the records in buffer_
};

}  // namespace tenon::wasi
