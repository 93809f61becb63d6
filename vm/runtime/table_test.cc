#include "vm/runtime/table.h"

#include <sys/resource.h>

#include <cstdio>

#include "gtest/gtest.h"
#include "vm/syntax/limits.h"

namespace tenon::vm {
namespace {

constexpr Slot kNull{0};

TableType Sized(uint64_t min) { return {.limits = {.min = min}}; }

TEST(TableTest, GrowsKeepingItsEntries) {
  Allowance left(2 * kMaxTableEntries);
  auto table = *TableInstance::Create(Sized(2), Slot{7}, &left);

  EXPECT_EQ(table->Grow(3, Slot{9}), 2u);
  EXPECT_EQ(table->Grow(0, kNull), 5u);

  EXPECT_EQ(table->size(), 5u);
  EXPECT_EQ(table->data()[1].bits, 7u);
  EXPECT_EQ(table->data()[2].bits, 9u);
  EXPECT_EQ(table->data()[4].bits, 9u);
}

TEST(TableTest, GrowsToTheLimitAndNotBeyond) {
  Allowance left(2 * kMaxTableEntries);
  auto table = *TableInstance::Create(Sized(0), kNull, &left);

  EXPECT_EQ(table->Grow(kMaxTableEntries + 1, kNull), std::nullopt);
  EXPECT_EQ(table->Grow(kMaxTableEntries, kNull), 0u);
  EXPECT_EQ(table->Grow(1, kNull), std::nullopt);
  EXPECT_EQ(TableInstance::Create(Sized(kMaxTableEntries + 1), kNull, &left).error().kind(),
            ErrorKind::kLimit);
}

// Runs in a child of its own, whose address space ends here.
[[noreturn]] void FillTheAddressSpace() {
  Allowance left(2 * kMaxTableEntries);
  auto table = *TableInstance::Create(Sized(0), kNull, &left);
  const rlimit none{0, RLIM_INFINITY};
  setrlimit(RLIMIT_AS, &none);
  const bool grown = table->Grow(kMaxTableEntries, kNull).has_value();
  const auto made = TableInstance::Create(Sized(kMaxTableEntries), kNull, &left);
  std::fprintf(stderr, "%s, %s\n", grown ? "grown" : "refused",
               made ? "made" : made.error().message().c_str());
  _Exit(0);
}

TEST(TableTest, AHostWithoutMemoryRefuses) {
  EXPECT_EXIT(FillTheAddressSpace(), testing::ExitedWithCode(0),
              "refused, no memory left for a table");
}

}  // namespace
}  // namespace tenon::vm
