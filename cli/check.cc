#include "cli/check.h"

#include <utility>

#include "abi/binary/decode.h"
#include "abi/valid/validate.h"
#include "vm/binary/decoder.h"
#include "vm/valid/validate.h"

namespace tenon::cli {

Result<std::shared_ptr<const vm::ResolvedModule>> CheckModule(std::vector<uint8_t> bytes,
                                                              vm::TypeStore* types) {
  const vm::Features features;
  TENON_ASSIGN_OR_RETURN(vm::Module module, vm::DecodeModule(std::move(bytes), features));
  return vm::ValidateModule(std::make_unique<vm::Module>(std::move(module)), types, features,
                            vm::BodyValidation::kEager);
}

Result<std::unique_ptr<const abi::ResolvedComponent>> CheckComponent(std::vector<uint8_t> bytes,
                                                                     vm::TypeStore* types) {
  TENON_ASSIGN_OR_RETURN(auto component, abi::DecodeComponent(std::move(bytes)));
  return abi::ValidateComponent(std::move(component), types,
                                abi::CoreLoader(types, vm::Features(), vm::BodyValidation::kEager));
}

}  // namespace tenon::cli
