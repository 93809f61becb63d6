#include "wasi/os/random.h"

#include "wasi/random/random_bytes.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

using abi::HostContext;

std::vector<uint8_t> RandomBytes(HostContext& cx, uint64_t length) {
  if (!cx.Charge(length)) return {};
  std::vector<uint8_t> bytes(length);
  FillRandom(absl::MakeSpan(bytes));
  return bytes;
}

void AddRandom(abi::HostInterface& random) {
  random.Func("get-random-bytes",
              [](HostContext& cx, uint64_t length) { return RandomBytes(cx, length); });
  random.Func("get-random-u64", [](HostContext&) { return RandomU64(); });
}

}  // namespace tenon::wasi
