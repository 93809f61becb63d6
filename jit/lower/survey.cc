#include "jit/lower/survey.h"

#include "vm/valid/sink.h"
#include "vm/valid/walker.h"

namespace tenon::jit {
namespace {

using vm::Opcode;

class BodySurvey : public vm::NullSink {
 public:
  explicit BodySurvey(size_t imported) : imported_(imported) {}

  bool has_tail_call = false;
  bool has_throw = false;
  bool calls_others = false;      // that are not known, and may throw
  std::vector<uint32_t> callees;  // functions of the module, minus the imported ones
  uint64_t locals = 0;            // that it mentions
  uint64_t constructs = 0;

  void OnFunction(const vm::FuncType&, absl::Span<const vm::ValType> all) {
    is_mentioned_.assign(all.size(), false);
  }
  void OnLocalGet(const vm::Instruction& access, const vm::Resolved&) { Mention(access.index); }
  void OnLocalSet(const vm::Instruction& access, const vm::Resolved&) { Mention(access.index); }
  void OnLocalTee(const vm::Instruction& access, const vm::Resolved&) { Mention(access.index); }
  void OnBlock(const vm::Instruction&, const vm::BlockInfo&) { ++constructs; }
  void OnLoop(const vm::Instruction&, const vm::BlockInfo&) { ++constructs; }
  void OnIf(const vm::Instruction&, const vm::BlockInfo&) { ++constructs; }

  void OnThrow(const vm::Instruction&, const vm::Resolved&) { has_throw = true; }
  void OnThrowRef(const vm::Instruction&) { has_throw = true; }
  void OnRethrow(const vm::Instruction&) { has_throw = true; }
  void OnCall(const vm::Instruction& call, const vm::Resolved&) {
    has_tail_call |= IsTailCall(call.op);
    const bool is_direct = call.op == Opcode::Call || call.op == Opcode::ReturnCall;
    if (is_direct && call.index >= imported_) {
      callees.push_back(static_cast<uint32_t>(call.index - imported_));
    } else {
      calls_others = true;
    }
  }

 private:
  void Mention(uint64_t local) {
    if (is_mentioned_[local]) return;
    is_mentioned_[local] = true;
    ++locals;
  }

  const size_t imported_;
  std::vector<bool> is_mentioned_;
};

// Who calls a function that may throw may throw.
void Spread(const std::vector<std::vector<uint32_t>>& callers, std::vector<BodyFacts>& facts) {
  std::vector<uint32_t> work;
  for (uint32_t i = 0; i < facts.size(); ++i) {
    if (facts[i].may_throw) work.push_back(i);
  }
  while (!work.empty()) {
    const uint32_t callee = work.back();
    work.pop_back();
    for (const uint32_t caller : callers[callee]) {
      if (facts[caller].may_throw) continue;
      facts[caller].may_throw = true;
      work.push_back(caller);
    }
  }
}

}  // namespace

bool IsTailCall(Opcode op) {
  return op == Opcode::ReturnCall || op == Opcode::ReturnCallIndirect ||
         op == Opcode::ReturnCallRef;
}

Survey::Survey(const vm::ResolvedModule& module, const CompileOptions& options)
    : imported_(module.imported_funcs), facts_(module.funcs.size() - module.imported_funcs) {
  vm::WalkerScratch scratch;
  std::vector<std::vector<uint32_t>> callers(facts_.size());
  for (uint32_t i = 0; i < facts_.size(); ++i) {
    const vm::FuncIdx func(static_cast<uint32_t>(imported_ + i));
    BodyFacts& facts = facts_[i];
    if (options.filter && !options.filter(func)) facts.reason = "not asked for";
    BodySurvey survey(imported_);
    const Status status = vm::WalkFunction(module, func, survey, scratch);
    if (!status) {
      facts.reason = status.error().ToString();
      continue;
    }
    facts.has_tail_call = survey.has_tail_call && facts.reason.empty();
    facts.may_throw = survey.has_throw || survey.calls_others;  // without regard to who catches
    has_throw_ |= survey.has_throw;
    facts.merges = survey.locals * survey.constructs;
    for (const uint32_t callee : survey.callees) {
      if (callers[callee].empty() || callers[callee].back() != i) callers[callee].push_back(i);
    }
  }
  Spread(callers, facts_);
}

}  // namespace tenon::jit
