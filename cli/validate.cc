#include "cli/check.h"
#include "cli/commands.h"
#include "cli/input_file.h"

namespace tenon::cli {
namespace {

Status Check(std::vector<uint8_t>& bytes, const vm::Features& features) {
  vm::TypeStore types;
  if (IsComponentFile(bytes)) {
    TENON_RETURN_IF_ERROR(CheckComponentFile(bytes, features, &types));
  } else {
    TENON_RETURN_IF_ERROR(CheckModule(bytes, features, &types));
  }
  return {};
}

}  // namespace

int Validate(const ValidateOptions& options) {
  auto bytes = ReadInputFile(options.file);
  if (!bytes) return ReportError(options.json, options.file, {}, bytes.error());
  const Status status = Check(*bytes, options.features);
  return status ? 0 : ReportError(options.json, options.file, *bytes, status.error());
}

}  // namespace tenon::cli
