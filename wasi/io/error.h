// The error resource of wasi:io/error: why a stream operation failed.
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
