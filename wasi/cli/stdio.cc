// stdin, stdout, stderr: every call gives a new stream over the same descriptor of the context.
#include <memory>

#include "abi/link/host.h"
#include "wasi/ctx/context.h"
#include "wasi/io/fd_stream.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

using abi::HostContext;
using abi::Own;

void AddStdin(abi::HostInterface& interface) {
  interface.Func("get-stdin", [](HostContext& cx) {
    return Own<InputStream>(std::make_unique<FdInputStream>(GrantsOf(cx).stdin_fd()));
  });
}

void AddStdout(abi::HostInterface& interface) {
  interface.Func("get-stdout", [](HostContext& cx) {
    return Own<OutputStream>(std::make_unique<FdOutputStream>(GrantsOf(cx).stdout_fd()));
  });
}

void AddStderr(abi::HostInterface& interface) {
  interface.Func("get-stderr", [](HostContext& cx) {
    return Own<OutputStream>(std::make_unique<FdOutputStream>(GrantsOf(cx).stderr_fd()));
  });
}

}  // namespace tenon::wasi
