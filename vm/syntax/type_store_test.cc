#include "vm/syntax/type_store.h"

#include <ctime>
#include <optional>
#include <thread>

#include "gtest/gtest.h"
#include "vm/syntax/limits.h"

namespace tenon::vm {
namespace {

SubType Func(std::vector<ValType> params, std::vector<ValType> results) {
  SubType type;
  type.func = {std::move(params), std::move(results)};
  return type;
}

SubType Open(std::optional<uint32_t> supertype = {}) {
  SubType type;
  type.kind = SubType::Kind::kStruct;
  type.is_final = false;
  type.supertype_count = supertype.has_value();
  type.supertype = supertype.value_or(0);
  return type;
}

ValType RefTo(uint32_t index) { return ValType::Ref(HeapType::Concrete(index), true); }

TypeId Intern(TypeStore& store, std::vector<SubType> group, std::vector<TypeId> known = {}) {
  return *store.Intern(absl::MakeSpan(group), known);
}

TEST(TypeStoreTest, EqualGroupsGetOneId) {
  TypeStore store;
  const TypeId id = Intern(store, {Func({ValType::kI32}, {})});
  EXPECT_EQ(*store.InternFunc({{ValType::kI32}, {}}), id);
  EXPECT_NE(Intern(store, {Func({ValType::kI64}, {})}), id);
  EXPECT_NE(Intern(store, {Func({}, {ValType::kI32})}), id);
}

TEST(TypeStoreTest, EveryPartOfATypeTellsItFromOthers) {
  SubType field = Open();
  field.fields = {{{ValType::kI32}, false}};
  SubType is_mutable = field, packed = field, final = field, array = field, two = field;
  is_mutable.fields[0].is_mutable = true;
  packed.fields[0].storage.packed = StorageType::Packed::kI8;
  final.is_final = true;
  array.kind = SubType::Kind::kArray;
  two.fields.push_back(field.fields[0]);
  TypeStore store;
  absl::flat_hash_set<TypeId> ids;
  for (const SubType& type : {field, is_mutable, packed, final, array, two}) {
    ids.insert(Intern(store, {type}));
  }
  EXPECT_EQ(ids.size(), 6u);
}

TEST(TypeStoreTest, AMemberOfALargerGroupIsAnotherType) {
  TypeStore store;
  const TypeId alone = Intern(store, {Func({ValType::kI32}, {})});
  const std::vector<SubType> pair(2, Func({ValType::kI32}, {}));
  const TypeId first = Intern(store, pair);
  EXPECT_NE(alone, first);
  EXPECT_EQ(Intern(store, pair), first);
}

// (rec (type (func (param (ref 0))))) and, with another type before it, (ref 1): the same. What
// names the type before it is not.
TEST(TypeStoreTest, ReferencesWithinAGroupAreRelativeToIt) {
  TypeStore store;
  const TypeId other = *store.InternFunc({});
  const TypeId id = Intern(store, {Func({RefTo(0)}, {})});
  EXPECT_EQ(store.Get(id).func.params[0].heap().index(), id.value());
  EXPECT_EQ(Intern(store, {Func({RefTo(1)}, {})}, {other}), id);
  EXPECT_NE(Intern(store, {Func({RefTo(0)}, {})}, {other}), id);
}

TEST(TypeStoreTest, AFullStoreIsTheModulesError) {
  TypeStore store(2);
  std::vector<SubType> pair(2, Func({ValType::kI64}, {}));
  ASSERT_TRUE(store.InternFunc({{ValType::kI32}, {}}).has_value());

  EXPECT_EQ(store.Intern(absl::MakeSpan(pair)).error().kind(), ErrorKind::kLimit);
  EXPECT_TRUE(store.InternFunc({{ValType::kF32}, {}}).has_value());
  EXPECT_EQ(store.InternFunc({{ValType::kF64}, {}}).error().message(),
            "more than 2 different types in one engine");
  EXPECT_TRUE(store.InternFunc({{ValType::kI32}, {}}).has_value());  // known already
}

TEST(TypeStoreTest, MatchesFollowsDeclaredSupertypes) {
  TypeStore store;
  SubType base = Func({}, {});
  base.is_final = false;
  const TypeId base_id = Intern(store, {base});
  SubType derived = Func({}, {});
  derived.supertype_count = 1;
  const TypeId derived_id = Intern(store, {derived}, {base_id});
  const ValType sub = ValType::Ref(HeapType::Concrete(derived_id.value()), false);
  const ValType super = ValType::Ref(HeapType::Concrete(base_id.value()), true);
  EXPECT_TRUE(store.Matches(sub, super));
  EXPECT_FALSE(store.Matches(super, sub));
  EXPECT_TRUE(store.Matches(sub, ValType::kFuncRef));
  EXPECT_FALSE(store.Matches(sub, ValType::kExternRef));
}

// Two chains to the greatest depth that part half-way.
TEST(TypeStoreTest, ATypeKnowsItsAncestors) {
  constexpr uint32_t kFork = kMaxSubtypeDepth / 2;
  std::vector<SubType> group = {Open()};
  for (uint32_t i = 1; i <= kMaxSubtypeDepth; ++i) group.push_back(Open(i - 1));
  const auto fork = static_cast<uint32_t>(group.size());
  group.push_back(Open(kFork));
  while (group.size() < 2 * fork - kFork) group.push_back(Open(group.size() - 1));
  TypeStore store;
  const uint32_t first = Intern(store, group).value();
  const auto is_sub_type = [&](uint32_t sub, uint32_t super) {
    return store.IsSubType(TypeId(first + sub), TypeId(first + super));
  };
  const auto last = static_cast<uint32_t>(group.size() - 1);
  EXPECT_EQ(store.Depth(TypeId(first + kMaxSubtypeDepth)), kMaxSubtypeDepth);
  for (uint32_t i = 0; i < group.size(); ++i) {
    EXPECT_EQ(is_sub_type(kMaxSubtypeDepth, i), i < fork) << i;
    EXPECT_EQ(is_sub_type(last, i), i <= kFork || i >= fork) << i;
    EXPECT_EQ(is_sub_type(i, last), i == last) << i;
  }
}

TEST(TypeStoreTest, AMillionTypesInOneGroup) {
  std::vector<SubType> group(kMaxTypes, Open());
  for (uint32_t i = 0; i < kMaxTypes; ++i) group[i].fields = {{{RefTo(kMaxTypes - 1 - i)}, true}};
  std::vector<SubType> again = group;
  TypeStore store;

  const std::clock_t start = std::clock();
  const TypeId id = *store.Intern(absl::MakeSpan(group));
  EXPECT_EQ(*store.Intern(absl::MakeSpan(again)), id);
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
  EXPECT_EQ(store.Get(id).fields[0].storage.type, RefTo(id.value() + kMaxTypes - 1));
}

TEST(TypeStoreTest, IsReadWhileItGrows) {
  constexpr int kTypes = 5'000;
  TypeStore store;
  const auto intern_all = [&store] {
    SubType type = Func({}, {});
    TypeId last = *store.InternFunc({});
    for (int i = 0; i < kTypes; ++i) {
      type = Func({RefTo(last.value())}, {});
      last = *store.InternFunc(type.func);
      EXPECT_EQ(store.Get(last).func, type.func);
    }
  };
  std::thread other(intern_all);
  intern_all();
  other.join();
  EXPECT_EQ(store.Get(*store.InternFunc({})).func, FuncType());
}

}  // namespace
}  // namespace tenon::vm
