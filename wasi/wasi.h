// WASI 0.2 for components: every function and resource type of the host, given to a linker.
//
//   wasi::Context context;                       // what the guest is granted
//   wasi::PollExecutor executor(context);        // who waits for it (wasi/io/wait.h)
//   abi::HostLinker linker;
//   wasi::AddToLinker(linker);
//   abi::Store store(&engine, limits, &context, &executor);
//
// The functions expect a wasi::Context as the store's host state. They are registered once, as
// version kVersion; the linker finds it for any import of 0.2.
#pragma once

#include "abi/link/host.h"
#include "absl/strings/string_view.h"

namespace tenon::wasi {

inline constexpr absl::string_view kVersion = "0.2.12";

// All of the below.
void AddToLinker(abi::HostLinker& linker);

// wasi:io
void AddError(abi::HostLinker& linker);
void AddPoll(abi::HostLinker& linker);
void AddStreams(abi::HostLinker& linker);
// wasi:clocks
void AddMonotonicClock(abi::HostLinker& linker);
void AddWallClock(abi::HostLinker& linker);
void AddTimezone(abi::HostLinker& linker);
// wasi:random
void AddRandom(abi::HostLinker& linker);
void AddInsecure(abi::HostLinker& linker);
void AddInsecureSeed(abi::HostLinker& linker);
// wasi:filesystem
void AddFilesystemTypes(abi::HostLinker& linker);
void AddPreopens(abi::HostLinker& linker);
// wasi:cli
void AddEnvironment(abi::HostLinker& linker);
void AddExit(abi::HostLinker& linker);
void AddStdin(abi::HostLinker& linker);
void AddStdout(abi::HostLinker& linker);
void AddStderr(abi::HostLinker& linker);
void AddTerminalInput(abi::HostLinker& linker);
void AddTerminalOutput(abi::HostLinker& linker);
void AddTerminalStdin(abi::HostLinker& linker);
void AddTerminalStdout(abi::HostLinker& linker);
void AddTerminalStderr(abi::HostLinker& linker);

// The interface `name` ("io/streams") in the version registered here.
abi::HostInterface& WasiInterface(abi::HostLinker& linker, absl::string_view name);

}  // namespace tenon::wasi
