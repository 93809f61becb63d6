// Never comes back.
#include "plugin.h"

Reply* Handle(const char* user, size_t user_size, uint32_t limit, const uint32_t* samples,
              size_t count) {
  for (volatile uint32_t i = 0;; ++i) {
  }
}
