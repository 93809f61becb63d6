// Shared memories with real threads: each has a store of its own and the memory in common.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/wat_for_test.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"

namespace tenon::vm {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;
constexpr uint64_t kSoon = 5'000 * kMillisecond;
constexpr int kThreads = 4;

Engine& TestEngine() {
  static Engine& engine = *[] {
    EngineSettings settings;
    settings.features.Set(Feature::kThreads, true);
    return new Engine(InterpreterTier(), settings);
  }();
  return engine;
}

std::shared_ptr<LoadedModule> Load(absl::string_view wat) {
  return LoadWat(TestEngine(), wat, BodyValidation::kLazy);
}

std::shared_ptr<MemoryRegion> MakeRegion(uint64_t min = 1, uint64_t max = 16) {
  Store store(&TestEngine());
  auto memory = store.NewMemory({.limits = {min, max, true}, .shared = true});
  EXPECT_TRUE(memory.has_value());
  return (*memory)->region();  // outlives the store
}

// An instance, in a store of its own, of a module that imports nothing but the shared memory.
class Guest {
 public:
  Guest(const std::shared_ptr<LoadedModule>& module, std::shared_ptr<MemoryRegion> region)
      : store_(&TestEngine()) {
    auto memory = store_.ShareMemory(std::move(region));
    EXPECT_TRUE(memory.has_value());
    instance_ = MakeInstance(store_, module, {Extern(*memory)});
  }

  Store& store() { return store_; }

  // The first result (any, if there is none), or the kind of trap below zero.
  int64_t Call(absl::string_view name, std::vector<uint64_t> arguments = {}) {
    arguments.resize(4);
    Slot slots[4] = {{arguments[0]}, {arguments[1]}, {arguments[2]}, {arguments[3]}};
    if (store_.Invoke(*instance_->ExportedFunc(name), slots) == CallOutcome::kReturned) {
      return static_cast<int64_t>(slots[0].bits);
    }
    return -1 - static_cast<int64_t>(store_.TakeTrap().kind);
  }

 private:
  Store store_;
  Instance* instance_;
};

constexpr int64_t Trapped(TrapKind kind) { return -1 - static_cast<int64_t>(kind); }

// Runs `work(guest, i)` in as many threads, each with a guest.
template <typename Work>
void InThreads(int count, absl::string_view wat, const std::shared_ptr<MemoryRegion>& region,
               Work work) {
  const auto module = Load(wat);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      Guest guest(module, region);
      work(guest, i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

uint64_t Word(const MemoryRegion& region, uint64_t address) {
  return __atomic_load_n(reinterpret_cast<const uint64_t*>(region.base() + address),
                         __ATOMIC_SEQ_CST);
}

constexpr absl::string_view kWaiting = R"((module (import "" "" (memory 1 16 shared))
    (func (export "wait32") (param i32 i32 i64) (result i32)
      (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
    (func (export "wait64") (param i32 i64 i64) (result i32)
      (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
    (func (export "notify") (param i32 i32) (result i32)
      (memory.atomic.notify (local.get 0) (local.get 1)))
    ;; Until that many have been woken.
    (func (export "notify all of") (param i32 i32)
      (loop
        (local.set 1 (i32.sub (local.get 1)
          (memory.atomic.notify (local.get 0) (local.get 1))))
        (br_if 0 (local.get 1))))))";

TEST(ThreadsTest, AMemoryOutlivesTheStoreThatMadeIt) {
  const auto region = MakeRegion();
  const auto module = Load(R"((module (import "" "" (memory 1 16 shared))
      (func (export "store") (i32.store (i32.const 8) (i32.const 42)))
      (func (export "load") (result i32) (i32.load (i32.const 8)))))");
  {
    EXPECT_EQ(Guest(module, region).Call("store"), 0);
  }
  EXPECT_EQ(Guest(module, region).Call("load"), 42);
}

TEST(ThreadsTest, AStoreHasOneMemoryOfARegion) {
  const auto region = MakeRegion();
  Store store(&TestEngine());
  EXPECT_EQ(*store.ShareMemory(region), *store.ShareMemory(region));
}

TEST(ThreadsTest, AnUnsharedMemoryStaysInItsStore) {
  Store owner(&TestEngine());
  Store other(&TestEngine());
  const auto memory = owner.NewMemory({.limits = {1, 1, true}});
  EXPECT_EQ(other.ShareMemory((*memory)->region()).error().kind(), ErrorKind::kUsage);
}

TEST(ThreadsTest, ContendedCountersLoseNothing) {
  const auto region = MakeRegion();
  constexpr uint64_t kRounds = 20'000;
  InThreads(kThreads, R"((module (import "" "" (memory 1 16 shared))
      (func (export "count") (param $rounds i32) (local $seen i64)
        (loop
          (drop (i32.atomic.rmw8.add_u (i32.const 0) (i32.const 1)))
          (drop (i32.atomic.rmw16.add_u (i32.const 8) (i32.const 1)))
          (drop (i32.atomic.rmw.sub (i32.const 16) (i32.const 1)))
          (drop (i64.atomic.rmw.add (i32.const 24) (i64.const 3)))
          (drop (i64.atomic.rmw.xor (i32.const 32) (i64.const -1)))
          ;; By compare and exchange until it succeeds.
          (loop
            (local.set $seen (i64.atomic.load (i32.const 40)))
            (br_if 0 (i64.ne (local.get $seen)
              (i64.atomic.rmw.cmpxchg (i32.const 40) (local.get $seen)
                (i64.add (local.get $seen) (i64.const 1))))))
          (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
          (br_if 0 (local.get $rounds))))))",
            region, [&](Guest& guest, int) { EXPECT_GE(guest.Call("count", {kRounds}), 0); });
  constexpr uint64_t kAll = kThreads * kRounds;
  EXPECT_EQ(Word(*region, 0), kAll & 0xff);
  EXPECT_EQ(Word(*region, 8), kAll & 0xffff);
  EXPECT_EQ(Word(*region, 16), static_cast<uint32_t>(-kAll));
  EXPECT_EQ(Word(*region, 24), 3 * kAll);
  EXPECT_EQ(Word(*region, 32), 0u);
  EXPECT_EQ(Word(*region, 40), kAll);
}

// A lock made of exchange, wait and notify guards plain loads and stores.
TEST(ThreadsTest, AMutexOfWaitAndNotifyExcludes) {
  const auto region = MakeRegion();
  constexpr uint64_t kRounds = 2'000;
  InThreads(kThreads, R"((module (import "" "" (memory 1 16 shared))
      (func $lock
        (if (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1)) (then
          (loop
            (if (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)) (then
              (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
              (br 1)))))))
      (func $unlock
        (if (i32.eq (i32.atomic.rmw.xchg (i32.const 0) (i32.const 0)) (i32.const 2)) (then
          (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
      (func (export "count") (param $rounds i32)
        (loop
          (call $lock)
          (i64.store (i32.const 8) (i64.add (i64.load (i32.const 8)) (i64.const 1)))
          (call $unlock)
          (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
          (br_if 0 (local.get $rounds))))))",
            region, [&](Guest& guest, int) { EXPECT_GE(guest.Call("count", {kRounds}), 0); });
  EXPECT_EQ(Word(*region, 8), kThreads * kRounds);
}

TEST(ThreadsTest, TwoThreadsTakeTurns) {
  const auto region = MakeRegion();
  constexpr uint64_t kTurns = 1'000;
  InThreads(2, R"((module (import "" "" (memory 1 16 shared))
      ;; Whose turn it is stands at 0. Waits until it is $mine, then gives it to the other.
      (func (export "play") (param $mine i32) (param $turns i32)
        (loop
          (loop
            (if (i32.ne (i32.atomic.load (i32.const 0)) (local.get $mine)) (then
              (drop (memory.atomic.wait32 (i32.const 0)
                (i32.sub (i32.const 1) (local.get $mine)) (i64.const -1)))
              (br 1))))
          (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
          (i32.atomic.store (i32.const 0) (i32.sub (i32.const 1) (local.get $mine)))
          (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
          (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
          (br_if 0 (local.get $turns))))))",
            region,
            [&](Guest& guest, int i) { guest.Call("play", {static_cast<uint64_t>(i), kTurns}); });
  EXPECT_EQ(Word(*region, 8), 2 * kTurns);
}

TEST(ThreadsTest, NotifySaysHowManyItWoke) {
  const auto region = MakeRegion();
  std::atomic<int> awake = 0;
  std::vector<std::thread> waiters;
  const auto module = Load(kWaiting);
  for (int i = 0; i < kThreads; ++i) {
    waiters.emplace_back([&, i] {
      Guest guest(module, region);
      // Both widths wait in one queue.
      EXPECT_EQ(guest.Call(i % 2 == 0 ? "wait32" : "wait64", {64, 0, ~uint64_t{0}}), 0);
      ++awake;
    });
  }
  Guest notifier(module, region);
  EXPECT_EQ(notifier.Call("notify", {64, 0}), 0);
  EXPECT_EQ(notifier.Call("notify", {72, 100}), 0);  // nobody waits there
  EXPECT_EQ(awake, 0);
  notifier.Call("notify all of", {64, kThreads});
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(awake, kThreads);
  EXPECT_EQ(notifier.Call("notify", {64, 100}), 0);
}

TEST(ThreadsTest, WaitGoesByTheValueAndTheTime) {
  const auto region = MakeRegion();
  Guest guest(Load(kWaiting), region);
  EXPECT_EQ(guest.Call("wait32", {0, 1, ~uint64_t{0}}), 1);
  EXPECT_EQ(guest.Call("wait64", {0, uint64_t{1} << 32, ~uint64_t{0}}), 1);
  EXPECT_EQ(guest.Call("wait32", {0, 0, 0}), 2);
  const uint64_t begin = sys::MonotonicNanoseconds();
  EXPECT_EQ(guest.Call("wait64", {0, 0, 20 * kMillisecond}), 2);
  const uint64_t took = sys::MonotonicNanoseconds() - begin;
  EXPECT_GE(took, 20 * kMillisecond);
  EXPECT_LT(took, kSoon);
  EXPECT_EQ(guest.Call("notify", {0, 1}), 0);  // it waits no more
}

TEST(ThreadsTest, GrowingIsSeenByAllAndNeverBeyondTheMaximum) {
  const auto region = MakeRegion(1, 100);
  std::atomic<int> grown = 0;
  InThreads(kThreads, R"((module (import "" "" (memory 1 100 shared))
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))
      ;; The last word of what there is at least.
      (func (export "touch") (result i32) (local $last i32)
        (local.set $last (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))
        (drop (i32.atomic.rmw.add (local.get $last) (i32.const 1)))
        (i32.store (local.get $last) (i32.load (local.get $last)))
        (memory.fill (local.get $last) (i32.const 7) (i32.const 4))
        (memory.size))))",
            region, [&](Guest& guest, int) {
              int64_t size = 0;
              for (int i = 0; i < 50; ++i) {
                if (static_cast<int32_t>(guest.Call("grow")) >= 0) ++grown;
                const int64_t now = guest.Call("touch");
                EXPECT_GE(now, size);
                size = now;
              }
            });
  EXPECT_EQ(grown, 99);
  EXPECT_EQ(region->size_bytes(), 100 * kWasmPageBytes);
}

TEST(ThreadsTest, WhoGrowsAMemoryPaysForIt) {
  const auto region = MakeRegion(1, 16);
  Store poor(&TestEngine(), {.total_memory_bytes = 2 * kWasmPageBytes});
  Store rich(&TestEngine());
  Memory* of_poor = *poor.ShareMemory(region);
  Memory* of_rich = *rich.ShareMemory(region);
  EXPECT_EQ(of_poor->Grow(3), std::nullopt);
  EXPECT_EQ(of_rich->Grow(3), 1u);
  EXPECT_EQ(of_poor->Grow(2), 4u);
  EXPECT_EQ(of_poor->Grow(1), std::nullopt);
}

TEST(ThreadsTest, AWaitEndsAtTheDeadline) {
  const auto region = MakeRegion();
  InThreads(kThreads, kWaiting, region, [](Guest& guest, int) {
    const uint64_t begin = sys::MonotonicNanoseconds();
    ASSERT_TRUE(guest.store().SetDeadline(begin + 20 * kMillisecond));
    EXPECT_EQ(guest.Call("wait32", {0, 0, ~uint64_t{0}}), Trapped(TrapKind::kTimeout));
    EXPECT_LT(sys::MonotonicNanoseconds() - begin, kSoon);
  });
  Guest guest(Load(kWaiting), region);
  EXPECT_EQ(guest.Call("notify", {0, 100}), 0);  // none of them is left in the queue
}

TEST(ThreadsTest, AWaitEndsWhenItsStoreIsInterrupted) {
  Guest guest(Load(kWaiting), MakeRegion());
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(guest.store().Interrupt());
  });
  EXPECT_EQ(guest.Call("wait64", {0, 0, ~uint64_t{0}}), Trapped(TrapKind::kTimeout));
  other.join();
}

TEST(ThreadsTest, AtomicsTrapWhereTheyMust) {
  Store store(&TestEngine());
  const auto module = Load(R"((module (memory 1)
      (func (export "load") (param i32) (result i32) (i32.atomic.load offset=2 (local.get 0)))
      (func (export "wait") (result i32)
        (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))))");
  Instance* instance = *Instantiate(store, module, {});
  const auto call = [&](absl::string_view name, uint64_t argument) {
    Slot slot = {argument};
    EXPECT_EQ(store.Invoke(*instance->ExportedFunc(name), &slot), CallOutcome::kTrapped);
    return store.TakeTrap().kind;
  };
  EXPECT_EQ(call("load", 0), TrapKind::kUnalignedAtomic);
  EXPECT_EQ(call("load", 65534), TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(call("load", 65531), TrapKind::kOutOfBoundsMemoryAccess);  // before the alignment
  EXPECT_EQ(call("load", 0xffff'fffe), TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(call("wait", 0), TrapKind::kExpectedSharedMemory);
}

// Modules, too, are common to the threads: whoever calls a body first translates it.
TEST(ThreadsTest, BodiesAreTranslatedOnce) {
  std::string wat = "(module (import \"\" \"\" (memory 1 16 shared))";
  constexpr int kFunctions = 100;
  for (int i = 0; i < kFunctions; ++i) {
    absl::StrAppend(&wat, "(func (export \"", i, "\") (result i32)", "(i32.add (i32.const ", i,
                    ") (i32.load (i32.const 0))))");
  }
  InThreads(kThreads, wat + ")", MakeRegion(), [](Guest& guest, int) {
    for (int i = 0; i < kFunctions; ++i) EXPECT_EQ(guest.Call(absl::StrCat(i)), i);
  });
}

}  // namespace
}  // namespace tenon::vm
