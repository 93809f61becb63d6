#include "jit/compile.h"

#include "jit/image/link.h"
#include "jit/lower/module_lowering.h"
#include "jit/target/machine.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

namespace tenon::jit {

Result<std::vector<uint8_t>> CompileModule(const vm::ResolvedModule& module,
                                           const CompileOptions& options, CompileReport* report) {
  CompileReport own_report;
  if (report == nullptr) report = &own_report;
  TENON_ASSIGN_OR_RETURN(const std::unique_ptr<llvm::TargetMachine> machine,
                         MakeTargetMachine(options));
  llvm::LLVMContext context;
  llvm::Module ir("module", context);
  ir.setTargetTriple(machine->getTargetTriple());
  ir.setDataLayout(machine->createDataLayout());
  ir.setPICLevel(llvm::PICLevel::SmallPIC);
  ModuleLowering lowering(module, options, *machine, &ir);
  TENON_RETURN_IF_ERROR(lowering.Lower(report));
  TENON_CHECK(!llvm::verifyModule(ir, &llvm::errs()));
  llvm::SmallVector<char, 0> object;
  EmitObject(ir, *machine, options.level, &object);
  return LinkImage({object.data(), object.size()});
}

}  // namespace tenon::jit
