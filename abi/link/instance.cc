#include "abi/link/instance.h"

#include "abi/syntax/semver.h"
#include "abi/text/diagnose.h"
#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

constexpr absl::string_view kNotRun =
    "no stack for a call, a call is under way, or stores call each other too deeply";

// The best match of `name` among exports: exact, else the highest version on its track.
const PlanExport* FindExport(const std::vector<PlanExport>& exports, absl::string_view name) {
  for (const PlanExport& item : exports) {
    if (item.name == name) return &item;
  }
  const std::optional<std::string> key = AlternateKey(name);
  if (!key) return nullptr;
  const PlanExport* best = nullptr;
  for (const PlanExport& item : exports) {
    if (AlternateKey(item.name) != key) continue;
    if (best == nullptr || CompareVersions(best->name, item.name) < 0) best = &item;
  }
  return best;
}

std::string Path(absl::string_view interface, absl::string_view name) {
  return interface.empty() ? absl::StrCat("\"", name, "\"")
                           : absl::StrCat("\"", interface, "#", name, "\"");
}

std::unexpected<Error> NoExport(absl::string_view interface, absl::string_view name,
                                const std::vector<PlanExport>& exports) {
  std::vector<absl::string_view> names;
  for (const PlanExport& item : exports) names.push_back(item.name);
  Diagnosis diagnosis = DiagnoseMissing(name, "missing-export", names);
  if (!interface.empty()) {
    diagnosis.package = PackageOf(interface);
    diagnosis.path = {absl::StrCat("export \"", interface, "\"")};
  }
  return std::unexpected(
      Error(ErrorKind::kUnlinkable,
            absl::StrCat("the component does not export ", Path(interface, name)))
          .WithDiagnosis(std::move(diagnosis)));
}

}  // namespace

Result<const PlanExport*> Instance::FindInterface(absl::string_view name) const {
  const std::vector<PlanExport>& exports = component_->plan().exports;
  const PlanExport* found = FindExport(exports, name);
  if (found != nullptr && std::holds_alternative<PlanInstanceExport>(found->item)) return found;
  return NoExport("", name, exports);
}

std::pair<HostFunc, GuestFunc> Instance::Offer(const PlanExport& func) const {
  const FuncRef& ref = std::get<FuncRef>(func.item);
  HostFunc offered;
  GuestFunc guest{nullptr, &component_->types(), std::get<FuncTypeId>(func.type), resources_,
                  store_->id()};
  if (ref.source == FuncRef::Source::kLifted) {
    guest.lifted = lifts_[ref.lift.value()].get();
  } else {
    offered = imported_funcs_[ref.imported.value()];
    if (offered.guest != nullptr) guest.lifted = offered.guest->lifted;
  }
  offered.name = func.name;
  return {offered, guest};
}

Result<const LiftedFunc*> Instance::FindFunc(absl::string_view interface,
                                             absl::string_view name) const {
  const std::vector<PlanExport>* exports = &component_->plan().exports;
  if (!interface.empty()) {
    TENON_ASSIGN_OR_RETURN(const PlanExport* found, FindInterface(interface));
    exports = &std::get<PlanInstanceExport>(found->item).exports;
  }
  const PlanExport* found = FindExport(*exports, name);
  const auto* func = found == nullptr ? nullptr : std::get_if<FuncRef>(&found->item);
  if (func == nullptr) {
    return NoExport(interface, name, *exports);
  }
  if (func->source != FuncRef::Source::kLifted) {
    return Fail(ErrorKind::kUnlinkable,
                absl::StrCat("export ", Path(interface, name), " is a function of the host's"));
  }
  return lifts_[func->lift.value()].get();
}

Result<ValueFunc> Instance::UntypedFunc(absl::string_view interface, absl::string_view name) const {
  TENON_ASSIGN_OR_RETURN(const LiftedFunc* func, FindFunc(interface, name));
  TENON_RETURN_IF_ERROR(CheckExport(*func, nullptr, interface, name));
  return ValueFunc(func);
}

Result<Instance::CheckedFunc> Instance::FindChecked(absl::string_view interface,
                                                    absl::string_view name,
                                                    const canon::FuncShape& shape) const {
  TENON_ASSIGN_OR_RETURN(const LiftedFunc* func, FindFunc(interface, name));
  TENON_ASSIGN_OR_RETURN(GuestTypes guest_types, CheckExport(*func, &shape, interface, name));
  return CheckedFunc{func, std::move(guest_types)};
}

Result<GuestTypes> Instance::CheckExport(const LiftedFunc& func, const canon::FuncShape* shape,
                                         absl::string_view interface,
                                         absl::string_view name) const {
  const TypeTable& types = component_->types();
  if (func.options.memory64) {
    return Fail(ErrorKind::kUnlinkable, absl::StrCat("export ", Path(interface, name),
                                                     " uses a 64-bit memory, which calls from "
                                                     "the host do not support"));
  }
  const TypeChecker checker{types, resources_};
  if (shape != nullptr && !checker.Matches(types.Get(func.type), *shape)) {
    Diagnosis diagnosis;
    diagnosis.code = "type-mismatch";
    diagnosis.path = {absl::StrCat("export ", Path(interface, name))};
    diagnosis.found = ToString(types, func.type);
    diagnosis.package = PackageOf(interface);
    return std::unexpected(Error(ErrorKind::kUnlinkable,
                                 absl::StrCat("the host's type for export ", Path(interface, name),
                                              " does not fit; the component has ", diagnosis.found))
                               .WithDiagnosis(std::move(diagnosis)));
  }
  return checker.guest_types();
}

std::expected<void, vm::Trap> CallFromHost(const LiftedFunc& func,
                                           absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lower,
                                           absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lift) {
  struct Call {
    const LiftedFunc& func;
    absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lower;
    absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lift;
    bool ok = false;
  } call{func, lower, lift};
  Store& store = *func.store;
  const bool ran = store.RunOnFibre(
      [](void* argument) {
        Call& call = *static_cast<Call*>(argument);
        CallScope scope;
        call.ok = call.func.instance->async != nullptr
                      ? CallTaskFromHost(call.func, scope, call.lower, call.lift)
                      : CallLifted(call.func, call.func.entering, scope, call.lower, call.lift);
        for (const uint32_t rep : scope.lent_objects) call.func.store->resources().Return(rep);
      },
      &call);
  if (!ran) {
    store.core().SetTrap(vm::TrapKind::kHost, kNotRun);
  }
  if (!ran || !call.ok) return std::unexpected(store.core().TakeTrap());
  return {};
}

std::expected<void, vm::Trap> DropResource(Store& store, const ResourceType& type, uint32_t rep) {
  bool ok = false;
  auto drop = [&] { ok = RunDestructor(store, type, type.impl->EnteringSet(nullptr), rep); };
  if (!store.RunOnFibre([](void* f) { (*static_cast<decltype(drop)*>(f))(); }, &drop)) {
    store.core().SetTrap(vm::TrapKind::kHost, kNotRun);
  }
  if (!ok) return std::unexpected(store.core().TakeTrap());
  return {};
}

}  // namespace tenon::abi
