// Moves and constants as steps. core: #exec-instr-parametric
// The int and float forms write through to their accumulator; a vector goes to its slots alone.
#pragma once

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/step.h"

namespace tenon::vm::interp {

#define TENON_MOVE_STEP(name, words)                                                        \
  struct name##Step {                                                                       \
    static constexpr int kWords = words;                                                    \
    static void Run(const Word*& ip, Slot* fp, Context* ctx, uint8_t* mem, uint64_t& acc,   \
                    FloatAcc& facc);                                                        \
  };                                                                                        \
  inline void name##Step::Run([[maybe_unused]] const Word*& ip, [[maybe_unused]] Slot* fp,  \
                              [[maybe_unused]] Context* ctx, [[maybe_unused]] uint8_t* mem, \
                              [[maybe_unused]] uint64_t& acc, [[maybe_unused]] FloatAcc& facc)

TENON_MOVE_STEP(CopyInt, 2) { SetResult(fp + ip[1].half(0), fp[ip[1].half(1)].bits, &acc, &facc); }
TENON_MOVE_STEP(CopyFloat, 2) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(fp + ip[1].half(1)), &acc, &facc);
}
TENON_MOVE_STEP(CopyVector, 2) {
  WriteSlot(fp + ip[1].half(0), ReadSlot<V128>(fp + ip[1].half(1)));
}
TENON_MOVE_STEP(CopyIntAcc, 2) { fp[ip[1].half(0)].bits = acc; }
TENON_MOVE_STEP(CopyFloatAcc, 2) { WriteSlot(fp + ip[1].half(0), ((DoubleLanes)facc)[0]); }
TENON_MOVE_STEP(ConstI32, 2) { SetResult(fp + ip[1].half(0), ip[1].word(1), &acc, &facc); }
TENON_MOVE_STEP(ConstI64, 3) { SetResult(fp + ip[1].half(0), ip[2].bits, &acc, &facc); }
TENON_MOVE_STEP(ConstF32, 2) {
  SetResult(fp + ip[1].half(0), Immediate<float>(ip + 1), &acc, &facc);
}
TENON_MOVE_STEP(ConstF64, 3) { SetResult(fp + ip[1].half(0), ip[2].f64, &acc, &facc); }
TENON_MOVE_STEP(ConstVector, 4) {
  V128 value;
  std::memcpy(&value, &ip[2], sizeof value);
  WriteSlot(fp + ip[1].half(0), value);
}

// Which of half(1), half(2) a select takes.
inline const Slot* Chosen(const Word* ip, const Slot* fp, uint32_t condition) {
  return fp + (condition != 0 ? ip[1].half(1) : ip[1].half(2));
}
inline uint32_t ConditionSlot(const Word* ip, const Slot* fp) {
  return ReadSlot<uint32_t>(fp + ip[1].half(3));
}

TENON_MOVE_STEP(SelectInt, 2) {
  SetResult(fp + ip[1].half(0), Chosen(ip, fp, ConditionSlot(ip, fp))->bits, &acc, &facc);
}
TENON_MOVE_STEP(SelectIntAcc, 2) {
  SetResult(fp + ip[1].half(0), Chosen(ip, fp, static_cast<uint32_t>(acc))->bits, &acc, &facc);
}
TENON_MOVE_STEP(SelectFloat, 2) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(Chosen(ip, fp, ConditionSlot(ip, fp))), &acc,
            &facc);
}
TENON_MOVE_STEP(SelectFloatAcc, 2) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(Chosen(ip, fp, static_cast<uint32_t>(acc))), &acc,
            &facc);
}
TENON_MOVE_STEP(SelectVector, 2) {
  WriteSlot(fp + ip[1].half(0), ReadSlot<V128>(Chosen(ip, fp, ConditionSlot(ip, fp))));
}

TENON_MOVE_STEP(GlobalGetInt, 2) {
  SetResult(fp + ip[1].half(0), ctx->own_globals()[ip[1].word(1)].bits, &acc, &facc);
}
TENON_MOVE_STEP(GlobalGetFloat, 2) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(ctx->own_globals() + ip[1].word(1)), &acc, &facc);
}
TENON_MOVE_STEP(GlobalGetVector, 2) {
  WriteSlot(fp + ip[1].half(0), ReadSlot<V128>(ctx->own_globals() + ip[1].word(1)));
}
TENON_MOVE_STEP(GlobalSet, 2) { ctx->own_globals()[ip[1].word(1)] = fp[ip[1].half(0)]; }
TENON_MOVE_STEP(GlobalSetIntAcc, 2) { ctx->own_globals()[ip[1].word(1)].bits = acc; }
TENON_MOVE_STEP(GlobalSetVector, 2) {
  WriteSlot(ctx->own_globals() + ip[1].word(1), ReadSlot<V128>(fp + ip[1].half(0)));
}

}  // namespace tenon::vm::interp
