#include <cstdint>
#include <expected>
#include <variant>

#include "abi/link/host.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

using abi::HostContext;

void AddExit(abi::HostInterface& exit) {
  exit.Func("exit", [](HostContext& cx, std::expected<void, std::monostate> status) {
    cx.Exit(status ? 0 : 1);
  });
  exit.Func("exit-with-code", [](HostContext& cx, uint8_t status_code) { cx.Exit(status_code); });
}

}  // namespace tenon::wasi
