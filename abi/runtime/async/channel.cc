#include "abi/runtime/async/channel.h"

namespace tenon::abi {

void ChannelEnd::Begin(ComponentInstance* instance, const Buffer& buffer) {
  instance_ = instance;
  buffer_ = buffer;
  state_ = State::kCopying;
}

void ChannelEnd::NotifyProgress() {
  result_ = CopyResult::kCompleted;
  SetEvent();
}

void ChannelEnd::Finish(CopyResult result) {
  if (channel_->pending == this) channel_->pending = nullptr;
  result_ = result;
  SetEvent();
}

void ChannelEnd::Cancel() {
  state_ = State::kCancelling;
  // What a stream has copied by now it says with the cancellation; a future's value has passed.
  const bool may_be_cancelled = !channel_->is_future() && result_ == CopyResult::kCompleted;
  if (!has_event() || may_be_cancelled) Finish(CopyResult::kCancelled);
}

void ChannelEnd::Drop() {
  Join(nullptr);
  if (channel_->dropped) return;
  channel_->dropped = true;
  if (channel_->pending != nullptr) channel_->pending->Finish(CopyResult::kDropped);
}

// The guest has its buffer back: nobody copies any more.
Event ChannelEnd::Deliver() {
  if (channel_->pending == this) channel_->pending = nullptr;
  const bool is_future = channel_->is_future();
  const bool done =
      result_ == CopyResult::kDropped || (is_future && result_ == CopyResult::kCompleted);
  state_ = done ? State::kDone : State::kIdle;
  uint32_t payload = static_cast<uint32_t>(result_);
  if (!is_future) payload |= buffer_.progress << 4;
  const EventCode code = is_future ? (readable_ ? EventCode::kFutureRead : EventCode::kFutureWrite)
                                   : (readable_ ? EventCode::kStreamRead : EventCode::kStreamWrite);
  return {code, handle, payload};
}

}  // namespace tenon::abi
