// Makes the distance of guests' addresses known to LLVM: a guest's address is 32 bits, so that
// zext(x + 8) need not be zext(x) + 8, and the two are strangers: no vector of neighbours, no
// folded offset. Where x was accessed before, they are not. For the trap policy of components.
#pragma once

#include "llvm/IR/Instruction.h"
#include "llvm/IR/PassManager.h"

namespace tenon::jit {

// The names of the access tags (TBAA) of accesses to memories: of those that a guard keeps in
// bounds, with margins around, and of the others.
inline constexpr char kGuardedAccess[] = "guarded memory";
inline constexpr char kMemoryAccess[] = "memory";

bool IsGuardedAccess(const llvm::Instruction& access);
bool IsMemoryAccess(const llvm::Instruction& access);  // either

// Once an access at x was made, x lies in the memory, which ends kMemoryMarginBytes below 4 GiB or
// earlier (vm/runtime/memory_region.h). So x + 8 does not wrap; x - 8 does not either, or is beyond
// that end and traps, as does what lies in front of the memory. An access that another one at the
// same x plus a constant dominates, its anchor, is therefore addressed from the anchor's 64-bit
// address.
struct AnchorAddresses : llvm::PassInfoMixin<AnchorAddresses> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::jit
