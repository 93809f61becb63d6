#include "vm/interp/backtrace.h"

#include "vm/interp/code_arena.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/module.h"

namespace tenon::vm::interp {
namespace {

Frame MakeFrame(const Body& body, const Word* word) {
  const FuncCode& function = *body.function;
  Frame frame;
  frame.module = function.module->path;
  frame.func = function.index;
  frame.function = std::string(function.module->resolved->FunctionName(function.index));
  frame.offset = OffsetOf(body, word);
  return frame;
}

}  // namespace

void AppendBacktrace(const RunBlock& run, const Word* exit_code, Trap* trap) {
  if (run.trap == 1 + static_cast<uint32_t>(TrapKind::kExit)) return;
  const Word* ip = run.ip;
  const Slot* fp = run.fp;
  bool is_return_address = false;
  while (ip != exit_code) {
    if (trap->backtrace.size() >= kMaxBacktraceFrames) {
      trap->truncated = true;
      return;
    }
    if (ip == TailCrossReturnCode()) {
      // fp is the control area of a tail call into another instance; see handlers/call.cc.
      ip = reinterpret_cast<const Word*>(fp[1].bits);
      fp = reinterpret_cast<const Slot*>(fp[2].bits);
      continue;
    }
    const Word* word = is_return_address ? ip - 1 : ip;
    const Body body = FindBody(word);
    if (body.code == nullptr) return;
    trap->backtrace.push_back(MakeFrame(body, word));
    ip = reinterpret_cast<const Word*>(fp[body.link].bits);
    fp = reinterpret_cast<const Slot*>(fp[body.link + 1].bits);
    is_return_address = true;
  }
}

}  // namespace tenon::vm::interp
