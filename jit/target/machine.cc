#include "jit/target/machine.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "jit/optimize/pipeline.h"
#include "jit/target/object.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Pass.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "vm/sys/cpu.h"

namespace tenon::jit {
namespace {

using Enter = std::function<void(llvm::StringRef func)>;

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

// What every x86-64 has. Of all else, code may use only what loaders know to look for.
bool IsBaseline(absl::string_view feature) {
  constexpr absl::string_view kNames[] = {"64bit", "cmov", "cx8",  "fxsr",
                                          "mmx",   "sse",  "sse2", "x87"};
  return absl::c_linear_search(kNames, feature);
}

llvm::CodeGenOptLevel CodeGenLevel(OptLevel level) {
  switch (level) {
    case OptLevel::k0: return llvm::CodeGenOptLevel::None;
    case OptLevel::k1: return llvm::CodeGenOptLevel::Less;
    case OptLevel::k3: return llvm::CodeGenOptLevel::Aggressive;
    default: return llvm::CodeGenOptLevel::Default;
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

void Optimize(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level,
              const Enter& enter) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassInstrumentationCallbacks callbacks;
  callbacks.registerBeforeNonSkippedPassCallback([&](llvm::StringRef, llvm::Any at) {
    if (auto* func = llvm::any_cast<const llvm::Function*>(&at)) enter((*func)->getName());
  });
  llvm::PassBuilder builder(&machine, llvm::PipelineTuningOptions(), std::nullopt, &callbacks);
  functions.registerPass(
      [&] { return llvm::TargetLibraryAnalysis(SupportLibrary(module.getTargetTriple())); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes = PassesFor(level, builder);
  passes.run(module, modules);
}

// Goes first, and says so, when code is generated for a function.
class EnterFunction : public llvm::FunctionPass {
 public:
  explicit EnterFunction(const Enter& enter) : FunctionPass(id_), enter_(enter) {}
  bool runOnFunction(llvm::Function& function) override {
    enter_(function.getName());
    return false;
  }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override { usage.setPreservesAll(); }

 private:
  static char id_;
  const Enter& enter_;
};
char EnterFunction::id_ = 0;

}  // namespace

Result<std::unique_ptr<llvm::TargetMachine>> MakeTargetMachine(const CompileOptions& options) {
  const llvm::Triple triple(kTriple);
  std::string cpu = options.cpu;
  llvm::SubtargetFeatures features;
  if (cpu == "native") {
    cpu = llvm::sys::getHostCPUName().str();
    for (const auto& [feature, has] : llvm::sys::getHostCPUFeatures()) {
      const absl::string_view name(feature.data(), feature.size());
      if (IsBaseline(name)) continue;
      features.AddFeature(feature, has && absl::c_linear_search(vm::sys::CpuFeatureNames(), name));
    }
  }
  llvm::TargetOptions target_options;
  target_options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  target_options.FunctionSections = true;  // what several parts of a module have, remains once
  target_options.UniqueSectionNames = false;
  // A line each: else how fast a loop is depends on the functions that stand before it.
  if (options.level == OptLevel::k2 || options.level == OptLevel::k3) {
    target_options.LoopAlignment = 64;
  }
  std::unique_ptr<llvm::TargetMachine> machine(X86Target()->createTargetMachine(
      triple, "x86-64", "", target_options, llvm::Reloc::PIC_, llvm::CodeModel::Small));
  constexpr absl::string_view kChoices[] = {"native", "x86-64", "x86-64-v2", "x86-64-v3",
                                            "x86-64-v4"};
  if (!absl::c_linear_search(kChoices, options.cpu)) {
    return Fail(ErrorKind::kUsage, absl::StrCat("no such processor: ", options.cpu));
  }
  if (!machine->getMCSubtargetInfo()->isCPUStringValid(cpu)) cpu = "x86-64";
  machine.reset(X86Target()->createTargetMachine(triple, cpu, features.getString(), target_options,
                                                 llvm::Reloc::PIC_, llvm::CodeModel::Small,
                                                 CodeGenLevel(options.level)));
  return machine;
}

void EmitObject(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level,
                const Enter& enter, llvm::SmallVectorImpl<char>* object,
                ObjectPositions* positions) {
  if (level == OptLevel::kSize) {
    for (llvm::Function& function : module) {
      if (!function.isDeclaration()) function.addFnAttr(llvm::Attribute::OptimizeForSize);
    }
  }
  Optimize(module, machine, level, enter);
  llvm::legacy::PassManager passes;
  passes.add(new llvm::TargetLibraryInfoWrapperPass(SupportLibrary(module.getTargetTriple())));
  passes.add(new EnterFunction(enter));
  EmitCode(module, machine, passes, object, positions);
}

}  // namespace tenon::jit
