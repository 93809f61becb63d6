#include "abi/link/imports.h"

#include <memory>
#include <optional>
#include <utility>

#include "abi/link/link_error.h"
#include "abi/runtime/store.h"
#include "abi/syntax/semver.h"
#include "abi/types/compare.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::abi {
namespace {

const char* KindName(const ExternType& type) {
  if (std::holds_alternative<ModuleTypeId>(type)) return "core module";
  if (std::holds_alternative<FuncTypeId>(type)) return "function";
  if (std::holds_alternative<ComponentTypeId>(type)) return "component";
  if (std::holds_alternative<InstanceTypeId>(type)) return "interface";
  return "type";
}

// True when an import asks for a later version of an interface than the host has.
bool IsNewer(absl::string_view import, absl::string_view host) {
  return CompareVersions(import, host) > 0;
}

bool TrapAsUnknown(const void* message, CanonContext& cx, vm::Slot*) {
  return cx.Trap(vm::TrapKind::kHost, *static_cast<const std::string*>(message));
}

class Resolver {
 public:
  Resolver(const CompiledComponent& component, const HostLinker& linker, const Store& store)
      : component_(component),
        plan_(component.plan()),
        linker_(linker),
        store_(store),
        errors_(component, linker) {}

  Result<ResolvedImports> Run() {
    interfaces_.reserve(plan_.imports.size());
    result_.resources.reserve(plan_.resources.size());
    result_.funcs.reserve(plan_.imported_funcs.size());
    for (const PlanImport& import : plan_.imports) {
      interfaces_.push_back(linker_.Find(import.name));
    }
    ResolveResources();
    checker_.emplace(component_.types(), result_.resources);
    for (size_t i = 0; i < plan_.imports.size(); ++i) {
      TENON_RETURN_IF_ERROR(CheckImport(plan_.imports[i], interfaces_[i]));
    }
    for (const PlanImportedFunc& func : plan_.imported_funcs) {
      TENON_ASSIGN_OR_RETURN(const HostFunc found, ResolveFunc(func));
      result_.funcs.push_back(found);
    }
    return std::move(result_);
  }

 private:
  void ResolveResources() {
    for (const PlanResource& resource : plan_.resources) {
      const ResourceType* found = resource.is_imported() ? FindResource(resource) : nullptr;
      result_.resources.push_back(found != nullptr ? found : &kAbsentResource);
    }
  }

  const ResourceType* FindResource(const PlanResource& resource) const {
    const absl::string_view import = plan_.imports[*resource.import].name;
    if (resource.import_path.empty()) return linker_.root().table().FindResource(import);
    const HostInterface* interface = interfaces_[*resource.import];
    if (interface == nullptr || resource.import_path.size() != 1) return nullptr;
    return interface->table().FindResource(resource.import_path[0]);
  }

  // What an import says of itself, used or not.
  Status CheckImport(const PlanImport& import, const HostInterface* interface) const {
    if (const auto* type = std::get_if<FuncTypeId>(&import.type)) {
      if (interface != nullptr) {
        return std::unexpected(
            errors_.OtherKind(import, "the host has an interface of this name, not a function"));
      }
      if (MayTrap(&linker_.root(), import.name)) return {};
      TENON_RETURN_IF_ERROR(CheckFunc(import, linker_.root(), import.name, *type));
      return {};
    }
    if (const auto* type = std::get_if<InstanceTypeId>(&import.type)) {
      return CheckInterface(import, interface, component_.types().Get(*type));
    }
    if (std::holds_alternative<TypeItem>(import.type)) return {};
    return std::unexpected(errors_.OtherKind(
        import, absl::StrCat("the host has no ", KindName(import.type), " to give")));
  }

  Status CheckInterface(const PlanImport& import, const HostInterface* interface,
                        const InstanceType& type) const {
    for (const NamedItem& item : type.exports) {
      const auto* func = std::get_if<FuncTypeId>(&item.type);
      if (func == nullptr || MayTrap(interface, item.name)) continue;
      if (interface == nullptr) {
        return std::unexpected(errors_.MissingInterface(import, item.name));
      }
      if (interface->table().FindFunc(item.name) == nullptr &&
          IsNewer(import.name, interface->name())) {
        continue;  // An addition to the interface, which matters only if it is used.
      }
      TENON_RETURN_IF_ERROR(CheckFunc(import, *interface, item.name, *func));
    }
    return {};
  }

  // A function that the component calls.
  Result<HostFunc> ResolveFunc(const PlanImportedFunc& func) {
    const PlanImport& import = plan_.imports[func.import];
    const HostInterface* interface = func.path.empty() ? &linker_.root() : interfaces_[func.import];
    const std::string name =
        func.path.empty() ? std::string(import.name) : absl::StrJoin(func.path, ".");
    if (MayTrap(interface, name)) return TrappingFunc(func);
    if (interface == nullptr) return std::unexpected(errors_.MissingInterface(import, name));
    TENON_ASSIGN_OR_RETURN(const HostFunc* found, CheckFunc(import, *interface, name, func.type));
    return *found;
  }

  // True for what the host does not have and need not.
  bool MayTrap(const HostInterface* interface, absl::string_view name) const {
    return linker_.unknown_imports() == UnknownImports::kTrap &&
           (interface == nullptr || interface->table().FindFunc(name) == nullptr);
  }

  HostFunc TrappingFunc(const PlanImportedFunc& func) {
    const PlanImport& import = plan_.imports[func.import];
    if (result_.messages == nullptr) {
      result_.messages = std::make_shared<std::deque<std::string>>();
    }
    std::string& message =
        result_.messages->emplace_back(absl::StrCat("import \"", import.name, "\""));
    if (!func.path.empty()) absl::StrAppend(&message, " \"", absl::StrJoin(func.path, "."), "\"");
    absl::StrAppend(&message, ": the host does not have it");
    HostFunc trapping;
    trapping.name = func.path.empty() ? import.name : func.path.back();
    trapping.call = &TrapAsUnknown;
    trapping.callable = &message;
    return trapping;
  }

  Result<const HostFunc*> CheckFunc(const PlanImport& import, const HostInterface& interface,
                                    absl::string_view name, FuncTypeId type) const {
    const HostFunc* found = interface.table().FindFunc(name);
    const TypeTable& types = component_.types();
    if (found != nullptr && found->guest != nullptr) {
      TENON_RETURN_IF_ERROR(CheckGuestFunc(import, name, type, *found->guest));
      return found;
    }
    if (found != nullptr && checker_->Matches(types.Get(type), *found->shape)) return found;
    return std::unexpected(
        found == nullptr ? errors_.MissingFunc(import, interface, name)
                         : errors_.OtherType(import, name, type, *found->shape, result_.resources));
  }

  Status CheckGuestFunc(const PlanImport& import, absl::string_view name, FuncTypeId type,
                        const GuestFunc& guest) const {
    if (guest.store != store_.id()) {
      return Fail(ErrorKind::kUsage, absl::StrCat("import \"", import.name,
                                                  "\": the instance that "
                                                  "the linker has for it is of another store"));
    }
    TypeComparer& comparer = ComparerFor(guest);
    if (comparer.Equal(type, guest.type)) return {};
    return std::unexpected(errors_.OtherType(import, name, type, guest, comparer.difference()));
  }

  // One for each instance, which remembers what it has compared.
  TypeComparer& ComparerFor(const GuestFunc& guest) const {
    std::unique_ptr<TypeComparer>& comparer = comparers_[{guest.types, guest.resources.data()}];
    if (comparer == nullptr) {
      comparer = std::make_unique<TypeComparer>(
          component_.types(), *guest.types, [this, &guest](ResourceId expected, ResourceId found) {
            return result_.resources[expected.value()] == guest.resources[found.value()];
          });
    }
    return *comparer;
  }

  const CompiledComponent& component_;
  const Plan& plan_;
  const HostLinker& linker_;
  const Store& store_;
  const LinkErrors errors_;
  std::vector<const HostInterface*> interfaces_;  // by import; null where the host has none
  ResolvedImports result_;
  std::optional<TypeChecker> checker_;  // once the resources are known
  // By the types and resources of the instances of guests.
  using Side = std::pair<const TypeTable*, const ResourceType* const*>;
  mutable absl::flat_hash_map<Side, std::unique_ptr<TypeComparer>> comparers_;
};

}  // namespace

Result<ResolvedImports> ResolveImports(const CompiledComponent& component, const HostLinker& linker,
                                       const Store& store) {
  return Resolver(component, linker, store).Run();
}

}  // namespace tenon::abi
