// The kinds of trap, and a value-or-trap for operations that can trap. This lies in sem, the
// leftmost layer that needs it; the runtime adds a backtrace (vm/runtime/trap). core: #trap
#pragma once

#include <tenon/error.h>

#include <cstdint>
#include <expected>

namespace tenon::vm {

using tenon::TrapKind;

constexpr const char* TrapText(TrapKind kind) {
  constexpr const char* kTexts[] = {
#define TRAP(name, text) text,
#include <tenon/traps.def>
  };
  return kTexts[static_cast<int>(kind)];
}

namespace sem {

template <typename T>
using OrTrap = std::expected<T, TrapKind>;

}  // namespace sem
}  // namespace tenon::vm
