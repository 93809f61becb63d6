#include "vm/runtime/module.h"

#include <algorithm>
#include <type_traits>

#include "vm/sys/entry.h"

namespace tenon::vm {

// Slots begin as zeros.
static_assert(std::is_trivially_destructible_v<FuncCode>);

std::shared_ptr<LoadedModule> LoadedModule::Create(Engine* engine,
                                                   std::shared_ptr<const ResolvedModule> resolved,
                                                   std::string path,
                                                   std::shared_ptr<const CompiledModule> compiled) {
  auto loaded = std::make_shared<LoadedModule>();
  loaded->engine = engine;
  loaded->path = path.empty() ? resolved->module->names.module : std::move(path);
  const size_t defined = resolved->funcs.size() - resolved->imported_funcs;
  loaded->resolved = std::move(resolved);
  if (compiled != nullptr) loaded->SetPositions(&compiled->positions(), compiled->index());
  loaded->compiled = std::move(compiled);
  if (loaded->compiled != nullptr && loaded->compiled->relies_on_margins()) {
    TENON_CHECK(loaded->margins.RelyOnThem());
  }
  void* const slots = std::calloc(std::max<size_t>(defined, 1), sizeof(FuncCode));
  TENON_CHECK(slots != nullptr);
  loaded->codes.reset(static_cast<FuncCode*>(slots));
  if (engine->settings().compile != nullptr) engine->settings().compile(*loaded);
  return loaded;
}

void LoadedModule::SetUp(FuncIdx func, FuncCode* code) {
  const std::lock_guard lock(codes_mutex);
  if (code->entry.load(std::memory_order_relaxed) != nullptr) return;
  code->module = this;
  code->index = func;
  if (compiled != nullptr) {
    sys::InstallFaultHandlers();
    code->native = compiled->NativeOf(func.value() - resolved->imported_funcs);
  }
  const Tier& tier = engine->tier();
  code->entry.store(code->native.call != nullptr ? tier.native_entry() : tier.lazy_entry(),
                    std::memory_order_release);
}

void LoadedModule::SetNative(FuncIdx func, NativeFunc native) {
  sys::InstallFaultHandlers();  // the native stack ends in a guard page, however memories are kept
  FuncCode& code = *Code(func);
  code.native = native;
  code.entry.store(engine->tier().native_entry(), std::memory_order_release);
}

}  // namespace tenon::vm
