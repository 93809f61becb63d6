// Blocks, loops, conditions and exception handlers around statements. core: #syntax-instr-control
#include <algorithm>

#include "test/fuzz/generator/body.h"

namespace tenon::vm {
namespace {

constexpr uint32_t kMaxStatements = 5;  // in a construct

}  // namespace

// One of the kind that the instruction belongs to; with one result when a value is wanted.
void BodyGenerator::Construct(Opcode op, std::optional<ValType> wanted) {
  const Types params = TakeParams();
  const Types results = wanted ? Types{*wanted} : AnyTypes(2);
  switch (op) {
    case Opcode::If:
    case Opcode::Else: return If(params, results);
    case Opcode::Try:
    case Opcode::Catch:
    case Opcode::CatchAll:
    case Opcode::Delegate: return Try(params, results);
    case Opcode::TryTable: return TryTable(results);
    default: return Plain(op, params, results);
  }
}

void BodyGenerator::Plain(Opcode op, const Types& params, const Types& results) {
  Open(op, params, results);
  if (op == Opcode::Loop) TakeFuel();
  Statements(kMaxStatements);
  Close();
}

void BodyGenerator::If(const Types& params, Types results) {
  const bool has_else = !choices_.OneIn(3);
  if (!has_else && !params.empty()) results = params;
  Produce({ValType::kI32});
  stack_.pop_back();
  Open(Opcode::If, params, results);
  Statements(kMaxStatements);
  if (has_else || params != results) {
    BeginClause(Opcode::Else, 0, params);
    Statements(kMaxStatements);
  }
  Close();
}

// What follows is the construct's next part and finds these values.
void BodyGenerator::BeginClause(Opcode op, uint32_t index, Types values) {
  Settle();
  Write(op, index);
  Label& label = Innermost();
  label.unreachable = false;
  label.is_catch = op == Opcode::Catch || op == Opcode::CatchAll;
  stack_.resize(label.height);
  stack_.insert(stack_.end(), values.begin(), values.end());
}

// Legacy exceptions: clauses, or a label that they are left to.
void BodyGenerator::Try(const Types& params, const Types& results) {
  Open(Opcode::Try, params, results);
  if (choices_.OneIn(2)) PerformInIf(Opcode::Throw);
  Statements(kMaxStatements);
  if (choices_.OneIn(4)) {
    Settle();
    const size_t height = Innermost().height;
    LeaveConstruct();
    Write(Opcode::Delegate, choices_.Below(function_.labels.size()));
    stack_.resize(height);
    stack_.insert(stack_.end(), results.begin(), results.end());
    return;
  }
  for (uint32_t n = choices_.Below(3); n > 0; --n) {
    const uint32_t tag = choices_.Below(scope_.module.tags.size());
    BeginClause(Opcode::Catch, tag, scope_.TagAt(tag).params);
    if (choices_.OneIn(3)) PerformInIf(Opcode::Rethrow);
    Statements(kMaxStatements);
  }
  if (choices_.OneIn(2)) {
    BeginClause(Opcode::CatchAll, 0, {});
    if (choices_.OneIn(3)) PerformInIf(Opcode::Rethrow);
    Statements(kMaxStatements);
  }
  Close();
}

CatchClause BodyGenerator::AnyClause() {
  CatchClause clause;
  clause.kind = static_cast<CatchClause::Kind>(choices_.Below(4));
  clause.tag = choices_.Below(scope_.module.tags.size());
  return clause;
}

// In a block for each clause that finds no label of its types; all in one with the results.
void BodyGenerator::TryTable(const Types& results) {
  Open(Opcode::Block, {}, results);
  std::vector<CatchClause> clauses;
  const size_t outermost = function_.labels.size();
  for (uint32_t n = choices_.Below(3); n > 0; --n) {
    CatchClause clause = AnyClause();
    Types types;
    if (!clause.catches_all()) types = scope_.TagAt(clause.tag).params;
    if (clause.has_ref()) types.push_back(ValType::Ref(HeapKind::kExn, choices_.OneIn(2)));
    const auto found = std::ranges::find_if(function_.labels, [&](const Label& label) {
      return scope_.types.MatchAll(types, label.branch_types);
    });
    clause.label = static_cast<uint32_t>(found - function_.labels.begin());  // from the outermost
    if (found == function_.labels.end()) Open(Opcode::Block, {}, types);
    clauses.push_back(clause);
  }
  const uint32_t last = static_cast<uint32_t>(function_.labels.size() - 1);
  for (CatchClause& clause : clauses) clause.label = last - clause.label;
  Open(Opcode::TryTable, {}, AnyTypes(1), clauses);
  if (choices_.OneIn(2)) PerformInIf(Opcode::Throw);
  Statements(kMaxStatements);
  Close();
  while (function_.labels.size() > outermost) {
    Close();
    if (choices_.OneIn(4)) PerformInIf(Opcode::ThrowRef);
    Statements(2);
  }
  Close();
}

BodyGenerator::Types BodyGenerator::AnyTypes(uint32_t max_count) {
  Types types = scope_.types.AnyTypes(max_count);
  for (ValType& type : types) {
    if (!constants_.CanMake(type)) type = ValType::Ref(type.heap(), true);
  }
  return types;
}

// Some of what is on the stack, where it stays.
BodyGenerator::Types BodyGenerator::TakeParams() {
  const size_t count = std::min<size_t>(choices_.Below(3), stack_.size() - floor_);
  return Types(stack_.end() - count, stack_.end());
}

BlockType BodyGenerator::BlockTypeOf(const Types& params, const Types& results) {
  if (params.empty() && results.empty()) return {};
  if (params.empty() && results.size() == 1 && !choices_.OneIn(4)) return {.result = results[0]};
  return {.is_index = true, .index = TypeIdx(scope_.types.FuncTypeOf(params, results))};
}

// The parameters are on the stack.
void BodyGenerator::Open(Opcode op, const Types& params, const Types& results,
                         absl::Span<const CatchClause> catches) {
  --budget_;
  Label label{.op = op, .results = results, .branch_types = results};
  if (op == Opcode::Loop) label.branch_types = params;
  label.height = stack_.size() - params.size();
  label.floor = floor_;
  writer_.Write({.op = op, .block = BlockTypeOf(params, results), .catches = catches});
  floor_ = label.height;
  function_.labels.push_back(std::move(label));
}

// Leaves just the results on the stack. Where control never comes nothing has to be there.
void BodyGenerator::Settle() {
  const Types results = Innermost().results;
  const size_t height = Innermost().height;
  if (scope_.types.MatchAll(absl::MakeConstSpan(stack_).subspan(height), results)) return;
  while (stack_.size() > height) Discard();
  if (Innermost().unreachable && choices_.OneIn(2)) return;
  for (const ValType type : results) ProduceValue(type);
}

void BodyGenerator::LeaveConstruct() {
  floor_ = Innermost().floor;
  function_.labels.pop_back();
}

void BodyGenerator::Close() {
  Settle();
  Write(Opcode::End);
  const Types results = Innermost().results;
  stack_.resize(Innermost().height);
  stack_.insert(stack_.end(), results.begin(), results.end());
  LeaveConstruct();
}

}  // namespace tenon::vm
