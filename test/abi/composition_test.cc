// What a call between two composed guests costs: a list is copied once, at the speed of memcpy, and
// nothing is kept of a call.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "abi/link/instance.h"
#include "abi/runtime/store.h"
#include "abi/text/parse.h"
#include "test/abi/composed.h"
#include "vm/interp/interpreter.h"

namespace tenon::abi {
namespace {

constexpr uint32_t kListBytes = 100'000'000;

// Takes a list into memory that it gives out again and again.
constexpr char kTaker[] = R"((component
  (core module $m
    (memory (export "memory") 1600)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
    (func (export "take") (param i32 i32) (result i32)
      (i32.add (i32.load8_u (local.get 0))
               (i32.load8_u (i32.add (local.get 0) (i32.sub (local.get 1) (i32.const 1)))))))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (func $take (param "bytes" (list u8)) (result u32)
    (canon lift (core func $i "take") (memory $memory) (realloc (func $i "realloc"))))
  (instance $api (export "take" (func $take)))
  (export "test:bytes/sink" (instance $api))))";

// Gives the same 100 MB, whose first and last bytes are 1 and 2.
constexpr char kGiver[] = R"((component
  (import "test:bytes/sink" (instance $sink
    (export "take" (func (param "bytes" (list u8)) (result u32)))))
  (alias export $sink "take" (func $take))
  (core module $m
    (memory (export "memory") 1600)
    (func $fill
      (memory.fill (i32.const 65536) (i32.const 1) (i32.const 100000000))
      (i32.store8 (i32.const 100065535) (i32.const 2)))
    (start $fill))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (core func $lowered (canon lower (func $take) (memory $memory)))
  (core module $main
    (import "" "take" (func $take (param i32 i32) (result i32)))
    (func (export "give") (result i32) (call $take (i32.const 65536) (i32.const 100000000))))
  (core instance $j (instantiate $main (with "" (instance (export "take" (func $lowered))))))
  (func (export "give") (result u32) (canon lift (core func $j "give")))))";

double SecondsOf(const std::function<void()>& run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double MedianOf(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

uint64_t ResidentBytes() {
  uint64_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

class CompositionTest : public testing::Test {
 protected:
  std::unique_ptr<Instance> Make(Store& store, std::vector<uint8_t> bytes) {
    auto component = LoadComponent(&engine_, std::move(bytes), vm::BodyValidation::kEager);
    EXPECT_TRUE(component) << component.error().ToString();
    auto instance = Instantiate(store, *component, linker_);
    EXPECT_TRUE(instance) << instance.error().ToString();
    return *std::move(instance);
  }

  vm::Engine engine_{vm::InterpreterTier()};
  HostLinker linker_;
};

TEST_F(CompositionTest, AListIsCopiedOnceAtTheSpeedOfMemcpy) {
  Store store(&engine_);
  const auto instance = Make(store, Composed({*ParseComponent(kGiver), *ParseComponent(kTaker)}));
  const auto give = instance->Func<uint32_t()>("", "give");
  ASSERT_TRUE(give) << give.error().ToString();
  std::vector<uint8_t> from(kListBytes, 1), to(kListBytes);

  // In turns: what else the machine does then slows down both.
  std::vector<double> calls, copies, ratios;
  for (int i = 0; i <= 20; ++i) {
    const double call = SecondsOf([&] { ASSERT_EQ(give->Call().value_or(0), 3u); });
    const double copy = SecondsOf([&] {
      std::memcpy(to.data(), from.data(), kListBytes);
      asm volatile("" : : "r"(to.data()) : "memory");
    });
    if (i == 0) continue;  // touches the pages
    calls.push_back(call);
    copies.push_back(copy);
    ratios.push_back(call / copy);
  }

  std::printf("list<u8> of 100 MB: call %.2f ms, memcpy %.2f ms, ratio %.2f\n",
              MedianOf(calls) * 1e3, MedianOf(copies) * 1e3, MedianOf(ratios));
#ifdef NDEBUG
  EXPECT_LE(MedianOf(ratios), 1.5);
#endif
}

TEST_F(CompositionTest, CallsLeaveNothingBehind) {
  constexpr int kCalls = 10'000;
  StoreLimits limits;
  limits.core.total_memory_bytes = uint64_t{8} << 20;  // a tenth of what the calls carry
  Store store(&engine_, limits);
  const auto instance = Make(store, Composed({ReadGuest("abi-relay"), ReadGuest("abi-utf16")}));
  const auto echo =
      instance->Func<std::string(absl::string_view)>("tenon:abi/values", "echo-string");
  ASSERT_TRUE(echo) << echo.error().ToString();
  const std::string text(4000, 'x');
  const auto call = [&] { return echo->Call(text).value_or("") == text; };
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(call());
  [[maybe_unused]] const uint64_t before = ResidentBytes();

  for (int i = 0; i < kCalls; ++i) ASSERT_TRUE(call()) << "call " << i;

#ifdef NDEBUG  // AddressSanitizer keeps what was freed
  EXPECT_LE(ResidentBytes(), before + (uint64_t{2} << 20));
#endif
}

}  // namespace
}  // namespace tenon::abi
