#include "wasi/io/pollable.h"

#include "vm/base/status.h"

namespace tenon::wasi {

bool Poll(Executor& executor, absl::Span<const Pollable* const> pollables,
          std::vector<uint32_t>* ready) {
  TENON_CHECK(!pollables.empty());
  std::vector<Interest> interests;
  interests.reserve(pollables.size());
  for (const Pollable* pollable : pollables) interests.push_back(pollable->interest());
  return executor.Wait(interests, ready);
}

}  // namespace tenon::wasi
