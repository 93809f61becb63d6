#include "abi/link/component.h"

#include "abi/binary/decode.h"
#include "abi/link/instance_path.h"
#include "abi/valid/archived_component.h"
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
  auto component = std::make_shared<CompiledComponent>();
  component->engine = engine;
  component->image = image;
  auto resolved = std::make_unique<ResolvedComponent>();
  resolved->source = {image, image->source()};
  vm::ArchiveReader archive(image->plan(), &engine->types());
  for (size_t i = 0; i < image->module_count(); ++i) {
    auto compiled = vm::artifact::ModuleOf(image, i, engine);
    TENON_ASSIGN_OR_RETURN(auto module, vm::artifact::ReadModule(archive, image, i, compiled));
    resolved->modules.push_back(module);
    component->modules.push_back(
        vm::LoadedModule::Create(engine, std::move(module), "", std::move(compiled)));
  }
  ReadTypesAndPlan(archive, resolved.get());
  TENON_RETURN_IF_ERROR(archive.Finish());
  component->resolved = std::move(resolved);
  return component;
}

}  // namespace tenon::abi
