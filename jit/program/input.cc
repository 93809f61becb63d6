#include "jit/program/input.h"

#include <utility>

#include "abi/binary/decode.h"
#include "abi/text/parse.h"
#include "abi/valid/archived_component.h"
#include "abi/valid/validate.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "jit/program/component_wiring.h"
#include "vm/artifact/load.h"
#include "vm/binary/decoder.h"
#include "vm/binary/encoder.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::jit {

Result<std::unique_ptr<const Input>> Input::Read(std::vector<uint8_t> bytes,
                                                 const vm::Features& features) {
  std::unique_ptr<Input> input(new Input());
  input->source_.digest = vm::sys::Sha256Of(bytes);
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (abi::IsComponent(bytes)) {
    TENON_RETURN_IF_ERROR(input->TakeComponent(std::move(bytes), features));
  } else if (absl::StartsWith(text, absl::string_view("\0asm", 4))) {
    TENON_RETURN_IF_ERROR(input->TakeModule(std::move(bytes), features));
  } else if (abi::IsComponentText(text)) {
    TENON_ASSIGN_OR_RETURN(std::vector<uint8_t> binary, abi::ParseComponent(text, features));
    TENON_RETURN_IF_ERROR(input->TakeComponent(std::move(binary), features));
  } else {
    TENON_ASSIGN_OR_RETURN(const vm::Module module, vm::ParseModule(text, features));
    TENON_RETURN_IF_ERROR(input->TakeModule(vm::EncodeModule(module), features));
  }
  return std::unique_ptr<const Input>(std::move(input));
}

Result<std::unique_ptr<const Input>> Input::OfComponent(std::vector<uint8_t> binary,
                                                        const vm::Features& features) {
  std::unique_ptr<Input> input(new Input());
  input->source_.digest = vm::sys::Sha256Of(binary);
  TENON_RETURN_IF_ERROR(input->TakeComponent(std::move(binary), features));
  return std::unique_ptr<const Input>(std::move(input));
}

Program Input::program() const { return {modules_, source_, component_ ? &wiring_ : nullptr}; }

Status Input::TakeModule(std::vector<uint8_t> binary, const vm::Features& features) {
  TENON_ASSIGN_OR_RETURN(vm::Module module, vm::DecodeModule(std::move(binary), features));
  TENON_ASSIGN_OR_RETURN(
      module_, vm::ValidateModule(std::make_unique<vm::Module>(std::move(module)), &types_,
                                  features, vm::BodyValidation::kEager));
  modules_.push_back(module_.get());
  source_.binary = module_->module->Bytes();
  source_.modules = {vm::artifact::PlaceOf(*module_, source_.binary)};
  plan_ = vm::artifact::PlanOf(*module_);
  source_.plan = plan_;
  return {};
}

Status Input::TakeComponent(std::vector<uint8_t> binary, const vm::Features& features) {
  TENON_ASSIGN_OR_RETURN(auto syntax, abi::DecodeComponent(std::move(binary)));
  TENON_ASSIGN_OR_RETURN(
      component_, abi::ValidateComponent(
                      std::move(syntax), &types_,
                      abi::CoreLoader(&types_, features, vm::BodyValidation::kEager), features));
  for (const auto& module : component_->modules) modules_.push_back(module.get());
  source_.is_component = true;
  wiring_ = WiringOf(*component_);
  source_.binary = *component_->syntax->bytes;
  for (const vm::ResolvedModule* module : modules_) {
    source_.modules.push_back(vm::artifact::PlaceOf(*module, source_.binary));
  }
  plan_ = abi::ArchiveOf(*component_, types_);
  source_.plan = plan_;
  return {};
}

}  // namespace tenon::jit
