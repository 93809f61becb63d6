// wasi:clocks/wall-clock.datetime as a component type, for all interfaces that use it.
// The labels and their order are the WIT's.
#pragma once

#include <tuple>

#include "abi/canon/typed.h"
#include "wasi/os/clock.h"

namespace tenon {

template <>
struct RecordOf<wasi::Datetime> {
  static constexpr auto kFields =
      std::make_tuple(Field("seconds", &wasi::Datetime::seconds),
                      Field("nanoseconds", &wasi::Datetime::nanoseconds));
};

}  // namespace tenon
