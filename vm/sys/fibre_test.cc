#include "vm/sys/fibre.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

namespace tenon::vm::sys {
namespace {

struct Trace {
  std::vector<int> steps;
};

TEST(FibreTest, RunsUntilItSuspendsAndGoesOnWhereItWas) {
  FibrePool pool;
  Fibre fibre(&pool);
  Trace trace;
  ASSERT_TRUE(fibre.Start(
      [](Fibre& self, void* argument) {
        Trace& trace = *static_cast<Trace*>(argument);
        for (int i = 0; i < 3; ++i) {
          trace.steps.push_back(i);
          self.Suspend();
        }
      },
      &trace));

  int resumes = 0;
  while (!fibre.done()) {
    fibre.Resume();
    trace.steps.push_back(10 + resumes++);
  }

  EXPECT_EQ(trace.steps, (std::vector<int>{0, 10, 1, 11, 2, 12, 13}));
}

// Uses a good part of the stack, so that the sanitizer would see a wrong idea of its bounds.
[[gnu::noinline]] int Recurse(int depth) {
  char block[512];
  std::memset(block, depth, sizeof block);
  asm volatile("" : : "r"(block) : "memory");  // keeps the frame
  return depth == 0 ? 0 : Recurse(depth - 1) + (block[17] == static_cast<char>(depth) ? 1 : 0);
}

TEST(FibreTest, DeepFramesSurviveSuspension) {
  FibrePool pool;
  Fibre fibre(&pool);
  int result = 0;
  ASSERT_TRUE(fibre.Start(
      [](Fibre& self, void* argument) {
        char local[4096];
        std::memset(local, 7, sizeof local);
        self.Suspend();
        *static_cast<int*>(argument) = Recurse(200) + local[4095];
      },
      &result));

  fibre.Resume();
  const int outside = Recurse(200);
  fibre.Resume();

  EXPECT_TRUE(fibre.done());
  EXPECT_EQ(outside, 200);
  EXPECT_EQ(result, 207);
}

TEST(FibreTest, FibresNest) {
  FibrePool pool;
  struct Both {
    FibrePool* pool;
    int order = 0;
  } both{&pool};
  Fibre outer(&pool);
  ASSERT_TRUE(outer.Start(
      [](Fibre& self, void* argument) {
        Both& both = *static_cast<Both*>(argument);
        Fibre inner(both.pool);
        ASSERT_TRUE(inner.Start(
            [](Fibre& self, void* argument) {
              Both& both = *static_cast<Both*>(argument);
              both.order = both.order * 10 + 1;
              self.Suspend();
              both.order = both.order * 10 + 3;
            },
            &both));
        inner.Resume();
        both.order = both.order * 10 + 2;
        self.Suspend();
        inner.Resume();
      },
      &both));

  outer.Resume();
  outer.Resume();

  EXPECT_EQ(both.order, 123);
}

TEST(FibreTest, TheCurrentFibreIsTheInnermost) {
  FibrePool pool;
  Fibre outer(&pool);
  ASSERT_TRUE(outer.Start(
      [](Fibre& self, void* argument) {
        EXPECT_EQ(Fibre::Current(), &self);
        Fibre inner(static_cast<FibrePool*>(argument));
        ASSERT_TRUE(inner.Start(
            [](Fibre& self, void*) {
              EXPECT_EQ(Fibre::Current(), &self);
              self.Suspend();
              EXPECT_EQ(Fibre::Current(), &self);
            },
            nullptr));
        inner.Resume();
        EXPECT_EQ(Fibre::Current(), &self);
        self.Suspend();
        inner.Resume();
        EXPECT_EQ(Fibre::Current(), &self);
      },
      &pool));

  outer.Resume();
  EXPECT_EQ(Fibre::Current(), nullptr);
  outer.Resume();
  EXPECT_EQ(Fibre::Current(), nullptr);
}

TEST(FibreTest, IsStartedAgainWhereItIs) {
  FibrePool pool;
  Fibre fibre(&pool);
  int sum = 0;
  const char* limit = nullptr;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(fibre.Start(
        [](Fibre& self, void* sum) {
          *static_cast<int*>(sum) += Recurse(100);
          self.Suspend();
          *static_cast<int*>(sum) += Recurse(50);
        },
        &sum));
    if (limit != nullptr) {
      EXPECT_EQ(fibre.stack_limit(), limit);
    }
    limit = fibre.stack_limit();
    fibre.Resume();
    EXPECT_FALSE(fibre.done());
    fibre.Resume();
    EXPECT_TRUE(fibre.done());
  }

  EXPECT_EQ(sum, 3 * 150);
}

TEST(FibreTest, StacksAreReused) {
  FibrePool pool;
  const char* limit = nullptr;
  for (int i = 0; i < 100; ++i) {
    Fibre fibre(&pool);
    ASSERT_TRUE(fibre.Start([](Fibre&, void*) { Recurse(20); }, nullptr));
    fibre.Resume();
    if (limit != nullptr) {
      EXPECT_EQ(fibre.stack_limit(), limit);
    }
    limit = fibre.stack_limit();
  }
}

TEST(FibreDeathTest, TheGuardPageStopsAnOverflow) {
  FibrePool pool(64 * 1024);
  EXPECT_DEATH(
      {
        Fibre fibre(&pool);
        if (fibre.Start([](Fibre&, void*) { Recurse(1'000); }, nullptr)) fibre.Resume();
      },
      "");
}

}  // namespace
}  // namespace tenon::vm::sys
