#include "abi/types/compare.h"

#include <gtest/gtest.h>

#include "abi/types/types_for_test.h"

namespace tenon::abi {
namespace {

ValType Bytes(TypeTable& types, uint32_t length) {
  return FixedListType(types, TypeKind::kU8, length);
}

TEST(TypeComparerTest, FixedLengthListsAreAsLong) {
  TypeTable a, b;
  TypeComparer comparer(a, b, [](ResourceId, ResourceId) { return false; });
  EXPECT_TRUE(comparer.Equal(Bytes(a, 4), Bytes(b, 4)));
  EXPECT_FALSE(comparer.Equal(Bytes(a, 4), Bytes(b, 3)));
}

}  // namespace
}  // namespace tenon::abi
