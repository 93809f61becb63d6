// Writing a result: to a file that is there whole or not at all, or to standard output. Nobody ever
// reads half of one, whatever ends the runner.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::cli {

// Writes to standard output, through its buffer. False: it failed, which main tells by FlushOutput.
bool PutText(absl::string_view text);
// Writes what is buffered. The number (errno) of the first failure since the start; 0: none.
int FlushOutput();

class OutputFile {
 public:
  // "-" is standard output. What is no regular file (a device, a pipe) is written to as it is;
  // otherwise a file beside it takes its place with Commit(), and is removed without; its mode is
  // that of the file that was there, or the usual one, unless one is given.
  static Result<OutputFile> Open(const std::string& path,
                                 std::optional<mode_t> mode = std::nullopt);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  // Errors are kIo.
  Status Write(absl::string_view bytes);
  Status Commit();

 private:
  OutputFile(int fd, std::string path, std::string temporary)
      : fd_(fd), path_(std::move(path)), temporary_(std::move(temporary)) {}

  int fd_;  // -1 when moved from or committed
  std::string path_;
  std::string temporary_;  // empty when it writes in place
};

// All of a file, or of standard output.
Status WriteFile(const std::string& path, absl::string_view bytes,
                 std::optional<mode_t> mode = std::nullopt);

}  // namespace tenon::cli
