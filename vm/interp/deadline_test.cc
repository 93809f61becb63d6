// Deadlines and interruptions: every kind of endless guest ends soon after its time, wherever it
// is, and leaves nothing behind that harms others.
#include <csignal>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/wat_for_test.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"

namespace tenon::vm {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;
// Far above what ending takes, far below what the guests would.
constexpr uint64_t kSoon = 2'000 * kMillisecond;

uint64_t In(uint64_t nanoseconds) { return sys::MonotonicNanoseconds() + nanoseconds; }

Engine& TestEngine() {
  static Engine& engine = *new Engine(InterpreterTier());
  return engine;
}

std::shared_ptr<LoadedModule> Load(absl::string_view wat) {
  return LoadWat(TestEngine(), wat, BodyValidation::kLazy);
}

// The kind of trap that a call of the export "f" ends in; kExit, which no guest here asks for, when
// it returns.
TrapKind Call(Store& store, Instance* instance) {
  Slot slots[4] = {};
  if (store.InvokeOrTrap(*instance->ExportedFunc("f"), slots)) return TrapKind::kExit;
  return store.TakeTrap().kind;
}

struct Endless {
  const char* name;
  const char* wat;
};

constexpr Endless kEndless[] = {
    {"TightLoop", R"((module (func (export "f") (loop (br 0)))))"},
    {"CountingLoop", R"((module (func (export "f") (local i32 i64)
        (loop (local.set 0 (i32.add (local.get 0) (i32.const 1)))
              (local.set 1 (i64.mul (local.get 1) (i64.const 3)))
              (br_if 0 (i32.ne (local.get 0) (local.get 0)))  (br 0)))))"},
    {"LoopOfCalls", R"((module (func $g (param i32) (result i32) (local.get 0))
        (func (export "f") (loop (drop (call $g (i32.const 1))) (br 0)))))"},
    {"TailCalls", R"((module (func $f (export "f") (return_call $g))
        (func $g (return_call $f))))"},
    {"IndirectTailCalls", R"((module (type $t (func)) (table funcref (elem $f))
        (func $f (export "f") (return_call_indirect (type $t) (i32.const 0)))))"},
    {"BranchTable", R"((module (func (export "f") (local i32)
        (loop (local.set 0 (i32.and (i32.add (local.get 0) (i32.const 1)) (i32.const 1)))
          (br_table 0 0 0 (local.get 0))))))"},
    {"Throws", R"((module (tag $e) (func (export "f")
        (loop $again (try_table (catch $e $again) (throw $e))))))"},
    {"ThrowsAcrossFrames", R"((module (tag $e)
        (func $deep (param i32)
          (if (i32.eqz (local.get 0)) (then (throw $e)))
          (call $deep (i32.sub (local.get 0) (i32.const 1))))
        (func (export "f")
          (loop $again (try_table (catch $e $again) (call $deep (i32.const 5000)))))))"},
    {"IndirectCalls", R"((module (type $t (func)) (table funcref (elem $g)) (func $g)
        (func (export "f") (loop (call_indirect (type $t) (i32.const 0)) (br 0)))))"},
    {"MemoryAccess", R"((module (memory 1) (func (export "f")
        (loop (i32.store (i32.const 8) (i32.load (i32.const 16))) (br 0)))))"},
    {"MemoryGrow", R"((module (memory 1) (func (export "f")
        (loop (drop (memory.grow (i32.const 0))) (br 0)))))"},
    {"MemoryFill", R"((module (memory 16) (func (export "f")
        (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 1000000)) (br 0)))))"},
    {"MemoryFillOfAll", R"((module (memory 65535) (func (export "f")
        (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 0xffff0000)) (br 0)))))"},
    {"MemoryCopy", R"((module (memory 64) (func (export "f")
        (loop (memory.copy (i32.const 1) (i32.const 0) (i32.const 4000000))
              (memory.copy (i32.const 0) (i32.const 1) (i32.const 4000000)) (br 0)))))"},
    {"TableCopy", R"((module (table 1000000 funcref) (func (export "f")
        (loop (table.copy (i32.const 1) (i32.const 0) (i32.const 999999)) (br 0)))))"},
    {"Vectors", R"((module (func (export "f") (local v128)
        (loop (local.set 0 (i8x16.add (local.get 0) (v128.const i32x4 1 2 3 4))) (br 0)))))"},
    {"LibraryCalls", R"((module (func (export "f") (local f64)
        (loop (local.set 0 (f64.nearest (f64.sqrt (f64.const 2.5)))) (br 0)))))"},
    {"Recursion", R"((module (func $g (param i32)
          (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "f") (loop (call $g (i32.const 1000)) (br 0)))))"},
};

class EndlessTest : public testing::TestWithParam<Endless> {};

TEST_P(EndlessTest, EndsAtItsDeadlineAndNeverRunsAgain) {
  Store store(&TestEngine());
  Instance* instance = MakeInstance(store, Load(GetParam().wat));
  const uint64_t deadline = In(5 * kMillisecond);
  ASSERT_TRUE(store.SetDeadline(deadline));

  EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);

  const uint64_t ended = sys::MonotonicNanoseconds();
  EXPECT_GE(ended, deadline);
  EXPECT_LT(ended, deadline + kSoon);
  ASSERT_TRUE(store.SetDeadline(sys::kNever));
  EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);
}

TEST_P(EndlessTest, EndsWhenAnotherThreadInterrupts) {
  Store store(&TestEngine());
  Instance* instance = MakeInstance(store, Load(GetParam().wat));
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    EXPECT_TRUE(store.Interrupt());
  });

  EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);

  other.join();
  EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);
}

INSTANTIATE_TEST_SUITE_P(All, EndlessTest, testing::ValuesIn(kEndless),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(DeadlineTest, AStartFunctionEndsToo) {
  Store store(&TestEngine());
  ASSERT_TRUE(store.SetDeadline(In(2 * kMillisecond)));

  const auto instance = Instantiate(store, Load("(module (func $f (loop (br 0))) (start $f))"), {});

  ASSERT_FALSE(instance.has_value());
  EXPECT_EQ(instance.error().kind(), ErrorKind::kTrap);
  EXPECT_EQ(store.TakeTrap().kind, TrapKind::kTimeout);
}

TEST(DeadlineTest, TranslatingAHugeBodyIsFollowedByTheEnd) {
  std::string wat = R"((module (func (export "f") (local i32) (loop )";
  for (int i = 0; i < 200'000; ++i) wat += "(local.set 0 (i32.const 1))";
  Store store(&TestEngine());
  Instance* instance = MakeInstance(store, Load(wat + " (br 0))))"));
  ASSERT_TRUE(store.SetDeadline(In(kMillisecond / 10)));

  EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);
}

TEST(DeadlineTest, ANewDeadlineLetsAStoreThatWasNotStoppedRunAgain) {
  const auto module = Load(R"((module (func (export "f"))))");
  Store store(&TestEngine());
  Instance* instance = MakeInstance(store, module);
  ASSERT_TRUE(store.SetDeadline(In(1'000 * kMillisecond)));
  EXPECT_EQ(Call(store, instance), TrapKind::kExit);

  ASSERT_TRUE(store.SetDeadline(In(0)));
  while (!store.must_end()) std::this_thread::yield();
  EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);

  ASSERT_TRUE(store.SetDeadline(sys::kNever));
  EXPECT_EQ(Call(store, instance), TrapKind::kExit);
}

TEST(DeadlineTest, AHostFunctionFinishesAndItsCallerEnds) {
  Store store(&TestEngine());
  bool finished = false;
  const auto slow = store.NewHostFunc(
      FuncType{},
      [](HostCall& call) {
        while (!call.store.must_end()) std::this_thread::yield();
        *static_cast<bool*>(call.data) = true;
        return true;
      },
      &finished, "slow");
  ASSERT_TRUE(slow.has_value());
  Instance* instance = MakeInstance(
      store, Load(R"((module (import "" "" (func $h)) (func (export "f") (call $h))))"), {*slow});
  ASSERT_TRUE(store.SetDeadline(In(2 * kMillisecond)));

  EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);
  EXPECT_TRUE(finished);
}

// A guest whose host function runs a guest: of the same store, or of another.
struct Nested {
  Store* store;
  Instance* instance = nullptr;
  TrapKind ended = TrapKind::kExit;
};

TrapKind CallNested(Store& outer, Nested* nested) {
  const auto call = outer.NewHostFunc(
      FuncType{},
      [](HostCall& call) {
        Nested& nested = *static_cast<Nested*>(call.data);
        nested.ended = Call(*nested.store, nested.instance);
        return true;  // as if nothing had happened
      },
      nested, "nested");
  EXPECT_TRUE(call.has_value());
  Instance* instance = MakeInstance(
      outer, Load(R"((module (import "" "" (func $h)) (func (export "f") (call $h))))"), {*call});
  return Call(outer, instance);
}

constexpr const char* kLoop = R"((module (func (export "f") (loop (br 0)))))";

TEST(DeadlineTest, ANestedCallAndItsCallerEnd) {
  Store store(&TestEngine());
  Nested nested{&store, MakeInstance(store, Load(kLoop))};
  ASSERT_TRUE(store.SetDeadline(In(2 * kMillisecond)));

  EXPECT_EQ(CallNested(store, &nested), TrapKind::kTimeout);
  EXPECT_EQ(nested.ended, TrapKind::kTimeout);
}

TEST(DeadlineTest, AnotherStoreWithinEndsAtItsOwnDeadlineAlone) {
  Store outer(&TestEngine());
  Store inner(&TestEngine());
  Nested nested{&inner, MakeInstance(inner, Load(kLoop))};
  ASSERT_TRUE(inner.SetDeadline(In(2 * kMillisecond)));

  EXPECT_EQ(CallNested(outer, &nested), TrapKind::kExit);
  EXPECT_EQ(nested.ended, TrapKind::kTimeout);
}

TEST(DeadlineTest, TheOuterStoresDeadlineLeavesTheInnerOneAlone) {
  Store outer(&TestEngine());
  Store inner(&TestEngine());
  Nested nested{&inner, MakeInstance(inner, Load(R"((module (func (export "f") (local i32)
      (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1)))
                               (i32.const 20000000)))))))"))};
  ASSERT_TRUE(outer.SetDeadline(In(2 * kMillisecond)));

  EXPECT_EQ(CallNested(outer, &nested), TrapKind::kTimeout);
  EXPECT_EQ(nested.ended, TrapKind::kExit);
}

TEST(DeadlineTest, AThousandDeadlinesAtRandomTimes) {
  std::vector<std::shared_ptr<LoadedModule>> modules;
  for (const Endless& endless : kEndless) {
    if (std::string(endless.name) != "MemoryFillOfAll") modules.push_back(Load(endless.wat));
  }
  std::mt19937 random(7);
  for (int i = 0; i < 1'000; ++i) {
    Store store(&TestEngine());
    Instance* instance = MakeInstance(store, modules[random() % modules.size()]);
    ASSERT_TRUE(store.SetDeadline(In(random() % 300'000)));
    ASSERT_EQ(Call(store, instance), TrapKind::kTimeout) << i;
  }
}

TEST(DeadlineTest, DeadlinesOfManyThreadsDoNotMixUp) {
  const auto module = Load(kLoop);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&module, thread] {
      for (int i = 0; i < 20; ++i) {
        Store store(&TestEngine());
        Instance* instance = MakeInstance(store, module);
        const uint64_t deadline = In((1 + thread) * kMillisecond);
        ASSERT_TRUE(store.SetDeadline(deadline));
        EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);
        EXPECT_GE(sys::MonotonicNanoseconds(), deadline);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

volatile int host_signals = 0;

// Runs before any test: the host had the signal first.
const bool installed_host_handler = [] {
  std::signal(SIGURG, [](int) { host_signals = host_signals + 1; });
  return true;
}();

TEST(DeadlineTest, TheHostsUseOfTheSignalIsLeftToIt) {
  const int before = host_signals;
  {
    Store store(&TestEngine());
    Instance* instance = MakeInstance(store, Load(kLoop));
    ASSERT_TRUE(store.SetDeadline(In(2 * kMillisecond)));
    EXPECT_EQ(Call(store, instance), TrapKind::kTimeout);
  }  // no interrupt is under way any more, which would be one with the host's signal
  EXPECT_EQ(host_signals, before);

  std::raise(SIGURG);

  EXPECT_EQ(host_signals, before + 1);
}

}  // namespace
}  // namespace tenon::vm
