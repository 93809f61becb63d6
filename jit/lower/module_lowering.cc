#include "jit/lower/module_lowering.h"

#include "absl/strings/str_cat.h"
#include "jit/image/header.h"
#include "jit/lower/code_builder.h"
#include "jit/lower/function_lowering.h"
#include "jit/lower/lowerable.h"
#include "jit/target/lanes.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "vm/runtime/instance.h"
#include "vm/valid/walker.h"

namespace tenon::jit {
namespace {

// "f7.name", and of a component's second module "m1.f7.name": of what every assembler takes, and
// none of the names that LLVM knows.
std::string SymbolOf(uint32_t module, vm::FuncIdx func, absl::string_view name) {
  std::string symbol = absl::StrCat("f", func.value());
  if (module != 0) symbol = absl::StrCat("m", module, ".", symbol);
  if (name.empty()) return symbol;
  symbol += '.';
  for (const char c : name.substr(0, 200)) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || c == '_' || c == '.' || c == '$';
    symbol += is_plain ? c : '_';
  }
  return symbol;
}

void MarkContext(llvm::Argument* context) {
  llvm::AttrBuilder attributes(context->getContext());
  attributes.addAttribute(llvm::Attribute::SwiftSelf);
  attributes.addAttribute(llvm::Attribute::NonNull);
  attributes.addDereferenceableAttr(sizeof(vm::Context));
  context->addAttrs(attributes);
}

}  // namespace

void SetFunctionAttributes(llvm::Function* function) {
  function->addFnAttr("frame-pointer", "all");
  function->addFnAttr("probe-stack", "inline-asm");
  // A call in the last place is still a call: a guest that calls itself forever must run out of
  // stack.
  function->addFnAttr("disable-tail-calls", "true");
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr(llvm::Attribute::NoRedZone);  // signal handlers, and stacks that are switched
  function->addFnAttr(llvm::Attribute::NullPointerIsValid);
}

Symbols::Symbols(const vm::ResolvedModule& module, uint32_t index)
    : module_(index), imported_(module.imported_funcs) {
  std::vector<vm::FuncIdx> indices;
  for (size_t i = imported_; i < module.funcs.size(); ++i) {
    indices.emplace_back(static_cast<uint32_t>(i));
  }
  const std::vector<absl::string_view> names = module.FunctionNames(indices);
  for (size_t i = 0; i < indices.size(); ++i)
    names_.push_back(SymbolOf(index, indices[i], names[i]));
}

ModuleLowering::ModuleLowering(const vm::ResolvedModule& source, const CompileOptions& options,
                               const llvm::TargetMachine& machine, const Symbols& symbols,
                               llvm::Module* into)
    : source_(source),
      options_(options),
      machine_(machine),
      ir_(*into),
      types_(into->getContext()),
      symbols_(symbols) {
  const llvm::MCSubtargetInfo& features = *machine.getMCSubtargetInfo();
  has_round_instructions_ = features.checkFeatures("+sse4.1");
  has_fused_multiply_add_ = features.checkFeatures("+fma");
  uint32_t total = 0;
  global_offsets_ = vm::GlobalOffsets(source, &total);
}

std::string ModuleLowering::Lower(vm::FuncIdx func) {
  const std::string reason = TryToLower(func);
  if (!reason.empty()) CallThroughRuntime(func);
  return reason;
}

std::string ModuleLowering::TryToLower(vm::FuncIdx func) {
  if (options_.filter && !options_.filter(func)) return "not asked for";
  vm::WalkerScratch scratch;
  Lowerable lowerable(source_, options_.deterministic_simd || has_fused_multiply_add_);
  if (const Status status = vm::WalkFunction(source_, func, lowerable, scratch); !status) {
    return lowerable.reason().empty() ? status.error().ToString() : lowerable.reason();
  }
  FunctionLowering lowering(*this, func);
  if (const Status status = vm::WalkFunction(source_, func, lowering, scratch); !status) {
    FunctionOf(func)->deleteBody();
    return status.error().message();
  }
  return "";
}

const Signature& ModuleLowering::SignatureOf(const vm::FuncType& type) {
  const Signature*& known = signatures_[&type];
  if (known == nullptr) {
    auto signature = std::make_unique<Signature>(type, types_, *source_.types);
    std::unique_ptr<Signature>& of_name = signatures_by_name_[signature->name];
    if (of_name == nullptr) of_name = std::move(signature);
    known = of_name.get();
  }
  return *known;
}

llvm::Function* ModuleLowering::FunctionOf(vm::FuncIdx func) {
  llvm::Function*& function = funcs_[func.value()];
  if (function != nullptr) return function;
  const Signature& signature = SignatureOf(*source_.funcs[func.value()].type);
  function = Declare(signature.type, symbols_.of(func), llvm::GlobalValue::ExternalLinkage);
  MarkContext(function->getArg(0));
  return function;
}

llvm::Function* ModuleLowering::Declare(llvm::FunctionType* type, const std::string& name,
                                        llvm::GlobalValue::LinkageTypes linkage) {
  llvm::Function* function = llvm::Function::Create(type, linkage, name, ir_);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  SetFunctionAttributes(function);
  return function;
}

// Stands in for a function that has no machine code. Its context is the caller's, since it may be
// the host's function, which has none.
llvm::Function* ModuleLowering::GateOf(const Signature& signature) {
  llvm::Function*& gate = gates_[&signature];
  if (gate != nullptr) return gate;
  gate = Declare(signature.through_object, absl::StrCat("gate.", signature.name),
                 llvm::GlobalValue::LinkOnceODRLinkage);
  gate->addParamAttr(0, llvm::Attribute::Nest);
  gate->addFnAttr(llvm::Attribute::NoInline);
  MarkContext(gate->getArg(1));
  CodeBuilder builder(*this, gate, gate->getArg(1));
  llvm::Value* slots = builder.AllocateSlots(signature.slots());
  std::vector<llvm::Value*> arguments;
  for (size_t i = 0; i < signature.params.size(); ++i) {
    arguments.push_back(gate->getArg(static_cast<unsigned>(2 + i)));
  }
  builder.WriteSlots(slots, arguments);
  builder.CallBuiltin(Builtin::kCallFunc, {gate->getArg(0), slots});
  builder.Return(signature, builder.ReadSlots(slots, signature.results));
  return gate;
}

void ModuleLowering::CallThroughRuntime(vm::FuncIdx func) {
  const Signature& signature = SignatureOf(*source_.funcs[func.value()].type);
  llvm::Function* function = FunctionOf(func);
  function->addFnAttr(llvm::Attribute::NoInline);
  CodeBuilder builder(*this, function, function->getArg(0));
  llvm::Value* slots = builder.AllocateSlots(signature.slots());
  std::vector<llvm::Value*> arguments;
  for (size_t i = 0; i < signature.params.size(); ++i) {
    arguments.push_back(function->getArg(static_cast<unsigned>(1 + i)));
  }
  builder.WriteSlots(slots, arguments);
  builder.CallBuiltin(Builtin::kCallOwn, {builder.Int32(func.value()), slots});
  builder.Return(signature, builder.ReadSlots(slots, signature.results));
}

// entry(context, slots, code): the context where swiftself is.
llvm::Function* ModuleLowering::EntryOf(const Signature& signature) {
  llvm::Function*& entry = entries_[&signature];
  if (entry != nullptr) return entry;
  auto* type = llvm::FunctionType::get(types_.empty, {types_.ptr, types_.ptr, types_.ptr}, false);
  entry =
      Declare(type, absl::StrCat("entry.", signature.name), llvm::GlobalValue::LinkOnceODRLinkage);
  MarkContext(entry->getArg(0));
  CodeBuilder builder(*this, entry, entry->getArg(0));
  const std::vector<llvm::Value*> arguments = builder.ReadSlots(entry->getArg(1), signature.params);
  const std::vector<llvm::Value*> results =
      builder.Call(signature, entry->getArg(2), entry->getArg(0), arguments);
  builder.WriteSlots(entry->getArg(1), results);
  builder.ir().CreateRetVoid();
  return entry;
}

// One for all, so that a place that traps is short.
llvm::Function* ModuleLowering::trap() {
  if (trap_ != nullptr) return trap_;
  auto* type = llvm::FunctionType::get(types_.empty, {types_.ptr, types_.i32, types_.i32}, false);
  trap_ = Declare(type, "trap", llvm::GlobalValue::LinkOnceODRLinkage);
  MarkContext(trap_->getArg(0));
  trap_->addFnAttr(llvm::Attribute::NoInline);
  trap_->addFnAttr(llvm::Attribute::Cold);
  trap_->setDoesNotReturn();
  CodeBuilder builder(*this, trap_, trap_->getArg(0));
  builder.CallBuiltin(Builtin::kTrap, {trap_->getArg(1), trap_->getArg(2)});
  builder.ir().CreateUnreachable();
  return trap_;
}

llvm::Value* ModuleLowering::BuildLanes(llvm::IRBuilder<>& ir, vm::Opcode op,
                                        absl::Span<llvm::Value* const> operands) const {
  const bool is_relaxed = vm::Info(op).feature == vm::Feature::kRelaxedSimd;
  if (is_relaxed && options_.deterministic_simd) return nullptr;
  return jit::BuildLanes(ir, machine_, op, operands);
}

uint32_t ModuleLowering::GlobalOffset(uint32_t global) const {
  return static_cast<uint32_t>(sizeof(vm::Context)) +
         8 * global_offsets_[global - source_.imported_globals];
}

llvm::MDNode* ModuleLowering::AccessTag(absl::string_view kind) {
  llvm::MDNode*& tag = access_tags_[std::string(kind)];
  if (tag == nullptr) {
    llvm::MDBuilder builder(ir_.getContext());
    llvm::MDNode* root = builder.createTBAARoot("tenon");
    llvm::MDNode* type =
        builder.createTBAAScalarTypeNode(llvm::StringRef(kind.data(), kind.size()), root);
    tag = builder.createTBAAStructTagNode(type, type, 0);
  }
  return tag;
}

// artifact::Func of each. Offsets are addresses, since the image is linked at zero.
void ModuleLowering::WriteTable(const CompileReport& report) {
  llvm::Constant* none = llvm::ConstantInt::get(types_.i32, 0);
  std::vector<llvm::Constant*> funcs;
  for (const CompileReport::Func& func : report.funcs) {
    llvm::Function* entry = func.is_compiled()
                                ? EntryOf(SignatureOf(*source_.funcs[func.index.value()].type))
                                : nullptr;
    funcs.push_back(llvm::ConstantStruct::getAnon(
        {entry != nullptr ? OffsetInImage(FunctionOf(func.index)) : none,
         entry != nullptr ? OffsetInImage(entry) : none}));
  }
  auto* type = llvm::StructType::get(ir_.getContext(), {types_.i32, types_.i32});
  auto* table = llvm::ConstantArray::get(llvm::ArrayType::get(type, funcs.size()), funcs);
  DefineInHeader(ir_, FuncTableName(symbols_.module()), table);
}

}  // namespace tenon::jit
