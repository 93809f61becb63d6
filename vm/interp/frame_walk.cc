#include "vm/interp/frame_walk.h"

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/interpreter.h"

namespace tenon::vm::interp {

ReturnPoint ReturnPointOf(const Slot* link, Context* context) {
  const auto read = [](const Slot* link, Context* context) {
    return ReturnPoint{reinterpret_cast<const Word*>(link[0].bits),
                       reinterpret_cast<Slot*>(link[1].bits), context};
  };
  ReturnPoint point = read(link, context);
  if (point.ip == TailCrossReturnCode()) {
    const Slot* area = point.fp;
    point = read(area + 1, reinterpret_cast<Context*>(area[0].bits));
  }
  if (point.ip->handler == &handlers::CrossReturn) {
    const Slot* saved = point.fp + point.ip[1].half(0) + point.ip[1].half(1);
    point.context = reinterpret_cast<Context*>(saved->bits);
  }
  return point;
}

FrameWalk FrameWalk::FromInstruction(const Word* ip, Slot* fp, Context* context) {
  return FrameWalk(ip, fp, context);
}

// The host's return address lies in no body, which ends the walk.
FrameWalk FrameWalk::FromReturn(const Slot* link, Context* context) {
  const ReturnPoint point = ReturnPointOf(link, context);
  return FrameWalk(point.ip - 1, point.fp, point.context);
}

}  // namespace tenon::vm::interp
