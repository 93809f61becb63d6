#include "jit/program/component_wiring.h"

namespace tenon::jit {
namespace {

using Target = std::optional<FuncOfProgram>;

class Wirer {
 public:
  explicit Wirer(const abi::ResolvedComponent& component)
      : component_(component), filled_by_(component.plan.core_instances.size()) {}

  Wiring Run() {
    wiring_.imports.resize(component_.modules.size());
    std::vector<bool> is_instantiated(component_.modules.size());
    for (const abi::PlanOp& op : component_.plan.ops) {
      if (op.kind != abi::PlanOp::Kind::kInstantiateModule) continue;
      FillImports(op.index);
      const uint32_t module = component_.plan.core_instances[op.index].module.value();
      if (is_instantiated[module]) {
        KeepCommon(filled_by_[op.index], &wiring_.imports[module]);
      } else {
        wiring_.imports[module] = filled_by_[op.index];
        is_instantiated[module] = true;
      }
    }
    return std::move(wiring_);
  }

 private:
  static void KeepCommon(const std::vector<Target>& targets, std::vector<Target>* common) {
    for (size_t i = 0; i < targets.size(); ++i) {
      if (targets[i] != (*common)[i]) (*common)[i].reset();
    }
  }

  void FillImports(uint32_t index) {
    const abi::PlanCoreInstance& instance = component_.plan.core_instances[index];
    for (const abi::CoreItem& item : instance.imports) {
      if (item.kind == vm::ExternKind::kFunc) filled_by_[index].push_back(TargetOf(item));
    }
  }

  // What an instance exports may be what fills one of its own imports.
  Target TargetOf(const abi::CoreItem& item) const {
    if (item.source != abi::CoreItem::Source::kInstance) return std::nullopt;
    const uint32_t instance = item.instance.value();
    const std::vector<Target>& imports = filled_by_[instance];
    if (item.index < imports.size()) return imports[item.index];
    return FuncOfProgram{component_.plan.core_instances[instance].module.value(),
                         vm::FuncIdx(item.index)};
  }

  const abi::ResolvedComponent& component_;
  std::vector<std::vector<Target>> filled_by_;  // by core instance and FuncIdx
  Wiring wiring_;
};

}  // namespace

Wiring WiringOf(const abi::ResolvedComponent& component) { return Wirer(component).Run(); }

}  // namespace tenon::jit
