// A component ready to be instantiated: decoded, validated, its core modules loaded into an engine.
// Immutable (but for lazily translated code) and shared by all instances, in any store of the
// engine, which must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "abi/valid/resolved_component.h"
#include "vm/artifact/image.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/valid/validate.h"

namespace tenon::abi {

struct CompiledComponent : vm::InstanceNames {
  vm::Engine* engine = nullptr;
  std::unique_ptr<const ResolvedComponent> resolved;
  std::vector<std::shared_ptr<vm::LoadedModule>> modules;  // by ModuleId
  std::shared_ptr<const vm::artifact::Image> image;        // it was loaded from; may be null

  const Plan& plan() const { return resolved->plan; }
  const TypeTable& types() const { return *resolved->types; }
  std::string NameOf(uint32_t core_instance) const override;
};

// Takes the bytes of a component. With kLazy a function's body is validated when it is first
// called, and an invalid one traps.
Result<std::shared_ptr<const CompiledComponent>> LoadComponent(vm::Engine* engine,
                                                               std::vector<uint8_t> bytes,
                                                               vm::BodyValidation mode);

// A compiled component: its functions run the image's code. kUsage: it is a core module, or was
// compiled for other settings than the engine's.
Result<std::shared_ptr<const CompiledComponent>> LoadComponent(
    vm::Engine* engine, const std::shared_ptr<const vm::artifact::Image>& image);

}  // namespace tenon::abi
