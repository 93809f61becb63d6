// The interpreter as a tier of the runtime: lazy translation, calls from the host, backtraces.
// Guest code runs only between Invoke's entry record and its return; see vm/sys/entry.h.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "vm/interp/code_arena.h"
#include "vm/interp/word.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/store.h"

namespace tenon::vm {

// The tier an Engine is built with.
const Tier& InterpreterTier();

namespace interp {

// Slots that values of the types take.
uint32_t SlotsOf(absl::Span<const ValType> types);

// True when calling `func` through an expected type is allowed: the types are equal, or the
// function's is a declared subtype.
bool IsCallableAs(const Context& context, const Func& func, TypeId expected);

// What the outermost frame of an entry returns to.
const Word* ExitCode();

// The entry of every function that has not been translated yet.
const Word* LazyCode();

// The entry of every function that has machine code.
const Word* NativeEntryCode();

// The code that a tail call into another instance makes its callee return to.
const Word* TailCrossReturnCode();

// Validates (unless done) and translates a body and installs its entry. False when the body is
// invalid: the store's trap then has the reason. Safe to call from several threads.
bool TranslateFunction(FuncCode* code, Store* store);

// The offset, in the module's bytes, of the instruction that `word` of the body came from.
uint32_t OffsetOf(const Body& body, const Word* word);

}  // namespace interp
}  // namespace tenon::vm
