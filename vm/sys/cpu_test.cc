#include "vm/sys/cpu.h"

#include "gtest/gtest.h"

namespace tenon::vm::sys {
namespace {

TEST(CpuTest, DetectsFmaAsTheCompilerDoes) {
  EXPECT_EQ(HasFma(), __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma"));
}

}  // namespace
}  // namespace tenon::vm::sys
