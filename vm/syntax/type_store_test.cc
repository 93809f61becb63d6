#include "vm/syntax/type_store.h"

#include "gtest/gtest.h"

namespace tenon::vm {
namespace {

SubType Func(std::vector<ValType> params, std::vector<ValType> results) {
  SubType type;
  type.func = {std::move(params), std::move(results)};
  return type;
}

TEST(TypeStoreTest, EqualGroupsGetOneId) {
  TypeStore store;
  const SubType a = Func({ValType::kI32}, {});
  const SubType b = Func({ValType::kI64}, {});
  EXPECT_EQ(*store.Intern({&a, 1}), *store.InternFunc({{ValType::kI32}, {}}));
  EXPECT_NE(*store.Intern({&a, 1}), *store.Intern({&b, 1}));
}

TEST(TypeStoreTest, AMemberOfALargerGroupIsAnotherType) {
  TypeStore store;
  const SubType pair[] = {Func({ValType::kI32}, {}), Func({ValType::kI32}, {})};
  const TypeId alone = *store.Intern({pair, 1});
  const TypeId first = *store.Intern({pair, 2});
  EXPECT_NE(alone, first);
  EXPECT_EQ(*store.Intern({pair, 2}), first);
}

TEST(TypeStoreTest, AFullStoreIsTheModulesError) {
  TypeStore store(2);
  const SubType pair[] = {Func({ValType::kI64}, {}), Func({ValType::kI64}, {})};
  ASSERT_TRUE(store.InternFunc({{ValType::kI32}, {}}).has_value());

  EXPECT_EQ(store.Intern({pair, 2}).error().kind(), ErrorKind::kLimit);
  EXPECT_TRUE(store.InternFunc({{ValType::kF32}, {}}).has_value());
  EXPECT_EQ(store.InternFunc({{ValType::kF64}, {}}).error().message(),
            "more than 2 different types in one engine");
  EXPECT_TRUE(store.InternFunc({{ValType::kI32}, {}}).has_value());  // known already
}

TEST(TypeStoreTest, RecursiveReferencesAreRebased) {
  TypeStore store;
  const ValType self = ValType::Ref(HeapType::Concrete(TypeStore::kRecMember), true);
  const SubType type = Func({self}, {});
  ASSERT_TRUE(store.InternFunc({}).has_value());
  const TypeId id = *store.Intern({&type, 1});
  EXPECT_EQ(store.Get(id).func.params[0].heap().index(), id.value());
}

TEST(TypeStoreTest, MatchesFollowsDeclaredSupertypes) {
  TypeStore store;
  SubType base = Func({}, {});
  base.is_final = false;
  const TypeId base_id = *store.Intern({&base, 1});
  SubType derived = Func({}, {});
  derived.supertypes = {base_id.value()};
  const TypeId derived_id = *store.Intern({&derived, 1});
  const ValType sub = ValType::Ref(HeapType::Concrete(derived_id.value()), false);
  const ValType super = ValType::Ref(HeapType::Concrete(base_id.value()), true);
  EXPECT_TRUE(store.Matches(sub, super));
  EXPECT_FALSE(store.Matches(super, sub));
  EXPECT_TRUE(store.Matches(sub, ValType::kFuncRef));
  EXPECT_FALSE(store.Matches(sub, ValType::kExternRef));
}

}  // namespace
}  // namespace tenon::vm
