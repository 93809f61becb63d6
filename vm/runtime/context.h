// The structures of vmctx.def as C++ types. core: #runtime-structure
// Offsets are checked against that file here, since every tier's code relies on them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "vm/runtime/slot.h"
#include "vm/syntax/types.h"
#include "vm/sys/native.h"

namespace tenon::vm {

class Heap;
class Instance;
class Memory;
class Store;
class TableInstance;
struct TagInstance;
struct Adapter;
struct Context;
struct EntryRecord;
struct Func;
struct FuncCode;
struct HostFunc;
struct Word;  // one word of interpreter code; defined by the interpreter

struct Func {
#define FUNC_FIELD(type, name, offset) type name = {};
#include "vm/runtime/vmctx.def"
};

// An adapter's call under way, in its frame.
struct AdapterFrame {
  AdapterFrame* outer;
  Adapter* adapter;
};

struct RunBlock {
#define RUN_FIELD(type, name, offset) type name = {};
#include "vm/runtime/vmctx.def"
};

// True when the store's guests must end (Store::SetDeadline, Interrupt).
inline bool MustEnd(const RunBlock& run) {
  return __atomic_load_n(&run.pending_kill, __ATOMIC_SEQ_CST) != 0;
}

struct Context {
#define CONTEXT_FIELD(type, name, offset) type name = {};
#include "vm/runtime/vmctx.def"

  Slot* own_globals() { return reinterpret_cast<Slot*>(this + 1); }
};

inline constexpr size_t kMaxAdapterFlags = 4;
using FlagPointers = std::array<bool*, kMaxAdapterFlags>;

// The context of a function object that is the host's to the interpreter, and has code of an image
// for compiled callers. Owned by who made the function object.
struct Adapter {
#define ADAPTER_FIELD(type, name, offset) type name = {};
#include "vm/runtime/vmctx.def"

  // Not for code. Of a call that was left by a trap.
  void (*on_trap)(Adapter& adapter) = nullptr;
  // What code leaves to the runtime, with the instances closed; false after a trap. The callee's
  // arguments of the caller's; and then, of what it returned, the caller's results, which go where
  // its arguments were and may stand there.
  bool (*pass_arguments)(Adapter& adapter, const Slot* given, Slot* arguments) = nullptr;
  bool (*pass_results)(Adapter& adapter, const Slot* found, Slot* given) = nullptr;
};

#define FUNC_FIELD(type, name, offset) static_assert(offsetof(Func, name) == offset);
#define RUN_FIELD(type, name, offset) static_assert(offsetof(RunBlock, name) == offset);
#define CONTEXT_FIELD(type, name, offset) static_assert(offsetof(Context, name) == offset);
#define ADAPTER_FIELD(type, name, offset) static_assert(offsetof(Adapter, name) == offset);
#include "vm/runtime/vmctx.def"
static_assert(sizeof(Context) == 80);
static_assert(offsetof(RunBlock, entry) == TENON_RUN_ENTRY);
static_assert(offsetof(RunBlock, trap) == TENON_RUN_TRAP);
static_assert(offsetof(RunBlock, pending_kill) == TENON_RUN_PENDING_KILL);
static_assert(offsetof(RunBlock, exception) == TENON_RUN_EXCEPTION);
static_assert(offsetof(RunBlock, native) == TENON_RUN_NATIVE);

}  // namespace tenon::vm
