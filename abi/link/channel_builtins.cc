// abi: "canon {stream,future}.new" to "canon {stream,future}.drop-{readable,writable}".
#include <algorithm>
#include <cstring>

#include "abi/link/builtins.h"
#include "abi/runtime/async/channel.h"
#include "abi/runtime/store.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

constexpr uint32_t kBlocked = 0xffff'ffff;
constexpr uint64_t kElementsBetweenLooks = 1 << 16;

ValType ElementOf(const Builtin& builtin) { return builtin.types->Get(builtin.type).types[0]; }

// Elements that one instance may both read and write. abi: none_or_number_type
bool IsNumberOrNothing(ValType type) {
  return !type.has_value() || (IsPrimitive(type.kind()) && type.kind() != TypeKind::kBool &&
                               type.kind() <= TypeKind::kF64);
}

const char* NameOf(const Builtin& builtin) {
  return builtin.type.kind() == TypeKind::kFuture ? "future" : "stream";
}

// The end of a handle, of the built-in's side and type. Null after a trap.
ChannelEnd* EndAt(const Builtin& builtin, uint32_t handle) {
  auto* const end = builtin.instance->handles.Find<ChannelEnd>(handle);
  if (end != nullptr && end->readable() == builtin.is_readable &&
      end->channel().Is(*builtin.types, builtin.type)) {
    return end;
  }
  builtin.TrapOfHandle(handle, absl::StrCat(builtin.is_readable ? "readable" : "writable",
                                            " end of a ", NameOf(builtin), " of this type"));
  return nullptr;
}

bool TrapOfUse(const Builtin& builtin, const ChannelEnd& end) {
  if (end.copying())
    return builtin.Trap("cannot have concurrent operations active on a future/stream");
  if (builtin.type.kind() == TypeKind::kFuture) {
    return builtin.Trap(builtin.is_readable
                            ? "cannot read from future after previous read succeeded"
                            : "cannot write to future after previous write "
                              "succeeded or readable end dropped");
  }
  return builtin.Trap(builtin.is_readable ? "cannot read from stream after being notified that the "
                                            "writable end dropped"
                                          : "cannot write to stream after being notified that the "
                                            "readable end dropped");
}

// Copies elements from the end that writes to the one that reads.
bool CopyElements(const Builtin& builtin, ChannelEnd& writer, ChannelEnd& reader, uint32_t count) {
  Buffer& from = writer.buffer();
  Buffer& to = reader.buffer();
  if (builtin.plan != nullptr) {
    CanonContext source(builtin.store, writer.instance(), from.options, nullptr);
    CanonContext target(builtin.store, reader.instance(), to.options, nullptr);
    source.fused = target.fused = true;
    const uint64_t size = builtin.element.size;
    if (!target.ChargeCopy(count * size)) return false;
    const uint8_t* src = source.At(from.address);
    uint8_t* dst = target.At(to.address);
    if (IsNumberOrNothing(ElementOf(builtin))) {
      std::memmove(dst, src, count * size);
    } else {
      for (uint64_t i = 0; i < count; ++i, src += size, dst += size) {
        if (!RunCopy(*builtin.plan, builtin.start, builtin.resources, source, target, src, dst) ||
            (i % kElementsBetweenLooks == 0 && !target.MayGoOn())) {
          return false;
        }
      }
    }
    from.address += count * size;
    to.address += count * size;
  }
  from.progress += count;
  to.progress += count;
  return true;
}

// An operation was begun: it meets the other end's, or waits for it. abi: SharedStreamImpl.read,
// SharedStreamImpl.write, and those of futures
bool Meet(const Builtin& builtin, ChannelEnd& end) {
  Channel& channel = end.channel();
  ChannelEnd* const other = channel.pending;
  if (channel.dropped) {
    end.Finish(CopyResult::kDropped);
    return true;
  }
  if (other == nullptr) {
    end.SetPending();
    return true;
  }
  if (other->instance() == end.instance() && !IsNumberOrNothing(ElementOf(builtin))) {
    return builtin.Trap(
        absl::StrCat("cannot read from and write to intra-component ", NameOf(builtin)));
  }
  ChannelEnd& writer = end.readable() ? *other : end;
  ChannelEnd& reader = end.readable() ? end : *other;
  const uint32_t count = std::min(writer.buffer().remain(), reader.buffer().remain());
  if (count != 0 && !CopyElements(builtin, writer, reader, count)) return false;
  if (channel.is_future()) {
    other->Finish(CopyResult::kCompleted);
    end.Finish(CopyResult::kCompleted);
    return true;
  }
  const bool both_empty =
      !end.readable() && end.buffer().length == 0 && other->buffer().length == 0;
  if (count != 0) other->NotifyProgress();
  if (count != 0 || other->buffer().remain() != 0 || both_empty) {
    end.Finish(CopyResult::kCompleted);
  } else {
    other->Finish(CopyResult::kCompleted);
    end.SetPending();
  }
  return true;
}

// The event that there is or, for a caller that waits, will be.
bool TakeEvent(const Builtin& builtin, ChannelEnd& end, vm::Slot* slots) {
  if (!end.has_event() && builtin.is_async) {
    vm::WriteSlot(slots, kBlocked);
    return true;
  }
  end.has_sync_waiter = true;
  if (!WaitUntil(*builtin.store, builtin.thread(), [&] { return end.has_event(); })) return false;
  end.has_sync_waiter = false;
  vm::WriteSlot(slots, end.TakeEvent().payload);
  return true;
}

bool CheckSync(const Builtin& builtin, const ChannelEnd& end) {
  return builtin.is_async || !end.is_in_set() ||
         builtin.Trap("waitable cannot be used synchronously while added to a waitable set");
}

bool Copy(const Builtin& builtin, vm::Slot* slots, uint32_t length) {
  ChannelEnd* const end = EndAt(builtin, vm::ReadSlot<uint32_t>(slots));
  if (end == nullptr) return false;
  if (end->state() != ChannelEnd::State::kIdle) return TrapOfUse(builtin, *end);
  if (!CheckSync(builtin, *end)) return false;
  if (length > Buffer::kMaxLength) return builtin.Trap("stream buffer is too long");
  Buffer buffer;
  buffer.options = &builtin.options;
  buffer.address = vm::ReadSlot<uint32_t>(slots + 1);
  buffer.length = length;
  if (builtin.plan != nullptr && length != 0) {
    CanonContext cx(builtin.store, builtin.instance, &builtin.options, nullptr);
    if (!cx.CheckRange(buffer.address, uint64_t{length} * builtin.element.size,
                       builtin.element.align, "pointer out of bounds of memory")) {
      return false;
    }
  }
  end->Begin(builtin.instance, buffer);
  return Meet(builtin, *end) && TakeEvent(builtin, *end, slots);
}

}  // namespace

bool ChannelNew(const Builtin& builtin, vm::Slot* slots) {
  Store& store = *builtin.store;
  auto channel = std::make_shared<Channel>();
  channel->types = builtin.types;
  channel->type = builtin.type;
  uint32_t handles[2];
  for (const bool readable : {true, false}) {
    auto end = MakeObject<ChannelEnd>(store, channel, readable);
    if (end == nullptr ||
        !AddObject(store, *builtin.instance, std::move(end), &handles[readable ? 0 : 1])) {
      return false;
    }
  }
  vm::WriteSlot(slots, handles[0] | uint64_t{handles[1]} << 32);
  return true;
}

bool StreamCopy(const Builtin& builtin, vm::Slot* slots) {
  return Copy(builtin, slots, vm::ReadSlot<uint32_t>(slots + 2));
}

bool FutureCopy(const Builtin& builtin, vm::Slot* slots) { return Copy(builtin, slots, 1); }

bool ChannelCancel(const Builtin& builtin, vm::Slot* slots) {
  ChannelEnd* const end = EndAt(builtin, vm::ReadSlot<uint32_t>(slots));
  if (end == nullptr) return false;
  if (end->state() != ChannelEnd::State::kCopying || end->has_sync_waiter) {
    return builtin.Trap(
        absl::StrCat("cannot cancel an operation of a ", NameOf(builtin), " that has none"));
  }
  if (!CheckSync(builtin, *end)) return false;
  end->Cancel();
  vm::WriteSlot(slots, end->TakeEvent().payload);
  return true;
}

bool ChannelDrop(const Builtin& builtin, vm::Slot* slots) {
  const uint32_t handle = vm::ReadSlot<uint32_t>(slots);
  ChannelEnd* const end = EndAt(builtin, handle);
  if (end == nullptr) return false;
  const bool is_future = end->channel().is_future();
  if (end->copying()) {
    return builtin.Trap(absl::StrCat("cannot ", builtin.is_readable ? "remove" : "drop", " busy ",
                                     NameOf(builtin)));
  }
  if (is_future && !builtin.is_readable && end->state() != ChannelEnd::State::kDone) {
    return builtin.Trap("cannot drop future write end without first writing a value");
  }
  end->Drop();
  builtin.instance->handles.TakeObject(handle);
  return true;
}

}  // namespace tenon::abi
