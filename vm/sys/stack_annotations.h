// What a sanitizer must be told about a switch of stacks, and about frames left without their
// epilogues. CMake picks stack_annotations_none.cc or stack_annotations_asan.cc.
#pragma once

#include <cstddef>

namespace tenon::vm::sys {

// Before a switch to the stack [bottom, bottom + size). `fake_stack` keeps the current stack's
// state; null when the current stack is left for good.
void AnnotateSwitchStart(void** fake_stack, const void* bottom, size_t size);
// After the switch: `fake_stack` is what was kept for this stack, null at its first entry. Yields
// the bounds of the stack that was left.
void AnnotateSwitchFinish(void* fake_stack, const void** bottom, size_t* size);
// No frame in [bottom, bottom + size) lives any more: the poison around their variables goes.
void AnnotateFramesDead(void* bottom, size_t size);

}  // namespace tenon::vm::sys
