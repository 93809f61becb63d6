// The part of the function walker that no sink changes: the operand stack, the open constructs, the
// local variables, index lookups and the texts of failures. Everything that grows lives in a
// WalkerScratch that is reused, so that a function costs no allocation.
// core: #valid-instr, appendix "Validation Algorithm"
//
// Failures are kept in the reader (first one wins); methods return false and the walk ends.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "vm/base/byte_reader.h"
#include "vm/syntax/instruction_reader.h"
#include "vm/syntax/limits.h"
#include "vm/valid/resolved_module.h"
#include "vm/valid/signature.h"
#include "vm/valid/sink.h"

namespace tenon::vm {

// A construct that is open: function body, block, loop, if, try_table, try.
struct ControlFrame {
  Opcode op = Opcode::Block;  // what opened it, or began the clause that it is in
  bool unreachable = false;   // what follows can't be reached; the stack is polymorphic
  bool reported = true;       // the sink was told of the construct
  uint32_t height = 0;        // of the operand stack below the parameters
  uint32_t initialized = 0;   // size of WalkerScratch::initialized on entry
  absl::Span<const ValType> params;
  absl::Span<const ValType> results;

  // What a branch to the construct carries. core: #valid-br
  absl::Span<const ValType> label_types() const { return op == Opcode::Loop ? params : results; }
};

struct WalkerScratch {
  ImmediateScratch immediates;
  std::vector<ValType> operands;  // the operand stack; how much is in use, the checker knows
  std::vector<ControlFrame> control;
  std::vector<ValType> locals;          // canonical; parameters first
  std::vector<uint8_t> is_initialized;  // by local; empty when all locals are defaultable
  std::vector<uint32_t> initialized;    // non-defaultable locals in the order they were set
  std::deque<ValType> block_results;    // results of block types that no static type stands for
  absl::flat_hash_set<const ValType*> label_types;  // lists that a br_table has met
  std::vector<ValType> field_types;                 // of a small structure
  absl::flat_hash_map<const SubType*, std::vector<ValType>> fields_of;  // of the body's large ones
  // Long lists of types that a tag gives and a label takes, found to match in this body.
  absl::flat_hash_set<std::pair<const ValType*, const ValType*>> catch_types;
  uint64_t total_locals = 0;  // of all bodies walked with this; see ValidateBodies
};

class BodyChecker {
 public:
  // The failure, after a walk returned false.
  Error TakeError() const;

 protected:
  BodyChecker(const ResolvedModule& module, ByteReader reader, WalkerScratch& scratch);

  // Failures.
  ABSL_ATTRIBUTE_COLD bool Malformed(absl::string_view message);  // at the instruction
  ABSL_ATTRIBUTE_COLD bool Invalid(absl::string_view message);
  bool Unknown(absl::string_view what, uint32_t index);
  bool Limit(absl::string_view message);

  // Operands. Popping checks against the expected types, the last of which is on top.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool Pop(ValType expected) { return PopAll({&expected, 1}); }
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool PopAll(absl::Span<const ValType> expected) {
    const size_t count = expected.size();
    if (size_ - height_ < count) [[unlikely]]
      return PopPolymorphic(expected);
    const ValType* top = operands_ + size_ - count;
    if (count > kFewTypes) [[unlikely]] {
      if (!MatchAll(top, expected.data(), count)) return Mismatch(expected, "instruction");
      size_ -= static_cast<uint32_t>(count);
      return true;
    }
    for (size_t i = 0; i < count; ++i) {
      if (top[i] != expected[i] && !Matches(top[i], expected[i])) [[unlikely]] {
        return Mismatch(expected, "instruction");
      }
    }
    size_ -= static_cast<uint32_t>(count);
    return true;
  }
  // The operand `depth` below the top, bottom where the stack is polymorphic. False when the
  // stack is too short.
  bool Peek(uint32_t depth, ValType* out) const;
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool Push(ValType type) {
    if (size_ == capacity_) [[unlikely]] {
      if (!Grow(1)) return false;
    }
    operands_[size_++] = type;
    return true;
  }
  bool PushAll(absl::Span<const ValType> types);
  // Pops a reference of any type; of (ref bot) where the stack is polymorphic.
  bool PopRef(ValType* out);
  // Pops the values of a structure's fields.
  bool PopFields(const SubType& structure);
  bool PopMany(ValType type, uint32_t count);
  bool Matches(ValType actual, ValType expected) const;
  // Long lists (a byte of a body can name a thousand types) are mostly equal as they stand.
  bool MatchAll(const ValType* actual, const ValType* expected, size_t count) const;
  // Whether a branch that carries `types` finds them on the stack, which stays as it is.
  bool CheckBranch(absl::Span<const ValType> types);
  // "type mismatch: <subject> requires [expected] but stack has [..]"
  ABSL_ATTRIBUTE_COLD bool Mismatch(absl::Span<const ValType> expected, const char* subject);

  // Constructs.
  bool EnterFrame(Opcode op, absl::Span<const ValType> params, absl::Span<const ValType> results);
  // The frame's results are on the stack, and nothing else.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool CheckFrameResults(const ControlFrame& frame) {
    if (size_ == height_ && frame.results.empty()) [[likely]]
      return true;
    return CheckFrameResultsSlow(frame);
  }
  // An `if` without `else` leaves its parameters as results.
  bool CheckMissingElse(const ControlFrame& frame);
  // The innermost construct's next clause, which finds `values` on the stack.
  bool BeginClause(absl::Span<const ValType> values, bool* falls_through);
  void LeaveFrame();  // drops the innermost construct, its operands and initialisations
  void ResetInitialized(uint32_t count);
  void SetUnreachable();
  void UseTopFrame();                         // refreshes the copies below
  const ControlFrame* Label(uint32_t index);  // null after a failure

  // Types and indices. Null or false after a failure.
  bool ResolveBlockType(const BlockType& type, BlockInfo* out);
  const FuncType* FuncTypeAt(uint32_t type_index);
  const SubType* StructAt(uint32_t type_index);
  const SubType* ArrayAt(uint32_t type_index);
  // A reference to the type with this index in the module, which must be there.
  ValType RefTo(uint32_t type_index, bool nullable) const {
    return ValType::Ref(HeapType::Concrete(module_.type_ids[type_index].value()), nullable);
  }
  bool CanonicalType(ValType type, ValType* out);
  bool CheckMemory(uint32_t index) {
    return index < module_.memories.size() || Unknown("memory", index);
  }
  bool CheckTable(uint32_t index) {
    return index < module_.tables.size() || Unknown("table", index);
  }
  bool CheckElem(uint32_t index) {
    return index < module_.elems.size() || Unknown("elem segment", index);
  }
  bool CheckData(uint32_t index);
  bool CheckFunc(uint32_t index) {
    return index < module_.funcs.size() || Unknown("function", index);
  }
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool CheckMemArg(int access_bytes, bool* is_64) {
    if (!CheckMemory(instruction_.index)) return false;
    if ((uint64_t{1} << instruction_.memarg.align_log2) > static_cast<uint64_t>(access_bytes)) {
      return Invalid("alignment must not be larger than natural");
    }
    *is_64 = module_.memories[instruction_.index].address == AddressType::kI64;
    return instruction_.memarg.offset <= UINT32_MAX || *is_64 || Invalid("offset out of range");
  }
  bool CheckLane(int lanes) { return instruction_.lane < lanes || Invalid("invalid lane index"); }
  bool CheckTag(uint32_t index) { return index < module_.tags.size() || Unknown("tag", index); }
  // core: #valid-catch, in the context outside the try_table
  bool CheckCatch(const CatchClause& clause);
  bool CheckReturnCall(const FuncType& callee);
  // The label takes a reference as its last value, and `carried` matches it; what else it takes is
  // on the stack. Null after a failure.
  const ControlFrame* CheckRefBranch(uint32_t label, ValType carried);

  // Whether all instructions of an expression may stand in a constant expression; looked at before
  // their types are. core: #valid-constant
  bool CheckConstant();

  // Locals.
  bool DeclareLocals(const FuncType& type);
  bool CheckLocal(uint32_t index) { return index < local_count_ || Unknown("local", index); }
  void Initialize(uint32_t local);

  static constexpr size_t kFewTypes = 8;

  const ResolvedModule& module_;
  const Features features_;
  WalkerScratch& scratch_;
  ByteReader reader_;
  Instruction instruction_;

  ValType* operands_ = nullptr;  // scratch_.operands
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
  const ValType* locals_ = nullptr;  // scratch_.locals
  uint32_t local_count_ = 0;
  bool needs_initialization_ = false;  // some local is not defaultable
  // Of the innermost construct, copied for speed.
  uint32_t height_ = 0;
  bool unreachable_ = false;
  bool reporting_ = true;  // the sink hears of what comes

 private:
  const SubType* TypeAt(uint32_t type_index, SubType::Kind kind, absl::string_view noun);
  bool CheckFrameResultsSlow(const ControlFrame& frame);
  bool PopPolymorphic(absl::Span<const ValType> expected);
  bool Grow(size_t count);
};

// "function 12 (name)"
std::string FunctionContext(const ResolvedModule& module, FuncIdx func);

}  // namespace tenon::vm
