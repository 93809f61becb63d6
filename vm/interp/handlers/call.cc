// Calls. Frames overlap: the arguments at the top of the caller's frame are the callee's first
// slots, and its results replace them. A frame is
//
//   [parameters, later results][link: return address, caller's fp][other locals][temporaries]
//
// The link slot is max(parameter slots, result slots). A call into another instance saves the
// context in the slot at its link, moves the arguments behind it and returns through the
// CrossReturn that follows the call:
//
//   [arguments, later results][saved context][callee's frame ...]
//
// core: #exec-invoke
#include <algorithm>
#include <cstring>

#include "vm/interp/backtrace.h"
#include "vm/interp/frame_walk.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/func.h"
#include "vm/runtime/module.h"
#include "vm/runtime/native.h"
#include "vm/runtime/store.h"
#include "vm/sys/entry.h"

namespace tenon::vm::interp {
namespace {

// Words of the instructions that a CrossReturn follows, and of the CrossReturn.
constexpr int kCallImportWords = 3;
constexpr int kCallIndirectWords = 4;
constexpr int kCallRefWords = 3;
constexpr int kCrossReturnWords = 2;

inline void SetLink(Slot* link, const Word* return_ip, Slot* caller_fp) {
  link[0].bits = reinterpret_cast<uintptr_t>(return_ip);
  link[1].bits = reinterpret_cast<uintptr_t>(caller_fp);
}

inline const Word* EntryOf(const FuncCode* code) {
  return code->entry.load(std::memory_order_acquire);
}

// One operand set for a call that may change the instance.
struct CallShape {
  uint32_t base, link, params, results;
  explicit CallShape(const Word* operands)
      : base(operands->half(0)),
        link(operands->half(1)),
        params(operands->half(2)),
        results(operands->half(3)) {}
};

// Both halves of the operand count in a table with 64-bit addresses.
inline uint64_t TableIndex(const TableInstance& table, const Slot* operand) {
  if (table.type().address == AddressType::kI64) [[unlikely]]
    return ReadSlot<uint64_t>(operand);
  return ReadSlot<uint32_t>(operand);
}

// True for the link of a frame behind which the entry ends.
bool IsOutermost(const Slot* link) {
  const uint64_t exit = reinterpret_cast<uintptr_t>(ExitCode());
  if (link[0].bits == reinterpret_cast<uintptr_t>(TailCrossReturnCode())) {
    return reinterpret_cast<const Slot*>(link[1].bits)[1].bits == exit;
  }
  return link[0].bits == exit;
}

// A float result is mirrored whatever the type: the bits are the same.
inline FloatAcc FloatFrom(const Slot* slot) {
  DoubleLanes lanes = {ReadSlot<double>(slot), 0};
  return (FloatAcc)lanes;
}

// Calls the host with arguments at `frame`. False when it trapped or threw.
__attribute__((noinline)) bool CallHost(const Word* ip, Slot* fp, Context* ctx, const Func* func,
                                        Slot* frame, uint32_t link) {
  RunBlock* run = ctx->run;
  run->ip = ip;
  run->fp = fp;
  run->context = ctx;
  Slot* const saved_top = run->stack_top;
  run->stack_top = frame + link + 1;
  EntryRecord* const entry = run->entry;
  HostCall call{*run->store, func->host->data, frame, *func->type, ctx};
  const bool ok = func->host->callback(call);
  run->stack_top = saved_top;
  run->entry = entry;
  sys::SetCurrentEntry(entry);
  run->ip = ip;
  run->fp = fp;
  run->context = ctx;
  if (!ok && run->exception == kNullRef && !MustEnd(*run)) run->store->SetTrap(TrapKind::kHost);
  return run->trap == 0 && run->exception == kNullRef && !MustEnd(*run);
}

// Continues a call of `func` (another instance's, or the host's). ip stands on the call; `words` is
// its length, and a CrossReturn follows it. acc holds the function object.
template <int kCallWords>
TENON_HANDLER_ABI HandlerResult CallOther(TENON_STATE_PARAMS) {
  const Func* func = reinterpret_cast<const Func*>(acc);
  const CallShape shape(ip + 1);
  Slot* const frame = fp + shape.base;
  if (func->host != nullptr) {
    if (!CallHost(ip, fp, ctx, func, frame, shape.link)) {
      acc = 0;
      TENON_GOTO(Unwind);
    }
    acc = frame->bits;
    facc = FloatFrom(frame);
    TENON_NEXT(kCallWords + kCrossReturnWords);
  }
  frame[shape.link].bits = reinterpret_cast<uintptr_t>(ctx);
  Slot* const callee = frame + shape.link + 1;
  std::memmove(callee, frame, shape.params * sizeof(Slot));
  SetLink(callee + shape.link, ip + kCallWords, fp);
  fp = callee;
  ctx = func->context;
  mem = ctx->memory0;
  acc = reinterpret_cast<uintptr_t>(func->code);
  ip = EntryOf(func->code);
  TENON_DISPATCH();
}

// Enters a function of this instance; the call and its CrossReturn are `words` long.
inline void EnterOwn(const Func& func, int words, const Word*& ip, Slot*& fp, uint64_t& acc) {
  Slot* const callee = fp + ip[1].half(0);
  SetLink(callee + ip[1].half(1), ip + words, fp);
  fp = callee;
  acc = reinterpret_cast<uintptr_t>(func.code);
  ip = EntryOf(func.code);
}

}  // namespace

namespace handlers {

FAST_HANDLER(Call) {
  Slot* const callee = fp + ip[1].half(0);
  const auto* code = static_cast<const FuncCode*>(ip[2].pointer);
  SetLink(callee + ip[1].half(1), ip + 3, fp);
  fp = callee;
  acc = reinterpret_cast<uintptr_t>(code);
  ip = EntryOf(code);
  TENON_DISPATCH();
}

FAST_HANDLER(CallImport) {
  acc = reinterpret_cast<uintptr_t>(ctx->imported_funcs[ip[2].word(0)]);
  TENON_GOTO(CallOther<kCallImportWords>);
}

// core: #exec-call-indirect
FAST_HANDLER(CallIndirect) {
  TableInstance* table = ctx->tables[ip[2].word(0)];
  const uint64_t index = TableIndex(*table, fp + ip[2].half(2));
  if (index >= table->size()) [[unlikely]]
    TENON_TRAP(TrapKind::kUndefinedElement);
  const Func* func = reinterpret_cast<const Func*>(table->data()[index].bits);
  if (func == nullptr) [[unlikely]] {
    acc = index;
    TENON_GOTO(RaiseUninitializedElement);
  }
  const TypeId expected(ip[3].word(0));
  if (func->type_id != expected) [[unlikely]] {
    if (!IsCallableAs(*ctx, *func, expected)) TENON_TRAP(TrapKind::kIndirectCallTypeMismatch);
  }
  if (func->context != ctx) [[unlikely]] {
    acc = reinterpret_cast<uintptr_t>(func);
    TENON_GOTO(CallOther<kCallIndirectWords>);
  }
  EnterOwn(*func, kCallIndirectWords + kCrossReturnWords, ip, fp, acc);
  TENON_DISPATCH();
}

// core: #exec-call-ref
FAST_HANDLER(CallRef) {
  const Func* func = reinterpret_cast<const Func*>(fp[ip[2].half(0)].bits);
  if (func == nullptr) [[unlikely]]
    TENON_TRAP(TrapKind::kNullFunctionReference);
  if (func->context != ctx) [[unlikely]] {
    acc = reinterpret_cast<uintptr_t>(func);
    TENON_GOTO(CallOther<kCallRefWords>);
  }
  EnterOwn(*func, kCallRefWords + kCrossReturnWords, ip, fp, acc);
  TENON_DISPATCH();
}

SLOW_HANDLER(CrossReturn) {
  const CallShape shape(ip + 1);
  Slot* const frame = fp + shape.base;
  ctx = reinterpret_cast<Context*>(frame[shape.link].bits);
  mem = ctx->memory0;
  std::memmove(frame, frame + shape.link + 1, shape.results * sizeof(Slot));
  acc = frame->bits;
  facc = FloatFrom(frame);
  TENON_NEXT(kCrossReturnWords);
}

// core: #exec-return-call. The callee takes this frame's place; the link moves if its slot differs.
FAST_HANDLER(ReturnCall) {
  const auto* code = static_cast<const FuncCode*>(ip[2].pointer);
  const Slot link0 = fp[ip[1].half(3)];
  const Slot link1 = fp[ip[1].half(3) + 1];
  const Slot* arguments = fp + ip[1].half(0);
  for (uint32_t i = 0; i < ip[1].half(2); ++i) fp[i] = arguments[i];
  Slot* const link = fp + ip[1].half(1);
  link[0] = link0;
  link[1] = link1;
  acc = reinterpret_cast<uintptr_t>(code);
  ip = EntryOf(code);
  TENON_DISPATCH();
}

// Tail calls of function objects, here or elsewhere. acc holds the function object; half(3) is this
// frame's link slot.
//
// When the instance changes, the caller's own continuation may not restore it, so a control area is
// put in front of the callee's frame, once however long the chain of tail calls gets:
//   [saved context][return address][caller's fp][where results go][result slots]
// and the callee returns through TailCrossReturn with fp at the area.
SLOW_HANDLER(ReturnCallObject) {
  constexpr uint32_t kAreaSlots = 5;
  const Func* func = reinterpret_cast<const Func*>(acc);
  const CallShape shape(ip + 1);
  const uint32_t own_link = shape.results;  // half(3)
  const Slot* arguments = fp + shape.base;
  const Slot link0 = fp[own_link];
  const Slot link1 = fp[own_link + 1];
  if (func->host != nullptr) {
    Slot* const frame = fp + shape.base;
    if (!CallHost(ip, fp, ctx, func, frame, shape.link)) {
      acc = reinterpret_cast<uintptr_t>(fp + own_link);
      TENON_GOTO(Unwind);
    }
    const uint32_t result_slots = SlotsOf(func->type->results);
    std::memmove(fp, frame, result_slots * sizeof(Slot));
    acc = fp->bits;
    facc = FloatFrom(fp);
    ip = reinterpret_cast<const Word*>(link0.bits);
    fp = reinterpret_cast<Slot*>(link1.bits);
    TENON_DISPATCH();
  }
  if (func->context == ctx || link0.bits == reinterpret_cast<uintptr_t>(TailCrossReturnCode())) {
    std::memmove(fp, arguments, shape.params * sizeof(Slot));
    fp[shape.link] = link0;
    fp[shape.link + 1] = link1;
  } else {
    Slot* const area = fp + shape.link;
    Slot* const callee = area + kAreaSlots;
    std::memmove(callee, arguments, shape.params * sizeof(Slot));
    area[0].bits = reinterpret_cast<uintptr_t>(ctx);
    area[1] = link0;
    area[2] = link1;
    area[3].bits = reinterpret_cast<uintptr_t>(fp);
    area[4].bits = SlotsOf(func->type->results);
    SetLink(callee + shape.link, TailCrossReturnCode(), area);
    fp = callee;
  }
  ctx = func->context;
  mem = ctx->memory0;
  acc = reinterpret_cast<uintptr_t>(func->code);
  ip = EntryOf(func->code);
  TENON_DISPATCH();
}

SLOW_HANDLER(TailCrossReturn) {
  const Slot* area = fp;
  Slot* const results = reinterpret_cast<Slot*>(area[3].bits);
  const uint32_t count = static_cast<uint32_t>(area[4].bits);
  ctx = reinterpret_cast<Context*>(area[0].bits);
  mem = ctx->memory0;
  ip = reinterpret_cast<const Word*>(area[1].bits);
  fp = reinterpret_cast<Slot*>(area[2].bits);
  std::memmove(results, area + 5, count * sizeof(Slot));
  acc = results->bits;
  facc = FloatFrom(results);
  TENON_DISPATCH();
}

SLOW_HANDLER(ReturnCallImport) {
  acc = reinterpret_cast<uintptr_t>(ctx->imported_funcs[ip[2].word(0)]);
  TENON_GOTO(ReturnCallObject);
}

SLOW_HANDLER(ReturnCallIndirect) {
  TableInstance* table = ctx->tables[ip[2].word(0)];
  const uint64_t index = TableIndex(*table, fp + ip[2].half(2));
  if (index >= table->size()) TENON_TRAP(TrapKind::kUndefinedElement);
  const Func* func = reinterpret_cast<const Func*>(table->data()[index].bits);
  if (func == nullptr) {
    acc = index;
    TENON_GOTO(RaiseUninitializedElement);
  }
  if (!IsCallableAs(*ctx, *func, TypeId(ip[3].word(0)))) {
    TENON_TRAP(TrapKind::kIndirectCallTypeMismatch);
  }
  acc = reinterpret_cast<uintptr_t>(func);
  TENON_GOTO(ReturnCallObject);
}

SLOW_HANDLER(ReturnCallRef) {
  acc = fp[ip[2].half(0)].bits;
  if (acc == 0) TENON_TRAP(TrapKind::kNullFunctionReference);
  TENON_GOTO(ReturnCallObject);
}

// The accumulator names the code slot; the frame is the callee's. Compiled code has its frames
// elsewhere: this one ends with the arguments, and what is called from there begins behind them.
// Where the interpreter was entered for the tail call that led here, and compiled code makes tail
// calls in turn, it is left first, so that no stack grows (Tier::invoke_from_native).
SLOW_HANDLER(EnterNative) {
  const auto* code = reinterpret_cast<const FuncCode*>(acc);
  const FuncType& type = *code->module->resolved->funcs[code->index.value()].type;
  Slot* const link = fp + std::max(SlotsOf(type.params), SlotsOf(type.results));
  RunBlock* const run = ctx->run;
  if (code->native.tail != nullptr && IsOutermost(link)) {
    run->tail_entry = code->native.tail_entry;
    run->tail_context = ctx;
    run->tail_slots = fp;
    run->tail_code = code->native.tail;
    run->tail_func = code;
    TENON_LEAVE();
  }
  Slot* const saved_top = run->stack_top;
  run->stack_top = link + 2;
  const bool ok = InvokeNative(*ctx, *code, fp);
  run->stack_top = saved_top;
  if (!ok) {
    const ReturnPoint caller = ReturnPointOf(link, ctx);
    run->ip = caller.ip - 1;
    run->fp = caller.fp;
    run->context = caller.context;
    acc = reinterpret_cast<uintptr_t>(link);
    TENON_GOTO(Unwind);
  }
  acc = fp->bits;
  facc = FloatFrom(fp);
  ip = reinterpret_cast<const Word*>(link[0].bits);
  fp = reinterpret_cast<Slot*>(link[1].bits);
  TENON_DISPATCH();
}

// The accumulator names the code slot. Translation validates the body first; when that fails the
// function traps, now and at every later call.
SLOW_HANDLER(Lazy) {
  auto* code = reinterpret_cast<FuncCode*>(acc);
  if (!TranslateFunction(code, ctx->run->store)) {
    // The frame has no body: the trap stands on the call that led here, beyond a change of instance
    // that a tail call made on the way.
    AppendUntranslated(*code, *ctx, &ctx->run->store->pending_trap());
    const FuncType& type = *code->module->resolved->funcs[code->index.value()].type;
    const uint32_t link = std::max(SlotsOf(type.params), SlotsOf(type.results));
    const ReturnPoint caller = ReturnPointOf(fp + link, ctx);
    ip = caller.ip - 1;
    fp = caller.fp;
    ctx = caller.context;
    TENON_TRAP(TrapKind::kInvalidFunctionBody);
  }
  ip = EntryOf(code);
  TENON_DISPATCH();
}

}  // namespace handlers
}  // namespace tenon::vm::interp
