// A host that calls its guests for a long time, and makes and drops them, stays as it is: resident
// memory, mappings, descriptors, threads and the tables of resources do not grow.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "abi/link/component.h"
#include "abi/link/host.h"
#include "abi/link/instance.h"
#include "abi/runtime/store.h"
#include "vm/interp/interpreter.h"

namespace tenon::abi {
namespace {

#ifdef TENON_SANITIZE
constexpr int kCalls = 10'000;
constexpr int kInstances = 500;
constexpr long kMayGrowKilobytes = 1'000'000;  // freed memory stays in quarantine
#else
constexpr int kCalls = 1'000'000;
constexpr int kInstances = 100'000;
constexpr long kMayGrowKilobytes = 256;
#endif

struct Token {
  explicit Token(std::string name) : name(std::move(name)) { ++alive; }
  ~Token() { --alive; }
  std::string name;
  static inline int alive = 0;
};

// What the kernel holds for this process.
struct Footprint {
  long resident_kilobytes = 0;
  long mappings = 0;
  long descriptors = 0;
  long threads = 0;

  static long Entries(const char* directory) {
    return std::distance(std::filesystem::directory_iterator(directory), {});
  }
  static Footprint Now() {
    Footprint now;
    long pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    now.resident_kilobytes = pages * (sysconf(_SC_PAGESIZE) / 1024);
    std::ifstream maps("/proc/self/maps");
    now.mappings = std::count(std::istreambuf_iterator<char>(maps), {}, '\n');
    now.descriptors = Entries("/proc/self/fd");
    now.threads = Entries("/proc/self/task");
    return now;
  }
};

void ExpectNoGrowth(const Footprint& before) {
  const Footprint now = Footprint::Now();
  EXPECT_LE(now.resident_kilobytes, before.resident_kilobytes + kMayGrowKilobytes);
  EXPECT_LE(now.mappings, before.mappings + 4);  // the allocator's own
  EXPECT_EQ(now.descriptors, before.descriptors);
  EXPECT_EQ(now.threads, before.threads);
}

class LeakTest : public testing::Test {
 protected:
  LeakTest() {
    std::ifstream file(TENON_KEEPER_GUEST, std::ios::binary);
    std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
    auto component = LoadComponent(&engine_, std::move(bytes), vm::BodyValidation::kLazy);
    EXPECT_TRUE(component.has_value()) << component.error().ToString();
    component_ = *component;
    HostInterface& host = linker_.Interface("test:keeper/host");
    host.Resource<Token>("token");
    host.Func("[constructor]token", [](HostContext&, absl::string_view name) {
      return MakeOwn<Token>(std::string(name));
    });
    host.Func("[method]token.name",
              [](HostContext&, Borrow<Token> self) { return self->name; });
  }

  void Greet(const Instance& instance, int calls) {
    auto greet = instance.Func<std::string(std::string)>("", "greet");
    ASSERT_TRUE(greet.has_value()) << greet.error().ToString();
    for (int i = 0; i < calls; ++i) {
      const std::string name(i % 200, 'x');
      const auto answer = greet->Call(name);
      ASSERT_TRUE(answer.has_value()) << i << ": " << vm::FormatTrap(answer.error());
      ASSERT_EQ(*answer, name);
    }
  }

  void MakeAndDrop(int instances) {
    for (int i = 0; i < instances; ++i) {
      Store store(&engine_);
      if (i % 2 == 0) {
        ASSERT_TRUE(store.core().SetDeadline(NextMinute()));
      }
      auto instance = Instantiate(store, component_, linker_);
      ASSERT_TRUE(instance.has_value()) << i << ": " << instance.error().ToString();
      ASSERT_NO_FATAL_FAILURE(Greet(**instance, 1));
    }
  }

  static uint64_t NextMinute() { return vm::sys::MonotonicNanoseconds() + 60'000'000'000; }

  vm::Engine engine_{vm::InterpreterTier()};
  std::shared_ptr<const CompiledComponent> component_;
  HostLinker linker_;
};

TEST_F(LeakTest, CallsWithStringsAndResourcesLeaveNothing) {
  Store store(&engine_);
  auto instance = Instantiate(store, component_, linker_);
  ASSERT_TRUE(instance.has_value()) << instance.error().ToString();
  ASSERT_NO_FATAL_FAILURE(Greet(**instance, 1'000));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(Greet(**instance, kCalls));

  ExpectNoGrowth(before);
  EXPECT_EQ(Token::alive, 0);
  EXPECT_EQ(store.resources().size(), 0u);
}

TEST_F(LeakTest, InstancesLeaveNothing) {
  ASSERT_NO_FATAL_FAILURE(MakeAndDrop(200));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(MakeAndDrop(kInstances));

  ExpectNoGrowth(before);
}

// Stores that were stopped in the middle of a call too: nothing runs there any more, but what the
// call held goes.
TEST_F(LeakTest, StoppedInstancesLeaveNothing) {
  const auto stop = [&](int instances) {
    for (int i = 0; i < instances; ++i) {
      Store store(&engine_);
      auto instance = Instantiate(store, component_, linker_);
      ASSERT_TRUE(instance.has_value());
      auto greet = (*instance)->Func<std::string(std::string)>("", "greet");
      ASSERT_TRUE(greet.has_value());
      ASSERT_TRUE(store.core().SetDeadline(vm::sys::MonotonicNanoseconds() + i % 50 * 1'000));
      while (greet->Call("name").has_value()) continue;
    }
  };
  ASSERT_NO_FATAL_FAILURE(stop(100));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(stop(kInstances / 100));

  ExpectNoGrowth(before);
  EXPECT_EQ(Token::alive, 0);
}

TEST_F(LeakTest, ComponentsLeaveNothing) {
  const auto load = [&](int components) {
    std::ifstream file(TENON_KEEPER_GUEST, std::ios::binary);
    const std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
    for (int i = 0; i < components; ++i) {
      auto component = LoadComponent(&engine_, bytes, vm::BodyValidation::kLazy);
      ASSERT_TRUE(component.has_value());
      Store store(&engine_);
      auto instance = Instantiate(store, *component, linker_);
      ASSERT_TRUE(instance.has_value());
      ASSERT_NO_FATAL_FAILURE(Greet(**instance, 1));
    }
  };
  ASSERT_NO_FATAL_FAILURE(load(200));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(load(kInstances / 20));

  ExpectNoGrowth(before);
}

}  // namespace
}  // namespace tenon::abi
