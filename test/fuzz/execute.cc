// A module that a generator makes of the bytes (generator/): it is valid, it ends, and it does the
// same however memories are kept within their bounds and whenever garbage is collected.
#include <cstdint>
#include <cstdio>

#include "test/fuzz/generator/generator.h"
#include "test/fuzz/observe.h"

namespace tenon::vm {
namespace {

RunSettings Settings(Bounds bounds, bool collect_always) {
  return {.engine = {.features = Features::All(), .bounds = bounds, .deterministic_simd = true},
          .collect_always = collect_always};
}

void Execute(absl::Span<const uint8_t> choices) {
  const std::vector<uint8_t> module = GenerateModule(choices);
  const Observation first = Observe(module, Settings(Bounds::kGuard, false));
  for (const RunSettings& other :
       {Settings(Bounds::kExplicit, false), Settings(Bounds::kGuard, true)}) {
    const Observation now = Observe(module, other);
    if (now == first) continue;
    std::fprintf(stderr, "at first:\n%s\nthen, %s:\n%s", ToString(first).c_str(),
                 other.collect_always ? "collecting always" : "with explicit bounds",
                 ToString(now).c_str());
    TENON_CHECK(false);
  }
}

}  // namespace
}  // namespace tenon::vm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::vm::Execute({data, size});
  return 0;
}
