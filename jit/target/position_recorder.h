// Notes, as code is printed, what instruction of the guest each machine instruction was made of,
// and how a frame's caller is found from there. LLVM's debug locations say the first; the second
// follows from prologues and epilogues, which need not stand at the begin and the end: a function
// may do without a frame until it needs one.
#pragma once

#include <vector>

#include "jit/image/positions.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/CodeGen/AsmPrinter.h"
#include "llvm/CodeGen/AsmPrinterHandler.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/MC/MCSymbol.h"

namespace tenon::jit {

class PositionRecorder final : public llvm::AsmPrinterHandler {
 public:
  // The printer's, which has it; both outlive `positions`' being filled (Finish).
  PositionRecorder(llvm::AsmPrinter* printer, ObjectPositions* positions)
      : printer_(*printer), positions_(*positions) {}

  void beginFunction(const llvm::MachineFunction* function) override;
  void beginInstruction(const llvm::MachineInstr* instruction) override;
  void markFunctionEnd() override;
  void endFunction(const llvm::MachineFunction*) override {}
  void endModule() override;

  // When labels have their final offsets.
  void Finish();

 private:
  struct Row {
    const llvm::MCSymbol* label;
    uint32_t offset;
    uint32_t inlined;
    uint32_t frame;
    bool IsLike(const Row& other) const {
      return offset == other.offset && inlined == other.inlined && frame == other.frame;
    }
  };
  struct Function {
    const llvm::MCSymbol* begin;
    const llvm::MCSymbol* end;
    FunctionRows rows;  // but for their code
    std::vector<Row> labelled;
  };
  using InlinedKey = std::pair<const llvm::DISubprogram*, const llvm::DILocation*>;

  void FindFrameStates(const llvm::MachineFunction& function);
  uint32_t After(const llvm::MachineInstr& instruction, uint32_t state) const;
  uint32_t InlinedOf(const llvm::DILocation& location);
  llvm::MCSymbol* EmitLabel();

  llvm::AsmPrinter& printer_;
  ObjectPositions& positions_;
  std::vector<Function> functions_;
  // Of the current function.
  llvm::Register frame_register_, stack_register_, context_register_;
  llvm::DenseMap<const llvm::MachineBasicBlock*, uint32_t> states_;  // at blocks' begins
  const llvm::MachineBasicBlock* block_ = nullptr;
  uint32_t gap_ = 0;    // FunctionRows::gap
  uint32_t state_ = 0;  // before the next instruction
  Row row_ = {};        // the last; no label: there is none
  llvm::DenseMap<InlinedKey, uint32_t> inlined_;
};

}  // namespace tenon::jit
