// What stands between functions and their callers: gates, for callees without machine code;
// entries, for callers without; and what joins ordinary calls to tail calls. All are made when one
// asks for them. jit/README.md, "The contract with the runtime".
#include "absl/strings/str_cat.h"
#include "jit/lower/code_builder.h"
#include "jit/lower/module_lowering.h"
#include "vm/runtime/context.h"

namespace tenon::jit {
namespace {

std::vector<llvm::Value*> ArgumentsOf(llvm::Function* function, const Signature& signature,
                                      unsigned first) {
  std::vector<llvm::Value*> arguments;
  for (size_t i = 0; i < signature.params.size(); ++i) {
    arguments.push_back(function->getArg(first + static_cast<unsigned>(i)));
  }
  return arguments;
}

}  // namespace

void MarkContext(llvm::Argument* context, bool is_swiftself) {
  llvm::AttrBuilder attributes(context->getContext());
  if (is_swiftself) attributes.addAttribute(llvm::Attribute::SwiftSelf);
  attributes.addAttribute(llvm::Attribute::NonNull);
  attributes.addDereferenceableAttr(sizeof(vm::Context));
  context->addAttrs(attributes);
}

llvm::Function* ModuleLowering::BodyOf(vm::FuncIdx func) {
  const FuncOfProgram own = OwnFunc(func);
  return FactsOf(own).has_tail_call ? TailOf(own) : FunctionOf(own);
}

// A function that is interpreted may go on with any tail call: here is what calls it.
llvm::Function* ModuleLowering::TailOf(FuncOfProgram func) {
  const BodyFacts& facts = FactsOf(func);
  if (!facts.has_tail_call && facts.reason.empty()) return nullptr;
  llvm::Function*& tail = tails_[{func.module, func.func.value()}];
  if (tail != nullptr) return tail;
  const Signature& signature = SignatureOf(TypeOf(func));
  if (facts.has_tail_call) {
    tail = DeclareTail(signature.type, SymbolOf(func), llvm::GlobalValue::ExternalLinkage);
    MarkContext(tail->getArg(0), /*is_swiftself=*/false);
    return tail;
  }
  tail = DeclareTail(signature.type, absl::StrCat(SymbolOf(func), ".tail"),
                     llvm::GlobalValue::WeakAnyLinkage);
  MarkContext(tail->getArg(0), /*is_swiftself=*/false);
  CallThroughRuntime(func, tail);
  return tail;
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
  MarkContext(gate->getArg(1), /*is_swiftself=*/true);
  CodeBuilder builder(*this, gate, gate->getArg(1));
  llvm::Value* slots = builder.AllocateSlots(signature.slots());
  builder.WriteSlots(slots, ArgumentsOf(gate, signature, 2));
  builder.CallBuiltin(Builtin::kCallFunc, {gate->getArg(0), slots});
  builder.ReturnFromRuntime(signature, slots);
  return gate;
}

// Likewise for a function without code for tail calls, which may have some for others.
llvm::Function* ModuleLowering::TailGateOf(const Signature& signature) {
  llvm::Function*& gate = tail_gates_[&signature];
  if (gate != nullptr) return gate;
  gate = DeclareTail(signature.through_object, absl::StrCat("tail_gate.", signature.name),
                     llvm::GlobalValue::WeakAnyLinkage);
  gate->addParamAttr(0, llvm::Attribute::Nest);
  MarkContext(gate->getArg(1), /*is_swiftself=*/false);
  llvm::Value* func = gate->getArg(0);
  const std::vector<llvm::Value*> arguments = ArgumentsOf(gate, signature, 2);

  CodeBuilder builder(*this, gate, gate->getArg(1));
  llvm::Value* code = builder.LoadConstant(func, Field::kFunc_call, types_.ptr);
  llvm::BasicBlock* without = builder.Expect(builder.ir().CreateIsNotNull(code));
  llvm::Value* context = builder.LoadConstant(func, Field::kFunc_context, types_.ptr);
  builder.Return(signature, builder.Call(signature, code, context, arguments));

  builder.ir().SetInsertPoint(without);
  llvm::Value* slots = builder.AllocateSlots(signature.slots());
  builder.WriteSlots(slots, arguments);
  builder.CallBuiltin(Builtin::kCallFunc, {func, slots});
  builder.ReturnFromRuntime(signature, slots);
  return gate;
}

void ModuleLowering::CallThroughRuntime(FuncOfProgram func, llvm::Function* body) {
  const Signature& signature = SignatureOf(TypeOf(func));
  body->addFnAttr(llvm::Attribute::NoInline);
  CodeBuilder builder(*this, body, body->getArg(0));
  llvm::Value* slots = builder.AllocateSlots(signature.slots());
  builder.WriteSlots(slots, ArgumentsOf(body, signature, 1));
  builder.CallBuiltin(Builtin::kCallOwn, {builder.Int32(func.func.value()), slots});
  builder.ReturnFromRuntime(signature, slots);
}

void ModuleLowering::CallTailForm(FuncOfProgram func) {
  const Signature& signature = SignatureOf(TypeOf(func));
  llvm::Function* call = FunctionOf(func);
  CodeBuilder builder(*this, call, call->getArg(0));
  builder.Return(signature, builder.CallTail(signature, TailOf(func), call->getArg(0),
                                             ArgumentsOf(call, signature, 1)));
}

// entry(context, slots, code): the context where swiftself is.
llvm::Function* ModuleLowering::EntryOf(const Signature& signature) {
  llvm::Function*& entry = entries_[&signature];
  if (entry != nullptr) return entry;
  auto* type = llvm::FunctionType::get(types_.empty, {types_.ptr, types_.ptr, types_.ptr}, false);
  entry =
      Declare(type, absl::StrCat("entry.", signature.name), llvm::GlobalValue::LinkOnceODRLinkage);
  MarkContext(entry->getArg(0), /*is_swiftself=*/true);
  CodeBuilder builder(*this, entry, entry->getArg(0));
  const std::vector<llvm::Value*> arguments = builder.ReadSlots(entry->getArg(1), signature.params);
  const std::vector<llvm::Value*> results =
      builder.Call(signature, entry->getArg(2), entry->getArg(0), arguments);
  builder.WriteSlots(entry->getArg(1), results);
  builder.ir().CreateRetVoid();
  return entry;
}

// entry(context, slots, func): of a function object, in its caller's context.
llvm::Function* ModuleLowering::ObjectEntryOf(const Signature& signature) {
  llvm::Function*& entry = object_entries_[&signature];
  if (entry != nullptr) return entry;
  auto* type = llvm::FunctionType::get(types_.empty, {types_.ptr, types_.ptr, types_.ptr}, false);
  entry = Declare(type, absl::StrCat("object_entry.", signature.name),
                  llvm::GlobalValue::LinkOnceODRLinkage);
  MarkContext(entry->getArg(0), /*is_swiftself=*/true);
  CodeBuilder builder(*this, entry, entry->getArg(0));
  const std::vector<llvm::Value*> arguments = builder.ReadSlots(entry->getArg(1), signature.params);
  builder.WriteSlots(entry->getArg(1), builder.CallObject(signature, entry->getArg(2), arguments));
  builder.ir().CreateRetVoid();
  return entry;
}

// As EntryOf's for tail calls, with the callee's results: of what compiled code goes on with after
// the interpreter.
llvm::Function* ModuleLowering::TailEntryOf(const Signature& signature) {
  llvm::Function*& entry = tail_entries_[&signature];
  if (entry != nullptr) return entry;
  entry = DeclareTail(signature.tail_entry, absl::StrCat("tail_entry.", signature.name),
                      llvm::GlobalValue::WeakAnyLinkage);
  MarkContext(entry->getArg(0), /*is_swiftself=*/false);
  CodeBuilder builder(*this, entry, entry->getArg(0));
  builder.TailCall(signature, entry->getArg(2), entry->getArg(0),
                   builder.ReadSlots(entry->getArg(1), signature.params));
  return entry;
}

}  // namespace tenon::jit
