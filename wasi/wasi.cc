#include "wasi/wasi.h"

#include "abi/canon/context.h"
#include "abi/runtime/store.h"
#include "absl/strings/str_cat.h"

namespace tenon::wasi {
namespace {

constexpr abi::HostOffer kInterfaces[] = {
    {"wasi:io/error@" TENON_WASI_VERSION, &AddError},
    {"wasi:io/poll@" TENON_WASI_VERSION, &AddPoll},
    {"wasi:io/streams@" TENON_WASI_VERSION, &AddStreams},
    {"wasi:clocks/monotonic-clock@" TENON_WASI_VERSION, &AddMonotonicClock},
    {"wasi:clocks/wall-clock@" TENON_WASI_VERSION, &AddWallClock},
    {"wasi:clocks/timezone@" TENON_WASI_VERSION, &AddTimezone},
    {"wasi:random/random@" TENON_WASI_VERSION, &AddRandom},
    {"wasi:random/insecure@" TENON_WASI_VERSION, &AddInsecure},
    {"wasi:random/insecure-seed@" TENON_WASI_VERSION, &AddInsecureSeed},
    {"wasi:filesystem/types@" TENON_WASI_VERSION, &AddFilesystemTypes},
    {"wasi:filesystem/preopens@" TENON_WASI_VERSION, &AddPreopens},
    {"wasi:cli/environment@" TENON_WASI_VERSION, &AddEnvironment},
    {"wasi:cli/exit@" TENON_WASI_VERSION, &AddExit},
    {"wasi:cli/stdin@" TENON_WASI_VERSION, &AddStdin},
    {"wasi:cli/stdout@" TENON_WASI_VERSION, &AddStdout},
    {"wasi:cli/stderr@" TENON_WASI_VERSION, &AddStderr},
    {"wasi:cli/terminal-input@" TENON_WASI_VERSION, &AddTerminalInput},
    {"wasi:cli/terminal-output@" TENON_WASI_VERSION, &AddTerminalOutput},
    {"wasi:cli/terminal-stdin@" TENON_WASI_VERSION, &AddTerminalStdin},
    {"wasi:cli/terminal-stdout@" TENON_WASI_VERSION, &AddTerminalStdout},
    {"wasi:cli/terminal-stderr@" TENON_WASI_VERSION, &AddTerminalStderr},
};

}  // namespace

const Context& GrantsOf(const abi::HostContext& call) {
  return *static_cast<const Context*>(call.call().store->host_state());
}

abi::HostInterface& WasiInterface(abi::HostLinker& linker, absl::string_view name) {
  return linker.Interface(absl::StrCat("wasi:", name, "@", kVersion));
}

void AddToLinker(abi::HostLinker& linker) { linker.Offer(kInterfaces); }

}  // namespace tenon::wasi
