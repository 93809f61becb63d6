// Every access at the last place where it fits and the first where it doesn't, in each kind of
// memory and each way of keeping within it.
#include <signal.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/wat_for_test.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/store.h"

namespace tenon::vm {
namespace {

constexpr int64_t kTrapped = -0x7ead;

// One engine and store, and what is called in it.
class Guest {
 public:
  explicit Guest(Bounds bounds, StoreLimits limits = {})
      : engine_(InterpreterTier(), {.features = Features::All(), .bounds = bounds}),
        store_(&engine_, limits) {}

  Instance* Load(absl::string_view wat) { return MakeInstance(store_, LoadWat(engine_, wat)); }

  int64_t Call(Instance* instance, absl::string_view name, std::vector<uint64_t> arguments = {}) {
    std::vector<Slot> slots(8);
    for (size_t i = 0; i < arguments.size(); ++i) slots[i].bits = arguments[i];
    if (store_.InvokeOrTrap(*instance->ExportedFunc(name), slots.data())) {
      return static_cast<int64_t>(slots[0].bits);
    }
    trap_ = store_.TakeTrap();
    return kTrapped;
  }

  const Trap& trap() const { return trap_; }

 private:
  Engine engine_;
  Store store_;
  Trap trap_;
};

struct Kind {
  const char* name;
  Bounds bounds;
  const char* address;  // type
  const char* limits;   // of a memory of kSize bytes
};
constexpr uint64_t kSize = 65536;
constexpr Kind kKinds[] = {
    {"Guarded", Bounds::kGuard, "i32", "1"},
    {"Explicit", Bounds::kExplicit, "i32", "1"},
    {"SmallPages", Bounds::kGuard, "i32", "65536 (pagesize 1)"},
    {"Wide", Bounds::kGuard, "i64", "1"},
    {"WideExplicit", Bounds::kExplicit, "i64", "1"},
    {"WideSmallPages", Bounds::kGuard, "i64", "65536 (pagesize 1)"},
};

// What an access is called with besides its address.
absl::string_view Operand(char letter) {
  switch (letter) {
    case 'i': return "(i32.const 1)";
    case 'l': return "(i64.const 1)";
    case 'f': return "(f32.const 1)";
    case 'd': return "(f64.const 1)";
    case 'v': return "(v128.const i64x2 1 1)";
    default: return "";
  }
}

// An instruction that accesses memory, but not atomically.
bool IsPlainAccess(const OpcodeInfo& row) {
  return row.access_bytes() != 0 && row.signature[0] == 'a' &&
         (row.feature == Feature::kMvp || row.feature == Feature::kSimd);
}

std::string AccessText(const OpcodeInfo& row, absl::string_view memory, absl::string_view offset,
                       absl::string_view address) {
  const bool has_lane = row.immediate != ImmediateKind::kMemArg;
  const absl::string_view signature = row.signature;
  const size_t colon = signature.find(':');
  std::string text =
      absl::StrCat("(", row.text, " ", memory, " ", offset, " ", has_lane ? "1 " : "", address);
  for (const char letter : signature.substr(1, colon - 1)) absl::StrAppend(&text, Operand(letter));
  absl::StrAppend(&text, ")");
  return colon + 1 < signature.size() ? absl::StrCat("(drop ", text, ")") : text;
}

class BoundsTest : public testing::TestWithParam<Kind> {};

TEST_P(BoundsTest, EveryAccessEndsWithTheMemory) {
  const Kind& kind = GetParam();
  const std::string half = absl::StrCat("(", kind.address, ".const 32768)");
  for (const OpcodeInfo& row : kOpcodeTable) {
    if (!IsPlainAccess(row)) continue;
    Guest guest(kind.bounds);
    std::string wat = absl::StrCat("(module (memory $near ", kind.address, " ", kind.limits,
                                   ") (memory $far ", kind.address, " ", kind.limits, ")");
    const uint64_t last = kSize - row.access_bytes();
    std::vector<std::string> names;
    for (const char* memory : {"$near", "$far"}) {
      const auto add = [&](absl::string_view name, absl::string_view offset,
                           absl::string_view address) {
        names.push_back(absl::StrCat(name, memory));
        absl::StrAppend(&wat, "(func (export \"", names.back(), "\") (param ", kind.address, ")",
                        AccessText(row, memory, offset, address), ")");
      };
      add("slot", "", "(local.get 0)");
      add("computed", "",
          absl::StrCat("(", kind.address, ".sub (", kind.address, ".add (local.get 0)", half, ")",
                       half, ")"));
      add("offset", "offset=16",
          absl::StrCat("(", kind.address, ".sub (local.get 0) (", kind.address, ".const 16))"));
      for (const uint64_t place : {last, last + 1}) {
        add(absl::StrCat("constant", place - last), "offset=100",
            absl::StrCat("(", kind.address, ".const ", place - 100, ")"));
      }
    }
    Instance* instance = guest.Load(absl::StrCat(wat, ")"));
    for (const std::string& name : names) {
      const bool is_constant = absl::string_view(name).substr(0, 8) == "constant";
      const bool fits = !is_constant || name[8] == '0';
      EXPECT_EQ(guest.Call(instance, name, {last}) != kTrapped, fits) << row.text << " " << name;
      if (is_constant) continue;
      EXPECT_EQ(guest.Call(instance, name, {last + 1}), kTrapped) << row.text << " " << name;
      EXPECT_EQ(guest.trap().kind, TrapKind::kOutOfBoundsMemoryAccess);
    }
  }
}

TEST_P(BoundsTest, SumsDoNotWrapAround) {
  const Kind& kind = GetParam();
  Guest guest(kind.bounds);
  Instance* instance = guest.Load(absl::StrCat("(module (memory ", kind.address, " ", kind.limits,
                                               ") (memory ", kind.address, " ", kind.limits, R"()
      (func (export "load") (param )",
                                               kind.address, R"() (result i64)
        (i64.load offset=0xfffffff8 (local.get 0)))
      (func (export "store") (param )",
                                               kind.address, R"()
        (i64.store offset=0xffffffff (local.get 0) (i64.const 7)))
      (func (export "far") (param )",
                                               kind.address, R"() (result i64)
        (i64.load 1 offset=0xfffffff8 (local.get 0)))
      (func (export "lane") (param )",
                                               kind.address, R"()
        (v128.store64_lane offset=0xfffffff8 0 (local.get 0) (v128.const i64x2 1 2)))
      (func (export "first") (result i64) (i64.load ()",
                                               kind.address, ".const 0))))"));
  for (const char* name : {"load", "store", "far", "lane"}) {
    for (const uint64_t address : {uint64_t{0}, uint64_t{1}, uint64_t{8}, uint64_t{0xffffffff},
                                   ~uint64_t{0}, ~uint64_t{7}, ~uint64_t{0} << 32}) {
      EXPECT_EQ(guest.Call(instance, name, {address}), kTrapped) << name << " " << address;
    }
  }
  EXPECT_EQ(guest.Call(instance, "first"), 0);
}

// A checked run traps at the access, not at the run's beginning.
TEST_P(BoundsTest, AnAccessInAFusedRunNamesItsPlace) {
  const Kind& kind = GetParam();
  if (absl::string_view(kind.address) != "i32") return;
  Guest guest(kind.bounds);
  Instance* instance = guest.Load(absl::StrCat("(module (memory ", kind.limits, R"()
      (global $steps (mut i32) (i32.const 0))
      (func $sum (param i32 i32) (result i32)
        (i32.load (i32.add (i32.shl (local.get 0) (i32.const 2)) (local.get 1))))
      (func (export "f") (param i32 i32) (result i32)
        (i32.add (call $sum (local.get 0) (local.get 1)) (i32.const 1)))))"));
  EXPECT_EQ(guest.Call(instance, "f", {16383, 0}), 1);
  EXPECT_EQ(guest.Call(instance, "f", {16383, 1}), kTrapped);
  ASSERT_EQ(guest.trap().backtrace.size(), 2u);
  EXPECT_EQ(guest.trap().backtrace[0].func, FuncIdx(0));
  EXPECT_EQ(guest.trap().backtrace[1].func, FuncIdx(1));
}

TEST_P(BoundsTest, WhatGrowsCanBeReached) {
  const Kind& kind = GetParam();
  Guest guest(kind.bounds);
  Instance* instance = guest.Load(absl::StrCat(
      "(module (memory ", kind.address, " ", kind.limits, ") (func (export \"grow\") (param ",
      kind.address, ") (result ", kind.address, ") (memory.grow (local.get 0)))",
      "(func (export \"byte\") (param ", kind.address,
      ") (result i32) (i32.store8 (local.get 0) (i32.const 9)) (i32.load8_u (local.get 0))))"));
  EXPECT_EQ(guest.Call(instance, "byte", {kSize}), kTrapped);
  const int64_t before = guest.Call(instance, "grow", {1});
  EXPECT_EQ(guest.Call(instance, "byte", {kSize}), 9);
  const uint64_t end = kSize + kSize / static_cast<uint64_t>(before);
  EXPECT_EQ(guest.Call(instance, "byte", {end - 1}), 9);
  EXPECT_EQ(guest.Call(instance, "byte", {end}), kTrapped);
}

INSTANTIATE_TEST_SUITE_P(All, BoundsTest, testing::ValuesIn(kKinds),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Memory64Test, TakesOffsetsOf64Bits) {
  Guest guest(Bounds::kGuard);
  Instance* instance = guest.Load(R"((module (memory i64 1) (memory i64 1)
      (data (i64.const 8) "\2a")
      (func (export "load") (param i64) (result i32)
        (i32.load8_u offset=0x100000000 (local.get 0)))
      (func (export "farthest") (param i64) (result i32)
        (i32.load8_u offset=0xffffffffffffffff (local.get 0)))
      (func (export "constant") (result i32)
        (i32.load8_u offset=0xffffffffffffffff (i64.const 9)))
      (func (export "store") (param i64 i64)
        (i64.store offset=0x100000000 (local.get 0) (local.get 1)))
      (func (export "far") (param i64) (result i32)
        (i32.load8_u 1 offset=0x100000000 (local.get 0)))
      (func (export "lane") (param i64)
        (v128.store8_lane offset=0x100000000 0 (local.get 0) (v128.const i64x2 1 2)))
      (func (export "kept") (param i64) (result i64)
        (local.get 0)
        (drop (i32.load8_u (local.get 0)))
        (i64.add (i64.load8_u offset=0 (local.get 0))))))");
  for (const char* name : {"load", "store", "far", "lane"}) {
    EXPECT_EQ(guest.Call(instance, name, {0}), kTrapped) << name;
    EXPECT_EQ(guest.Call(instance, name, {8 - (uint64_t{1} << 32)}), kTrapped) << name;
  }
  EXPECT_EQ(guest.Call(instance, "farthest", {9}), kTrapped);
  EXPECT_EQ(guest.Call(instance, "constant"), kTrapped);
  EXPECT_EQ(guest.Call(instance, "kept", {8}), 8 + 42);
}

TEST(Memory64Test, GrowsToTheStoresLimitOnly) {
  Guest guest(Bounds::kGuard, {.memory_bytes = 10 * kSize});
  Instance* instance = guest.Load(R"((module (memory i64 1)
      (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
      (func (export "size") (result i64) (memory.size))))");
  for (const uint64_t delta : {uint64_t{10}, uint64_t{1} << 32, uint64_t{1} << 48, ~uint64_t{0}}) {
    EXPECT_EQ(guest.Call(instance, "grow", {delta}), -1) << delta;
  }
  EXPECT_EQ(guest.Call(instance, "grow", {9}), 1);
  EXPECT_EQ(guest.Call(instance, "size"), 10);
}

TEST(Memory64Test, MayBeLargerThan4GiB) {
  Guest guest(Bounds::kGuard,
              {.memory_bytes = uint64_t{8} << 30, .total_memory_bytes = uint64_t{8} << 30});
  Instance* instance = guest.Load(R"((module (memory i64 0x18000)
      (func (export "set") (param i64 i32)
        (i32.store offset=0x100000000 (local.get 0) (local.get 1)))
      (func (export "farthest") (param i64) (result i32)
        (i32.load8_u offset=0xffffffffffffffff (local.get 0)))
      (func (export "get") (param i64) (result i32) (i32.load (local.get 0)))))");
  EXPECT_NE(guest.Call(instance, "set", {0x7ffffffc, 77}), kTrapped);
  EXPECT_EQ(guest.Call(instance, "get", {0x17ffffffc}), 77);
  EXPECT_EQ(guest.Call(instance, "get", {0x17ffffffd}), kTrapped);
  EXPECT_EQ(guest.Call(instance, "farthest", {8}), kTrapped);
}

TEST(Table64Test, IndicesHave64Bits) {
  Guest guest(Bounds::kGuard);
  Instance* instance = guest.Load(R"((module (table i64 2 funcref)
      (elem (i64.const 1) $seven) (func $seven (result i32) (i32.const 7))
      (func (export "call") (param i64) (result i32) (call_indirect (result i32) (local.get 0)))
      (func (export "tail") (param i64) (result i32)
        (return_call_indirect (result i32) (local.get 0)))
      (func (export "grow") (param i64) (result i64)
        (table.grow (ref.null func) (local.get 0)))))");
  for (const char* name : {"call", "tail"}) {
    EXPECT_EQ(guest.Call(instance, name, {1}), 7);
    EXPECT_EQ(guest.Call(instance, name, {1 + (uint64_t{1} << 32)}), kTrapped);
    EXPECT_EQ(guest.trap().kind, TrapKind::kUndefinedElement);
  }
  EXPECT_EQ(guest.Call(instance, "grow", {~uint64_t{0}}), -1);
  EXPECT_EQ(guest.Call(instance, "grow", {uint64_t{1} << 32}), -1);
  EXPECT_EQ(guest.Call(instance, "grow", {3}), 2);
}

TEST(ExplicitBoundsTest, ASharedMemoryWithoutGuardIsForEnginesThatNeedNone) {
  constexpr MemoryType kShared = {.limits = {1, 1, true}, .shared = true};
  Engine guarding(InterpreterTier());
  Engine checking(InterpreterTier(), {.bounds = Bounds::kExplicit});
  Store guarded(&guarding);
  Store checked(&checking);
  const auto without_guard = (*checked.NewMemory(kShared))->region();
  const auto with_guard = (*guarded.NewMemory(kShared))->region();

  EXPECT_EQ(guarded.ShareMemory(without_guard).error().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(checked.ShareMemory(with_guard));
}

// In a process of its own: the handlers are installed once.
TEST(ExplicitBoundsDeathTest, TakeNoHandlerForFaults) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [] {
    struct sigaction before, after;
    sigaction(SIGSEGV, nullptr, &before);
    Guest guest(Bounds::kExplicit);
    Instance* instance = guest.Load(R"((module (memory 1)
        (func (export "f") (result i32) (i32.load (i32.const 65533)))))");
    const bool trapped = guest.Call(instance, "f") == kTrapped;
    sigaction(SIGSEGV, nullptr, &after);
    std::exit(trapped && before.sa_sigaction == after.sa_sigaction ? 0 : 1);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

constexpr absl::string_view kFaults = R"((module (memory 1)
    (func (export "f") (result i32) (i32.load (i32.const 65533)))))";

// In processes of their own, likewise.
TEST(FaultDeathTest, ASignalThatWasSentIsIgnoredWhereItWas) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [](int signal) {
    std::signal(signal, SIG_IGN);
    Guest guest(Bounds::kGuard);
    Instance* instance = guest.Load(kFaults);
    const bool trapped = guest.Call(instance, "f") == kTrapped;
    raise(signal);
    std::exit(trapped && guest.Call(instance, "f") == kTrapped ? 0 : 1);
  };
  EXPECT_EXIT(run(SIGSEGV), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(run(SIGBUS), testing::ExitedWithCode(0), "");
}

TEST(FaultDeathTest, ASignalThatWasSentEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [](int signal) {
    std::signal(signal, SIG_DFL);
    Guest guest(Bounds::kGuard);
    guest.Call(guest.Load(kFaults), "f");  // takes the handlers
    raise(signal);
    std::exit(0);
  };
  EXPECT_EXIT(run(SIGSEGV), testing::KilledBySignal(SIGSEGV), "");
  EXPECT_EXIT(run(SIGBUS), testing::KilledBySignal(SIGBUS), "");
}

// A store's threads take turns.
TEST(FaultTest, IsATrapOnEveryThread) {
  Guest guest(Bounds::kGuard);
  Instance* instance = guest.Load(kFaults);
  for (int i = 0; i < 2; ++i) {
    std::thread([&] { EXPECT_EQ(guest.Call(instance, "f"), kTrapped); }).join();
  }
}

// kMaxPagesWithMargin
TEST(MarginTest, AGuardedMemoryLeavesTheLastPageFree) {
  constexpr absl::string_view kWat = R"((module
    (memory 65534)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))";
  Guest guest(Bounds::kGuard);
  Instance* instance = guest.Load(kWat);
  EXPECT_EQ(static_cast<int32_t>(guest.Call(instance, "grow", {2})), -1);
  EXPECT_EQ(guest.Call(instance, "grow", {1}), 65534);
  EXPECT_EQ(static_cast<int32_t>(guest.Call(instance, "grow", {1})), -1);
  EXPECT_TRUE(instance->memory(MemoryIdx(0))->region()->has_margin());
}

TEST(MarginTest, AMemoryDeclaredWithAllPagesHasThem) {
  Guest guest(Bounds::kGuard);
  Instance* instance = guest.Load(R"((module (memory 65536)
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))))");
  EXPECT_EQ(guest.Call(instance, "load", {0xffff'ffff}), 0);
  EXPECT_FALSE(instance->memory(MemoryIdx(0))->region()->has_margin());
}

TEST(MarginTest, WhatLiesInFrontOfAGuardedMemoryIsItsOwn) {
  Guest guest(Bounds::kGuard);
  const MemoryRegion& region = *guest.Load("(module (memory 1))")->memory(MemoryIdx(0))->region();
  const auto base = reinterpret_cast<uintptr_t>(region.base());
  EXPECT_TRUE(region.OwnsFault(base - kMemoryMarginBytes));
  EXPECT_FALSE(region.OwnsFault(base - kMemoryMarginBytes - 1));
}

}  // namespace
}  // namespace tenon::vm
