// Tests and casts of references. What the type word answers is answered in IR; the runtime is asked
// whether one type is below another. core: #exec-ref-test, #exec-ref-cast, #exec-br-on-cast
#include "jit/lower/function_lowering.h"
#include "vm/runtime/gc/cast_target.h"

namespace tenon::jit {
namespace {

using vm::CastTarget;
using vm::ObjectKind;
using vm::Opcode;

constexpr unsigned kKindShift = 24;  // vm/runtime/gc/object.h
static_assert(vm::TypeWord(ObjectKind::kArray, vm::TypeId(0)) ==
              static_cast<uint32_t>(ObjectKind::kArray) << kKindShift);

}  // namespace

// Of an object of the type word `found`.
llvm::Value* FunctionLowering::ObjectFits(llvm::Value* found, const CastTarget& target,
                                          vm::ValType to) {
  llvm::Value* kind = ir().CreateLShr(found, kKindShift);
  const auto is_kind = [&](ObjectKind expected) {
    return ir().CreateICmpEQ(kind, builder_.Int32(static_cast<uint32_t>(expected)));
  };
  switch (target.kind) {
    case CastTarget::Kind::kStruct: return is_kind(ObjectKind::kStruct);
    case CastTarget::Kind::kArray: return is_kind(ObjectKind::kArray);
    case CastTarget::Kind::kEq: return ir().CreateNot(is_kind(ObjectKind::kHostExtern));
    default: break;
  }
  const vm::TypeId type(to.heap().index());
  llvm::Value* expected = ir().CreateOr(
      builder_.ContextElement(Field::kContext_type_ids, module_.IndexOf(type), types().i32),
      builder_.Int32(target.type_word & ~((1u << kKindShift) - 1)));
  llvm::Value* is_same = ir().CreateICmpEQ(found, expected);
  if (source().types->Get(type).is_final) return is_same;
  return OrAsk(is_same,
               [&] { return builder_.CallBuiltin(Builtin::kIsObjectBelow, {found, expected}); });
}

// The condition, or else what `ask` builds: a number that is not zero.
llvm::Value* FunctionLowering::OrAsk(llvm::Value* condition,
                                     absl::FunctionRef<llvm::Value*()> ask) {
  llvm::BasicBlock* from = ir().GetInsertBlock();
  llvm::BasicBlock* asking = builder_.NewBlock();
  llvm::BasicBlock* done = builder_.NewBlock();
  ir().CreateCondBr(condition, done, asking);
  ir().SetInsertPoint(asking);
  llvm::Value* answer = ir().CreateICmpNE(ask(), builder_.Int32(0));
  ir().CreateBr(done);
  ir().SetInsertPoint(done);
  llvm::PHINode* either = ir().CreatePHI(types().i1, 2);
  either->addIncoming(ir().getTrue(), from);
  either->addIncoming(answer, asking);
  return either;
}

// Whether a reference is one of type `to`, as an i1.
llvm::Value* FunctionLowering::Fits(llvm::Value* reference, vm::ValType to) {
  const CastTarget target = vm::CastTargetOf(*source().types, to);
  llvm::Value* is_null = ir().CreateIsNull(reference);
  llvm::Value* if_null = ir().getInt1(target.nullable);
  if (target.kind == CastTarget::Kind::kAnything) {
    return target.nullable ? ir().getTrue() : ir().CreateNot(is_null);
  }
  if (target.kind == CastTarget::Kind::kNothing) return ir().CreateAnd(is_null, if_null);

  llvm::BasicBlock* done = builder_.NewBlock();
  llvm::PHINode* fits = llvm::PHINode::Create(types().i1, 3, "", done);
  const auto decide = [&](llvm::Value* condition, llvm::Value* verdict) {
    llvm::BasicBlock* next = builder_.NewBlock();
    fits->addIncoming(verdict, ir().GetInsertBlock());
    ir().CreateCondBr(condition, done, next);
    ir().SetInsertPoint(next);
  };
  decide(is_null, if_null);
  llvm::Value* verdict = nullptr;
  if (target.kind == CastTarget::Kind::kFunc) {
    llvm::Value* expected = builder_.ContextElement(
        Field::kContext_type_ids, module_.IndexOf(vm::TypeId(to.heap().index())), types().i32);
    llvm::Value* found = builder_.LoadConstant(reference, Field::kFunc_type_id, types().i32);
    verdict = OrAsk(ir().CreateICmpEQ(found, expected), [&] {
      return builder_.CallBuiltin(Builtin::kIsCallableAs, {reference, expected});
    });
  } else {
    llvm::Value* is_i31 = ir().CreateTrunc(reference, types().i1);
    if (target.kind == CastTarget::Kind::kI31) {
      verdict = is_i31;
    } else {
      decide(is_i31, ir().getInt1(target.kind == CastTarget::Kind::kEq));
      verdict =
          ObjectFits(builder_.LoadConstant(ObjectAddress(reference), 0, types().i32), target, to);
    }
  }
  fits->addIncoming(verdict, ir().GetInsertBlock());
  ir().CreateBr(done);
  ir().SetInsertPoint(done);
  return fits;
}

void FunctionLowering::CastOp(const vm::Instruction& instruction) {
  if (instruction.op == Opcode::RefTest || instruction.op == Opcode::RefTestNull) {
    return PushCondition(Fits(Pop(), instruction.to));
  }
  llvm::Value* fits = Fits(stack_.back(), instruction.to);
  builder_.TrapIf(ir().CreateNot(fits), vm::TrapKind::kCastFailure, instruction.offset);
}

// The reference stays, unless br_on_null branches or br_on_non_null does not.
void FunctionLowering::OnBrOn(const vm::Instruction& instruction, const vm::Resolved&) {
  llvm::Value* reference = stack_.back();
  switch (instruction.op) {
    case Opcode::BrOnNull:
      Pop();
      BranchIf(ir().CreateIsNull(reference), instruction.index);
      return Push(reference);
    case Opcode::BrOnNonNull:
      BranchIf(ir().CreateIsNotNull(reference), instruction.index);
      Pop();
      return;
    case Opcode::BrOnCast: return BranchIf(Fits(reference, instruction.to), instruction.index);
    default: return BranchIf(ir().CreateNot(Fits(reference, instruction.to)), instruction.index);
  }
}

}  // namespace tenon::jit
