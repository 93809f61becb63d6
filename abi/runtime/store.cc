#include "abi/runtime/store.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "abi/runtime/async/task.h"
#include "vm/sys/entry.h"

namespace tenon::abi {
namespace {

// Stores that call each other take a stack for each turn.
constexpr uint32_t kMaxFibreDepth = 100;

uint64_t NextStoreId() {
  static std::atomic<uint64_t> last = 0;
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

struct FibreCall {
  void (*body)(void*);
  void* argument;
};

}  // namespace

Store::Store(vm::Engine* engine, StoreLimits limits, void* host_state, Executor* executor)
    : id_(NextStoreId()),
      limits_(limits),
      host_state_(host_state),
      executor_(executor != nullptr ? executor : &blocking_),
      resources_(limits.host_objects),
      handles_left_(limits.total_handles),
      call_bytes_left_(limits.call_bytes),
      core_(engine, limits.core) {}

Store::~Store() = default;

ComponentInstance* Store::NewInstance(ComponentInstance* parent) {
  if (instances_.size() >= limits_.component_instances) return nullptr;
  instances_.push_back(
      std::make_unique<ComponentInstance>(parent, limits_.handles, &handles_left_));
  return instances_.back().get();
}

AsyncStore& Store::async() {
  if (async_ == nullptr) async_ = std::make_unique<AsyncStore>(limits_.async_objects);
  return *async_;
}

ResourceType* Store::NewResourceType(ComponentInstance* impl) {
  resource_types_.push_back(std::make_unique<ResourceType>());
  resource_types_.back()->impl = impl;
  static std::atomic<uint64_t> last = 0;
  resource_types_.back()->id = GuestTypeId{last.fetch_add(1, std::memory_order_relaxed) + 1};
  return resource_types_.back().get();
}

const ResourceType* Store::FindResourceType(GuestTypeId id) const {
  const auto found = std::lower_bound(
      resource_types_.begin(), resource_types_.end(), id,
      [](const std::unique_ptr<ResourceType>& type, GuestTypeId id) { return type->id < id; });
  return found == resource_types_.end() || (*found)->id != id ? nullptr : found->get();
}

bool Store::RunOnFibre(void (*body)(void*), void* argument) {
  if (running_ != nullptr) {
    if (!running_->running()) return false;
    if (IsOnOwnFibre()) {  // from a host function
      body(argument);
      return true;
    }
    if (fibre_depth_ == kMaxFibreDepth) return false;
  }
  std::unique_ptr<vm::sys::Fibre> fibre = std::move(idle_fibre_);
  if (fibre == nullptr) fibre = std::make_unique<vm::sys::Fibre>(&fibres_);
  FibreCall call{body, argument};
  const bool started = fibre->Start(
      [](vm::sys::Fibre&, void* argument) {
        const FibreCall& call = *static_cast<FibreCall*>(argument);
        call.body(call.argument);
      },
      &call);
  if (!started) return false;
  vm::RunBlock& run = core_.run();
  vm::EntryRecord* const outer_entry = run.entry;
  const char* const outer_limit = run.native_limit;
  vm::sys::Fibre* const outer = std::exchange(running_, fibre.get());
  ++fibre_depth_;
  run.native_limit = fibre->stack_limit();
  fibre->Resume();
  while (!fibre->done()) {
    // Off the fibre, the innermost guest entry of this thread is the one outside of it.
    vm::sys::SetCurrentEntry(outer_entry);
    end_ = !executor_->Run(*waiter_);
    fibre->Resume();
  }
  run.native_limit = outer_limit;
  running_ = outer;
  --fibre_depth_;
  idle_fibre_ = std::move(fibre);
  return true;
}

bool Store::IsOnOwnFibre() const {
  return running_ != nullptr && running_ == vm::sys::Fibre::Current();
}

bool Store::Wait(Waiter& waiter) {
  if (!IsOnOwnFibre()) {
    end_ = !executor_->Run(waiter);
  } else {
    vm::EntryRecord* const entry = core_.run().entry;
    waiter_ = &waiter;
    running_->Suspend();
    waiter_ = nullptr;
    vm::sys::SetCurrentEntry(entry);
  }
  if (!end_ && !core_.must_end() && !core_.IsPastDeadline()) return true;
  core_.End();
  return false;
}

}  // namespace tenon::abi
