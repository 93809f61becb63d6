#include "jit/lower/debug_info.h"

namespace tenon::jit {

DebugInfo::DebugInfo(llvm::Module* module) : builder_(*module, /*AllowUnresolved=*/false) {
  file_ = builder_.createFile("guest", "");
  type_ = builder_.createSubroutineType(builder_.getOrCreateTypeArray({}));
  builder_.createCompileUnit(llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C), file_, "tenon",
                             /*isOptimized=*/true, "", 0, "", llvm::DICompileUnit::NoDebug);
  module->addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
}

void DebugInfo::Declare(llvm::Function* function, uint32_t module, vm::FuncIdx index) {
  function->setSubprogram(builder_.createFunction(
      file_, "", "", file_, index.value(), type_, module, llvm::DINode::FlagZero,
      llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagLocalToUnit));
}

llvm::DebugLoc DebugInfo::Location(const llvm::Function& function, uint64_t offset, bool traps) {
  return llvm::DILocation::get(function.getContext(), static_cast<unsigned>(offset), traps ? 1 : 0,
                               function.getSubprogram());
}

}  // namespace tenon::jit
