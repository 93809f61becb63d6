// From a code slot to running code: one body is walked, translated and installed.
#include <mutex>

#include "absl/strings/str_cat.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/translate/translator.h"
#include "vm/runtime/module.h"
#include "vm/valid/walker.h"

namespace tenon::vm::interp {
namespace {

// Under the module's translate_mutex.
TranslationState& StateOf(LoadedModule& module) {
  if (module.tier_state == nullptr) {
    module.tier_state = std::make_shared<TranslationState>(&module);
  }
  return *static_cast<TranslationState*>(module.tier_state.get());
}

Status Walk(const FuncCode& code, TranslationState* state) {
  const ResolvedModule& resolved = *code.module->resolved;
  const uint32_t local = code.index.value() - resolved.imported_funcs;
  state->walked = &code;
  state->translator.BeginBody(resolved.module->bodies[local].code);
  TENON_RETURN_IF_ERROR(WalkFunction(resolved, code.index, state->translator, state->scratch));
  if (state->translator.within_budget()) return {};
  return Fail(ErrorKind::kLimit, absl::StrCat(FunctionContext(resolved, code.index),
                                              ": too much code for a body of its length"));
}

}  // namespace

bool TranslateFunction(FuncCode* code, Store* store) {
  std::lock_guard lock(code->module->translate_mutex);
  if (code->entry.load(std::memory_order_acquire) != LazyCode()) return true;
  TranslationState& state = StateOf(*code->module);
  const Status status = Walk(*code, &state);
  if (!status) {
    store->SetTrap(TrapKind::kInvalidFunctionBody, status.error().ToString());
    return false;
  }
  code->entry.store(state.translator.TakeBody(code).code, std::memory_order_release);
  return true;
}

uint32_t OffsetOf(const Body& body, const Word* word) {
  LoadedModule& module = *body.function->module;
  std::lock_guard lock(module.translate_mutex);
  TranslationState& state = StateOf(module);
  if (state.walked != body.function) {
    const Status status = Walk(*body.function, &state);
    TENON_CHECK(status.has_value());  // as it was when the body was made
  }
  return state.translator.OffsetOf(static_cast<uint32_t>(word - body.code));
}

}  // namespace tenon::vm::interp
