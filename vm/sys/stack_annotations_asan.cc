#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#include "vm/sys/stack_annotations.h"

namespace tenon::vm::sys {

void AnnotateSwitchStart(void** fake_stack, const void* bottom, size_t size) {
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
}

void AnnotateSwitchFinish(void* fake_stack, const void** bottom, size_t* size) {
  __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
}

void AnnotateFramesDead(void* bottom, size_t size) { __asan_unpoison_memory_region(bottom, size); }

}  // namespace tenon::vm::sys
