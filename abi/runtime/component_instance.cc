#include "abi/runtime/component_instance.h"

#include "abi/runtime/async/task.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {

ComponentInstance::ComponentInstance(ComponentInstance* parent, uint32_t max_handles,
                                     vm::Allowance* handles_left)
    : handles(max_handles, handles_left), parent_(parent) {}
ComponentInstance::~ComponentInstance() = default;

void CallScope::ReturnAllLoans() {
  for (const Loan& loan : loans) loan.instance->handles.ReturnLoan(loan.handle);
  loans.clear();
}

bool ComponentInstance::HasAncestorOrIs(const ComponentInstance* other) const {
  for (const ComponentInstance* self = this; self != nullptr; self = self->parent_) {
    if (self == other) return true;
  }
  return false;
}

std::vector<ComponentInstance*> ComponentInstance::EnteringSet(const ComponentInstance* caller) {
  std::vector<ComponentInstance*> entering;
  for (ComponentInstance* self = this; self != nullptr; self = self->parent_) {
    if (caller != nullptr && caller->HasAncestorOrIs(self)) break;
    entering.push_back(self);
  }
  return entering;
}

bool MayEnter(const std::vector<ComponentInstance*>& entering) {
  for (const ComponentInstance* instance : entering) {
    if (!instance->may_enter) return false;
  }
  return true;
}

void Enter(const std::vector<ComponentInstance*>& entering) {
  for (ComponentInstance* instance : entering) instance->may_enter = false;
}

void Leave(const std::vector<ComponentInstance*>& entering) {
  for (ComponentInstance* instance : entering) instance->may_enter = true;
}

void EndAll(const std::vector<ComponentInstance*>& entering, vm::TrapKind kind) {
  for (ComponentInstance* instance : entering) {
    if (!instance->ended_by) instance->ended_by = kind;
  }
}

std::string WhyClosed(const std::vector<ComponentInstance*>& entering) {
  for (const ComponentInstance* instance : entering) {
    if (!instance->ended_by) continue;
    const char* const who = instance == entering.front() ? "it" : "the component around it";
    return *instance->ended_by == vm::TrapKind::kExit
               ? absl::StrCat(who, " has exited before")
               : absl::StrCat(who, " trapped before (", vm::TrapText(*instance->ended_by), ")");
  }
  return "";
}

}  // namespace tenon::abi
