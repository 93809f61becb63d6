#include "test/aot/compare_tiers.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/compiled_wast/compile_on_load.h"
#include "test/fuzz/observe.h"
#include "vm/sem/trap.h"

namespace tenon {
namespace {

bool IsExhaustion(absl::string_view outcome) {
  return absl::StrContains(outcome, vm::TrapText(vm::TrapKind::kCallStackExhausted));
}

// Cuts both off where one exhausted the stack. True if one did.
bool CutAtExhaustion(vm::Observation* a, vm::Observation* b) {
  bool is_cut = IsExhaustion(a->instantiation) || IsExhaustion(b->instantiation);
  if (is_cut) *a = *b = {};
  for (size_t i = 0; !is_cut && i < std::min(a->calls.size(), b->calls.size()); ++i) {
    is_cut = IsExhaustion(a->calls[i].outcome) || IsExhaustion(b->calls[i].outcome);
    if (!is_cut) continue;
    for (vm::Observation* one : {a, b}) {
      one->calls.resize(i);
      one->state.clear();
    }
  }
  return is_cut;
}

}  // namespace

TierComparison CompareTiers(absl::Span<const uint8_t> module, jit::CompileOptions options) {
  vm::RunSettings settings = {.engine = {.features = vm::Features::All(),
                                         .bounds = options.bounds,
                                         .deterministic_simd = true}};
  vm::Observation interpreted = vm::Observe(module, settings);
  CompileOnLoad(std::move(options), &settings.engine);
  vm::Observation compiled = vm::Observe(module, settings);
  TierComparison comparison;
  comparison.is_inconclusive = CutAtExhaustion(&interpreted, &compiled);
  if (interpreted != compiled) {
    comparison.difference = absl::StrCat("interpreted:\n", vm::ToString(interpreted), "compiled:\n",
                                         vm::ToString(compiled));
  }
  return comparison;
}

}  // namespace tenon
