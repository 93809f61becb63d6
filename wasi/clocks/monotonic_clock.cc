#include <cstdint>

#include "abi/link/host.h"
#include "wasi/io/pollable.h"
#include "wasi/os/clock.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

using abi::HostContext;

void AddMonotonicClock(abi::HostInterface& clock) {
  clock.Func("now", [](HostContext&) { return MonotonicNow(); });
  clock.Func("resolution", [](HostContext&) { return MonotonicResolution(); });
  clock.Func("subscribe-instant", [](HostContext&, uint64_t when) {
    return abi::MakeOwn<Pollable>(Interest::Deadline(when));
  });
  clock.Func("subscribe-duration", [](HostContext&, uint64_t when) {
    return abi::MakeOwn<Pollable>(Interest::Deadline(DeadlineAfter(when)));
  });
}

}  // namespace tenon::wasi
