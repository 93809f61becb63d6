#include "abi/link/component.h"

#include "abi/binary/decode.h"
#include "abi/link/instance_path.h"
#include "abi/valid/validate.h"

namespace tenon::abi {

std::string CompiledComponent::NameOf(uint32_t core_instance) const {
  return InstancePath(*resolved, CoreInstanceId(core_instance));
}

namespace {

Result<std::shared_ptr<CompiledComponent>> Load(vm::Engine* engine, std::vector<uint8_t> bytes,
                                                vm::BodyValidation mode) {
  TENON_ASSIGN_OR_RETURN(auto syntax, DecodeComponent(std::move(bytes)));
  auto component = std::make_shared<CompiledComponent>();
  component->engine = engine;
  TENON_ASSIGN_OR_RETURN(component->resolved,
                         ValidateComponent(std::move(syntax), &engine->types(),
                                           CoreLoader(&engine->types(), engine->features(), mode),
                                           engine->features()));
  for (const auto& module : component->resolved->modules) {
    component->modules.push_back(vm::LoadedModule::Create(engine, module, ""));
  }
  return component;
}

}  // namespace

Result<std::shared_ptr<const CompiledComponent>> LoadComponent(vm::Engine* engine,
                                                               std::vector<uint8_t> bytes,
                                                               vm::BodyValidation mode) {
  return Load(engine, std::move(bytes), mode);
}

Result<std::shared_ptr<const CompiledComponent>> LoadComponent(
    vm::Engine* engine, const std::shared_ptr<const vm::artifact::Image>& image) {
  if (!image->is_component()) {
    return Fail(ErrorKind::kUsage, "compiled from a core module, not from a component");
  }
  TENON_ASSIGN_OR_RETURN(std::vector<uint8_t> source, image->ReadSource());
  TENON_ASSIGN_OR_RETURN(std::shared_ptr<CompiledComponent> component,
                         Load(engine, std::move(source), vm::BodyValidation::kLazy));
  for (uint32_t i = 0; i < component->modules.size(); ++i) {
    TENON_RETURN_IF_ERROR(vm::artifact::Image::Attach(image, i, *component->modules[i]));
  }
  return component;
}

}  // namespace tenon::abi
