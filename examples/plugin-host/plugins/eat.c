// Takes all the memory it can get, then says so.
#include "plugin.h"

static Reply reply = {1, {"no more memory", 14}};

Reply* Handle(const char* user, size_t user_size, uint32_t limit, const uint32_t* samples,
              size_t count) {
  while ((intptr_t)__builtin_wasm_memory_grow(0, 16) >= 0) {
  }
  return &reply;
}
