// From a code slot to running code: one body is walked, translated and installed.
#include <mutex>

#include "absl/strings/str_cat.h"
#include "vm/interp/body.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/translate/translator.h"
#include "vm/runtime/module.h"
#include "vm/valid/walker.h"

namespace tenon::vm::interp {

bool TranslateFunction(FuncCode* code, Store* store) {
  LoadedModule& module = *code->module;
  std::lock_guard lock(module.translate_mutex);
  if (code->entry.load(std::memory_order_acquire) != LazyCode()) return true;
  if (module.tier_state == nullptr) {
    module.tier_state = std::make_shared<TranslationState>(&module);
  }
  auto& state = *static_cast<TranslationState*>(module.tier_state.get());
  const ResolvedModule& resolved = *module.resolved;
  const uint32_t local = code->index.value() - resolved.imported_funcs;
  state.translator.BeginBody(resolved.module->bodies[local].code.size);
  Status status = WalkFunction(resolved, code->index, state.translator, state.scratch);
  if (status && !state.translator.within_budget()) {
    status = Fail(ErrorKind::kLimit, absl::StrCat(FunctionContext(resolved, code->index),
                                                  ": too much code for a body of its length"));
  }
  if (!status) {
    store->SetTrap(TrapKind::kInvalidFunctionBody, status.error().ToString());
    return false;
  }
  std::unique_ptr<Body> body = state.translator.TakeBody(code);
  RegisterBody(body.get());
  code->body = body.get();
  code->entry.store(body.release()->code.get(), std::memory_order_release);
  return true;
}

}  // namespace tenon::vm::interp
