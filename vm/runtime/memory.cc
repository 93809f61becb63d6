#include "vm/runtime/memory.h"

namespace tenon::vm {

MemoryType Memory::current_type() const {
  MemoryType current = type();
  current.limits.min = size_pages();
  return current;
}

}  // namespace tenon::vm
