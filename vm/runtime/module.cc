#include "vm/runtime/module.h"

#include "vm/sys/entry.h"

namespace tenon::vm {

std::shared_ptr<LoadedModule> LoadedModule::Create(Engine* engine,
                                                   std::shared_ptr<const ResolvedModule> resolved,
                                                   std::string path) {
  auto loaded = std::make_shared<LoadedModule>();
  loaded->engine = engine;
  loaded->path = path.empty() ? resolved->module->names.module : std::move(path);
  const size_t defined = resolved->funcs.size() - resolved->imported_funcs;
  loaded->resolved = std::move(resolved);
  loaded->codes = std::make_unique<FuncCode[]>(defined);
  for (size_t i = 0; i < defined; ++i) {
    loaded->codes[i].module = loaded.get();
    loaded->codes[i].index = FuncIdx(static_cast<uint32_t>(i) + loaded->resolved->imported_funcs);
  }
  engine->tier().load(*loaded);
  if (engine->settings().compile != nullptr) engine->settings().compile(*loaded);
  return loaded;
}

void LoadedModule::SetNative(FuncIdx func, NativeFunc native) {
  sys::InstallFaultHandlers();  // the native stack ends in a guard page, however memories are kept
  FuncCode& code = *Code(func);
  code.native = native;
  code.entry.store(engine->tier().native_entry(), std::memory_order_release);
}

}  // namespace tenon::vm
