// A host that calls its guests for a long time, and makes and drops them, stays as it is, through
// the public API: resident memory, mappings, descriptors, threads and the tables of resources do
// not grow.
#include <gtest/gtest.h>
#include <tenon/tenon.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "abi/api/reps.h"

namespace tenon {
namespace {

constexpr int kCalls = TENON_LEAK_CALLS;
constexpr int kInstances = TENON_LEAK_INSTANCES;
constexpr long kMayGrowKilobytes = TENON_LEAK_MAY_GROW_KILOBYTES;

constexpr char kResources[] = "tenon:abi/resources";

struct Point {
  int32_t x = 0, y = 0;
  bool operator==(const Point&) const = default;
};
struct Counter;  // a guest's

struct Token {
  explicit Token(std::string name) : name(std::move(name)) { ++alive; }
  ~Token() { --alive; }
  std::string name;
  static inline int alive = 0;
};

}  // namespace

template <>
struct RecordOf<Point> {
  static constexpr auto kFields = std::make_tuple(Field("x", &Point::x), Field("y", &Point::y));
};

namespace {

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

// How many objects of the host's the store's guests hold.
uint32_t Held(const Store& store) { return store.rep()->store.resources().size(); }

class LeakTest : public testing::Test {
 protected:
  LeakTest() {
    HostInterface& host = linker_.Interface("test:keeper/host");
    host.Resource<Token>("token");
    host.Func("[constructor]token",
              [](std::string_view name) { return MakeOwn<Token>(std::string(name)); });
    host.Func("[method]token.name", [](Borrow<Token> self) { return self->name; });
  }

  Component Load(const char* guest) {
    auto component = Component::FromFile(
        engine_, std::string(TENON_GUESTS_DIR) + "/" + guest + ".wasm", Validation::kLazy);
    EXPECT_TRUE(component) << component.error().ToString();
    return *component;
  }
  Instance Make(Store& store, const Component& component) {
    auto instance = linker_.Instantiate(store, component);
    EXPECT_TRUE(instance) << instance.error().ToString();
    return *instance;
  }

  static void Greet(const Instance& instance, int calls) {
    auto greet = instance.GetFunc<std::string(std::string)>("greet");
    ASSERT_TRUE(greet) << greet.error().ToString();
    for (int i = 0; i < calls; ++i) {
      const std::string name(i % 200, 'x');
      const auto answer = greet->Call(name);
      ASSERT_TRUE(answer) << i << ": " << answer.error().ToString();
      ASSERT_EQ(*answer, name);
    }
  }

  // A token that stays the host's is lent and read.
  static void Read(const Instance& instance, int calls) {
    auto read = instance.GetFunc<std::string(Borrow<Token>)>("read");
    ASSERT_TRUE(read) << read.error().ToString();
    Token token("lent");
    for (int i = 0; i < calls; ++i) {
      const auto answer = read->Call(Borrow<Token>(&token));
      ASSERT_TRUE(answer) << i << ": " << answer.error().ToString();
      ASSERT_EQ(*answer, "lent");
    }
  }

  // Records, in a list, go there and back.
  static void Echo(const Instance& instance, int calls) {
    using Points = std::vector<Point>;
    auto point = instance.GetFunc<Point(Point)>("tenon:abi/values", "echo-point");
    auto points = instance.GetFunc<Points(Points)>("tenon:abi/values", "echo-list-point");
    ASSERT_TRUE(point && points);
    for (int i = 0; i < calls; ++i) {
      const Point sent{i, -i};
      const auto one = point->Call(sent);
      const auto list = points->Call(Points(i % 20, sent));
      ASSERT_TRUE(one && list) << i;
      ASSERT_EQ(*one, sent);
      ASSERT_EQ(*list, Points(i % 20, sent));
    }
  }

  // A resource of the guest's is made, handed around and dropped.
  static void Count(const Instance& instance, int calls) {
    using Own = GuestOwn<Counter>;
    auto make = instance.GetFunc<Own(uint32_t)>(kResources, "[constructor]counter");
    auto value =
        instance.GetFunc<uint32_t(GuestBorrow<Counter>)>(kResources, "[method]counter.value");
    auto echo = instance.GetFunc<Own(Own)>(kResources, "echo-own");
    ASSERT_TRUE(make && value && echo);
    for (int i = 0; i < calls; ++i) {
      auto counter = make->Call(static_cast<uint32_t>(i));
      ASSERT_TRUE(counter) << i << ": " << counter.error().ToString();
      auto same = echo->Call(std::move(*counter));
      ASSERT_TRUE(same) << i << ": " << same.error().ToString();
      ASSERT_EQ(*value->Call(*same), static_cast<uint32_t>(i));
      ASSERT_TRUE(instance.Drop(std::move(*same))) << i;
    }
  }

  void MakeAndDrop(const Component& component, int instances) {
    for (int i = 0; i < instances; ++i) {
      Store store(engine_);
      if (i % 2 == 0) {
        ASSERT_TRUE(store.SetTimeout(std::chrono::minutes(1)));
      }
      ASSERT_NO_FATAL_FAILURE(Greet(Make(store, component), 1));
    }
  }

  Engine engine_;
  Linker linker_;
};

TEST_F(LeakTest, CallsWithStringsAndResourcesLeaveNothing) {
  Store store(engine_);
  const Instance instance = Make(store, Load("keeper"));
  ASSERT_NO_FATAL_FAILURE(Greet(instance, 1'000));
  ASSERT_NO_FATAL_FAILURE(Read(instance, 1'000));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(Greet(instance, kCalls));
  ASSERT_NO_FATAL_FAILURE(Read(instance, kCalls));

  ExpectNoGrowth(before);
  EXPECT_EQ(Token::alive, 0);
  EXPECT_EQ(Held(store), 0u);
}

TEST_F(LeakTest, CallsWithRecordsAndListsLeaveNothing) {
  Store store(engine_);
  const Instance instance = Make(store, Load("abi"));
  ASSERT_NO_FATAL_FAILURE(Echo(instance, 1'000));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(Echo(instance, kCalls));

  ExpectNoGrowth(before);
}

TEST_F(LeakTest, GuestResourcesLeaveNothing) {
  Store store(engine_);
  const Instance instance = Make(store, Load("abi"));
  ASSERT_NO_FATAL_FAILURE(Count(instance, 1'000));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(Count(instance, kCalls));

  ExpectNoGrowth(before);
  EXPECT_EQ(*instance.GetFunc<uint32_t()>(kResources, "live")->Call(), 0u);
}

TEST_F(LeakTest, InstancesLeaveNothing) {
  const Component component = Load("keeper");
  ASSERT_NO_FATAL_FAILURE(MakeAndDrop(component, 200));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(MakeAndDrop(component, kInstances));

  ExpectNoGrowth(before);
}

// Stores that were stopped in the middle of a call too: nothing runs there any more, but what the
// call held goes.
TEST_F(LeakTest, StoppedInstancesLeaveNothing) {
  const Component component = Load("keeper");
  const auto stop = [&](int instances) {
    for (int i = 0; i < instances; ++i) {
      Store store(engine_);
      auto greet = Make(store, component).GetFunc<std::string(std::string)>("greet");
      ASSERT_TRUE(greet);
      ASSERT_TRUE(store.SetTimeout(std::chrono::microseconds(i % 50)));
      while (greet->Call("name")) continue;
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
    for (int i = 0; i < components; ++i) {
      ASSERT_NO_FATAL_FAILURE(MakeAndDrop(Load("keeper"), 1));
    }
  };
  ASSERT_NO_FATAL_FAILURE(load(200));
  const Footprint before = Footprint::Now();

  ASSERT_NO_FATAL_FAILURE(load(kInstances / 20));

  ExpectNoGrowth(before);
}

}  // namespace
}  // namespace tenon
