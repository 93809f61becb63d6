#include "abi/link/instance_path.h"

#include "abi/binary/names.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {

std::string InstancePath(const ResolvedComponent& component, CoreInstanceId id) {
  const Plan& plan = component.plan;
  const auto name = [&](const PlanComponentInstance& parent, SortIndex item,
                        absl::string_view definition) {
    const syntax::Component* const scope = component.DefinitionOf(parent);
    const std::string own = scope == nullptr ? "" : NameOf(*component.Syntax(), *scope, item);
    return own.empty() ? absl::StrCat(definition, "#", item.index) : own;
  };
  const PlanCoreInstance& core = plan.core_instances[id.value()];
  const PlanComponentInstance* at = &plan.component_instances[core.owner.value()];
  std::string path = name(*at, {Sort::kCoreInstance, core.index.value()},
                          component.modules[core.module.value()]->module->names.module);
  while (at->parent) {
    const PlanComponentInstance& parent = plan.component_instances[at->parent->value()];
    const syntax::Component* const definition = component.DefinitionOf(*at);
    const absl::string_view known_as =
        definition == nullptr ? "" : ComponentName(*component.Syntax(), *definition);
    path = absl::StrCat(name(parent, {Sort::kInstance, at->index.value()}, known_as), "/", path);
    at = &parent;
  }
  return path;
}

}  // namespace tenon::abi
