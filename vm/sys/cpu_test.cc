#include "vm/sys/cpu.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace tenon::vm::sys {
namespace {

TEST(CpuTest, DetectsFmaAsTheCompilerDoes) {
  EXPECT_EQ(HasFma(), __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma"));
}

TEST(CpuTest, KnowsFeaturesAsTheCompilerDoes) {
  const auto has = [](absl::string_view name) {
    const auto names = CpuFeatureNames();
    const auto row = std::find(names.begin(), names.end(), name) - names.begin();
    return ((CpuFeatures() >> row) & 1) != 0;
  };

  EXPECT_EQ(has("sse4.2"), !!__builtin_cpu_supports("sse4.2"));
  EXPECT_EQ(has("avx2"), !!__builtin_cpu_supports("avx2"));
  EXPECT_EQ(has("avx512vl"), !!__builtin_cpu_supports("avx512vl"));
  EXPECT_EQ(has("fma4"), !!__builtin_cpu_supports("fma4"));
}

}  // namespace
}  // namespace tenon::vm::sys
