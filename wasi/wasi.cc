#include "wasi/wasi.h"

#include "absl/strings/str_cat.h"

namespace tenon::wasi {

abi::HostInterface& WasiInterface(abi::HostLinker& linker, absl::string_view name) {
  return linker.Interface(absl::StrCat("wasi:", name, "@", kVersion));
}

void AddToLinker(abi::HostLinker& linker) {
  AddError(linker);
  AddPoll(linker);
  AddStreams(linker);
  AddMonotonicClock(linker);
  AddWallClock(linker);
  AddTimezone(linker);
  AddRandom(linker);
  AddInsecure(linker);
  AddInsecureSeed(linker);
  AddFilesystemTypes(linker);
  AddPreopens(linker);
  AddEnvironment(linker);
  AddExit(linker);
  AddStdin(linker);
  AddStdout(linker);
  AddStderr(linker);
  AddTerminalInput(linker);
  AddTerminalOutput(linker);
  AddTerminalStdin(linker);
  AddTerminalStdout(linker);
  AddTerminalStderr(linker);
}

}  // namespace tenon::wasi
