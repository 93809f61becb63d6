// The processor that an image is for: LLVM's machine for it, and the passes that make an object of
// a module. Nothing else in jit knows what processor that is.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "jit/compile.h"
#include "jit/image/positions.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace tenon::jit {

// kUsage: LLVM knows no such processor.
Result<std::unique_ptr<llvm::TargetMachine>> MakeTargetMachine(const CompileOptions& options);

// Optimises the module, which was made for the machine, and appends its object file. Says which
// function it is at.
void EmitObject(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level,
                const std::function<void(llvm::StringRef func)>& enter,
                llvm::SmallVectorImpl<char>* object, ObjectPositions* positions);

}  // namespace tenon::jit
