// The walker's steps, one a special instruction and one a kind of immediate; see walker.h for its
// use. The rules that need a sink are here, the rest is body_checker.h. core: #valid-instr
#pragma once

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "vm/valid/body_checker.h"
#include "vm/valid/first_byte.h"

namespace tenon::vm {

template <class Sink, bool kConstant>
class FunctionWalker : public BodyChecker {
 public:
  FunctionWalker(const ResolvedModule& module, ByteRange code, Sink& sink, WalkerScratch& scratch)
      : BodyChecker(module, ReaderOf(module, code), scratch),
        sink_(sink),
        end_(uint64_t{code.offset} + code.size) {}

  // A function's body, locals first.
  bool WalkBody(const FuncType& type) {
    if (!DeclareLocals(type)) return false;
    sink_.OnFunction(type, scratch_.locals);
    if (!EnterFrame(Opcode::Block, {}, type.results)) return false;
    if (!WalkInstructions()) return false;
    sink_.OnFunctionEnd();
    return sink_.within_budget() || OverBudget();
  }

  // An expression with its `end`. core: #valid-expr
  bool WalkExpression(ValType expected) {
    scratch_.locals.clear();
    if (!CheckConstant()) return false;
    return EnterFrame(Opcode::Block, {}, absl::MakeConstSpan(&expected, 1)) && WalkInstructions();
  }

 private:
  // A body is read to where its own `end` is, even beyond its declared size, which is compared
  // afterwards: that is what gives the reference interpreter's errors. A constant expression's
  // range is the decoder's and exact.
  static ByteReader ReaderOf(const ResolvedModule& module, ByteRange code) {
    const auto bytes = module.module->Bytes();
    if (kConstant) return ByteReader(bytes.subspan(code.offset, code.size), code.offset);
    return ByteReader(bytes.subspan(code.offset), code.offset);
  }

  template <ImmediateKind kKind>
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool Immediates() {
    return ReadImmediates<kKind>(reader_, features_, &scratch_.immediates, &instruction_);
  }

  bool WalkInstructions();
  bool Step(uint16_t step);
  bool SpecialStep(uint16_t step);
  bool ReferenceStep(uint16_t step);
  bool RareStep(uint16_t step);
  bool OverBudget() { return Limit("too much code for a body of its length"); }

  // Checks the row's signature as it stands.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool CheckRow() {
    const Signature& row = CurrentRow();
    return PopAll(absl::MakeConstSpan(row.pops.data(), row.pop_count)) &&
           (row.push_count == 0 || Push(row.push));
  }
  // Likewise for instructions on a memory or table that may have 64-bit addresses.
  bool CheckAddressRow(bool is_64);
  bool ApplyRow() { return CheckRow() && Report({}); }
  bool ApplyAddressRow(bool is_64) { return CheckAddressRow(is_64) && Report({}); }
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool Constant(ValType type) {
    if (!Push(type)) return false;
    if (reporting_) sink_.OnConst(instruction_);
    return true;
  }
  bool MemArgStep();
  template <int kLanes>
  bool MemArgLaneStep();

  const Signature& CurrentRow() const { return kSignatures[static_cast<size_t>(instruction_.op)]; }
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool Report(const Resolved& resolved) {
    if (reporting_) sink_.OnOp(instruction_, resolved);
    return true;
  }
  bool IsAddress64(uint32_t memory) const {
    return module_.memories[memory].address == AddressType::kI64;
  }
  bool IsTableAddress64(uint32_t table) const {
    return module_.tables[table].type.address == AddressType::kI64;
  }
  ValType TableAddress(uint32_t table) const {
    return ToValType(module_.tables[table].type.address);
  }
  // core: #valid-table-copy: the length has the smaller address type
  static ValType SmallerAddress(ValType a, ValType b) {
    return a == ValType::kI64 && b == ValType::kI64 ? ValType::kI64 : ValType::kI32;
  }

  bool BlockStep();
  bool ElseStep();
  bool EndStep();
  bool TryTableStep();
  bool ThrowStep();
  bool ThrowRefStep();
  bool CatchStep();
  bool DelegateStep();
  bool RethrowStep();
  bool BrStep();
  bool BrIfStep();
  bool BrTableStep();
  bool ReturnStep();
  bool CallStep(bool is_return);
  bool CallIndirectStep(bool is_return);
  bool FinishCall(const FuncType& type, TypeId type_id, bool is_return);
  bool DropStep();
  bool SelectStep();
  bool SelectTypedStep();
  bool LocalGetStep();
  bool LocalSetStep(bool is_tee);
  bool GlobalGetStep();
  bool GlobalSetStep();
  bool TableAccessStep();
  bool TableCopyStep();
  bool TableInitStep();
  bool MemoryCopyStep();
  bool MemoryInitStep();
  bool RefNullStep();
  bool RefIsNullStep();
  bool RefFuncStep();
  bool RefAsNonNullStep();
  bool CallRefStep(bool is_return);
  bool BrOnNullStep();
  bool BrOnNonNullStep();
  bool BrOnCastStep();
  bool CastStep();
  bool ConvertStep(HeapKind from, HeapKind to);
  bool StructNewStep();
  bool StructFieldStep();
  bool ArrayNewStep();
  bool ArrayNewFixedStep();
  bool ArrayNewSegmentStep();
  bool ArrayAccessStep();
  bool ArrayCopyStep();
  bool ArrayInitStep();
  bool CheckArraySegment(const SubType& array);
  bool ReportAggregate(const SubType& def, ValType field);
  bool AtomicStep();
  bool WideArithmeticStep(int operand_count);

  Sink& sink_;
  const uint64_t end_;
};

}  // namespace tenon::vm

#include "vm/valid/function_walker_inl.h"
#include "vm/valid/function_walker_references_inl.h"
#include "vm/valid/function_walker_rules_inl.h"
