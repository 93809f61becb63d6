#include "jit/target/machine.h"

#include "absl/strings/str_cat.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

namespace tenon::jit {
namespace {

constexpr char kTriple[] = "x86_64-unknown-linux-gnu";

const llvm::Target* X86Target() {
  static const llvm::Target* const target = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    std::string error;
    return llvm::TargetRegistry::lookupTarget(llvm::Triple(kTriple), error);
  }();
  return target;
}

llvm::CodeGenOptLevel CodeGenLevel(OptLevel level) {
  switch (level) {
    case OptLevel::k0: return llvm::CodeGenOptLevel::None;
    case OptLevel::k1: return llvm::CodeGenOptLevel::Less;
    case OptLevel::k3: return llvm::CodeGenOptLevel::Aggressive;
    default: return llvm::CodeGenOptLevel::Default;
  }
}

llvm::OptimizationLevel PassLevel(OptLevel level) {
  switch (level) {
    case OptLevel::k0: return llvm::OptimizationLevel::O0;
    case OptLevel::k1: return llvm::OptimizationLevel::O1;
    case OptLevel::k3: return llvm::OptimizationLevel::O3;
    default: return llvm::OptimizationLevel::O2;
  }
}

// What code may call of itself: image/support.c.
llvm::TargetLibraryInfoImpl SupportLibrary(const llvm::Triple& triple) {
  llvm::TargetLibraryInfoImpl library(triple);
  library.disableAllFunctions();
  for (const llvm::LibFunc func :
       {llvm::LibFunc_memcpy, llvm::LibFunc_memmove, llvm::LibFunc_memset, llvm::LibFunc_memcmp}) {
    library.setAvailable(func);
  }
  return library;
}

void Optimize(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  functions.registerPass(
      [&] { return llvm::TargetLibraryAnalysis(SupportLibrary(module.getTargetTriple())); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes = level == OptLevel::k0
                                       ? builder.buildO0DefaultPipeline(PassLevel(level))
                                       : builder.buildPerModuleDefaultPipeline(PassLevel(level));
  passes.run(module, modules);
}

}  // namespace

Result<std::unique_ptr<llvm::TargetMachine>> MakeTargetMachine(const CompileOptions& options) {
  const llvm::Triple triple(kTriple);
  std::string cpu = options.cpu;
  llvm::SubtargetFeatures features;
  if (cpu == "native") {
    cpu = llvm::sys::getHostCPUName().str();
    for (const auto& [feature, has] : llvm::sys::getHostCPUFeatures()) {
      features.AddFeature(feature, has);
    }
  }
  llvm::TargetOptions target_options;
  target_options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  target_options.FunctionSections = true;  // what several parts of a module have, remains once
  target_options.UniqueSectionNames = false;
  std::unique_ptr<llvm::TargetMachine> machine(X86Target()->createTargetMachine(
      triple, "x86-64", "", target_options, llvm::Reloc::PIC_, llvm::CodeModel::Small));
  if (!machine->getMCSubtargetInfo()->isCPUStringValid(cpu)) {
    return Fail(ErrorKind::kUsage, absl::StrCat("no such processor: ", cpu));
  }
  machine.reset(X86Target()->createTargetMachine(triple, cpu, features.getString(), target_options,
                                                 llvm::Reloc::PIC_, llvm::CodeModel::Small,
                                                 CodeGenLevel(options.level)));
  return machine;
}

void EmitObject(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level,
                llvm::SmallVectorImpl<char>* object) {
  if (level == OptLevel::kSize) {
    for (llvm::Function& function : module) {
      if (!function.isDeclaration()) function.addFnAttr(llvm::Attribute::OptimizeForSize);
    }
  }
  Optimize(module, machine, level);
  llvm::raw_svector_ostream stream(*object);
  llvm::legacy::PassManager passes;
  passes.add(new llvm::TargetLibraryInfoWrapperPass(SupportLibrary(module.getTargetTriple())));
  TENON_CHECK(
      !machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile));
  passes.run(module);
}

}  // namespace tenon::jit
