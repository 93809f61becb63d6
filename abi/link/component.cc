#include "abi/link/component.h"

#include "abi/binary/decode.h"
#include "abi/valid/validate.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {

Result<std::shared_ptr<const CompiledComponent>> LoadComponent(vm::Engine* engine,
                                                               std::vector<uint8_t> bytes,
                                                               vm::BodyValidation mode) {
  TENON_ASSIGN_OR_RETURN(auto syntax, DecodeComponent(std::move(bytes)));
  auto component = std::make_shared<CompiledComponent>();
  component->engine = engine;
  TENON_ASSIGN_OR_RETURN(component->resolved,
                         ValidateComponent(std::move(syntax), &engine->types(),
                                           CoreLoader(&engine->types(), engine->features(), mode)));
  const auto& modules = component->resolved->modules;
  for (size_t i = 0; i < modules.size(); ++i) {
    // A module without a name of its own is known by its place.
    const bool named = !modules[i]->module->names.module.empty();
    component->modules.push_back(vm::LoadedModule::Create(
        engine, modules[i], named ? std::string() : absl::StrCat("module ", i)));
  }
  return std::shared_ptr<const CompiledComponent>(std::move(component));
}

}  // namespace tenon::abi
