// The terminal resources have no operations: that a guest gets one says that its stream is one.
#include <memory>
#include <optional>

#include "abi/link/host.h"
#include "wasi/ctx/context.h"
#include "wasi/os/file.h"
#include "wasi/wasi.h"

namespace tenon::wasi {
namespace {

using abi::HostContext;
using abi::Own;

struct TerminalInput {};
struct TerminalOutput {};

template <typename T>
std::optional<Own<T>> TerminalOf(const std::shared_ptr<StandardFd>& fd) {
  if (!IsTerminal(fd->get())) return std::nullopt;
  return abi::MakeOwn<T>();
}

}  // namespace

void AddTerminalInput(abi::HostInterface& interface) {
  interface.Resource<TerminalInput>("terminal-input");
}

void AddTerminalOutput(abi::HostInterface& interface) {
  interface.Resource<TerminalOutput>("terminal-output");
}

void AddTerminalStdin(abi::HostInterface& interface) {
  interface.Func("get-terminal-stdin", [](HostContext& cx) {
    return TerminalOf<TerminalInput>(GrantsOf(cx).stdin_fd());
  });
}

void AddTerminalStdout(abi::HostInterface& interface) {
  interface.Func("get-terminal-stdout", [](HostContext& cx) {
    return TerminalOf<TerminalOutput>(GrantsOf(cx).stdout_fd());
  });
}

void AddTerminalStderr(abi::HostInterface& interface) {
  interface.Func("get-terminal-stderr", [](HostContext& cx) {
    return TerminalOf<TerminalOutput>(GrantsOf(cx).stderr_fd());
  });
}

}  // namespace tenon::wasi
