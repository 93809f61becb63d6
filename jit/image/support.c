// What compiled code may call although no guest asked for it: LLVM makes loops and large copies
// into calls of these. They stand in the image, so that a fault in one is the guest's.
#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) Word;

void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  void* result = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return result;
}

void* memmove(void* to, const void* from, size_t size) {
  unsigned char* target = to;
  const unsigned char* source = from;
  if ((uintptr_t)to - (uintptr_t)from >= size) {
    return memcpy(to, from, size);
  }
  while (size >= sizeof(Word)) {
    size -= sizeof(Word);
    *(Word*)(target + size) = *(const Word*)(source + size);
  }
  while (size != 0) {
    --size;
    target[size] = source[size];
  }
  return to;
}

void* memset(void* to, int byte, size_t size) {
  void* result = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(byte) : "memory");
  return result;
}

int memcmp(const void* a, const void* b, size_t size) {
  const unsigned char* left = a;
  const unsigned char* right = b;
  for (size_t i = 0; i < size; ++i) {
    if (left[i] != right[i]) return left[i] - right[i];
  }
  return 0;
}
