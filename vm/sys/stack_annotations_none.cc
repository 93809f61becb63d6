#include "vm/sys/stack_annotations.h"

namespace tenon::vm::sys {

void AnnotateSwitchStart(void**, const void*, size_t) {}
void AnnotateSwitchFinish(void*, const void**, size_t*) {}
void AnnotateFramesDead(void*, size_t) {}

}  // namespace tenon::vm::sys
