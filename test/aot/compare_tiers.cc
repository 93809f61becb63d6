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

bool IsTrap(absl::string_view outcome) { return absl::StartsWith(outcome, "trap "); }

// Of two that differ.
DifferenceKind Classify(const vm::Observation& interpreted, const vm::Observation& compiled,
                        Bounds bounds) {
  const auto of_outcome = [bounds](absl::string_view outcome) {
    if (bounds == Bounds::kExplicit) return DifferenceKind::kUnexplained;
    const bool is_access =
        outcome == absl::StrCat("trap ", vm::TrapText(vm::TrapKind::kOutOfBoundsMemoryAccess));
    return is_access ? DifferenceKind::kLeftOut : DifferenceKind::kUnexplained;
  };
  if (interpreted.instantiation != compiled.instantiation) {
    return of_outcome(interpreted.instantiation);
  }
  if (interpreted.calls.size() != compiled.calls.size()) return DifferenceKind::kUnexplained;
  bool has_trapped = IsTrap(interpreted.instantiation);
  for (size_t i = 0; i < interpreted.calls.size(); ++i) {
    const std::string& outcome = interpreted.calls[i].outcome;
    if (interpreted.calls[i] != compiled.calls[i]) {
      return has_trapped ? DifferenceKind::kAfterTrap : of_outcome(outcome);
    }
    has_trapped = has_trapped || IsTrap(outcome);
  }
  return has_trapped ? DifferenceKind::kAfterTrap : DifferenceKind::kUnexplained;
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
    comparison.kind = Classify(interpreted, compiled, settings.engine.bounds);
    comparison.difference = absl::StrCat("interpreted:\n", vm::ToString(interpreted), "compiled:\n",
                                         vm::ToString(compiled));
  }
  return comparison;
}

}  // namespace tenon
