#include "abi/binary/decode.h"
#include "abi/valid/validate.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "vm/binary/decoder.h"
#include "vm/valid/validate.h"

namespace tenon::cli {
namespace {

Status ValidateCoreModule(std::vector<uint8_t> bytes) {
  vm::TypeStore types;
  const vm::Features features;
  TENON_ASSIGN_OR_RETURN(vm::Module module, vm::DecodeModule(std::move(bytes), features));
  TENON_RETURN_IF_ERROR(vm::ValidateModule(std::make_unique<vm::Module>(std::move(module)), &types,
                                           features, vm::BodyValidation::kEager));
  return {};
}

Status ValidateWholeComponent(std::vector<uint8_t> bytes) {
  vm::TypeStore types;
  TENON_ASSIGN_OR_RETURN(auto component, abi::DecodeComponent(std::move(bytes)));
  TENON_RETURN_IF_ERROR(abi::ValidateComponent(
      std::move(component), &types,
      abi::CoreLoader(&types, vm::Features(), vm::BodyValidation::kEager)));
  return {};
}

}  // namespace

int Validate(const std::string& file) {
  auto bytes = ReadInputFile(file);
  if (!bytes) return Complain(absl::StrCat(file, ": ", bytes.error().ToString()), kExitBadInput);
  const Status status = abi::IsComponent(*bytes) ? ValidateWholeComponent(std::move(*bytes))
                                                 : ValidateCoreModule(std::move(*bytes));
  if (!status) return Complain(absl::StrCat(file, ": ", status.error().ToString()), kExitBadInput);
  return 0;
}

}  // namespace tenon::cli
