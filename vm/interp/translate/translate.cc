// From a code slot to running code: one body is walked, translated and installed.
#include <limits>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/translate/translator.h"
#include "vm/runtime/module.h"
#include "vm/valid/walker.h"

namespace tenon::vm::interp {
namespace {

// What a thread keeps between translations, so that a body costs no allocation.
struct Scratch {
  Translator translator;
  WalkerScratch walker;
};

Scratch& ScratchOfThread() {
  static thread_local Scratch scratch;
  return scratch;
}

ModuleCode* CodeOf(LoadedModule& module) {
  if (module.tier_state == nullptr) {
    module.tier_state = std::make_shared<ModuleCode>(*module.Whole());
  }
  return static_cast<ModuleCode*>(module.tier_state.get());
}

// Walks a body under its module's translate_mutex; the scratch's translator then holds its code, of
// at most `most_words`.
Status Walk(const FuncCode& code, size_t most_words, Scratch* scratch) {
  LoadedModule& module = *code.module;
  const ResolvedModule& resolved = *module.Whole();
  const ByteRange bytes =
      resolved.module->bodies[code.index.value() - resolved.imported_funcs].code;
  if (!scratch->translator.BeginBody(&module, CodeOf(module), bytes, most_words)) {
    return Fail(ErrorKind::kLimit, "no memory for its code");
  }
  return WalkFunction(resolved, code.index, scratch->translator, scratch->walker);
}

// A thread does not hold on to what a huge body needed.
void Trim(const FuncCode& code, Scratch* scratch) {
  constexpr uint32_t kHugeBodyBytes = 1 << 18;
  const ResolvedModule& resolved = *code.module->Whole();
  const uint32_t local = code.index.value() - resolved.imported_funcs;
  if (resolved.module->bodies[local].code.size > kHugeBodyBytes) *scratch = Scratch();
}

}  // namespace

bool TranslateFunction(FuncCode* code, Store* store) {
  std::lock_guard lock(code->module->translate_mutex);
  if (code->entry.load(std::memory_order_acquire) != LazyCode()) return true;
  if (code->module->Whole() == nullptr) {
    store->SetTrap(TrapKind::kInvalidFunctionBody, "the compiled file is damaged");
    return false;
  }
  Scratch& scratch = ScratchOfThread();
  const Status status = Walk(*code, CodeOf(*code->module)->arena.words_left(), &scratch);
  if (status) {
    // Meanwhile it may have got machine code.
    const Word* lazy = LazyCode();
    code->entry.compare_exchange_strong(lazy, scratch.translator.TakeBody(code).code,
                                        std::memory_order_release, std::memory_order_relaxed);
  } else {
    store->SetTrap(TrapKind::kInvalidFunctionBody, status.error().ToString());
  }
  Trim(*code, &scratch);
  return status.has_value();
}

uint32_t OffsetOf(const Body& body, const Word* word) {
  std::lock_guard lock(body.function->module->translate_mutex);
  Scratch& scratch = ScratchOfThread();
  // What it takes, it takes for now only.
  const Status status = Walk(*body.function, std::numeric_limits<size_t>::max(), &scratch);
  const FuncCode& function = *body.function;
  const ResolvedModule& resolved = *function.module->Whole();
  const uint32_t local = function.index.value() - resolved.imported_funcs;
  const uint32_t offset = status
                              ? scratch.translator.OffsetOf(static_cast<uint32_t>(word - body.code))
                              : resolved.module->bodies[local].code.offset;
  Trim(*body.function, &scratch);
  return offset;
}

}  // namespace tenon::vm::interp
