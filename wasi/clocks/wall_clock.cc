#include "abi/link/host.h"
#include "wasi/clocks/datetime.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

using abi::HostContext;

void AddWallClock(abi::HostInterface& clock) {
  clock.Func("now", [](HostContext&) { return WallNow(); });
  clock.Func("resolution", [](HostContext&) { return WallResolution(); });
}

}  // namespace tenon::wasi
