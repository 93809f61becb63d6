#include "abi/runtime/async/waitable.h"

namespace tenon::abi {

void Waitable::SetEvent() {
  if (has_event_) return;
  has_event_ = true;
  if (set_ != nullptr) queued_ = set_->queue_.insert(set_->queue_.end(), this);
}

Event Waitable::TakeEvent() {
  has_event_ = false;
  if (set_ != nullptr) set_->queue_.erase(queued_);
  return Deliver();
}

void Waitable::Join(WaitableSet* set) {
  if (set_ != nullptr) {
    --set_->size_;
    if (has_event_) set_->queue_.erase(queued_);
  }
  set_ = set;
  if (set_ == nullptr) return;
  ++set_->size_;
  if (has_event_) queued_ = set_->queue_.insert(set_->queue_.end(), this);
}

}  // namespace tenon::abi
