#include "abi/link/component.h"

#include "abi/binary/decode.h"
#include "abi/link/instance_path.h"
#include "abi/valid/validate.h"

namespace tenon::abi {

std::string CompiledComponent::NameOf(uint32_t core_instance) const {
  return InstancePath(*resolved, CoreInstanceId(core_instance));
}

Result<std::shared_ptr<const CompiledComponent>> LoadComponent(vm::Engine* engine,
                                                               std::vector<uint8_t> bytes,
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
  return std::shared_ptr<const CompiledComponent>(std::move(component));
}

}  // namespace tenon::abi
