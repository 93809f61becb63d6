#include "test/fuzz/generator/body.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "test/fuzz/generator/rows.h"
#include "vm/valid/signature.h"

namespace tenon::vm {
namespace {

constexpr int kBudget = 160;
constexpr uint32_t kMaxStatements = 24;
constexpr size_t kMaxOnStack = 4;
constexpr int kMaxOperandDepth = 3;
constexpr size_t kMaxLabels = 7;

constexpr uint64_t kNan32 = 0x7fc0'0000;
constexpr uint64_t kNan64 = 0x7ff8'0000'0000'0000;

// From float to integer, with a trap for most floats.
bool IsPartialConversion(Opcode op) {
  const OpcodeInfo& info = Info(op);
  return info.has(kTraps) && info.access_bytes() == 0 && absl::StrContains(info.text, ".trunc_f");
}

}  // namespace

void BodyGenerator::Generate() {
  budget_ = kBudget;
  function_.locals = type_.params;
  function_.labels.push_back(
      {.op = Opcode::Block, .results = type_.results, .branch_types = type_.results});
  DeclareLocals();
  TakeFuel();
  Statements(kMaxStatements);
  Close();
}

void BodyGenerator::DeclareLocals() {
  const size_t params = function_.locals.size();
  function_.locals.push_back(ValType::kV128);
  for (uint32_t n = choices_.Below(6); n > 0; --n) {
    const ValType type = scope_.types.AnyType();
    function_.locals.push_back(type.is_ref() ? ValType::Ref(type.heap(), true) : type);
  }
  // One that has to be set before it is read.
  const ValType set_first = ValType::Ref(scope_.types.AnyRef().heap(), false);
  const bool can_set = constants_.CanMake(set_first);
  if (can_set) function_.locals.push_back(set_first);
  Types declared(function_.locals.begin() + params, function_.locals.end());
  scratch_ = static_cast<uint32_t>(function_.locals.size());
  declared.insert(declared.end(), {ValType::kF32, ValType::kF64, ValType::kV128});
  writer_.WriteLocals(declared);
  if (!can_set) return;
  constants_.Write(set_first);
  Write(Opcode::LocalSet, static_cast<uint32_t>(function_.locals.size() - 1));
}

void BodyGenerator::WriteConst(ValType type, uint64_t bits) {
  writer_.Write({.op = type == ValType::kI64 ? Opcode::I64Const : Opcode::I32Const, .bits = bits});
}

void BodyGenerator::TakeFuel() {
  Write(Opcode::GlobalGet, 0);
  Write(Opcode::I32Eqz);
  writer_.Write({.op = Opcode::If});
  Write(Opcode::Unreachable);
  Write(Opcode::End);
  Write(Opcode::GlobalGet, 0);
  WriteConst(ValType::kI32, 1);
  Write(Opcode::I32Sub);
  Write(Opcode::GlobalSet, 0);
}

void BodyGenerator::Statements(uint32_t max_count) {
  for (uint32_t n = 1 + choices_.Below(max_count); n > 0; --n) {
    if (choices_.empty() || budget_ <= 0) return;
    Statement();
    while (stack_.size() - Innermost().height > kMaxOnStack) Discard();
  }
}

void BodyGenerator::Statement() {
  const Rows& rows = scope_.rows;
  switch (choices_.Below(16)) {
    case 0:
    case 1: return Perform(choices_.Of(rows.effects));
    case 2:
    case 3: return Perform(choices_.Of(rows.constructs));
    case 4: return Perform(choices_.Of(rows.calls));
    default: return Perform(choices_.Of(rows.all));
  }
}

void BodyGenerator::Perform(Opcode op) {
  const RowKind kind = KindOfRow(op);
  if (kind == RowKind::kConstruct) {
    if (function_.labels.size() < kMaxLabels) Construct(op, std::nullopt);
    return;
  }
  if (kind == RowKind::kDiverging && !choices_.OneIn(32)) return PerformInIf(op);
  for (int tries = 0; tries < 4; ++tries) {
    if (TryPerform(op)) return;
  }
  if (kind == RowKind::kRefBranch) PerformInBlock(op);
}

bool BodyGenerator::TryPerform(Opcode op) {
  Operation operation;
  if (!chooser_.Choose(op, &operation) || !IsPromising(operation)) return false;
  Emit(operation);
  return true;
}

// Whether it may well not trap: has references that are not null. Rarely true though it must.
bool BodyGenerator::IsPromising(const Operation& operation) {
  if (IsPartialConversion(operation.instruction.op) && !choices_.OneIn(8)) return false;
  const size_t found = CountReusable(operation.pops);
  for (size_t i = found; i < operation.pops.size(); ++i) {
    const ValType type = operation.pops[i].type;
    if (!type.is_ref() || constants_.CanMake(ValType::Ref(type.heap(), false))) continue;
    const bool traps = Info(operation.instruction.op).has(kTraps);
    if (!type.nullable() || traps) return choices_.OneIn(24);
  }
  return true;
}

// What does not come back, under a condition that seldom holds.
void BodyGenerator::PerformInIf(Opcode op) {
  Produce({.type = ValType::kI32, .and_mask = choices_.OneIn(3) ? ~uint64_t{0} : 0x40});
  stack_.pop_back();
  Open(Opcode::If, {}, {});
  for (int tries = 0; tries < 6; ++tries) {
    if (TryPerform(op)) break;
  }
  Close();
}

// A branch with a reference, where perhaps no label takes one.
void BodyGenerator::PerformInBlock(Opcode op) {
  Types results = AnyTypes(1);
  results.push_back(scope_.types.AnyRef());
  Open(Opcode::Block, {}, results);
  for (int tries = 0; tries < 8; ++tries) {
    if (TryPerform(op)) break;
  }
  Close();
}

void BodyGenerator::Emit(const Operation& operation) {
  --budget_;
  Supply(operation.pops);
  writer_.Write(operation.instruction);
  stack_.resize(stack_.size() - operation.pops.size());
  stack_.insert(stack_.end(), operation.pushes.begin(), operation.pushes.end());
  CanonicalizeVector(operation.instruction.op);
  if (!operation.diverges) return;
  stack_.resize(Innermost().height);
  Innermost().unreachable = true;
}

void BodyGenerator::Discard() {
  const ValType type = stack_.back();
  stack_.pop_back();
  const uint32_t count = static_cast<uint32_t>(function_.locals.size());
  const uint32_t first = choices_.Below(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t local = (first + i) % count;
    if (scope_.types.Matches(type, function_.locals[local])) return Write(Opcode::LocalSet, local);
  }
  Write(Opcode::Drop);
}

// How many of the first operands are on the stack as they should be.
size_t BodyGenerator::CountReusable(absl::Span<const Operand> operands) const {
  for (size_t n = std::min(operands.size(), stack_.size() - floor_); n > 0; --n) {
    bool fits = true;
    for (size_t i = 0; i < n; ++i) {
      const ValType type = stack_[stack_.size() - n + i];
      fits = fits && scope_.types.Matches(type, operands[i].type);
      fits = fits && (i + 1 == n || !operands[i].is_masked());
    }
    if (fits) return n;
  }
  return 0;
}

void BodyGenerator::Supply(absl::Span<const Operand> operands) {
  const size_t reused = choices_.OneIn(4) ? 0 : CountReusable(operands);
  if (reused > 0) Adjust(operands[reused - 1]);
  for (const Operand& operand : operands.subspan(reused)) Produce(operand);
}

void BodyGenerator::Produce(const Operand& operand) {
  ValType type = operand.type;
  if (type.is_ref() && type.nullable() && !choices_.OneIn(24)) {
    const ValType not_null = ValType::Ref(type.heap(), false);
    if (constants_.CanMake(not_null)) type = not_null;
  }
  ProduceValue(type);
  Adjust(operand);
}

void BodyGenerator::ProduceValue(ValType type) {
  const size_t floor = std::exchange(floor_, stack_.size());
  ++depth_;
  const bool is_leaf = depth_ > kMaxOperandDepth || budget_ <= 0 || choices_.empty();
  const uint32_t way = is_leaf ? 0 : choices_.Below(8);
  if (way == 7 && function_.labels.size() < kMaxLabels) {
    Construct(choices_.Of(scope_.rows.constructs), type);
  } else if (way < 3 || !ProduceByRow(type)) {
    ProduceLeaf(type);
  }
  --depth_;
  floor_ = floor;
}

// With an instruction that has just this result.
bool BodyGenerator::ProduceByRow(ValType type) {
  const Rows& rows = scope_.rows;
  const std::vector<Opcode>& own = rows.by_result[static_cast<int>(type.kind())];
  for (int tries = 0; tries < 5; ++tries) {
    const bool by_rule = own.empty() || choices_.OneIn(4);
    Operation operation;
    if (!chooser_.Choose(choices_.Of(by_rule ? rows.with_rules : own), &operation)) continue;
    if (operation.diverges || operation.pushes.size() != 1) continue;
    if (!scope_.types.Matches(operation.pushes[0], type) || !IsPromising(operation)) continue;
    Emit(operation);
    return true;
  }
  return false;
}

void BodyGenerator::ProduceLeaf(ValType type) {
  --budget_;
  stack_.push_back(type);
  const uint32_t count = static_cast<uint32_t>(function_.locals.size());
  const uint32_t first = choices_.Below(count);
  for (uint32_t i = 0; i < count && first % 2 == 1; ++i) {
    const uint32_t local = (first + i) % count;
    if (scope_.types.Matches(function_.locals[local], type)) return Write(Opcode::LocalGet, local);
  }
  if (constants_.CanMake(type)) return constants_.Write(type);
  writer_.Write({.op = Opcode::RefNull, .heap = type.heap()});
  Write(Opcode::RefAsNonNull);
}

// Makes the value on top what the instruction should have.
void BodyGenerator::Adjust(const Operand& operand) {
  const bool is_64 = operand.type == ValType::kI64;
  if (operand.and_mask != ~uint64_t{0}) {
    WriteConst(operand.type, operand.and_mask);
    Write(is_64 ? Opcode::I64And : Opcode::I32And);
  }
  if (operand.or_mask != 0) {
    WriteConst(operand.type, operand.or_mask);
    Write(is_64 ? Opcode::I64Or : Opcode::I32Or);
  }
  if (operand.shows_nan) CanonicalizeScalar(operand.type);
}

// x == x ? x : the canonical NaN. Which NaN an operation makes is not said. core: #aux-fprel
void BodyGenerator::CanonicalizeScalar(ValType type) {
  const bool is_64 = type == ValType::kF64;
  const uint32_t local = scratch_ + (is_64 ? 1 : 0);
  Write(Opcode::LocalTee, local);
  writer_.Write(
      {.op = is_64 ? Opcode::F64Const : Opcode::F32Const, .bits = is_64 ? kNan64 : kNan32});
  Write(Opcode::LocalGet, local);
  Write(Opcode::LocalGet, local);
  Write(is_64 ? Opcode::F64Eq : Opcode::F32Eq);
  Write(Opcode::Select);
}

// Likewise lane by lane: what reads a vector may read it as integers.
void BodyGenerator::CanonicalizeVector(Opcode op) {
  const absl::string_view text = Info(op).text;
  const bool is_64 = absl::StartsWith(text, "f64x2.");
  if (!is_64 && !absl::StartsWith(text, "f32x4.")) return;
  if (kSignatures[static_cast<int>(op)].push != ValType::kV128) return;
  const uint32_t local = scratch_ + 2;
  Write(Opcode::LocalTee, local);
  const uint64_t nans = is_64 ? kNan64 : kNan32 << 32 | kNan32;
  Instruction nan{.op = Opcode::V128Const};
  nan.v128.SetLane<uint64_t>(0, nans);
  nan.v128.SetLane<uint64_t>(1, nans);
  writer_.Write(nan);
  Write(Opcode::LocalGet, local);
  Write(Opcode::LocalGet, local);
  Write(is_64 ? Opcode::F64x2Eq : Opcode::F32x4Eq);
  Write(Opcode::V128Bitselect);
}

}  // namespace tenon::vm
