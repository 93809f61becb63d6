#include "abi/canon/async_value.h"

#include "abi/canon/async_call.h"
#include "abi/runtime/async/channel.h"
#include "abi/runtime/store.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

bool TrapOfDone(CanonContext& cx, const ChannelEnd& end, bool is_future) {
  if (end.copying()) return cx.Trap("cannot lift a stream or future while it is being read");
  return cx.Trap(is_future ? "cannot lift future after previous read succeeded"
                           : "cannot lift stream after being notified that the writable end "
                             "dropped");
}

// The readable end of a handle, when it may be given away. Null after a trap.
ChannelEnd* LiftEnd(CanonContext& cx, const TypeTable& types, ValType type, uint32_t index) {
  auto* const end = cx.instance->handles.Find<ChannelEnd>(index);
  const bool is_future = type.kind() == TypeKind::kFuture;
  const char* const name = is_future ? "future" : "stream";
  if (end == nullptr || !end->readable() || !end->channel().Is(types, type)) {
    cx.Trap(absl::StrCat("handle index ", index, " is not the readable end of a ", name,
                         " of this type"));
    return nullptr;
  }
  if (end->state() != ChannelEnd::State::kIdle) {
    TrapOfDone(cx, *end, is_future);
    return nullptr;
  }
  if (end->is_in_set()) {
    cx.Trap(absl::StrCat("cannot lift ", name, " while it's in a waitable set"));
    return nullptr;
  }
  return end;
}

bool IsErrorContext(CanonContext& cx, uint32_t index) {
  return cx.instance->handles.Find<ErrorContext>(index) != nullptr ||
         cx.Trap(absl::StrCat("handle index ", index, " is not an error context"));
}

}  // namespace

bool PassAsync(CanonContext& from, CanonContext& to, const TypeTable& types, uint32_t type_bits,
               uint32_t index, uint32_t* passed) {
  const ValType type = ValType::FromBits(type_bits);
  std::unique_ptr<AsyncObject> object;
  if (type.kind() == TypeKind::kErrorContext) {
    if (!IsErrorContext(from, index)) return false;
    object = MakeObject<ErrorContext>(*from.store);
    if (object == nullptr) return false;
  } else {
    if (LiftEnd(from, types, type, index) == nullptr) return false;
    object = from.instance->handles.TakeObject(index);
  }
  return AddObject(*to.store, *to.instance, std::move(object), passed);
}

bool RefuseAsync(CanonContext& from, const TypeTable& types, ValType type, uint32_t index) {
  const bool is_there = type.kind() == TypeKind::kErrorContext
                            ? IsErrorContext(from, index)
                            : LiftEnd(from, types, type, index) != nullptr;
  return is_there && from.Trap(kNeedsStacks);
}

}  // namespace tenon::abi
