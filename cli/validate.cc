#include "abi/binary/decode.h"
#include "absl/strings/str_cat.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "vm/syntax/limits.h"

namespace tenon::cli {
namespace {

Status Check(std::vector<uint8_t> bytes) {
  vm::TypeStore types;
  if (abi::IsComponent(bytes)) {
    TENON_RETURN_IF_ERROR(CheckComponent(std::move(bytes), &types));
  } else {
    TENON_RETURN_IF_ERROR(CheckModule(std::move(bytes), &types));
  }
  return {};
}

}  // namespace
int Validate(const std::string& file) {
  auto bytes = ReadInputFile(file);
  if (!bytes) return Complain(absl::StrCat(file, ": ", bytes.error().ToString()), kExitBadInput);
  const Status status = Check(std::move(*bytes));
  if (!status) return Complain(absl::StrCat(file, ": ", status.error().ToString()), kExitBadInput);
  return 0;
}

}  // namespace tenon::cli
