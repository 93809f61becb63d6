// WASI 0.2 for components: every function and resource type of the host, given to a linker. They
// are registered once, as version kVersion; the linker finds it for any import of 0.2.
#pragma once

#include "abi/link/host.h"
#include "absl/strings/string_view.h"
#include "wasi/ctx/context.h"

// The functions expect a wasi::Context as the store's host state:
//   wasi::Context context;                       // what the guest is granted
//   abi::HostLinker linker;
//   wasi::AddToLinker(linker);
//   abi::Store store(&engine, limits, &context);

namespace tenon::wasi {

#define TENON_WASI_VERSION "0.2.12"
inline constexpr absl::string_view kVersion = TENON_WASI_VERSION;

// All of the below. An interface is filled when a component imports it.
void AddToLinker(abi::HostLinker& linker);

// wasi:io
void AddError(abi::HostInterface& interface);
void AddPoll(abi::HostInterface& interface);
void AddStreams(abi::HostInterface& interface);
// wasi:clocks
void AddMonotonicClock(abi::HostInterface& interface);
void AddWallClock(abi::HostInterface& interface);
void AddTimezone(abi::HostInterface& interface);
// wasi:random
void AddRandom(abi::HostInterface& interface);
void AddInsecure(abi::HostInterface& interface);
void AddInsecureSeed(abi::HostInterface& interface);
// wasi:filesystem
void AddFilesystemTypes(abi::HostInterface& interface);
void AddPreopens(abi::HostInterface& interface);
// wasi:cli
void AddEnvironment(abi::HostInterface& interface);
void AddExit(abi::HostInterface& interface);
void AddStdin(abi::HostInterface& interface);
void AddStdout(abi::HostInterface& interface);
void AddStderr(abi::HostInterface& interface);
void AddTerminalInput(abi::HostInterface& interface);
void AddTerminalOutput(abi::HostInterface& interface);
void AddTerminalStdin(abi::HostInterface& interface);
void AddTerminalStdout(abi::HostInterface& interface);
void AddTerminalStderr(abi::HostInterface& interface);

// What the guest of a call was granted.
const Context& GrantsOf(const abi::HostContext& call);

// The interface `name` ("io/streams") in the version registered here.
abi::HostInterface& WasiInterface(abi::HostLinker& linker, absl::string_view name);

}  // namespace tenon::wasi
