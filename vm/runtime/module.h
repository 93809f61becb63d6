// A module ready to be instantiated: its resolved form and a code slot a defined function. Shared
// by all its instances, in any store of the engine.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "vm/base/status.h"
#include "vm/runtime/engine.h"
#include "vm/valid/resolved_module.h"

namespace tenon::vm {

struct LoadedModule {
  // Takes a validated module. `path` names its instances in backtraces, unless they have a name
  // of their own (InstanceLabel); empty: the name section's module name does.
  static std::shared_ptr<LoadedModule> Create(Engine* engine,
                                              std::shared_ptr<const ResolvedModule> resolved,
                                              std::string path);

  Engine* engine = nullptr;
  std::shared_ptr<const ResolvedModule> resolved;
  std::string path;
  std::unique_ptr<FuncCode[]> codes;  // by FuncIdx minus the imported functions
  std::mutex translate_mutex;         // held while a body is translated
  std::shared_ptr<void> tier_state;   // the tier's, code included; guarded by the mutex

  std::shared_ptr<const void> image;  // what holds machine code of the functions, if any does

  // Makes the function machine code, which lives as long as `image`. Before there are instances.
  void SetNative(FuncIdx func, NativeFunc native);

  FuncCode* Code(FuncIdx func) { return &codes[func.value() - resolved->imported_funcs]; }
};

}  // namespace tenon::vm
