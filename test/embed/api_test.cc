// What the public headers promise of handles, errors and limits, of components that are interpreted
// and of compiled ones.
#include <gtest/gtest.h>
#include <tenon/tenon.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tenon {
namespace {

constexpr char kValues[] = "tenon:abi/values";
constexpr char kResources[] = "tenon:abi/resources";
using RunResult = Expected<void, std::monostate>;

struct Counter;  // a guest's

std::string Guest(const char* name) { return std::string(TENON_GUESTS_DIR) + "/" + name + ".wasm"; }

// What `tenon compile` makes of a guest, in a folder that goes with the process.
class CompiledGuests {
 public:
  CompiledGuests() { EXPECT_TRUE(std::filesystem::create_directory(folder_)) << folder_; }
  ~CompiledGuests() { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) {
    const std::string path = folder_ + "/" + name + ".tenon";
    const std::string command = TENON_COMPILE " -O0 " + Guest(name.c_str()) + " -o " + path;
    EXPECT_TRUE(std::filesystem::exists(path) || std::system(command.c_str()) == 0);
    return path;
  }

 private:
  const std::string folder_ = testing::TempDir() + "tenon-embed-" + std::to_string(getpid());
};

std::string Compiled(const char* name) {
  static CompiledGuests guests;
  return guests.PathOf(name);
}

enum class Tier { kInterpreted, kCompiled };

class ApiTest : public testing::TestWithParam<Tier> {
 protected:
  ApiTest() { AddWasi(linker_); }

  static Expected<Component> Open(const Engine& engine, const char* name) {
    return GetParam() == Tier::kCompiled ? Component::FromCompiledFile(engine, Compiled(name))
                                         : Component::FromFile(engine, Guest(name));
  }
  Component Load(const char* name) {
    auto component = Open(engine_, name);
    EXPECT_TRUE(component) << component.error().ToString();
    return *component;
  }
  Instance Make(Store& store, const char* name) {
    auto instance = linker_.Instantiate(store, Load(name));
    EXPECT_TRUE(instance) << instance.error().ToString();
    return *instance;
  }
  Expected<RunResult> Run(Store& store, const char* name, std::string argument) {
    WasiContext grants;
    EXPECT_TRUE(grants.AddArgument(name));
    EXPECT_TRUE(grants.AddArgument(argument));
    EXPECT_TRUE(SetWasi(store, std::move(grants)));
    return Make(store, name).GetFunc<RunResult()>("wasi:cli/run@0.2.0", "run")->Call();
  }

  Engine engine_;
  Linker linker_;
};

TEST_P(ApiTest, FunctionsKeepWhatTheyNeedAlive) {
  std::optional<TypedFunc<std::string(std::string_view)>> echo;
  {
    Engine engine;
    Store store(engine);
    Linker linker;
    auto component = Open(engine, "abi");
    ASSERT_TRUE(component);
    echo = *linker.Instantiate(store, *component)
                ->GetFunc<std::string(std::string_view)>(kValues, "echo-string");
  }

  auto result = echo->Call("still there");

  ASSERT_TRUE(result) << result.error().ToString();
  EXPECT_EQ(*result, "still there");
}

TEST_P(ApiTest, AnEngineMayCheckEachAccess) {
  Engine engine({.bounds = Bounds::kExplicit});
  Store store(engine);
  auto component = Component::FromFile(engine, Guest("abi"));
  ASSERT_TRUE(component);
  auto echo = linker_.Instantiate(store, *component)
                  ->GetFunc<std::string(std::string_view)>(kValues, "echo-string");

  auto result = echo->Call("checked");

  ASSERT_TRUE(result) << result.error().ToString();
  EXPECT_EQ(*result, "checked");
}

TEST_P(ApiTest, AnEngineSwitchesProposals) {
  const Expected<Features> features = Features::FromList("threads,-bulk-memory");
  ASSERT_TRUE(features);

  auto component = Component::FromFile(Engine({.features = *features}), Guest("hello"));

  ASSERT_FALSE(component);
  EXPECT_NE(component.error().message().find("memory.copy needs bulk-memory"), std::string::npos);
  const Expected<Features> unknown = Features::FromList("thread");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind(), ErrorKind::kUsage);
}

TEST_P(ApiTest, AComponentOfAnotherEngineIsRefused) {
  Engine other;
  Store store(other);

  auto instance = linker_.Instantiate(store, Load("hello"));

  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().kind(), ErrorKind::kUsage);
}

TEST_P(ApiTest, AComponentImportsWhatAnInstanceExports) {
  std::optional<Instance> relay;
  {
    Store store(engine_);
    Linker linker;
    ASSERT_TRUE(linker.Define(Make(store, "abi-utf16")));
    relay = *linker.Instantiate(store, Load("abi-relay"));
  }
  auto echo = relay->GetFunc<std::string(std::string_view)>(kValues, "echo-string");
  auto make = relay->GetFunc<GuestOwn<Counter>(uint32_t)>(kResources, "[constructor]counter");
  auto live = relay->GetFunc<uint32_t()>(kResources, "live");
  ASSERT_TRUE(echo && make && live);

  auto text = echo->Call("from guest to guest");
  auto counter = make->Call(7);

  ASSERT_TRUE(text && counter);
  EXPECT_EQ(*text, "from guest to guest");
  EXPECT_EQ(*live->Call(), 1u);
  EXPECT_TRUE(relay->Drop(std::move(*counter)));
  EXPECT_EQ(*live->Call(), 0u);
}

TEST_P(ApiTest, AnInstanceMayBeOfTheOtherTier) {
  const bool is_compiled = GetParam() == Tier::kCompiled;
  const auto other = is_compiled ? Component::FromFile(engine_, Guest("abi"))
                                 : Component::FromCompiledFile(engine_, Compiled("abi"));
  ASSERT_TRUE(other) << other.error().ToString();
  Store store(engine_);
  Linker linker;
  ASSERT_TRUE(linker.Define(*linker_.Instantiate(store, *other)));
  const auto relay = linker.Instantiate(store, Load("abi-relay"));
  ASSERT_TRUE(relay) << relay.error().ToString();

  const auto echo = relay->GetFunc<std::string(std::string_view)>(kValues, "echo-string");

  EXPECT_EQ(*echo->Call("across"), "across");
}

TEST_P(ApiTest, AnInterfaceOfAnInstanceIsDefinedAlone) {
  Store store(engine_), other(engine_);
  const Instance echo = Make(store, "abi");
  Linker linker;

  ASSERT_TRUE(linker.DefineInterface(kValues, echo));
  const auto absent = linker.DefineInterface(kResources, echo, "tenon:abi/resource");
  const auto half = linker.Instantiate(store, Load("abi-relay"));
  ASSERT_TRUE(linker.DefineInterface(kResources, echo));
  const auto elsewhere = linker.Instantiate(other, Load("abi-relay"));

  EXPECT_EQ(absent.error().kind(), ErrorKind::kUnlinkable);
  EXPECT_EQ(half.error().kind(), ErrorKind::kUnlinkable);
  EXPECT_EQ(elsewhere.error().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(linker.Instantiate(store, Load("abi-relay")));
}

TEST_P(ApiTest, WhatWasMovedFromIsRefused) {
  Store store(engine_);
  Store moved = std::move(store);

  EXPECT_EQ(linker_.Instantiate(store, Load("hello")).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(store.SetTimeout(std::chrono::seconds(1)).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(store.Interrupt().error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(SetWasi(store, WasiContext()).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(TypedFunc<void()>().Call().error().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(linker_.Instantiate(moved, Load("hello")));
}

TEST_P(ApiTest, AnEngineThatWasMovedFromIsRefused) {
  Engine engine;
  const Engine moved = std::move(engine);
  Store store(engine);

  EXPECT_EQ(Component::FromBytes(engine, {}).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(Open(engine, "hello").error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(linker_.Instantiate(store, Load("hello")).error().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(Open(moved, "hello"));
}

TEST_P(ApiTest, AComponentThatWasMovedFromIsRefused) {
  Store store(engine_);
  Component component = Load("hello");
  const Component moved = std::move(component);

  EXPECT_EQ(linker_.Instantiate(store, component).error().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(linker_.Instantiate(store, moved));
}

TEST_P(ApiTest, AnInstanceThatWasMovedFromIsRefused) {
  Store store(engine_);
  Instance instance = Make(store, "abi");
  const Instance moved = std::move(instance);

  EXPECT_EQ(instance.GetFunc<uint32_t()>(kResources, "live").error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(linker_.Define(instance).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(linker_.DefineInterface(kValues, instance).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(instance.Drop(GuestOwn<Counter>()).error().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(moved.GetFunc<uint32_t()>(kResources, "live"));
}

TEST_P(ApiTest, AWasiContextThatWasMovedFromIsRefused) {
  Store store(engine_);
  WasiContext grants;
  WasiContext moved = std::move(grants);

  grants.InheritStandardStreams();  // has nothing to do
  EXPECT_EQ(grants.AddArgument("x").error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(grants.AddEnvironment("x", "y").error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(grants.AddDirectory("/", "/", DirectoryAccess::kReadOnly).error().kind(),
            ErrorKind::kUsage);
  EXPECT_EQ(SetWasi(store, std::move(grants)).error().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(SetWasi(store, std::move(moved)));
}

TEST_P(ApiTest, AMovedLinkerIsStillTheSame) {
  Store store(engine_);
  const Linker moved = std::move(linker_);

  EXPECT_TRUE(linker_.Instantiate(store, Load("hello")));
  EXPECT_TRUE(moved.Instantiate(store, Load("hello")));
}

TEST_P(ApiTest, ErrorsSayWhatAndWhere) {
  Store store(engine_);
  auto missing = Component::FromFile(engine_, "/no/such/file");
  auto malformed = Component::FromBytes(engine_, {0, 'a', 's', 'm', 9, 9, 9, 9});
  auto module = Component::FromFile(engine_, Guest("core"));
  auto mistyped = Make(store, "abi").GetFunc<std::string(uint32_t)>(kValues, "echo-string");
  auto unnamed = Make(store, "abi").GetFunc<void()>(kValues, "echo-sting");

  EXPECT_EQ(missing.error().kind(), ErrorKind::kIo);
  EXPECT_EQ(malformed.error().kind(), ErrorKind::kMalformed);
  EXPECT_TRUE(malformed.error().where().has_value());
  EXPECT_EQ(module.error().kind(), ErrorKind::kMalformed);
  EXPECT_EQ(module.error().ToString(),
            Guest("core") +
                ": a core module, not a component; 'tenon component new' makes a "
                "component of it");
  EXPECT_EQ(mistyped.error().kind(), ErrorKind::kUnlinkable);
  EXPECT_EQ(
      mistyped.error().message(),
      "the host's type for export \"tenon:abi/values#echo-string\" does not fit; the component "
      "has func(v: string) -> string");
  EXPECT_EQ(unnamed.error().kind(), ErrorKind::kUnlinkable);
  EXPECT_EQ(unnamed.error().message(),
            "the component does not export \"tenon:abi/values#echo-sting\"");
  EXPECT_EQ(unnamed.error().diagnosis()->nearest, "echo-string");
}

TEST_P(ApiTest, CompiledFilesAreNotTakenForOthers) {
  const auto compiled = Component::FromFile(engine_, Compiled("hello"));
  const auto binary = Component::FromCompiledFile(engine_, Guest("hello"));
  const auto missing = Component::FromCompiledFile(engine_, "/no/such/file.tenon");
  const auto explicit_bounds =
      Component::FromCompiledFile(Engine({.bounds = Bounds::kExplicit}), Compiled("hello"));

  EXPECT_EQ(compiled.error().ToString(),
            Compiled("hello") +
                ": not WebAssembly but machine code; FromCompiledFile takes what 'tenon compile' "
                "made");
  EXPECT_EQ(binary.error().kind(), ErrorKind::kMalformed);
  EXPECT_EQ(binary.error().ToString().find(Guest("hello") + ": "), 0);
  EXPECT_EQ(missing.error().kind(), ErrorKind::kIo);
  EXPECT_EQ(explicit_bounds.error().kind(), ErrorKind::kUsage);
}

TEST_P(ApiTest, ATrapHasKindMessageAndBacktrace) {
  Store store(engine_);

  const auto outcome = Run(store, "trap", "divide");

  ASSERT_FALSE(outcome);
  const Trap* trap = outcome.error().trap();
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->kind, TrapKind::kIntegerDivideByZero);
  EXPECT_EQ(trap->message, "integer divide by zero");
  EXPECT_NE(trap->backtrace.find("Innermost"), std::string::npos);
}

TEST_P(ApiTest, ATrappedInstanceNeverRunsAgainAndOthersDo) {
  Store store(engine_);
  const auto sum =
      Make(store, "abi")
          .GetFunc<uint32_t(GuestBorrow<Counter>)>(kResources, "[method]counter.value");
  ASSERT_TRUE(sum);

  ASSERT_FALSE(sum->Call({}));  // no resource to lend

  EXPECT_EQ(sum->Call({}).error().trap()->kind, TrapKind::kCannotEnterInstance);
  EXPECT_TRUE(Make(store, "abi").GetFunc<uint32_t()>(kResources, "live")->Call());
}

TEST_P(ApiTest, MemoryBeyondTheLimitIsRefused) {
  Store small(engine_, {.memory_bytes = 4 << 20});
  Store tiny(engine_, {.memory_bytes = 1 << 10});

  WasiContext grants;
  int out[2];
  ASSERT_EQ(pipe(out), 0);
  grants.SetStandardStreams(-1, out[1], -1);
  ASSERT_TRUE(SetWasi(small, std::move(grants)));
  auto run = Make(small, "hungry").GetFunc<RunResult()>("wasi:cli/run@0.2.0", "run");
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->Call());
  char said[8] = {};
  EXPECT_GT(read(out[0], said, 7), 0);
  EXPECT_STREQ(said, "refused");
  close(out[0]);
  close(out[1]);

  EXPECT_FALSE(linker_.Instantiate(tiny, Load("abi")));
}

TEST_P(ApiTest, ResourcesOfAnotherStoreAreRefused) {
  using Own = GuestOwn<Counter>;
  GuestOwn<Counter> foreign, orphan;
  {
    Store gone(engine_);
    orphan = *Make(gone, "abi").GetFunc<Own(uint32_t)>(kResources, "[constructor]counter")->Call(1);
  }
  Store other(engine_), store(engine_);
  foreign = *Make(other, "abi").GetFunc<Own(uint32_t)>(kResources, "[constructor]counter")->Call(2);
  const Instance instance = Make(store, "abi");
  const auto value =
      instance.GetFunc<uint32_t(GuestBorrow<Counter>)>(kResources, "[method]counter.value");
  ASSERT_TRUE(value);

  EXPECT_EQ(instance.Drop(std::move(orphan)).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(instance.Drop(Own()).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(value->Call(foreign).error().message(),
            "host function trapped: the host passed a resource of another type or instance");
  EXPECT_EQ(instance.Drop(std::move(foreign)).error().kind(), ErrorKind::kUsage);
}

TEST_P(ApiTest, AnObjectOfTheHostsIsLentForACall) {
  HostInterface& host = linker_.Interface("test:keeper/host");
  host.Resource<std::string>("token");
  host.Func("[constructor]token", [](std::string_view name) { return MakeOwn<std::string>(name); });
  host.Func("[method]token.name", [](Borrow<std::string> self) noexcept { return *self; });
  Store store(engine_);
  const Instance instance = Make(store, "keeper");
  const auto read = instance.GetFunc<std::string(Borrow<std::string>)>("read");
  ASSERT_TRUE(read) << read.error().ToString();
  std::string token = "mine";

  EXPECT_EQ(*read->Call(Borrow<std::string>(&token)), "mine");
  token = "still mine";
  EXPECT_EQ(*read->Call(Borrow<std::string>(&token)), "still mine");

  EXPECT_EQ(read->Call({}).error().message(),
            "host function trapped: the host lent a null resource");
}

TEST_P(ApiTest, StoresOnThreadsShareEngineComponentAndLinker) {
  const auto component = GetParam() == Tier::kInterpreted
                             ? Component::FromFile(engine_, Guest("abi"), Validation::kLazy)
                             : Open(engine_, "abi");
  ASSERT_TRUE(component);
  std::atomic<int> right = 0;
  const auto work = [&] {
    for (int i = 0; i < 20; ++i) {
      Store store(engine_);
      auto echo = linker_.Instantiate(store, *component)
                      ->GetFunc<std::string(std::string_view)>(kValues, "echo-string");
      auto said = echo->Call("hello");
      if (said && *said == "hello") ++right;
    }
  };

  std::thread threads[] = {std::thread(work), std::thread(work), std::thread(work)};
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(right, 60);
}

TEST_P(ApiTest, AHostFunctionThatThrowsEndsTheProcess) {
  linker_.Interface("test:keeper/host").Resource<std::string>("token");
  linker_.Interface("test:keeper/host").Func("[constructor]token", [](std::string_view) {
    throw std::runtime_error("thrown");
    return Own<std::string>();
  });
  linker_.Interface("test:keeper/host").Func("[method]token.name", [](Borrow<std::string> self) {
    return *self;
  });
  Store store(engine_);
  const auto greet = Make(store, "keeper").GetFunc<std::string(std::string_view)>("greet");
  ASSERT_TRUE(greet) << greet.error().ToString();

  EXPECT_DEATH((void)greet->Call("x"), "thrown");
}

TEST_P(ApiTest, ATimeThatNeverComesIsNoDeadline) {
  Store store(engine_);

  EXPECT_TRUE(store.SetTimeout(std::chrono::nanoseconds::max()));
  EXPECT_TRUE(store.SetDeadline(std::chrono::steady_clock::time_point::max()));

  EXPECT_TRUE(Make(store, "abi").GetFunc<uint32_t()>(kResources, "live")->Call());
}

TEST_P(ApiTest, AHostFunctionSeesTheDeadline) {
  using TimePoint = std::chrono::steady_clock::time_point;
  std::vector<TimePoint> seen;
  HostInterface& host = linker_.Interface("test:keeper/host");
  host.Resource<std::string>("token");
  host.Func("[constructor]token", [](std::string_view name) { return MakeOwn<std::string>(name); });
  host.Func("[method]token.name", [&](HostContext& cx, Borrow<std::string> self) {
    seen.push_back(cx.deadline());
    return *self;
  });
  Store store(engine_);
  const auto read = Make(store, "keeper").GetFunc<std::string(Borrow<std::string>)>("read");
  ASSERT_TRUE(read) << read.error().ToString();
  std::string token = "mine";
  const TimePoint soon = std::chrono::steady_clock::now() + std::chrono::minutes(1);

  EXPECT_TRUE(read->Call(Borrow<std::string>(&token)));
  ASSERT_TRUE(store.SetDeadline(soon));
  EXPECT_TRUE(read->Call(Borrow<std::string>(&token)));

  EXPECT_EQ(seen, (std::vector<TimePoint>{TimePoint::max(), soon}));
}

TEST_P(ApiTest, ADeadlineAndAnInterruptEndAGuest) {
  Load("endless");  // compiling does not count
  Store late(engine_);
  ASSERT_TRUE(late.SetTimeout(std::chrono::milliseconds(50)));
  const auto timed_out = Run(late, "endless", "spin");
  ASSERT_FALSE(timed_out);
  EXPECT_EQ(timed_out.error().trap()->kind, TrapKind::kTimeout);

  Store store(engine_);
  std::thread interrupter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_TRUE(store.Interrupt());
  });
  const auto interrupted = Run(store, "endless", "spin");
  interrupter.join();
  ASSERT_FALSE(interrupted);
  EXPECT_EQ(interrupted.error().trap()->kind, TrapKind::kTimeout);
}

TEST_P(ApiTest, AStoreWithoutGrantsHasSilentStreams) {
  Store store(engine_);

  auto outcome = Make(store, "hello").GetFunc<RunResult()>("wasi:cli/run@0.2.0", "run")->Call();

  ASSERT_TRUE(outcome) << outcome.error().ToString();
  EXPECT_TRUE(*outcome);
}

TEST_P(ApiTest, HostNamesAndFunctionsAreKept) {
  struct Canary {};
  auto canary = std::make_shared<Canary>();
  {
    Linker linker;
    std::string name = "temporary";
    linker.Root().Func(name, [canary](HostContext&, uint32_t) {});
    name.assign(name.size(), 'x');
    EXPECT_EQ(canary.use_count(), 2);
  }
  EXPECT_EQ(canary.use_count(), 1);
}

INSTANTIATE_TEST_SUITE_P(Tiers, ApiTest, testing::Values(Tier::kInterpreted, Tier::kCompiled),
                         [](const auto& tier) {
                           return tier.param == Tier::kCompiled ? "Compiled" : "Interpreted";
                         });

}  // namespace
}  // namespace tenon
