#include "jit/program/component_wiring.h"

#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "abi/types/flat.h"
#include "abi/valid/entered.h"
#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "vm/runtime/context.h"

namespace tenon::jit {
namespace {

using abi::TypeKind;

// Shapes of calls are as many as a component lowers functions, times how deep it nests.
constexpr size_t kMaxAdapters = 10'000;

class Wirer {
 public:
  explicit Wirer(const abi::ResolvedComponent& component)
      : component_(component), filled_by_(component.plan.core_instances.size()) {}

  Wiring Run() {
    wiring_.imports.resize(component_.modules.size());
    wiring_.trampolines.resize(component_.plan.trampolines.size());
    is_instantiated_.resize(component_.modules.size());
    for (const abi::PlanOp& op : component_.plan.ops) {
      if (op.kind == abi::PlanOp::Kind::kInstantiateModule) Instantiate(op.index);
      if (op.kind == abi::PlanOp::Kind::kTrampoline) BindTrampoline(op.index);
    }
    return std::move(wiring_);
  }

 private:
  void Instantiate(uint32_t index) {
    FillImports(index);
    const uint32_t module = component_.plan.core_instances[index].module.value();
    std::vector<KnownFunc>& common = wiring_.imports[module];
    const std::vector<KnownFunc>& targets = filled_by_[index];
    if (!is_instantiated_[module]) common = targets;
    is_instantiated_[module] = true;
    for (size_t i = 0; i < targets.size(); ++i) {
      if (targets[i] != common[i]) common[i] = {};
    }
  }

  void BindTrampoline(uint32_t index) {
    const abi::PlanTrampoline& trampoline = component_.plan.trampolines[index];
    const auto* lower = std::get_if<abi::LowerTrampoline>(&trampoline.body);
    if (lower == nullptr || lower->options.is_async ||
        lower->target.source != abi::FuncRef::Source::kLifted) {
      return;
    }
    const abi::PlanLift& lift = component_.plan.lifts[lower->target.lift.value()];
    const uint32_t entered = EnteredBy(trampoline.instance, lift.instance);
    const bool memory64 = lower->options.memory64;
    const auto [known, is_new] = adapters_.try_emplace(
        {lower->target.lift.value(), entered, trampoline.core_type.value(), memory64});
    if (is_new) {
      if (auto adapter = AdapterOf(lift, trampoline.core_type, entered, memory64)) {
        known->second = IndexOf(*std::move(adapter));
      }
    }
    wiring_.trampolines[index] = known->second;
  }

  // Nothing where there are too many.
  std::optional<AdapterOfProgram> IndexOf(AdapterPlan adapter) {
    auto key = std::make_tuple(adapter.callee.module, adapter.callee.func.value(),
                               adapter.type.value(), adapter.entered, adapter.params_by_code,
                               adapter.results_by_code, adapter.params, adapter.results);
    if (const auto found = indices_.find(key); found != indices_.end()) return {{found->second}};
    if (wiring_.adapters.size() == kMaxAdapters) return {};
    const auto next = static_cast<uint32_t>(wiring_.adapters.size());
    indices_.emplace(std::move(key), next);
    wiring_.adapters.push_back(std::move(adapter));
    return {{next}};
  }

  // Of calls that are not tasks and lend nothing.
  std::optional<AdapterPlan> AdapterOf(const abi::PlanLift& lift, vm::TypeId core_type,
                                       uint32_t entered, bool memory64) const {
    const bool is_task = lift.options.is_async ||
                         component_.plan.component_instances[lift.instance.value()].is_async;
    const KnownFunc callee = TargetOf(lift.func);
    const abi::FuncType& type = component_.types->Get(lift.type);
    if (is_task || IsOfCall(type) || !std::holds_alternative<FuncOfProgram>(callee)) return {};
    if (entered > vm::kMaxAdapterFlags) return {};
    AdapterPlan adapter{std::get<FuncOfProgram>(callee), core_type, entered};
    const abi::FlatFunc flat =
        abi::FlattenFunc(*component_.types, lift.type, abi::CallContext::kLower, memory64);
    adapter.params_by_code = !flat.spills_params;
    for (const auto& [name, param] : type.params) {
      adapter.params_by_code = adapter.params_by_code && Flatten(param, &adapter.params);
    }
    adapter.results_by_code = !flat.spills_result && !lift.options.post_return &&
                              (!type.result.has_value() || Flatten(type.result, &adapter.results));
    if (!adapter.params_by_code) adapter.params.clear();
    if (!adapter.results_by_code) adapter.results.clear();
    return adapter;
  }

  // Whether it has values that the call as such must know of: handles that are lent, the objects of
  // async.
  bool IsOfCall(const abi::FuncType& type) const {
    const auto is_of_call = [&](abi::ValType value) {
      const abi::TypeFacts facts = component_.types->Facts(value);
      return facts.has_borrow || facts.has_async;
    };
    for (const auto& [name, param] : type.params) {
      if (is_of_call(param)) return true;
    }
    return type.result.has_value() && is_of_call(type.result);
  }

  uint32_t EnteredBy(abi::ComponentInstanceId caller, abi::ComponentInstanceId callee) const {
    return static_cast<uint32_t>(abi::CountEntered(component_.plan, caller, callee));
  }

  // False when it has values of other kinds. There are at most kMaxFlatParams.
  bool Flatten(abi::ValType type, std::vector<FlatValue>* values) const {
    using Kind = FlatValue::Kind;
    const auto add = [&](FlatValue value) {
      values->push_back(std::move(value));
      return true;
    };
    switch (type.kind()) {
      case TypeKind::kBool: return add({Kind::kBool});
      case TypeKind::kS8: return add({Kind::kS8});
      case TypeKind::kU8: return add({Kind::kMasked, 0xff});
      case TypeKind::kS16: return add({Kind::kS16});
      case TypeKind::kU16: return add({Kind::kMasked, 0xffff});
      case TypeKind::kS32:
      case TypeKind::kU32:
      case TypeKind::kF32: return add({Kind::kSame});
      case TypeKind::kS64:
      case TypeKind::kU64:
      case TypeKind::kF64: return add({Kind::kSame64});
      case TypeKind::kChar: return add({Kind::kChar});
      case TypeKind::kFlags:
        return add({Kind::kMasked, abi::FlagsMask(component_.types->Get(type).labels.size())});
      case TypeKind::kEnum: return add({Kind::kBelow, abi::CaseCount(component_.types->Get(type))});
      case TypeKind::kRecord:
      case TypeKind::kTuple:
        for (const abi::ValType part : component_.types->Get(type).types) {
          if (!Flatten(part, values)) return false;
        }
        return true;
      case TypeKind::kVariant:
      case TypeKind::kOption:
      case TypeKind::kResult: return FlattenCases(type, values);
      default: return false;
    }
  }

  // False too for one in another, and for more cases than code is to be made of.
  bool FlattenCases(abi::ValType type, std::vector<FlatValue>* values) const {
    constexpr size_t kMaxCases = 16;
    const abi::TypeDef& def = component_.types->Get(type);
    const uint32_t count = abi::CaseCount(def);
    const bool has_payloads =
        absl::c_any_of(def.types, [](abi::ValType payload) { return payload.has_value(); });
    if (!has_payloads) {
      values->push_back({FlatValue::Kind::kBelow, count});
      return true;
    }
    if (count > kMaxCases) return false;
    FlatValue variant{FlatValue::Kind::kVariant, count};
    for (uint32_t i = 0; i < count; ++i) {
      const abi::ValType payload = abi::CasePayload(def, i);
      std::vector<FlatValue>& flat = variant.cases.emplace_back();
      if (!payload.has_value()) continue;
      if (!Flatten(payload, &flat)) return false;
      for (const FlatValue& value : flat) {
        if (value.kind == FlatValue::Kind::kVariant) return false;
      }
    }
    values->push_back(std::move(variant));
    return true;
  }

  void FillImports(uint32_t index) {
    const abi::PlanCoreInstance& instance = component_.plan.core_instances[index];
    for (const abi::CoreItem& item : instance.imports) {
      if (item.kind == vm::ExternKind::kFunc) filled_by_[index].push_back(TargetOf(item));
    }
  }

  // What an instance exports may be what fills one of its own imports.
  KnownFunc TargetOf(const abi::CoreItem& item) const {
    if (item.source == abi::CoreItem::Source::kTrampoline) {
      const auto& adapter = wiring_.trampolines[item.trampoline.value()];
      return adapter ? KnownFunc(*adapter) : KnownFunc();
    }
    const uint32_t instance = item.instance.value();
    const std::vector<KnownFunc>& imports = filled_by_[instance];
    if (item.index < imports.size()) return imports[item.index];
    return FuncOfProgram{component_.plan.core_instances[instance].module.value(),
                         vm::FuncIdx(item.index)};
  }

  const abi::ResolvedComponent& component_;
  std::vector<std::vector<KnownFunc>> filled_by_;  // by core instance and FuncIdx
  std::vector<bool> is_instantiated_;              // by module
  // By lift, flags, type and the caller's memory; by what there is to do.
  absl::flat_hash_map<std::tuple<uint32_t, uint32_t, uint32_t, bool>,
                      std::optional<AdapterOfProgram>>
      adapters_;
  std::map<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, bool, bool, std::vector<FlatValue>,
                      std::vector<FlatValue>>,
           uint32_t>
      indices_;
  Wiring wiring_;
};

}  // namespace

Wiring WiringOf(const abi::ResolvedComponent& component) { return Wirer(component).Run(); }

}  // namespace tenon::jit
