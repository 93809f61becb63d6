#include "abi/canon/blame.h"

#include "abi/canon/layout.h"
#include "abi/runtime/store.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// Whether a definition adds an item of the sort to its component's index space.
bool Defines(const syntax::Definition& definition, Sort sort) {
  if (const auto* import = std::get_if<syntax::Import>(&definition.def)) {
    return import->type.sort == sort;
  }
  if (const auto* alias = std::get_if<syntax::Alias>(&definition.def)) return alias->sort == sort;
  if (const auto* exported = std::get_if<syntax::Export>(&definition.def)) {
    return exported->item.sort == sort;
  }
  if (sort == Sort::kInstance) return std::holds_alternative<syntax::Instance>(definition.def);
  const auto* canon = std::get_if<syntax::Canon>(&definition.def);
  return canon != nullptr && std::holds_alternative<syntax::CanonLift>(*canon);
}

// A function or instance; null where there is none.
const syntax::Definition* Find(const syntax::Component& component, Sort sort, uint32_t index) {
  for (const syntax::Definition& definition : component.definitions) {
    if (Defines(definition, sort) && index-- == 0) return &definition;
  }
  return nullptr;
}

// What it imports, exports or takes out of an instance.
absl::string_view NameIn(const syntax::Definition* definition) {
  if (definition == nullptr) return "";
  if (const auto* import = std::get_if<syntax::Import>(&definition->def)) return import->name.name;
  if (const auto* alias = std::get_if<syntax::Alias>(&definition->def)) return alias->name;
  const auto* exported = std::get_if<syntax::Export>(&definition->def);
  return exported == nullptr ? "" : exported->name.name;
}

std::string Join(absl::string_view interface, absl::string_view name) {
  return interface.empty() ? std::string(name) : absl::StrCat(interface, "#", name);
}

bool IsExport(const PlanExport& item, uint32_t lift) {
  const auto* func = std::get_if<FuncRef>(&item.item);
  return func != nullptr && func->source == FuncRef::Source::kLifted && func->lift.value() == lift;
}

}  // namespace

std::string NameOf(const LowerSite& site) {
  const Plan& plan = site.component->plan;
  const PlanTrampoline& trampoline = plan.trampolines[site.trampoline];
  const auto* lower = std::get_if<LowerTrampoline>(&trampoline.body);
  if (lower == nullptr || !lower->func) return "";
  const syntax::Component* const component =
      site.component->DefinitionOf(plan.component_instances[trampoline.instance.value()]);
  if (component == nullptr) return "";
  const syntax::Definition* const func = Find(*component, Sort::kFunc, lower->func->value());
  const auto* alias = func == nullptr ? nullptr : std::get_if<syntax::Alias>(&func->def);
  const absl::string_view interface =
      alias == nullptr ? "" : NameIn(Find(*component, Sort::kInstance, alias->instance));
  return Join(interface, NameIn(func));
}

std::string NameOfExport(const LiftedFunc& func) {
  if (func.component == nullptr) return "";
  for (const PlanExport& item : func.component->plan.exports) {
    if (IsExport(item, func.index)) return std::string(item.name);
    const auto* instance = std::get_if<PlanInstanceExport>(&item.item);
    if (instance == nullptr) continue;
    for (const PlanExport& inner : instance->exports) {
      if (IsExport(inner, func.index)) return Join(item.name, inner.name);
    }
  }
  return "";
}

std::string ParameterAt(const LiftedFunc& func, uint32_t at, bool in_memory,
                        uint32_t pointer_bytes) {
  const FuncType& type = func.types->Get(func.type);
  if (at == kUnknownPlace || type.params.empty()) return "a parameter";
  LayoutTable layouts(func.types, pointer_bytes);
  uint32_t index = 0;
  layouts.ForEachParam(type, [&](const Part& part) {
    if ((in_memory ? part.offset : part.flat) <= at) index = part.index;
    return true;
  });
  return absl::StrCat("parameter \"", type.params[index].first, "\"");
}

bool Blame(CanonContext& cx, absl::string_view part, absl::string_view name) {
  vm::Trap& trap = cx.store->core().pending_trap();
  const vm::TrapKind kind = cx.store->core().pending_trap_kind();
  const bool is_of_values =
      kind == vm::TrapKind::kCanonicalAbi ||
      (kind == vm::TrapKind::kHost && absl::StartsWith(trap.detail, kTooManyBytes));
  if (!is_of_values || !trap.about.empty()) return false;
  trap.about = absl::StrCat("in ", part);
  if (!name.empty()) absl::StrAppend(&trap.about, " of \"", name, "\"");
  return false;
}

bool BlameParameter(const LiftedFunc& callee, CanonContext& cx) {
  return Blame(cx, ParameterAt(callee, cx.failed_at, false, 4), NameOfExport(callee));
}

bool BlameResult(const LiftedFunc& callee, CanonContext& cx) {
  return Blame(cx, "the result", NameOfExport(callee));
}

}  // namespace tenon::abi
