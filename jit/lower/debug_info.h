// Debug locations that say where in the guest each instruction comes from. LLVM keeps them through
// all that it does, inlining included, and makes no debug information of them: the recorder
// (target/position_recorder.h) reads them.
#pragma once

#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"
#include "vm/syntax/types.h"

namespace tenon::jit {

class DebugInfo {
 public:
  explicit DebugInfo(llvm::Module* module);

  // Makes the function the guest's of that index, in the image's module of that number.
  void Declare(llvm::Function* function, uint32_t module, vm::FuncIdx index);
  // When all are declared.
  void Finish() { builder_.finalize(); }
  // An instruction of such a function, by its offset in the module's bytes. Its column is 1 where
  // it may trap or call.
  static llvm::DebugLoc Location(const llvm::Function& function, uint64_t offset, bool traps);

 private:
  llvm::DIBuilder builder_;
  llvm::DIFile* file_;
  llvm::DISubroutineType* type_;
};

}  // namespace tenon::jit
