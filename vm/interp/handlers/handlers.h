// What the translator knows of handlers: the single instructions of code.def, and for the families
// made from opcode rows a function from row and operand form to handler.
#pragma once

#include "vm/interp/dispatch.h"
#include "vm/syntax/opcode.h"

namespace tenon::vm::interp {

// Where a scalar operation's operands come from: S a slot, A the accumulator of the operand's class
// (which mirrors a slot), K an immediate.
enum class Form : uint8_t { kSS, kAS, kSA, kSK, kAK, kKS, kKA };
inline constexpr int kFormCount = 7;

// Family handlers; null when the row has none. Unary operations use kSS and kAS.
Handler UnaryHandler(Opcode op, Form form);
Handler BinaryHandler(Opcode op, Form form);           // and comparisons, for their value
Handler CompareBranchHandler(Opcode op, Form form, bool sense);  // no KS or KA
Handler VectorHandler(Opcode op);
// Memory 0: address in a slot, the accumulator (kAS) or folded into the offset (kKS).
Handler LoadHandler(Opcode op, Form form);
// Memory 0: address, then value.
Handler StoreHandler(Opcode op, Form form);
// Any other memory: slots only, the memory index in a further word.
Handler LoadFarHandler(Opcode op);
Handler StoreFarHandler(Opcode op);
// v128.load*_lane and v128.store*_lane, any memory.
Handler LaneMemoryHandler(Opcode op);

#define CODE(name) TENON_HANDLER_ABI HandlerResult name(TENON_STATE_PARAMS);
namespace handlers {
#include "vm/interp/code.def"
}  // namespace handlers

}  // namespace tenon::vm::interp
