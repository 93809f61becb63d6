// What the translator knows of handlers: the single instructions of code.def, and for the families
// made from opcode rows a function from row and operand form to handler.
#pragma once

#include <array>

#include "vm/interp/dispatch.h"
#include "vm/syntax/opcode.h"

namespace tenon::vm::interp {

// Where a scalar operation's operands come from: S a slot, A the accumulator of the operand's class
// (which mirrors a slot), K an immediate.
enum class Form : uint8_t { kSS, kAS, kSA, kSK, kAK, kKS, kKA };
inline constexpr int kFormCount = 7;

// An instruction's handlers by Form; null where there is none.
using FormTable = std::array<Handler, kFormCount>;

// How a memory is accessed, which its type and the engine's setting fix: IsGuarded, or else with a
// check of a 32-bit or a 64-bit address.
enum class AccessMode : uint8_t { kGuarded, kChecked32, kChecked64 };
inline constexpr int kAccessModeCount = 3;

// Family handlers by opcode; null when the row is of another family. Unary operations use kSS and
// kAS. Of the first memory: loads take their address from a slot, the accumulator (kAS) or folded
// into the offset (kKS); stores take address, then value.
extern const FormTable* const kScalarForms[kOpcodeCount];  // comparisons: for their value
extern const FormTable* const* const kMemoryForms[kAccessModeCount];
extern const FormTable* const kBranchForms[2][kOpcodeCount];  // taken if false, true; no KS or KA

inline Handler ScalarHandler(Opcode op, Form form) {
  return (*kScalarForms[static_cast<int>(op)])[static_cast<int>(form)];
}
inline Handler MemoryHandler(Opcode op, AccessMode mode, Form form) {
  return (*kMemoryForms[static_cast<int>(mode)][static_cast<int>(op)])[static_cast<int>(form)];
}
inline Handler CompareBranchHandler(Opcode op, Form form, bool sense) {
  return (*kBranchForms[sense][static_cast<int>(op)])[static_cast<int>(form)];
}

// `deterministic` chooses between the meanings of relaxed operations (EngineSettings).
Handler VectorHandler(Opcode op, bool deterministic);
// Rows of opcodes_atomic.def; null for another row.
Handler AtomicHandler(Opcode op);
// Two i64 of two or four.
Handler WideHandler(Opcode op);
// Loads and stores of any other memory: slots only, the memory index in a further word.
Handler FarMemoryHandler(Opcode op, AccessMode mode);
// v128.load*_lane and v128.store*_lane, any memory; null for another row.
Handler LaneMemoryHandler(Opcode op, AccessMode mode);

#define CODE(name) TENON_HANDLER_ABI HandlerResult name(TENON_STATE_PARAMS);
namespace handlers {
#include "vm/interp/code.def"
}  // namespace handlers

}  // namespace tenon::vm::interp
