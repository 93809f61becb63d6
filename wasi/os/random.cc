#include "wasi/os/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "vm/base/status.h"

namespace tenon::wasi {

void FillRandom(absl::Span<uint8_t> out) {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::getrandom(out.data() + done, out.size() - done, 0);
    if (got < 0) {
      TENON_CHECK(errno == EINTR);
      continue;
    }
    done += static_cast<size_t>(got);
  }
}

uint64_t RandomU64() {
  uint8_t bytes[8];
  FillRandom(absl::MakeSpan(bytes));
  uint64_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

}  // namespace tenon::wasi
