// What a call between host and component costs, compiled and interpreted, in both directions.
#include <tenon/tenon.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "benchmark/benchmark.h"

namespace tenon {
namespace {

constexpr uint32_t kTimes = 1000;  // what a loop in the guest calls

// The component, instantiated; compiled where the benchmark's argument is 1.
struct Guest {
  explicit Guest(bool is_compiled)
      : component(is_compiled ? Component::FromCompiledFile(engine, TENON_BENCH_CALLS ".tenon")
                              : Component::FromFile(engine, TENON_BENCH_CALLS ".wasm")),
        store(engine) {
    HostInterface& host = linker.Interface("example:host/calls");
    host.Func("number", [](uint32_t x) { return x; });
    host.Func("text", [](std::string_view text) { return static_cast<uint32_t>(text.size()); });
  }

  template <typename Signature>
  TypedFunc<Signature> Find(std::string_view name) {
    const auto instance = linker.Instantiate(store, *component);
    return *instance->template GetFunc<Signature>(name);
  }

  Engine engine;
  Expected<Component> component;
  Linker linker;
  Store store;
};

void HostToGuest(benchmark::State& state) {
  Guest guest(state.range(0) != 0);
  const auto number = guest.Find<uint32_t(uint32_t)>("number");
  for (auto _ : state) benchmark::DoNotOptimize(*number.Call(1));
}
BENCHMARK(HostToGuest)->Arg(0)->Arg(1);

void HostToGuestText(benchmark::State& state) {
  Guest guest(state.range(0) != 0);
  const auto length = guest.Find<uint32_t(std::string_view)>("length");
  for (auto _ : state) benchmark::DoNotOptimize(*length.Call("sixteen letters!"));
}
BENCHMARK(HostToGuestText)->Arg(0)->Arg(1);

void Loop(benchmark::State& state, std::string_view name) {
  Guest guest(state.range(0) != 0);
  const auto loop = guest.Find<uint32_t(uint32_t)>(name);
  while (state.KeepRunningBatch(kTimes)) benchmark::DoNotOptimize(*loop.Call(kTimes));
}
BENCHMARK_CAPTURE(Loop, GuestToHost, "call-number")->Arg(0)->Arg(1);
BENCHMARK_CAPTURE(Loop, GuestToHostText, "call-text")->Arg(0)->Arg(1);

}  // namespace
}  // namespace tenon

BENCHMARK_MAIN();
