// A part of a module on its way to IR: what its functions have in common. Other functions of the
// module, gates and entries are declared or made when one asks for them (jit/README.md, "The
// contract with the runtime").
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "jit/compile.h"
#include "jit/lower/debug_info.h"
#include "jit/lower/signature.h"
#include "jit/lower/survey.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include "vm/runtime/gc/layout.h"
#include "vm/syntax/opcode.h"
#include "vm/valid/resolved_module.h"

namespace tenon::jit {

// A function's name as its symbol has it: of what every assembler takes.
std::string NameInSymbol(absl::string_view name);

// The names under which the functions of a module are linked, the same in all its parts.
class Symbols {
 public:
  // `index` is the module's among those of an image.
  Symbols(const vm::ResolvedModule& module, uint32_t index);
  const std::string& of(vm::FuncIdx func) const { return names_[func.value() - imported_]; }

 private:
  const size_t imported_;
  std::vector<std::string> names_;
};

// A core module, as all parts of the program see it.
struct ProgramModule {
  const vm::ResolvedModule& source;
  const Symbols symbols;
  const Survey survey;
};
struct ProgramView {
  const std::deque<ProgramModule>& modules;
  const Wiring* wiring;  // null: nothing is known
  bool has_adapters;     // that are compiled
};

class ModuleLowering {
 public:
  // Of one of the program's modules. All of these outlive it. `into` is empty.
  ModuleLowering(ProgramView program, uint32_t module, const CompileOptions& options,
                 const llvm::TargetMachine& machine, llvm::Module* into);

  // Defines a function of the module. Why it is left to the interpreter, which is then what its
  // machine code calls; "" when it was lowered.
  std::string Lower(vm::FuncIdx func);
  // Defines the module's table of functions. `report` has all of them.
  void WriteTable(const CompileReport& report);
  // Defines the program's table of adapters.
  void WriteAdapters();
  // To be called last.
  void Finish() {
    LinkSemantics();
    debug_info_.Finish();
  }

  const vm::ResolvedModule& source() const { return source_; }
  const CompileOptions& options() const { return options_; }
  const Types& types() const { return types_; }
  llvm::Module& ir() { return ir_; }

  const Signature& SignatureOf(const vm::FuncType& type);
  // What is known of a function of the program, and which one an imported function is, if that is
  // known and values are the same for both in machine code.
  const BodyFacts& FactsOf(FuncOfProgram func) const;
  std::optional<FuncOfProgram> DefinitionOf(vm::FuncIdx func);
  // The code of what fills an import, which takes the context in the import's object, if it is
  // known; null otherwise.
  llvm::Function* CodeOf(vm::FuncIdx import);
  FuncOfProgram OwnFunc(vm::FuncIdx func) const { return {module_, func}; }

  // What is called, and, of a function that may make tail calls, what tail calls call; null
  // otherwise.
  llvm::Function* FunctionOf(FuncOfProgram func);
  llvm::Function* TailOf(FuncOfProgram func);
  // What the body of one of the module's is built in: one of these.
  llvm::Function* BodyOf(vm::FuncIdx func);
  llvm::Function* AdapterOf(AdapterOfProgram adapter);
  llvm::Function* GateOf(const Signature& signature);
  llvm::Function* TailGateOf(const Signature& signature);
  llvm::Function* EntryOf(const Signature& signature);
  llvm::Function* ObjectEntryOf(const Signature& signature);
  llvm::Function* TailEntryOf(const Signature& signature);
  llvm::Function* trap();  // (context, kind, offset), does not return

  // The function of vm/sem for an instruction; null if there is none.
  llvm::Function* SemanticsOf(vm::Opcode op);

  // What the processor has for a vector instruction; null: nothing, or nothing that is the same on
  // others where that is asked for.
  llvm::Value* BuildLanes(llvm::IRBuilder<>& ir, vm::Opcode op,
                          absl::Span<llvm::Value* const> operands) const;

  // Offset in the context of a global that the module defines.
  uint32_t GlobalOffset(uint32_t global) const;
  bool is_precise() const { return options_.trap_policy == TrapPolicy::kPrecise; }
  // Of a type of the module: where fields stand; its index there.
  const vm::Layout& LayoutOf(vm::TypeId type) { return layouts_.Of(type); }
  uint32_t IndexOf(vm::TypeId type);
  // Whether relaxed multiply-adds can be what they are for the interpreter, on every processor that
  // the image runs on.
  bool has_relaxed_mul_add() const { return has_relaxed_mul_add_; }
  bool has_round_instructions() const { return has_round_instructions_; }

  // What accesses of the kind are marked with, so that they are known not to meet others.
  llvm::MDNode* AccessTag(absl::string_view kind);

 private:
  // Make bodies (gates.cc): that calls the function, which is interpreted; and, of FunctionOf, that
  // calls TailOf.
  void CallThroughRuntime(FuncOfProgram func, llvm::Function* body);
  void CallTailForm(FuncOfProgram func);
  const vm::FuncType& TypeOf(FuncOfProgram func) const;
  const vm::FuncType& TypeOf(const AdapterPlan& adapter) const {
    return source_.types->Get(adapter.type).func;
  }
  bool HasSignatureOf(vm::FuncIdx import, FuncOfProgram func);
  const std::string& SymbolOf(FuncOfProgram func) const;
  llvm::Function* Declare(llvm::FunctionType* type, const std::string& name,
                          llvm::GlobalValue::LinkageTypes linkage);
  llvm::Function* DeclareTail(llvm::FunctionType* type, const std::string& name,
                              llvm::GlobalValue::LinkageTypes linkage);
  void LinkSemantics();

  const ProgramView program_;
  const uint32_t module_;
  const vm::ResolvedModule& source_;
  const CompileOptions& options_;
  const llvm::TargetMachine& machine_;
  llvm::Module& ir_;
  const Types types_;
  bool has_round_instructions_ = false;
  bool has_relaxed_mul_add_ = false;
  vm::LayoutTable layouts_;
  absl::flat_hash_map<uint32_t, uint32_t> type_indices_;  // by TypeId; made when asked for
  DebugInfo debug_info_;
  // Those asked for, by module and FuncIdx.
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, llvm::Function*> funcs_, tails_;
  absl::flat_hash_map<uint32_t, llvm::Function*> adapters_;
  absl::flat_hash_map<const vm::FuncType*, const Signature*> signatures_;
  std::map<std::string, std::unique_ptr<Signature>> signatures_by_name_;
  absl::flat_hash_map<const Signature*, llvm::Function*> gates_, tail_gates_, object_entries_;
  absl::flat_hash_map<const Signature*, llvm::Function*> entries_, tail_entries_;
  absl::flat_hash_map<std::string, llvm::MDNode*> access_tags_;
  llvm::Function* trap_ = nullptr;
  std::vector<uint32_t> global_offsets_;
  std::unique_ptr<llvm::Module> semantics_;  // read when first asked for
};

// Attributes of every function of an image, and of its context; see README.md.
void SetFunctionAttributes(llvm::Function* function);
void MarkContext(llvm::Argument* context, bool is_swiftself);

}  // namespace tenon::jit
