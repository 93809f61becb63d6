#include "wasi/os/error_code.h"

#include <cerrno>

namespace tenon::wasi {

absl::string_view ErrorCodeName(ErrorCode code) {
  static constexpr const char* kNames[] = {
#define ERROR_CODE(name, wit_name, number) wit_name,
#include "wasi/os/error_codes.def"
  };
  return kNames[static_cast<int>(code)];
}

ErrorCode FromErrno(int number) {
  switch (number) {
#define ERROR_CODE(name, wit_name, number) \
  case number: return ErrorCode::k##name;
#include "wasi/os/error_codes.def"
    case ENOSYS: return ErrorCode::kUnsupported;
    case EMFILE:
    case ENFILE:
      return ErrorCode::kInsufficientMemory;  // WASI has no code for a full descriptor table
    default: return ErrorCode::kIo;
  }
}

std::unexpected<ErrorCode> OsError(int number) {
  return std::unexpected<ErrorCode>(FromErrno(number));
}

}  // namespace tenon::wasi
