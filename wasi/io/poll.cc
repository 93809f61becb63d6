#include <cstdint>
#include <vector>

#include "abi/link/host.h"
#include "wasi/io/pollable.h"
#include "wasi/io/wait.h"
#include "wasi/wasi.h"

namespace tenon::wasi {
namespace {

using abi::Borrow;
using abi::HostContext;

std::vector<uint32_t> PollAll(HostContext& cx, const std::vector<Borrow<Pollable>>& in) {
  std::vector<uint32_t> ready;
  if (in.empty()) {
    cx.Trap("wasi:io/poll.poll: the list of pollables is empty");
    return ready;
  }
  // A guest may name one pollable any number of times, so its table does not bound this.
  constexpr uint64_t kBytesEach = sizeof(Pollable*) + sizeof(Interest) + sizeof(uint32_t);
  if (!cx.Charge(in.size() * kBytesEach)) return ready;
  std::vector<const Pollable*> pollables;
  pollables.reserve(in.size());
  for (const Borrow<Pollable>& pollable : in) pollables.push_back(pollable.get());
  CallExecutor executor(cx);
  if (!Poll(executor, pollables, &ready)) ready.clear();
  return ready;
}

}  // namespace

void AddPoll(abi::HostInterface& poll) {
  poll.Resource<Pollable>("pollable");
  poll.Func("[method]pollable.ready",
            [](HostContext&, Borrow<Pollable> self) { return self->Ready(); });
  poll.Func("[method]pollable.block", [](HostContext& cx, Borrow<Pollable> self) {
    CallExecutor executor(cx);
    // False has set the trap: nothing is left to do either way.
    static_cast<void>(self->Block(executor));
  });
  poll.Func("poll",
            [](HostContext& cx, std::vector<Borrow<Pollable>> in) { return PollAll(cx, in); });
}

}  // namespace tenon::wasi
