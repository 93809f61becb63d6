// Divides by a number that is not there.
#include "plugin.h"

Reply* Handle(const char* user, size_t user_size, uint32_t limit, const uint32_t* samples,
              size_t count) {
  volatile uint32_t none = 0;
  return (Reply*)(uintptr_t)(limit / none);
}
