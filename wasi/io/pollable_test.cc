#include "wasi/io/pollable.h"

#include <gtest/gtest.h>

#include "wasi/os/clock.h"

namespace tenon::wasi {
namespace {

TEST(PollableTest, PollNamesTheReadyOnesByTheirPlaceInTheList) {
  BlockingExecutor executor;
  const Pollable never(Interest::Deadline(UINT64_MAX));
  const Pollable soon(Interest::Deadline(DeadlineAfter(2'000'000)));
  std::vector<uint32_t> ready;

  ASSERT_TRUE(Poll(executor, {&never, &soon, &never, &soon}, &ready));

  EXPECT_EQ(ready, (std::vector<uint32_t>{1, 3}));
  EXPECT_TRUE(soon.Ready());
  EXPECT_FALSE(never.Ready());
}

TEST(PollableTest, BlockReturnsWhenReady) {
  BlockingExecutor executor;
  const uint64_t start = MonotonicNow();

  ASSERT_TRUE(Pollable(Interest::Deadline(start + 5'000'000)).Block(executor));

  EXPECT_GE(MonotonicNow(), start + 5'000'000);
}

}  // namespace
}  // namespace tenon::wasi
