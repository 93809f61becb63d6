#include "jit/optimize/pipeline.h"

#include "jit/optimize/anchor_addresses.h"
#include "jit/optimize/count_from_zero.h"
#include "jit/optimize/hoist_checks.h"
#include "jit/optimize/limit_inlining.h"
#include "jit/optimize/quiet_identities.h"
#include "jit/optimize/separate_arrays.h"
#include "llvm/Analysis/InlineCost.h"
#include "llvm/Transforms/IPO/AlwaysInliner.h"
#include "llvm/Transforms/IPO/Inliner.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/IndVarSimplify.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopDeletion.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/LoopRotation.h"
#include "llvm/Transforms/Scalar/LoopUnrollPass.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimpleLoopUnswitch.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Vectorize/LoopVectorize.h"
#include "llvm/Transforms/Vectorize/SLPVectorizer.h"
#include "llvm/Transforms/Vectorize/VectorCombine.h"

namespace tenon::jit {
namespace {

using llvm::FunctionPassManager;
using llvm::LoopPassManager;
using llvm::OptimizationLevel;

FunctionPassManager Hoist() {
  FunctionPassManager passes;
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()),
                                                       /*UseMemorySSA=*/true));
  return passes;
}

// Passes that LLVM's sequence of its own takes in.
void AddPassesForGuests(llvm::PassBuilder* builder) {
  builder->registerPipelineEarlySimplificationEPCallback(
      [](llvm::ModulePassManager& passes, OptimizationLevel, llvm::ThinOrFullLTOPhase) {
        FunctionPassManager anchor;
        anchor.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG));
        anchor.addPass(llvm::EarlyCSEPass());
        anchor.addPass(CountFromZero());
        anchor.addPass(llvm::InstCombinePass());
        anchor.addPass(AnchorAddresses());
        passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(anchor)));
      });
  builder->registerCGSCCOptimizerLateEPCallback(
      [](llvm::CGSCCPassManager& passes, OptimizationLevel) {
        passes.addPass(llvm::createCGSCCToFunctionPassAdaptor(LimitInlining()));
      });
  builder->registerVectorizerStartEPCallback([](FunctionPassManager& passes, OptimizationLevel) {
    passes.addPass(HoistChecks());
    passes.addPass(Hoist());
    passes.addPass(SeparateArrays());
  });
  builder->registerVectorizerEndEPCallback(
      [](FunctionPassManager& passes, OptimizationLevel) { passes.addPass(RejoinArrays()); });
}

// Locals become values, what the lowering says twice is said once, and addresses get their anchors.
FunctionPassManager Clean() {
  FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass());
  passes.addPass(CountFromZero());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(AnchorAddresses());
  passes.addPass(llvm::SimplifyCFGPass());
  return passes;
}

// Loops take the form that all that follows wants.
void AddLoops(FunctionPassManager* passes) {
  passes->addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  passes->addPass(llvm::SimplifyCFGPass());
  LoopPassManager shape;
  shape.addPass(llvm::LoopRotatePass());
  shape.addPass(llvm::LICMPass(llvm::LICMOptions()));
  shape.addPass(llvm::SimpleLoopUnswitchPass(/*NonTrivial=*/true));
  passes->addPass(llvm::createFunctionToLoopPassAdaptor(std::move(shape), /*UseMemorySSA=*/true));
  passes->addPass(llvm::InstCombinePass());
  passes->addPass(HoistChecks());
  LoopPassManager count;
  count.addPass(llvm::IndVarSimplifyPass());
  count.addPass(llvm::LoopDeletionPass());
  passes->addPass(llvm::createFunctionToLoopPassAdaptor(std::move(count)));
}

void AddVectors(FunctionPassManager* passes) {
  passes->addPass(Hoist());
  passes->addPass(SeparateArrays());
  passes->addPass(llvm::LoopVectorizePass());
  passes->addPass(RejoinArrays());
  passes->addPass(llvm::InstCombinePass());
  passes->addPass(llvm::SimplifyCFGPass());
  passes->addPass(llvm::SLPVectorizerPass());
  passes->addPass(llvm::VectorCombinePass());
}

// Clang has inlined already, and done what needs more of the source than there is: so one round of
// everything, and none of what found little to do in guests (GVN, jump threading, SCCP, dead
// stores, reassociation). Half the time of LLVM's sequence for the same speed of the code.
llvm::ModulePassManager Default() {
  llvm::ModulePassManager passes;
  passes.addPass(llvm::AlwaysInlinerPass(/*InsertLifetime=*/false));
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(Clean()));
  llvm::CGSCCPassManager inlining;
  inlining.addPass(llvm::InlinerPass());
  inlining.addPass(llvm::createCGSCCToFunctionPassAdaptor(LimitInlining()));
  passes.addPass(llvm::createModuleToPostOrderCGSCCPassAdaptor(std::move(inlining)));
  FunctionPassManager rest;
  AddLoops(&rest);
  AddVectors(&rest);
  rest.addPass(llvm::LoopUnrollPass());
  rest.addPass(llvm::InstCombinePass());
  rest.addPass(Hoist());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(rest)));
  return passes;
}

// For who would rather not wait, and for functions that are too large for more.
llvm::ModulePassManager Quick() {
  llvm::ModulePassManager passes;
  passes.addPass(llvm::AlwaysInlinerPass(/*InsertLifetime=*/false));
  FunctionPassManager all = Clean();
  AddLoops(&all);
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(all)));
  return passes;
}

llvm::ModulePassManager PassesOf(OptLevel level, llvm::PassBuilder& builder) {
  switch (level) {
    case OptLevel::k0: return builder.buildO0DefaultPipeline(OptimizationLevel::O0);
    case OptLevel::k1: return Quick();
    case OptLevel::k3:
      AddPassesForGuests(&builder);
      return builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3);
    default: return Default();
  }
}

}  // namespace

llvm::ModulePassManager PassesFor(OptLevel level, llvm::PassBuilder& builder) {
  llvm::ModulePassManager passes;
  if (level != OptLevel::k0) {
    passes.addPass(
        llvm::createModuleToFunctionPassAdaptor(llvm::SROAPass(llvm::SROAOptions::PreserveCFG)));
  }
  passes.addPass(QuietIdentities());
  passes.addPass(PassesOf(level, builder));
  return passes;
}

}  // namespace tenon::jit
