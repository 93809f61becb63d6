// vm/sem's functions, from the bitcode that semantics_bitcode.cc is compiled to.
#include "absl/strings/match.h"
#include "jit/embedded.h"
#include "jit/lower/code_builder.h"
#include "jit/lower/function_lowering.h"
#include "jit/lower/module_lowering.h"
#include "jit/optimize/quiet_identities.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace tenon::jit {
namespace {

constexpr const char* kNames[] = {
#define OP(name, ...) #name,
#include "vm/syntax/opcodes_core.def"
#define OP(name, ...) #name,
#include "vm/syntax/opcodes_simd.def"
#define OP(name, ...) #name,
#include "vm/syntax/opcodes_atomic.def"
};

std::unique_ptr<llvm::Module> ReadSemantics(llvm::LLVMContext& context) {
  const llvm::StringRef bitcode(tenon_jit_semantics,
                                static_cast<size_t>(tenon_jit_semantics_end - tenon_jit_semantics));
  auto module = llvm::getOwningLazyBitcodeModule(
      llvm::MemoryBuffer::getMemBuffer(bitcode, "semantics", /*RequiresNullTerminator=*/false),
      context);
  TENON_CHECK(static_cast<bool>(module));
  return std::move(*module);
}

// Whether it computes with two floats, or lanes of them.
bool IsFloatArithmetic(vm::Opcode op) {
  const absl::string_view text = vm::Info(op).text;
  if (!absl::StartsWith(text, "f32") && !absl::StartsWith(text, "f64")) return false;
  const absl::string_view name = text.substr(text.find('.') + 1);
  return name == "add" || name == "sub" || name == "mul" || name == "div" || name == "min" ||
         name == "max";
}

}  // namespace

llvm::Function* ModuleLowering::SemanticsOf(vm::Opcode op) {
  if (semantics_ == nullptr) semantics_ = ReadSemantics(ir_.getContext());
  const char* name = kNames[static_cast<int>(op)];
  llvm::GlobalVariable* pointer = nullptr;
  if (!options_.deterministic_simd) {
    pointer = semantics_->getNamedGlobal(std::string("tenon_native_") + name);
  }
  if (pointer == nullptr) pointer = semantics_->getNamedGlobal(std::string("tenon_sem_") + name);
  TENON_CHECK(pointer != nullptr);
  auto* function = llvm::cast<llvm::Function>(pointer->getInitializer());
  if (IsFloatArithmetic(op)) function->addFnAttr(kFloatSemantics, vm::Info(op).text);
  llvm::Function* declared = ir_.getFunction(function->getName());
  if (declared == nullptr) {
    declared = llvm::Function::Create(function->getFunctionType(),
                                      llvm::GlobalValue::ExternalLinkage, function->getName(), ir_);
    declared->setAttributes(function->getAttributes());
  }
  return declared;
}

// Only what is declared by now comes in. It is compiled for the image's processor, not for the one
// that the bitcode was made for.
void ModuleLowering::LinkSemantics() {
  if (semantics_ == nullptr) return;
  std::vector<std::string> own;
  for (const llvm::Function& function : ir_) {
    if (!function.isDeclaration()) own.push_back(function.getName().str());
  }
  semantics_->setTargetTriple(ir_.getTargetTriple());
  semantics_->setDataLayout(ir_.getDataLayout());
  TENON_CHECK(
      !llvm::Linker::linkModules(ir_, std::move(semantics_), llvm::Linker::Flags::LinkOnlyNeeded));
  for (llvm::Function& function : ir_) {
    if (function.isDeclaration() || function.hasFnAttribute("frame-pointer") == false ||
        !function.hasFnAttribute("target-cpu")) {
      continue;
    }
    for (const char* name :
         {"target-cpu", "target-features", "tune-cpu", "stack-protector-buffer-size",
          "no-trapping-math", "min-legal-vector-width"}) {
      function.removeFnAttr(name);
    }
    function.setComdat(nullptr);
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    SetFunctionAttributes(&function);
  }
  for (llvm::GlobalVariable& variable : ir_.globals()) {
    variable.setComdat(nullptr);
    if (!variable.isDeclaration()) variable.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
}

// Operands by the row's signature, then a lane or the lanes of a shuffle.
void FunctionLowering::Semantics(const vm::Instruction& instruction) {
  llvm::Function* function = module_.SemanticsOf(instruction.op);
  const vm::ImmediateKind immediate = vm::Info(instruction.op).immediate;
  const size_t immediates = immediate == vm::ImmediateKind::kNone ? 0 : 1;
  std::vector<llvm::Value*> operands = PopMany(function->arg_size() - immediates);
  if (immediates != 0) operands.push_back(ir().getInt8(instruction.lane));
  llvm::CallInst* call = ir().CreateCall(function, operands);
  call->setAttributes(llvm::AttributeList());
  if (!call->getType()->isStructTy()) return Push(call);
  Push(ir().CreateExtractValue(call, 0));
  Push(ir().CreateExtractValue(call, 1));
}

}  // namespace tenon::jit
