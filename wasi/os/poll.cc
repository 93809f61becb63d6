#include "wasi/os/poll.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "absl/container/flat_hash_map.h"
#include "vm/base/status.h"
#include "wasi/os/clock.h"

namespace tenon::wasi {
namespace {

bool IsOfDescriptor(const Interest& interest) {
  return interest.kind == Interest::Kind::kReadable || interest.kind == Interest::Kind::kWritable;
}

// One pollfd for each descriptor, not for each interest: the kernel takes no more of them than the
// process may have open, while a guest can have any number of pollables for one stream.
class PollSet {
 public:
  explicit PollSet(absl::Span<const Interest> interests) {
    for (const Interest& interest : interests) Add(interest);
  }

  bool has_ready() const { return has_ready_; }
  uint64_t earliest_deadline() const { return earliest_deadline_; }

  // Waits at most until `until`; false if a signal came first.
  bool Poll(uint64_t until) {
    const uint64_t now = until == UINT64_MAX ? 0 : MonotonicNow();
    const uint64_t left = until > now ? until - now : 0;
    const timespec timeout{static_cast<time_t>(left / 1'000'000'000),
                           static_cast<long>(left % 1'000'000'000)};
    const timespec* limit = until == UINT64_MAX ? nullptr : &timeout;
    if (::ppoll(pollfds_.data(), pollfds_.size(), limit, nullptr) >= 0) return true;
    TENON_CHECK(errno == EINTR || errno == ENOMEM);
    return false;
  }

  bool IsReady(const Interest& interest, uint64_t now) const {
    switch (interest.kind) {
      case Interest::Kind::kReady: return true;
      case Interest::Kind::kDeadline: return interest.deadline <= now;
      default: break;
    }
    const short events = pollfds_[index_.find(interest.fd)->second].revents;
    const short wanted = interest.kind == Interest::Kind::kReadable ? POLLIN : POLLOUT;
    return (events & (wanted | POLLERR | POLLHUP | POLLNVAL)) != 0;
  }

 private:
  void Add(const Interest& interest) {
    if (!IsOfDescriptor(interest)) {
      const bool is_ready = interest.kind == Interest::Kind::kReady;
      has_ready_ |= is_ready;
      if (!is_ready) earliest_deadline_ = std::min(earliest_deadline_, interest.deadline);
      return;
    }
    const auto [at, added] = index_.try_emplace(interest.fd, pollfds_.size());
    if (added) pollfds_.push_back(pollfd{interest.fd, 0, 0});
    pollfds_[at->second].events |= interest.kind == Interest::Kind::kReadable ? POLLIN : POLLOUT;
  }

  std::vector<pollfd> pollfds_;
  absl::flat_hash_map<int, size_t> index_;  // descriptor -> its pollfd
  uint64_t earliest_deadline_ = UINT64_MAX;
  bool has_ready_ = false;
};

}  // namespace

void PollInterests(absl::Span<const Interest> interests, uint64_t until,
                   std::vector<uint32_t>* ready, absl::FunctionRef<bool()> must_stop) {
  ready->clear();
  PollSet set(interests);
  const uint64_t limit = set.has_ready() ? 0 : std::min(until, set.earliest_deadline());
  while (ready->empty()) {
    if (must_stop()) return;
    if (!set.Poll(limit)) continue;  // interrupted: the events of the set are unchanged
    const uint64_t now = MonotonicNow();
    for (size_t i = 0; i < interests.size(); ++i) {
      if (set.IsReady(interests[i], now)) ready->push_back(static_cast<uint32_t>(i));
    }
    if (now >= until) return;
  }
}

bool IsReady(const Interest& interest) {
  std::vector<uint32_t> ready;
  PollInterests(absl::MakeConstSpan(&interest, 1), 0, &ready);
  return !ready.empty();
}

bool Executor::WaitFor(const Interest& interest) {
  std::vector<uint32_t> ready;
  return Wait(absl::MakeConstSpan(&interest, 1), &ready);
}

bool BlockingExecutor::Wait(absl::Span<const Interest> interests, std::vector<uint32_t>* ready) {
  PollInterests(interests, UINT64_MAX, ready);
  return true;
}

}  // namespace tenon::wasi
