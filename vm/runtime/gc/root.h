// A reference that the host holds: what it refers to is not collected while there is a Root of it.
// Must not outlive the store.
#pragma once

#include <cstdint>
#include <utility>

#include "vm/runtime/gc/heap.h"

namespace tenon::vm {

class Root {
 public:
  Root() = default;  // null
  // The heap may be missing as long as the reference is no object's.
  Root(Heap* heap, Ref ref) : ref_(ref) {
    if (!IsObject(ref)) return;
    heap_ = heap;
    handle_ = heap->AddHandle(ref);
  }
  Root(Root&& other) noexcept { *this = std::move(other); }
  Root& operator=(Root&& other) noexcept {
    std::swap(heap_, other.heap_);
    std::swap(handle_, other.handle_);
    std::swap(ref_, other.ref_);
    return *this;
  }
  ~Root() {
    if (heap_ != nullptr) heap_->DropHandle(handle_);
  }

  Ref get() const { return ref_; }

 private:
  Heap* heap_ = nullptr;  // null for what needs no handle
  uint32_t handle_ = 0;
  Ref ref_ = kNullRef;
};

}  // namespace tenon::vm
