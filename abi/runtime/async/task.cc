#include "abi/runtime/async/task.h"

#include <utility>

#include "abi/runtime/handle_table.h"

namespace tenon::abi {

bool Task::TakeCancel(bool cancellable) {
  if (!cancellable || state != State::kPendingCancel) return false;
  state = State::kCancelDelivered;
  return true;
}

void Task::Forget(const Thread* thread) {
  std::erase_if(explicit_threads, [&](const auto& item) { return item.get() == thread; });
}

void Subtask::SetState(State state) {
  state_ = state;
  if (resolved()) task = nullptr;
  if (handle != 0) SetEvent();
}

void Subtask::DeliverResolve() {
  scope.ReturnLoans();
  resolve_delivered_ = true;
}

Event Subtask::Deliver() {
  if (resolved()) DeliverResolve();
  return {EventCode::kSubtask, handle, static_cast<uint32_t>(state_)};
}

bool AsyncInstance::AddThread(Thread* thread) {
  if (!free_.empty()) {
    thread->index = free_.back();
    free_.pop_back();
    threads_[thread->index] = thread;
    return true;
  }
  if (threads_.size() > HandleTable::kMaxLength) return false;
  thread->index = static_cast<uint32_t>(threads_.size());
  threads_.push_back(thread);
  return true;
}

void AsyncInstance::RemoveThread(Thread* thread) {
  if (thread->index == 0) return;
  threads_[thread->index] = nullptr;
  free_.push_back(std::exchange(thread->index, 0));
}

Thread* AsyncInstance::FindThread(uint32_t index) const {
  return index < threads_.size() ? threads_[index] : nullptr;
}

Task* AsyncStore::NewTask(ComponentInstance* instance) {
  if (!objects_.Take(1)) return nullptr;
  tasks_.push_back(std::make_unique<Task>(instance));
  tasks_.back()->place = tasks_.size() - 1;
  return tasks_.back().get();
}

void AsyncStore::EndTask(Task* task) {
  task->instance->async->RemoveThread(&task->implicit);
  const size_t place = task->place;
  std::swap(tasks_[place], tasks_.back());
  tasks_[place]->place = place;
  tasks_.pop_back();
  objects_.Return(1);
}

Task& CurrentTask(ComponentInstance& instance) {
  if (instance.current_task == nullptr) return instance.async->start_task;
  return static_cast<Task&>(*instance.current_task);
}

}  // namespace tenon::abi
