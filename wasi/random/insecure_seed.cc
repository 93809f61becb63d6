#include <tuple>

#include "abi/link/host.h"
#include "wasi/os/random.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

void AddInsecureSeed(abi::HostInterface& interface) {
  interface.Func("insecure-seed",
                 [](abi::HostContext&) { return std::tuple(RandomU64(), RandomU64()); });
}

}  // namespace tenon::wasi
