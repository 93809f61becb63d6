#include "jit/lower/survey.h"

#include "jit/lower/lowerable.h"
#include "vm/valid/walker.h"

namespace tenon::jit {

Survey::Survey(const vm::ResolvedModule& module, const CompileOptions& options,
               bool has_relaxed_fma)
    : imported_(module.imported_funcs) {
  vm::WalkerScratch scratch;
  for (size_t i = imported_; i < module.funcs.size(); ++i) {
    const vm::FuncIdx func(static_cast<uint32_t>(i));
    BodyFacts& facts = facts_.emplace_back();
    if (options.filter && !options.filter(func)) {
      facts.reason = "not asked for";
      continue;
    }
    Lowerable lowerable(module, has_relaxed_fma);
    const Status status = vm::WalkFunction(module, func, lowerable, scratch);
    facts.reason = lowerable.reason();
    if (!status && facts.reason.empty()) facts.reason = status.error().ToString();
    facts.has_tail_call = facts.reason.empty() && lowerable.has_tail_call();
  }
}

}  // namespace tenon::jit
