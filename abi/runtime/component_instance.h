// The state of one component instance: its handles and whether it may be entered and left.
// abi: "Component Instances".
//
// The set of instances that a call enters is fixed by caller and callee: the callee and its
// ancestors, less the caller and its ancestors. A trap leaves may_enter false in every instance
// that was entered, so none of them runs again; they know what it was.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "abi/runtime/handle_table.h"
#include "absl/base/attributes.h"
#include "absl/container/inlined_vector.h"
#include "vm/sem/trap.h"

namespace tenon::abi {

class ComponentInstance;
struct AsyncInstance;

// What one call owes: borrows handed to the callee, and handles lent by the caller. The implicit
// task of a synchronous call.
struct CallScope {
  uint32_t num_borrows = 0;
  struct Loan {
    ComponentInstance* instance;
    uint32_t handle;
  };
  absl::InlinedVector<Loan, 2> loans;
  absl::InlinedVector<uint32_t, 1> lent_objects;  // by the host to the callee, in HostResources

  // Ends the caller's side: lent handles may be dropped again.
  void ReturnLoans() {
    if (!loans.empty()) ReturnAllLoans();
  }

 private:
  void ReturnAllLoans();
};

class ComponentInstance {
 public:
  ComponentInstance(ComponentInstance* parent, uint32_t max_handles, vm::Allowance* handles_left);
  ~ComponentInstance();
  ComponentInstance(const ComponentInstance&) = delete;
  ComponentInstance& operator=(const ComponentInstance&) = delete;

  ComponentInstance* parent() const { return parent_; }

  // abi: entering_set. `caller` is null for the host.
  std::vector<ComponentInstance*> EnteringSet(const ComponentInstance* caller);

  HandleTable handles;
  bool may_enter = true;
  bool may_leave = true;
  std::optional<vm::TrapKind> ended_by;  // the trap because of which may_enter stays false
  uint32_t backpressure = 0;
  CallScope* current_task = nullptr;     // a Task (async/task.h), if `async` is there
  std::unique_ptr<AsyncInstance> async;  // of an instance that has anything async

 private:
  bool HasAncestorOrIs(const ComponentInstance* other) const;

  ComponentInstance* parent_;
};

// abi: may_enter_from, enter_from, leave_to, over an entering set.
bool MayEnter(const std::vector<ComponentInstance*>& entering);
void Enter(const std::vector<ComponentInstance*>& entering);
void Leave(const std::vector<ComponentInstance*>& entering);
// In place of leaving them, after a trap of that kind. Those that know of one keep it.
ABSL_ATTRIBUTE_COLD void EndAll(const std::vector<ComponentInstance*>& entering, vm::TrapKind kind);
// Why they may not be entered, if that is an earlier trap: "it trapped before (unreachable)"; else
// empty: a call is under way.
ABSL_ATTRIBUTE_COLD std::string WhyClosed(const std::vector<ComponentInstance*>& entering);

}  // namespace tenon::abi
