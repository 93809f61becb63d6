// What a host operation fails with: the error-code enum of wasi:filesystem/types, same order, same
// values. Every operation of wasi/os returns an OsResult; nothing outside of it reads errno.
#pragma once

#include <cstdint>
#include <expected>

#include "absl/strings/string_view.h"

namespace tenon::wasi {

enum class ErrorCode : uint8_t {
#define ERROR_CODE(name, wit_name, number) k##name,
#include "wasi/os/error_codes.def"
};

template <typename T>
using OsResult = std::expected<T, ErrorCode>;
using OsStatus = OsResult<void>;

// The WIT name, for messages.
absl::string_view ErrorCodeName(ErrorCode code);

// The code of an errno value; what has no code of its own becomes kIo.
ErrorCode FromErrno(int number);

// `return OsError(errno);` and `return OsError(ErrorCode::kLoop);`
std::unexpected<ErrorCode> OsError(int number);
inline std::unexpected<ErrorCode> OsError(ErrorCode code) {
  return std::unexpected<ErrorCode>(code);
}

}  // namespace tenon::wasi
