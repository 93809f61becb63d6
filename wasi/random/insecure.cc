// Insecure randomness comes from the secure source too: a weaker one would have nothing to offer.
#include "wasi/os/random.h"
#include "wasi/random/random_bytes.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

using abi::HostContext;

void AddInsecure(abi::HostInterface& insecure) {
  insecure.Func("get-insecure-random-bytes",
                [](HostContext& cx, uint64_t length) { return RandomBytes(cx, length); });
  insecure.Func("get-insecure-random-u64", [](HostContext&) { return RandomU64(); });
}

}  // namespace tenon::wasi
