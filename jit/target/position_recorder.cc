#include "jit/target/position_recorder.h"

#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetRegisterInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Instruction.h"
#include "llvm/MC/MCAssembler.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCObjectStreamer.h"
#include "llvm/MC/MCSectionELF.h"

namespace tenon::jit {
namespace {

constexpr int kWord = 8;

llvm::Register RegisterNamed(const llvm::TargetRegisterInfo& info, llvm::StringRef name) {
  for (unsigned i = 1; i < info.getNumRegs(); ++i) {
    if (name == info.getName(i)) return i;
  }
  TENON_CHECK(false);
}

// The frame pointer is what is saved first.
uint32_t GapOf(const llvm::MachineFrameInfo& frame) {
  int64_t first = INT64_MIN;
  for (int i = frame.getObjectIndexBegin(); i < 0; ++i) {
    if (frame.isSpillSlotObjectIndex(i)) first = std::max(first, frame.getObjectOffset(i));
  }
  return first == INT64_MIN ? 0 : static_cast<uint32_t>(-first / kWord - 2);
}

bool Traps(const llvm::DILocation* location) {
  return location != nullptr && location->getLine() != 0 && location->getColumn() != 0;
}

// An instruction that has swallowed a load is where the load is: that is what may fault, and first.
// The address was made for it, or for an access before that would have faulted.
const llvm::DILocation* LocationOf(const llvm::MachineInstr& instruction) {
  const llvm::DILocation* location = instruction.getDebugLoc().get();
  if (!instruction.mayLoad() || instruction.isCall()) return location;
  if (Traps(location) && !instruction.mayStore()) return location;
  for (const llvm::MachineMemOperand* operand : instruction.memoperands()) {
    const auto* address = llvm::dyn_cast_if_present<llvm::Instruction>(operand->getValue());
    if (!operand->isLoad() || address == nullptr) continue;
    if (const llvm::DILocation* of = address->getDebugLoc().get(); Traps(of)) return of;
  }
  return location;
}

}  // namespace

void PositionRecorder::beginFunction(const llvm::MachineFunction* function) {
  Function& added = functions_.emplace_back();
  added.begin = printer_.CurrentFnSym;
  if (const llvm::DISubprogram* subprogram = function->getFunction().getSubprogram()) {
    added.rows.func = vm::FuncIdx(subprogram->getLine());
    added.rows.module = subprogram->getScopeLine();
  }
  const llvm::TargetRegisterInfo& info = *function->getSubtarget().getRegisterInfo();
  if (!context_register_) {
    context_register_ = RegisterNamed(info, "R13");
    frame_register_ = RegisterNamed(info, "RBP");
    stack_register_ = RegisterNamed(info, "RSP");
  }
  const llvm::MachineFrameInfo& frame = function->getFrameInfo();
  for (const llvm::CalleeSavedInfo& saved : frame.getCalleeSavedInfo()) {
    if (llvm::Register(saved.getReg()) != context_register_) continue;
    added.rows.saved_context =
        static_cast<uint32_t>(-frame.getObjectOffset(saved.getFrameIdx()) / kWord);
  }
  gap_ = added.rows.gap = GapOf(frame);
  FindFrameStates(*function);
  block_ = nullptr;
  inlined_.clear();
  row_ = {nullptr, 0, 0, vm::kReturnAddress};
}

// The state behind an instruction of a prologue or an epilogue.
uint32_t PositionRecorder::After(const llvm::MachineInstr& instruction, uint32_t state) const {
  const bool is_setup = instruction.getFlag(llvm::MachineInstr::FrameSetup);
  if (!is_setup && !instruction.getFlag(llvm::MachineInstr::FrameDestroy)) return state;
  if (instruction.definesRegister(frame_register_, nullptr)) {
    return is_setup ? uint32_t{vm::kNoContextYet} : vm::kReturnAddress + gap_;
  }
  const bool is_adjustment = is_setup && !instruction.mayStore();
  if (is_adjustment && state == vm::kReturnAddress) return state + gap_;
  if (!is_setup || !instruction.mayStore() ||
      !instruction.definesRegister(stack_register_, nullptr)) {
    return state;
  }
  uint32_t pushed = 0;
  bool has_context = false;
  for (const llvm::MachineOperand& operand : instruction.explicit_operands()) {
    if (!operand.isReg() || !operand.isUse()) continue;
    ++pushed;
    has_context |= operand.getReg() == context_register_;
  }
  if (state >= vm::kReturnAddress) return state + pushed;
  return has_context ? vm::kFrame : state;
}

// Every path to a block comes with the same state.
void PositionRecorder::FindFrameStates(const llvm::MachineFunction& function) {
  states_.clear();
  std::vector<const llvm::MachineBasicBlock*> left = {&function.front()};
  states_[left.back()] = vm::kReturnAddress;
  while (!left.empty()) {
    const llvm::MachineBasicBlock* block = left.back();
    left.pop_back();
    uint32_t state = states_[block];
    for (const llvm::MachineInstr& instruction : *block) state = After(instruction, state);
    for (const llvm::MachineBasicBlock* next : block->successors()) {
      if (states_.try_emplace(next, state).second) left.push_back(next);
    }
  }
}

llvm::MCSymbol* PositionRecorder::EmitLabel() {
  llvm::MCSymbol* label = printer_.OutContext.createTempSymbol();
  printer_.OutStreamer->emitLabel(label);
  return label;
}

// What was inlined outside comes first.
uint32_t PositionRecorder::InlinedOf(const llvm::DILocation& location) {
  std::vector<const llvm::DILocation*> missing;
  const auto key = [](const llvm::DILocation* of) {
    return InlinedKey(of->getScope()->getSubprogram(), of->getInlinedAt());
  };
  uint32_t outside = 0;
  for (const llvm::DILocation* of = &location; of->getInlinedAt() != nullptr;
       of = of->getInlinedAt()) {
    if (const auto known = inlined_.find(key(of)); known != inlined_.end()) {
      outside = known->second;
      break;
    }
    missing.push_back(of);
  }
  std::vector<vm::PositionReader::Inlined>& all = functions_.back().rows.inlined;
  for (; !missing.empty(); missing.pop_back()) {
    const llvm::DILocation* of = missing.back();
    const vm::FuncIdx func(of->getScope()->getSubprogram()->getLine());
    all.push_back({func, of->getInlinedAt()->getLine(), outside});
    inlined_[key(of)] = outside = static_cast<uint32_t>(all.size());
  }
  return outside;
}

void PositionRecorder::beginInstruction(const llvm::MachineInstr* instruction) {
  if (instruction->getParent() != block_) {
    block_ = instruction->getParent();
    const auto state = states_.find(block_);
    state_ = state != states_.end() ? state->second : uint32_t{vm::kFrame};
  }
  if (instruction->isMetaInstruction()) return;
  Function& function = functions_.back();
  Row row = row_;
  row.frame = state_;
  if (row.frame == vm::kNoContextYet && function.rows.saved_context == 0) row.frame = vm::kFrame;
  state_ = After(*instruction, state_);
  // Instructions that LLVM has merged come from more than one place. Those that cannot be left by a
  // trap count as what is before them.
  const llvm::DILocation* location = LocationOf(*instruction);
  if (location != nullptr && function.rows.func) {
    const bool can_leave = instruction->mayLoadOrStore() || instruction->isCall();
    if (location->getLine() != 0 || can_leave) {
      row.offset = location->getLine();
      row.inlined = InlinedOf(*location);
    }
  }
  if (row.label != nullptr && row.IsLike(row_)) return;
  row.label = EmitLabel();
  row_ = row;
  function.labelled.push_back(row);
}

void PositionRecorder::markFunctionEnd() { functions_.back().end = EmitLabel(); }

void PositionRecorder::endModule() {
  llvm::MCStreamer& streamer = *printer_.OutStreamer;
  streamer.switchSection(
      printer_.OutContext.getELFSection(kPositionsSection, llvm::ELF::SHT_PROGBITS, /*Flags=*/0));
  streamer.emitValueToAlignment(llvm::Align(4));
  for (const Function& function : functions_) {
    streamer.emitSymbolValue(function.begin, 4);
    streamer.emitInt32(0);
  }
}

void PositionRecorder::Finish() {
  const llvm::MCAssembler& assembler =
      static_cast<llvm::MCObjectStreamer&>(*printer_.OutStreamer).getAssembler();
  for (Function& function : functions_) {
    const uint64_t begin = assembler.getSymbolOffset(*function.begin);
    const auto code_of = [&](const llvm::MCSymbol& label) {
      return static_cast<uint32_t>(assembler.getSymbolOffset(label) - begin);
    };
    function.rows.size = code_of(*function.end);
    for (const Row& row : function.labelled) {
      function.rows.rows.push_back({code_of(*row.label), row.offset, row.inlined, row.frame});
    }
    positions_.Add(function.rows);
    function = {};
  }
}

}  // namespace tenon::jit
