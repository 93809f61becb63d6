// The time zone of the host is not told: what a guest gets is the UTC that the WIT prescribes for
// hosts that expose none.
#include <cstdint>
#include <string>

#include "abi/link/host.h"
#include "wasi/clocks/datetime.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

struct TimezoneDisplay {
  int32_t utc_offset = 0;
  std::string name = "UTC";
  bool in_daylight_saving_time = false;
};

}  // namespace tenon::wasi

namespace tenon {

template <>
struct RecordOf<wasi::TimezoneDisplay> {
  static constexpr auto kFields = std::make_tuple(
      Field("utc-offset", &wasi::TimezoneDisplay::utc_offset),
      Field("name", &wasi::TimezoneDisplay::name),
      Field("in-daylight-saving-time", &wasi::TimezoneDisplay::in_daylight_saving_time));
};

}  // namespace tenon

namespace tenon::wasi {

using abi::HostContext;

void AddTimezone(abi::HostInterface& timezone) {
  timezone.Func("display", [](HostContext&, Datetime) { return TimezoneDisplay(); });
  timezone.Func("utc-offset", [](HostContext&, Datetime) { return TimezoneDisplay().utc_offset; });
}

}  // namespace tenon::wasi
