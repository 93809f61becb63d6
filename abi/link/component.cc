#include "abi/link/component.h"

#include "abi/binary/decode.h"
#include "abi/link/instance_path.h"
#include "abi/valid/validate.h"
#include "vm/artifact/load.h"

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
  return component;
}

Result<std::shared_ptr<const CompiledComponent>> LoadComponent(
    vm::Engine* engine, const std::shared_ptr<const vm::artifact::Image>& image) {
  if (!image->is_component()) {
    return Fail(ErrorKind::kUsage, "compiled from a core module, not from a component");
  }
  TENON_RETURN_IF_ERROR(image->CheckSettings(*engine));
  const absl::Span<const uint8_t> outline = image->outline();
  TENON_ASSIGN_OR_RETURN(auto syntax, DecodeComponent({outline.begin(), outline.end()}));
  auto component = std::make_shared<CompiledComponent>();
  component->engine = engine;
  std::vector<std::shared_ptr<const vm::CompiledModule>> compiled;
  const CoreModuleLoader load =
      [&](vm::SharedBytes bytes,
          uint64_t offset) -> Result<std::shared_ptr<const vm::ResolvedModule>> {
    const size_t index = compiled.size();
    if (index >= image->module_count() || image->outlined(index).outline_offset != offset) {
      return Fail(ErrorKind::kMalformed, "the compiled file is damaged");
    }
    compiled.push_back(vm::artifact::ModuleOf(image, index, engine));
    return vm::artifact::Resolve(image, index, std::move(bytes), engine, compiled.back());
  };
  TENON_ASSIGN_OR_RETURN(component->resolved, ValidateComponent(std::move(syntax), &engine->types(),
                                                                load, engine->features()));
  for (size_t i = 0; i < component->resolved->modules.size(); ++i) {
    component->modules.push_back(
        vm::LoadedModule::Create(engine, component->resolved->modules[i], "", compiled[i]));
  }
  return component;
}

}  // namespace tenon::abi
