// Adds the samples up, and refuses more than the request's limit of them.
#include "plugin.h"

static Reply reply;
static char digits[10];

Reply* Handle(const char* user, size_t user_size, uint32_t limit, const uint32_t* samples,
              size_t count) {
  Log(user, user_size);
  if (count > limit) {
    reply = (Reply){1, {"too many samples", 16}};
    return &reply;
  }
  uint32_t sum = 0;
  for (size_t i = 0; i < count; ++i) sum += samples[i];
  char* first = digits + sizeof digits;
  do {
    *--first = (char)('0' + sum % 10);
    sum /= 10;
  } while (sum != 0);
  reply = (Reply){0, {first, (size_t)(digits + sizeof digits - first)}};
  return &reply;
}
