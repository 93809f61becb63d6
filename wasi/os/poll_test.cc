#include "wasi/os/poll.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <ctime>

#include "wasi/os/clock.h"
#include "wasi/os/unique_fd.h"

namespace tenon::wasi {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    read.Reset(ends[0]);
    write.Reset(ends[1]);
  }
  UniqueFd read;
  UniqueFd write;
};

std::vector<uint32_t> Poll(const std::vector<Interest>& interests, uint64_t until = UINT64_MAX) {
  std::vector<uint32_t> ready;
  PollInterests(interests, until, &ready);
  return ready;
}

TEST(PollTest, NamesEveryReadyInterest) {
  Pipe full, empty;
  ASSERT_EQ(::write(full.write.get(), "x", 1), 1);

  const std::vector<uint32_t> ready =
      Poll({Interest::Readable(empty.read.get()), Interest::Readable(full.read.get()),
            Interest::Deadline(UINT64_MAX), Interest::Writable(empty.write.get()),
            Interest::Readable(full.read.get()), Interest::Ready(), Interest::Deadline(0)});

  EXPECT_EQ(ready, (std::vector<uint32_t>{1, 3, 4, 5, 6}));
}

TEST(PollTest, HangUpAndBadDescriptorAreReady) {
  Pipe pipe;
  pipe.write.Reset(-1);

  EXPECT_TRUE(IsReady(Interest::Readable(pipe.read.get())));
  EXPECT_TRUE(IsReady(Interest::Readable(987654)));
}

TEST(PollTest, WaitsForTheEarliestDeadline) {
  Pipe empty;
  const uint64_t start = MonotonicNow();

  const std::vector<uint32_t> ready =
      Poll({Interest::Deadline(start + 60'000 * kMillisecond),
            Interest::Deadline(start + 20 * kMillisecond), Interest::Readable(empty.read.get())});

  EXPECT_EQ(ready, std::vector<uint32_t>{1});
  EXPECT_GE(MonotonicNow() - start, 20 * kMillisecond);
}

TEST(PollTest, GivesUpAtTheLimit) {
  Pipe empty;

  EXPECT_TRUE(Poll({Interest::Readable(empty.read.get())}, 0).empty());
  EXPECT_TRUE(
      Poll({Interest::Readable(empty.read.get())}, DeadlineAfter(5 * kMillisecond)).empty());
}

TEST(PollTest, SignalsNeitherEndNorBusyTheWait) {
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGALRM, &action, nullptr), 0);
  const itimerval every_5_ms = {{0, 5000}, {0, 5000}};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &every_5_ms, nullptr), 0);
  const uint64_t start = MonotonicNow();
  timespec cpu_before, cpu_after;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu_before);

  const std::vector<uint32_t> ready = Poll({Interest::Deadline(start + 100 * kMillisecond)});

  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu_after);
  const itimerval off = {};
  ::setitimer(ITIMER_REAL, &off, nullptr);
  EXPECT_EQ(ready, std::vector<uint32_t>{0});
  EXPECT_GE(MonotonicNow() - start, 100 * kMillisecond);
  const int64_t cpu_nanos = (cpu_after.tv_sec - cpu_before.tv_sec) * 1'000'000'000 +
                            (cpu_after.tv_nsec - cpu_before.tv_nsec);
  EXPECT_LT(cpu_nanos, static_cast<int64_t>(20 * kMillisecond));
}

TEST(PollTest, TakesMoreInterestsThanThereMayBeDescriptors) {
  Pipe full;
  ASSERT_EQ(::write(full.write.get(), "x", 1), 1);
  rlimit limit;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const size_t count = std::min<rlim_t>(limit.rlim_cur, 100'000) + 1;
  const std::vector<Interest> interests(count, Interest::Readable(full.read.get()));

  EXPECT_EQ(Poll(interests).size(), count);
}

TEST(ClockTest, DeadlinesSaturate) {
  const uint64_t before = MonotonicNow();

  EXPECT_EQ(DeadlineAfter(UINT64_MAX), UINT64_MAX);
  EXPECT_GE(DeadlineAfter(10), before + 10);
  EXPECT_GT(WallNow().seconds, 1'600'000'000u);
  EXPECT_LT(WallNow().nanoseconds, 1'000'000'000u);
  EXPECT_GT(MonotonicResolution(), 0u);
}

}  // namespace
}  // namespace tenon::wasi
