#include "jit/budget.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"

namespace tenon::jit {
namespace {

constexpr std::chrono::milliseconds kInterval(20);

}  // namespace

void Budget::Worker::Begin() {
  const std::lock_guard lock(mutex_);
  is_busy_ = true;
  clock_ = vm::sys::ThreadClock::OfThisThread();
  begin_ = clock_.Seconds();
  func_.clear();
}

void Budget::Worker::Enter(absl::string_view func) {
  const std::lock_guard lock(mutex_);
  func_.assign(func.data(), func.size());
}

void Budget::Worker::End() {
  const std::lock_guard lock(mutex_);
  is_busy_ = false;
}

Status Budget::Start() {
  if (!options_.over_budget ||
      (options_.budget_seconds == 0 && options_.total_seconds == 0 && options_.budget_bytes == 0)) {
    return {};
  }
  TENON_ASSIGN_OR_RETURN(watcher_, vm::sys::Thread::Start([this] { Watch(); }));
  return {};
}

Budget::~Budget() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  stop_.notify_one();
  watcher_.Join();
}

Budget::Worker& Budget::AddWorker() {
  const std::lock_guard lock(mutex_);
  return workers_.emplace_back();
}

void Budget::Watch() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, kInterval, [this] { return is_stopped_; })) {
    const std::string message = Overdrawn();
    if (message.empty()) continue;
    options_.over_budget(Error(ErrorKind::kLimit, message));
    return;
  }
}

std::string Budget::Overdrawn() {
  const bool is_reading = workers_.empty();
  const absl::string_view what = is_reading ? "reading it" : "compiling";
  std::string longest;
  double most = 0;
  for (Worker& worker : workers_) {
    const std::lock_guard lock(worker.mutex_);
    if (!worker.is_busy_) continue;
    const double seconds = worker.clock_.Seconds() - worker.begin_;
    if (options_.budget_seconds != 0 && seconds > options_.budget_seconds) {
      return absl::StrCat("compiling function ", worker.func_, " takes more than ",
                          options_.budget_seconds, " s");
    }
    if (longest.empty() || seconds > most) longest = worker.func_;
    most = std::max(most, seconds);
  }
  if (options_.total_seconds != 0 && vm::sys::ProcessSeconds() - begin_ > options_.total_seconds) {
    return absl::StrCat(what, " takes more than ", options_.total_seconds,
                        is_reading ? " s" : " s in all", longest.empty() ? "" : ", at function ",
                        longest);
  }
  if (options_.budget_bytes == 0 || vm::sys::ResidentBytes() <= options_.budget_bytes) return "";
  return absl::StrCat(what, longest.empty() ? "" : " function ", longest, " takes more than ",
                      options_.budget_bytes >> 20, " MiB");
}

}  // namespace tenon::jit
