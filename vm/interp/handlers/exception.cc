// Throwing, and the search for who catches. core: #exec-throw, #exec-throw-ref
// Nothing is unwound before a clause is found: until then all frames stand as they were, and so
// does what an uncaught exception leaves for a backtrace.
#include "vm/interp/frame_walk.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/store.h"

namespace tenon::vm::interp {
namespace {

// Where the machine goes on; no ip: nowhere.
struct Landing {
  const Word* ip = nullptr;
  Slot* fp = nullptr;
  Context* context = nullptr;
};

const CatchTable::Clause* FindClause(const FrameWalk& walk, const TagInstance* tag) {
  const Body& body = walk.body();
  if (body.catches == nullptr) return nullptr;
  const TagInstance* const* tags = walk.context()->tags;
  return body.catches->Find(static_cast<uint32_t>(walk.word() - body.code),
                            [&](const CatchTable::Clause& clause) {
                              return clause.tag == CatchTable::kAnyTag || tags[clause.tag] == tag;
                            });
}

void WriteValues(const Store& store, Ref exception, const CatchTable::Clause& clause, Slot* fp) {
  if (clause.tag != CatchTable::kAnyTag) store.ReadException(exception, fp + clause.slot);
  if (clause.ref_slot != CatchTable::kNone) WriteSlot(fp + clause.ref_slot, exception);
}

// The frames there are, for who asks for a backtrace.
void KeepTrace(Store& store, FrameWalk walk) {
  std::vector<CodeAddress>& trace = store.exception_trace();
  for (; !walk.at_end() && trace.size() < kMaxBacktraceFrames; walk.Next()) {
    trace.push_back({walk.body().function, walk.context()->instance, walk.word()});
  }
}

Landing Land(Store& store, FrameWalk walk) {
  const RunBlock& run = store.run();
  if (run.trap != 0 || run.exception == kNullRef) return {};
  const FrameWalk thrower = walk;
  const TagInstance* tag = &store.TagOf(run.exception);
  for (; !walk.at_end(); walk.Next()) {
    if (MustEnd(run)) return {};
    const CatchTable::Clause* clause = FindClause(walk, tag);
    if (clause == nullptr) continue;
    WriteValues(store, run.exception, *clause, walk.fp());
    store.ForgetException();
    return {walk.body().code + clause->target, walk.fp(), walk.context()};
  }
  KeepTrace(store, thrower);
  return {};
}

}  // namespace

TENON_HANDLER_ABI HandlerResult Unwind(TENON_STATE_PARAMS) {
  const auto* link = reinterpret_cast<const Slot*>(acc);
  const Landing landing =
      Land(*ctx->run->store, link == nullptr ? FrameWalk::FromInstruction(ip, fp, ctx)
                                             : FrameWalk::FromReturn(link, ctx));
  if (landing.ip == nullptr) TENON_LEAVE();
  ip = landing.ip;
  fp = landing.fp;
  ctx = landing.context;
  mem = ctx->memory0;
  TENON_DISPATCH();
}

namespace handlers {

SLOW_HANDLER(Throw) {
  RunBlock* run = ctx->run;
  const TagInstance* tag = ctx->tags[ip[1].word(1)];
  Slot* const values = fp + ip[1].half(0);
  run->stack_top = values + tag->layout->slots;  // the values are the frame's last
  const Ref exception = run->store->NewException(*tag, values);
  if (exception == kNullRef) TENON_TRAP(TrapKind::kOutOfMemory);
  run->exception = exception;
  acc = 0;
  TENON_GOTO(Unwind);
}

SLOW_HANDLER(ThrowRef) {
  const Ref exception = ReadSlot<Ref>(fp + ip[1].half(0));
  if (exception == kNullRef) TENON_TRAP(TrapKind::kNullExceptionReference);
  ctx->run->exception = exception;
  acc = 0;
  TENON_GOTO(Unwind);
}

}  // namespace handlers
}  // namespace tenon::vm::interp
