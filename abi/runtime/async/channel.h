// Streams and futures: a channel with its two ends. abi: "Buffer State", "Stream State", "Future
// State".
//
// A read and a write meet: who comes first leaves a buffer behind, its end being the channel's
// pending one, and who comes second copies (canon/channel_copy.h) and does not wait. Here is what
// follows from each step; what the guest did wrong was checked before.
#pragma once

#include <cstdint>
#include <memory>

#include "abi/runtime/async/waitable.h"
#include "abi/types/types.h"

namespace tenon::abi {

struct CanonOptions;
class ChannelEnd;
class ComponentInstance;
class TypeTable;

enum class CopyResult : uint32_t { kCompleted, kDropped, kCancelled };

// Memory of a guest that elements are read into or written from; its range was checked. Without
// element type the address means nothing.
struct Buffer {
  static constexpr uint32_t kMaxLength = (uint32_t{1} << 28) - 1;
  const CanonOptions* options = nullptr;
  uint64_t address = 0;  // of the next element
  uint32_t length = 0;
  uint32_t progress = 0;
  uint32_t remain() const { return length - progress; }
};

// What the two ends share.
struct Channel {
  const TypeTable* types = nullptr;
  ValType type;  // of that table: the stream or future
  bool dropped = false;
  ChannelEnd* pending = nullptr;  // whose operation waits for the other end's

  bool Is(const TypeTable& in, ValType wanted) const { return types == &in && type == wanted; }
  bool is_future() const { return type.kind() == TypeKind::kFuture; }
};

class ChannelEnd final : public Waitable {
 public:
  static constexpr Kind kKind = Kind::kChannelEnd;
  enum class State : uint8_t { kIdle, kCopying, kCancelling, kDone };

  ChannelEnd(std::shared_ptr<Channel> channel, bool readable, vm::Allowance* allowance)
      : Waitable(kKind, allowance), channel_(std::move(channel)), readable_(readable) {}

  Channel& channel() { return *channel_; }
  const std::shared_ptr<Channel>& shared() const { return channel_; }
  bool readable() const { return readable_; }
  State state() const { return state_; }
  bool copying() const { return state_ == State::kCopying || state_ == State::kCancelling; }
  ComponentInstance* instance() const { return instance_; }
  Buffer& buffer() { return buffer_; }

  // Begins a read or write, whose event ends it.
  void Begin(ComponentInstance* instance, const Buffer& buffer);
  // It waits for the other end's.
  void SetPending() { channel_->pending = this; }
  // Elements were copied, but more may follow until the event is delivered.
  void NotifyProgress();
  // The operation is over.
  void Finish(CopyResult result);
  // Asks for the end of the operation: at once, since both ends are guests'.
  void Cancel();
  // This end goes away.
  void Drop();

 private:
  Event Deliver() override;

  const std::shared_ptr<Channel> channel_;
  const bool readable_;
  State state_ = State::kIdle;
  CopyResult result_ = CopyResult::kCompleted;
  ComponentInstance* instance_ = nullptr;  // of the operation
  Buffer buffer_;
};

}  // namespace tenon::abi
