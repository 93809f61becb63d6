// What stands behind the handles of the public headers. Each holds those it needs, so that handles
// may go in any order; members that others point into stand first and are destroyed last.
#pragma once

#include <tenon/engine.h>
#include <tenon/instance.h>
#include <tenon/linker.h>
#include <tenon/store.h>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/link/component.h"
#include "abi/link/host.h"
#include "abi/link/instance.h"
#include "abi/runtime/store.h"
#include "vm/artifact/image.h"
#include "vm/runtime/engine.h"

namespace tenon {

struct EngineRep {
  vm::Engine engine;
};

struct ComponentRep {
  std::shared_ptr<EngineRep> engine;
  std::shared_ptr<const abi::CompiledComponent> component;
};

struct StoreRep {
  std::shared_ptr<EngineRep> engine;
  std::vector<std::shared_ptr<const void>> kept;  // components, linkers and former grants
  std::shared_ptr<void> grants;                   // what the store's host state points to
  abi::Store store;
};

struct LinkerRep {
  abi::HostLinker linker;
  void (*prepare)(StoreRep& store) = nullptr;  // before each instantiation
};

struct InstanceRep {
  std::shared_ptr<StoreRep> store;                // which keeps component and linker
  std::shared_ptr<const abi::Instance> instance;  // linkers too may have it
};

Trap ToTrap(const vm::Trap& trap);

// What a compiled file was compiled for, which an engine must have to load it.
EngineOptions OptionsOf(const vm::artifact::Image& image);
Expected<Component> LoadCompiled(const Engine& engine,
                                 const std::shared_ptr<const vm::artifact::Image>& image);

// How a call that makes no sense ends.
inline Unexpected<Error> Misuse(std::string_view message) {
  return Unexpected(Error(ErrorKind::kUsage, message));
}

// A Result of the inside as what the public headers return.
template <typename T>
Expected<T> ToExpected(Result<T> result) {
  if (!result) return Unexpected(std::move(result).error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

}  // namespace tenon
