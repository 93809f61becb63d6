// The error resource of wasi:io/error: why a stream operation failed.
// A guest learns the kind of failure alone, nothing of the host's paths.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "wasi/os/error_code.h"

namespace tenon::wasi {

struct IoError {
  // What wasi:filesystem/types.filesystem-error-code answers.
  ErrorCode code = ErrorCode::kIo;

  std::string ToDebugString() const {
    return absl::StrCat("stream operation failed: ", ErrorCodeName(code));
  }
};

}  // namespace tenon::wasi
