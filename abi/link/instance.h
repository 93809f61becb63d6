// A component instance as the host sees it: its exports, and calls of them with ordinary C++ types.
//
//   Result<std::unique_ptr<Instance>> instance = Instantiate(store, component, linker);
//   auto run = (*instance)->Func<std::expected<void, std::monostate>()>(
//       "wasi:cli/run@0.2.12", "run");
//   std::expected<std::expected<void, std::monostate>, vm::Trap> outcome = run->Call();
#pragma once

#include <tenon/func.h>

#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "abi/canon/guest_resource.h"
#include "abi/canon/lifted_func.h"
#include "abi/canon/typed.h"
#include "abi/link/async_lower.h"
#include "abi/link/builtins.h"
#include "abi/link/component.h"
#include "abi/link/host.h"
#include "abi/link/trampolines.h"
#include "abi/link/value_func.h"
#include "abi/runtime/store.h"
#include "abi/types/small_map.h"
#include "vm/runtime/trap.h"

namespace tenon::canon {

template <>
inline constexpr bool kIsView<absl::string_view> = true;
template <typename T>
inline constexpr bool kIsView<absl::Span<T>> = true;

}  // namespace tenon::canon

namespace tenon::abi {

// Calls a lifted function from the host, on a fibre of the store's.
std::expected<void, vm::Trap> CallFromHost(const LiftedFunc& func,
                                           absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lower,
                                           absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lift);

// An exported function whose type was checked. Good as long as its instance.
template <typename Signature>
class ExportFunc;
template <typename R, typename... Args>
class ExportFunc<R(Args...)> {
 public:
  ExportFunc(const LiftedFunc* func, GuestTypes guest_types)
      : func_(func), guest_types_(std::move(guest_types)) {}

  // A guest's exit is the trap vm::TrapKind::kExit. After any trap the instance can't be called
  // again.
  std::expected<R, vm::Trap> Call(std::decay_t<Args>... args) const {
    PayloadOf<R> result{};
    std::expected<void, vm::Trap> done = CallFromHost(
        *func_,
        [&](CanonContext& cx, vm::Slot* slots) {
          cx.guest_types = &guest_types_;
          return Abi::Lower(cx, slots, args...);
        },
        [&](CanonContext& cx, vm::Slot* slots) { return Abi::Lift(cx, slots, &result); });
    if (!done) return std::unexpected(std::move(done).error());
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      return result;
    }
  }

  static constexpr const canon::FuncShape& kShape = canon::kFuncShape<R(Args...)>;

 private:
  using Abi = canon::ExportAbi<R(Args...)>;

  const LiftedFunc* func_;
  GuestTypes guest_types_;
};

// Drops a guest's resource that the host holds, which runs its destructor.
std::expected<void, vm::Trap> DropResource(Store& store, const ResourceType& type, uint32_t rep);
template <typename T>
std::expected<void, vm::Trap> Drop(Store& store, GuestOwn<T> resource) {
  const ResourceType* type = store.FindResourceType(resource.type());
  if (type == nullptr) return {};  // moved from
  return DropResource(store, *type, resource.Release());
}

class Instance {
 public:
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const CompiledComponent& component() const { return *component_; }
  const Store& store() const { return *store_; }

  // The exported interface, looked up as imports are; kUnlinkable when there is none.
  Result<const PlanExport*> FindInterface(absl::string_view name) const;
  // What an exported function is to a linker: this outlives its use.
  std::pair<HostFunc, GuestFunc> Offer(const PlanExport& func) const;
  // By ResourceId.
  absl::Span<const ResourceType* const> resources() const { return resources_; }

  // The exported function `name`, of the exported interface `interface` unless that is empty, with
  // the given C++ signature. The interface is looked up as imports are: the exact name, then the
  // highest compatible version. kUnlinkable when it is not there or has another type.
  template <typename Signature>
  Result<ExportFunc<Signature>> Func(absl::string_view interface, absl::string_view name) const {
    TENON_ASSIGN_OR_RETURN(CheckedFunc found,
                           FindChecked(interface, name, ExportFunc<Signature>::kShape));
    return ExportFunc<Signature>(found.func, std::move(found.guest_types));
  }
  // The same function whatever its type, to be called with Values.
  Result<ValueFunc> UntypedFunc(absl::string_view interface, absl::string_view name) const;
  // The same without its types.
  struct CheckedFunc {
    const LiftedFunc* func;
    GuestTypes guest_types;
  };
  Result<CheckedFunc> FindChecked(absl::string_view interface, absl::string_view name,
                                  const canon::FuncShape& shape) const;

 private:
  friend class ComponentInstantiator;

  Instance() = default;
  Result<const LiftedFunc*> FindFunc(absl::string_view interface, absl::string_view name) const;
  Result<GuestTypes> CheckExport(const LiftedFunc& func, const canon::FuncShape* shape,
                                 absl::string_view interface, absl::string_view name) const;

  std::shared_ptr<const CompiledComponent> component_;
  Store* store_ = nullptr;
  std::vector<ComponentInstance*> instances_;       // by ComponentInstanceId
  std::vector<const ResourceType*> resources_;      // by ResourceId; absent until it is defined
  std::vector<HostFunc> imported_funcs_;            // by ImportedFuncId
  std::vector<vm::Instance*> core_instances_;       // by CoreInstanceId
  std::vector<const vm::Func*> trampolines_;        // by TrampolineId
  std::vector<std::unique_ptr<LiftedFunc>> lifts_;  // by LiftId
  // By the types of the callees: this component's, and those of instances it was linked with.
  SmallMap<const TypeTable*, std::unique_ptr<CopyPlans>> plans_;
  // What the trampolines' data point to: nothing here moves.
  std::deque<FusedLower> fused_;
  std::deque<AsyncLower> async_;
  std::deque<Builtin> builtins_;
  std::deque<HostLower> host_;
  std::deque<ResourceLower> resource_;
};

// Links and instantiates. The instance must outlive every use of the store's guests, and the store
// the instance; so must the linker. Missing and mismatched imports are kUnlinkable and speak of
// import path, expected and found type, and the nearest name. A trap in a start function is kTrap;
// store.core().TakeTrap() then has it. A component of another engine than the store's is kUsage.
Result<std::unique_ptr<Instance>> Instantiate(Store& store,
                                              std::shared_ptr<const CompiledComponent> component,
                                              const HostLinker& linker);

}  // namespace tenon::abi
