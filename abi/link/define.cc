#include "abi/link/define.h"

#include <variant>

namespace tenon::abi {
namespace {

using Shared = std::shared_ptr<const Instance>;

void AddItem(HostTable& table, const Shared& instance, const PlanExport& item) {
  if (std::holds_alternative<FuncRef>(item.item)) {
    const auto [func, guest] = instance->Offer(item);
    table.AddGuestFunc(func, guest, instance);
  }
  if (const auto* type = std::get_if<TypeItem>(&item.item)) {
    const auto* resource = std::get_if<ResourceId>(&type->type);
    if (resource != nullptr) {
      table.AddResource(item.name, instance->resources()[resource->value()]);
    }
  }
}

void SetInterface(HostLinker& linker, absl::string_view name, const Shared& instance,
                  const PlanExport& exported) {
  HostTable& table = linker.Interface(name).table();
  table.Clear();
  for (const PlanExport& item : std::get<PlanInstanceExport>(exported.item).exports) {
    AddItem(table, instance, item);
  }
}

}  // namespace

Status DefineInterface(HostLinker& linker, absl::string_view name, const Shared& instance,
                       absl::string_view exported) {
  TENON_ASSIGN_OR_RETURN(const PlanExport* found, instance->FindInterface(exported));
  SetInterface(linker, name, instance, *found);
  return {};
}

void DefineExports(HostLinker& linker, const Shared& instance) {
  for (const PlanExport& item : instance->component().plan().exports) {
    if (std::holds_alternative<PlanInstanceExport>(item.item)) {
      SetInterface(linker, item.name, instance, item);
    } else {
      AddItem(linker.Root().table(), instance, item);
    }
  }
}

}  // namespace tenon::abi
