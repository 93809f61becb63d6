// Generated modules do something: they end in many ways, and settings that may not matter don't.
#include "test/fuzz/observe.h"

#include <map>

#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "test/fuzz/generator/generator.h"

namespace tenon::vm {
namespace {

RunSettings Settings(Bounds bounds, bool collect_always) {
  return {.engine = {.features = Features::All(), .bounds = bounds, .deterministic_simd = true},
          .collect_always = collect_always};
}

TEST(Observe, CallsEndInEveryWay) {
  std::map<std::string, int> ways;  // by the outcome's first words
  int calls = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto observed = Observe(GenerateModule(seed), Settings(Bounds::kGuard, false));
    for (const ObservedCall& call : observed.calls) {
      ++calls;
      const std::vector<std::string> words = absl::StrSplit(call.outcome, ' ');
      ++ways[words[0] == "trap" ? words[0] + " " + words[1] : words[0]];
    }
  }

  EXPECT_GT(ways["returns"], calls / 5);
  for (const char* way : {"exception", "trap unreachable", "trap null", "trap out", "trap integer",
                          "trap cast", "trap uninitialized", "trap indirect"}) {
    EXPECT_GT(ways[way], 0) << way;
  }
}

TEST(Observe, SeesTheSameInEverySetting) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const std::vector<uint8_t> module = GenerateModule(seed);
    const Observation first = Observe(module, Settings(Bounds::kGuard, false));
    EXPECT_EQ(ToString(Observe(module, Settings(Bounds::kExplicit, false))), ToString(first));
    EXPECT_EQ(ToString(Observe(module, Settings(Bounds::kGuard, true))), ToString(first));
  }
}

TEST(Observe, WritesNumbersWithoutTheBitsOfNans) {
  EXPECT_EQ(FormatNumber(ValType::kI32, 0xffff'ffff'0000'002a), "i32:2a");
  EXPECT_EQ(FormatNumber(ValType::kF32, 0xffc0'0001), "f32:nan");
  EXPECT_EQ(FormatNumber(ValType::kF32, 0x7f80'0000), "f32:7f800000");
  EXPECT_EQ(FormatNumber(ValType::kF64, 0xfff0'0000'0000'0001), "f64:nan");
  EXPECT_EQ(FormatNumber(ValType::kF64, 0xfff0'0000'0000'0000), "f64:fff0000000000000");
}

}  // namespace
}  // namespace tenon::vm
