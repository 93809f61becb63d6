#include "jit/lower/module_lowering.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "jit/image/header.h"
#include "jit/lower/code_builder.h"
#include "jit/lower/positioned.h"
#include "jit/optimize/anchor_addresses.h"
#include "jit/target/lanes.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "vm/artifact/format.h"
#include "vm/runtime/instance.h"
#include "vm/valid/walker.h"

namespace tenon::jit {
namespace {

// "f7.name", and of a component's second module "m1.f7.name": none of the names that LLVM knows.
std::string MakeSymbol(uint32_t module, vm::FuncIdx func, absl::string_view name) {
  std::string symbol = absl::StrCat("f", func.value());
  if (module != 0) symbol = absl::StrCat("m", module, ".", symbol);
  return name.empty() ? symbol : absl::StrCat(symbol, ".", NameInSymbol(name));
}

}  // namespace

std::string NameInSymbol(absl::string_view name) {
  std::string spelled(name.substr(0, 200));
  for (char& c : spelled) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '$') c = '_';
  }
  return spelled;
}

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
    : imported_(module.imported_funcs) {
  std::vector<vm::FuncIdx> indices;
  for (size_t i = imported_; i < module.funcs.size(); ++i) {
    indices.emplace_back(static_cast<uint32_t>(i));
  }
  const std::vector<absl::string_view> names = module.FunctionNames(indices);
  for (size_t i = 0; i < indices.size(); ++i)
    names_.push_back(MakeSymbol(index, indices[i], names[i]));
}

ModuleLowering::ModuleLowering(ProgramView program, uint32_t module, const CompileOptions& options,
                               const llvm::TargetMachine& machine, llvm::Module* into)
    : program_(program),
      module_(module),
      source_(program.modules[module].source),
      options_(options),
      machine_(machine),
      ir_(*into),
      types_(into->getContext()),
      layouts_(*source_.types),
      debug_info_(into) {
  const llvm::MCSubtargetInfo& features = *machine.getMCSubtargetInfo();
  has_round_instructions_ = features.checkFeatures("+sse4.1");
  has_relaxed_mul_add_ = options.deterministic_simd || features.checkFeatures("+fma");
  uint32_t total = 0;
  global_offsets_ = vm::GlobalOffsets(source_, &total);
}

std::string ModuleLowering::Lower(vm::FuncIdx func) {
  const FuncOfProgram own = OwnFunc(func);
  std::string reason = FactsOf(own).reason;
  llvm::Function* const body = BodyOf(func);
  if (body != FunctionOf(own)) body->setLinkage(llvm::GlobalValue::WeakAnyLinkage);
  if (reason.empty()) {
    vm::WalkerScratch scratch;
    debug_info_.Declare(body, module_, func);
    PositionedLowering lowering(*this, func);
    const Status status = vm::WalkFunction(source_, func, lowering, scratch);
    if (!status) {
      reason = status.error().message();
      const auto linkage = body->getLinkage();
      body->deleteBody();
      body->setLinkage(linkage);
      body->setSubprogram(nullptr);
    }
  }
  if (!reason.empty()) CallThroughRuntime(own, body);
  if (body != FunctionOf(own)) CallTailForm(own);
  return reason;
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

const BodyFacts& ModuleLowering::FactsOf(FuncOfProgram func) const {
  return program_.modules[func.module].survey.of(func.func);
}

const vm::FuncType& ModuleLowering::TypeOf(FuncOfProgram func) const {
  return *program_.modules[func.module].source.funcs[func.func.value()].type;
}

const std::string& ModuleLowering::SymbolOf(FuncOfProgram func) const {
  return program_.modules[func.module].symbols.of(func.func);
}

std::optional<FuncOfProgram> ModuleLowering::DefinitionOf(vm::FuncIdx func) {
  if (func.value() >= source_.imported_funcs) return OwnFunc(func);
  if (program_.wiring == nullptr) return std::nullopt;
  const KnownFunc known = program_.wiring->ImportOf(module_, func);
  const auto* found = std::get_if<FuncOfProgram>(&known);
  return found != nullptr && HasSignatureOf(func, *found) ? std::optional(*found) : std::nullopt;
}

// The type may be a subtype of the import's.
bool ModuleLowering::HasSignatureOf(vm::FuncIdx import, FuncOfProgram func) {
  return &SignatureOf(*source_.funcs[import.value()].type) == &SignatureOf(TypeOf(func));
}

llvm::Function* ModuleLowering::CodeOf(vm::FuncIdx import) {
  if (const std::optional<FuncOfProgram> known = DefinitionOf(import)) return FunctionOf(*known);
  if (program_.wiring == nullptr || !program_.has_adapters) return nullptr;
  const KnownFunc known = program_.wiring->ImportOf(module_, import);
  const auto* adapter = std::get_if<AdapterOfProgram>(&known);
  if (adapter == nullptr) return nullptr;
  const AdapterPlan& plan = program_.wiring->adapters[adapter->index];
  const bool is_alike =
      &SignatureOf(*source_.funcs[import.value()].type) == &SignatureOf(TypeOf(plan));
  return is_alike ? AdapterOf(*adapter) : nullptr;
}

llvm::Function* ModuleLowering::FunctionOf(FuncOfProgram func) {
  llvm::Function*& function = funcs_[{func.module, func.func.value()}];
  if (function != nullptr) return function;
  const Signature& signature = SignatureOf(TypeOf(func));
  const char* suffix = FactsOf(func).has_tail_call ? ".call" : "";  // the body has the name
  function = Declare(signature.type, absl::StrCat(SymbolOf(func), suffix),
                     llvm::GlobalValue::ExternalLinkage);
  MarkContext(function->getArg(0), /*is_swiftself=*/true);
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

// Weak, so that nothing is concluded from its body: a result that is always the same would be
// returned by itself, behind a call that then is no tail call any more. Nor is it inlined.
llvm::Function* ModuleLowering::DeclareTail(llvm::FunctionType* type, const std::string& name,
                                            llvm::GlobalValue::LinkageTypes linkage) {
  llvm::Function* function = Declare(type, name, linkage);
  function->setCallingConv(llvm::CallingConv::Tail);
  function->removeFnAttr("disable-tail-calls");
  function->addFnAttr(llvm::Attribute::NoInline);
  return function;
}

// One for all, so that a place that traps is short.
llvm::Function* ModuleLowering::trap() {
  if (trap_ != nullptr) return trap_;
  auto* type = llvm::FunctionType::get(types_.empty, {types_.ptr, types_.i32, types_.i32}, false);
  trap_ = Declare(type, "trap", llvm::GlobalValue::LinkOnceODRLinkage);
  MarkContext(trap_->getArg(0), /*is_swiftself=*/true);
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

uint32_t ModuleLowering::IndexOf(vm::TypeId type) {
  if (type_indices_.empty()) {
    for (uint32_t i = 0; i < source_.type_ids.size(); ++i) {
      type_indices_.try_emplace(source_.type_ids[i].value(), i);
    }
  }
  const auto found = type_indices_.find(type.value());
  TENON_CHECK(found != type_indices_.end());
  return found->second;
}

uint32_t ModuleLowering::GlobalOffset(uint32_t global) const {
  return static_cast<uint32_t>(sizeof(vm::Context)) +
         8 * global_offsets_[global - source_.imported_globals];
}

llvm::MDNode* ModuleLowering::AccessTag(absl::string_view kind) {
  llvm::MDNode*& tag = access_tags_[std::string(kind)];
  if (tag == nullptr) {
    llvm::MDBuilder builder(ir_.getContext());
    llvm::MDNode* parent = builder.createTBAARoot("tenon");
    // Two accesses may be of one memory, declared in two ways.
    if (kind == kGuardedAccess) parent = builder.createTBAAScalarTypeNode(kMemoryAccess, parent);
    llvm::MDNode* type =
        builder.createTBAAScalarTypeNode(llvm::StringRef(kind.data(), kind.size()), parent);
    tag = builder.createTBAAStructTagNode(type, type, 0);
  }
  return tag;
}

// artifact::Func of each. Offsets are addresses, since the image is linked at zero.
void ModuleLowering::WriteTable(const CompileReport& report) {
  llvm::Constant* none = llvm::ConstantInt::get(types_.i32, 0);
  std::vector<llvm::Constant*> funcs;
  auto* of_func = llvm::ArrayType::get(types_.i32, 5);
  static_assert(sizeof(vm::artifact::Func) == 5 * sizeof(uint32_t));
  for (const CompileReport::Func& func : report.funcs) {
    std::vector<llvm::Constant*> row(5, none);
    const vm::TypeIdx type = source_.module->functions[func.index.value() - source_.imported_funcs];
    row[4] = llvm::ConstantInt::get(types_.i32, type.value());
    if (func.is_compiled()) {
      const Signature& signature = SignatureOf(*source_.funcs[func.index.value()].type);
      const FuncOfProgram own = OwnFunc(func.index);
      row[0] = OffsetInImage(FunctionOf(own));
      row[1] = OffsetInImage(EntryOf(signature));
      if (FactsOf(own).has_tail_call) {
        row[2] = OffsetInImage(TailOf(own));
        row[3] = OffsetInImage(TailEntryOf(signature));
      }
    }
    funcs.push_back(llvm::ConstantArray::get(of_func, row));
  }
  auto* table = llvm::ConstantArray::get(llvm::ArrayType::get(of_func, funcs.size()), funcs);
  Define(ir_, FuncTableName(module_), kFuncsSection, table);
}

}  // namespace tenon::jit
