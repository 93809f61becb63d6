// A store of components: a core store, the host objects its guests hold, and how calls run.
// Belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "abi/runtime/component_instance.h"
#include "abi/runtime/executor.h"
#include "abi/runtime/host_resources.h"
#include "vm/runtime/store.h"
#include "vm/sys/fibre.h"

namespace tenon::abi {

struct StoreLimits {
  vm::StoreLimits core;
  uint32_t handles = 1'000'000;        // of one component instance
  uint64_t total_handles = 4'000'000;  // of all
  uint64_t component_instances = 10'000;
  uint32_t host_objects = 1'000'000;  // of all guests of the store
  uint64_t async_objects = 200'000;   // tasks, ends of streams and futures, waitable sets, of all
  // Held or read by the host for the calls under way, nested ones together.
  uint64_t call_bytes = uint64_t{128} << 20;
};

// What an embedder gave a store, with a tag of its type.
struct UserState {
  void* object = nullptr;
  const void* tag = nullptr;
  void* Get(const void* wanted) const { return tag == wanted ? object : nullptr; }
};

class AsyncStore;

// What a host function may use of the native stack: libraries of the host run on it.
inline constexpr uintptr_t kHostHeadroomBytes = 64 * 1024;

class Store {
 public:
  // `host_state` is what the host functions of wasi find their grants in; it and `executor` (null:
  // a BlockingExecutor) outlive the store. Deadlines are the core store's (vm::Store::SetDeadline).
  explicit Store(vm::Engine* engine, StoreLimits limits = {}, void* host_state = nullptr,
                 Executor* executor = nullptr);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  vm::Store& core() { return core_; }
  // A number that no other store of the process ever has.
  uint64_t id() const { return id_; }
  const StoreLimits& limits() const { return limits_; }
  HostResources& resources() { return resources_; }
  vm::Allowance& call_bytes_left() { return call_bytes_left_; }
  AsyncStore& async();  // made when first asked for
  void* host_state() const { return host_state_; }
  void set_host_state(void* state) { host_state_ = state; }
  // What HostContext::state() finds; it outlives its last use.
  const UserState& user_state() const { return user_state_; }
  void set_user_state(UserState state) { user_state_ = state; }

  // Null beyond the limit.
  ComponentInstance* NewInstance(ComponentInstance* parent);
  ResourceType* NewResourceType(ComponentInstance* impl);
  // Null when it is not a type of this store's.
  const ResourceType* FindResourceType(GuestTypeId id) const;

  // Runs `body` on a pooled fibre (from a host function: on that call's), handing over to the
  // executor whenever it suspends. Where another store's fibre runs on top of this store's, the
  // body gets one more, above it: native stacks are never mixed. False when no stack can be had, a
  // call is suspended, or stores call each other too deeply.
  [[nodiscard]] bool RunOnFibre(void (*body)(void* argument), void* argument);
  // From a host call: waits. False after a trap was set: the call must fail.
  [[nodiscard]] bool Wait(Waiter& waiter);
  // True when native code may still use what a host call needs.
  bool HasHeadroom() {
    // The frame's own address: that of a variable may be a sanitizer's.
    const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    return here >= reinterpret_cast<uintptr_t>(core_.run().native_limit) + kHostHeadroomBytes;
  }

  // Keeps `object` as long as the store: what trampolines point to.
  void Keep(std::shared_ptr<void> object) { kept_.push_back(std::move(object)); }

 private:
  bool IsOnOwnFibre() const;

  uint64_t id_;
  StoreLimits limits_;
  void* host_state_;
  UserState user_state_;
  BlockingExecutor blocking_;
  Executor* executor_;
  HostResources resources_;
  vm::Allowance handles_left_;
  vm::Allowance call_bytes_left_;
  vm::Store core_;
  std::unique_ptr<AsyncStore> async_;  // before the instances: their objects are charged to it
  std::vector<std::unique_ptr<ComponentInstance>> instances_;
  std::vector<std::unique_ptr<ResourceType>> resource_types_;  // ordered by id
  std::vector<std::shared_ptr<void>> kept_;
  vm::sys::FibrePool fibres_;
  std::unique_ptr<vm::sys::Fibre> idle_fibre_;  // for the next call; may be null
  vm::sys::Fibre* running_ = nullptr;           // the innermost of this store
  uint32_t fibre_depth_ = 0;
  Waiter* waiter_ = nullptr;
  bool end_ = false;  // the executor wants the guest ended
};

}  // namespace tenon::abi
