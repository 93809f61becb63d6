#include "abi/binary/decode.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/input_file.h"

namespace tenon::cli {
namespace {

Status Check(std::vector<uint8_t>& bytes) {
  vm::TypeStore types;
  if (abi::IsComponent(bytes)) {
    TENON_RETURN_IF_ERROR(CheckComponent(std::move(bytes), &types));
  } else {
    TENON_RETURN_IF_ERROR(CheckModule(bytes, &types));
  }
  return {};
}

}  // namespace

int Validate(const std::string& file) {
  auto bytes = ReadInputFile(file);
  if (!bytes) return ComplainOfFile(file, {}, bytes.error());
  const Status status = Check(*bytes);
  return status ? 0 : ComplainOfFile(file, *bytes, status.error());
}

}  // namespace tenon::cli
