#include "abi/canon/copy_plan.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "abi/canon/string.h"
#include "abi/canon/test_guest.h"

namespace tenon::abi {
namespace {

using K = TypeKind;

// Labels are all the same, since copying does not look at names.
ValType Def(TypeTable& table, TypeKind kind, std::vector<ValType> types, uint32_t labels = 0,
            ResourceId resource = {}) {
  TypeDef def;
  def.kind = kind;
  def.types = std::move(types);
  def.resource = resource;
  def.length = kind == K::kFixedList ? 3 : 0;
  if (kind == K::kRecord || kind == K::kVariant) labels = def.types.size();
  def.labels.assign(labels, "label");
  return *table.Intern(std::move(def));
}

// Two guests and a plan between them.
class CopyPlanTest : public testing::Test {
 protected:
  bool RunMemory(ValType type, uint32_t from_address, uint32_t to_address) {
    CopyPlan plan(&table_, 4, 4);
    const uint32_t start = plan.Value(type, true);
    CanonContext from = source_.Context(&scope_), to = target_.Context(&scope_);
    return RunCopy(plan, start, resources_, from, to, source_.bytes() + from_address,
                   target_.bytes() + to_address);
  }
  bool RunFlat(ValType type, const std::vector<uint64_t>& flat) {
    CopyPlan plan(&table_, 4, 4);
    const uint32_t start = plan.Value(type, false);
    vm::Slot in[kMaxFlatParams];
    for (size_t i = 0; i < flat.size(); ++i) in[i].bits = flat[i];
    CanonContext from = source_.Context(&scope_), to = target_.Context(&scope_);
    return RunCopy(plan, start, resources_, from, to, in, flat_);
  }
  std::vector<uint64_t> Flat(size_t count) const {
    std::vector<uint64_t> bits;
    for (size_t i = 0; i < count; ++i) bits.push_back(flat_[i].bits);
    return bits;
  }
  void Put(uint32_t address, std::vector<uint32_t> words) {
    std::memcpy(source_.bytes() + address, words.data(), words.size() * 4);
  }
  uint32_t Word(uint32_t address) { return LoadScalar<uint32_t>(target_.bytes() + address); }
  std::string TrapDetail() { return store_.core().TakeTrap().detail; }

  TypeTable table_;
  Store store_{&TestEngine()};
  TestGuest source_{&store_}, target_{&store_};
  CallScope scope_;
  ResourceType one_, two_;
  std::vector<const ResourceType*> resources_{&one_, &two_};
  vm::Slot flat_[kMaxFlatParams];
};

TEST_F(CopyPlanTest, FlatScalarsAreCutToTheirWidth) {
  const ValType type =
      Def(table_, K::kTuple, {K::kU8, K::kS8, K::kU16, K::kS16, K::kBool, K::kU32, K::kU64});

  ASSERT_TRUE(RunFlat(type, {0xfff, 0xff, 0xfffff, 0xffff, 0x100, 0x9'ffffffff, ~uint64_t{0}}));

  EXPECT_EQ(Flat(7), (std::vector<uint64_t>{0xff, 0xffffffff, 0xffff, 0xffffffff, 1, 0xffffffff,
                                            ~uint64_t{0}}));
}

TEST_F(CopyPlanTest, UnknownFlagsAreIgnored) {
  const ValType type = Def(table_, K::kFlags, {}, 9);
  Put(16, {0xffffffff});

  ASSERT_TRUE(RunFlat(type, {0xffffffff}));
  ASSERT_TRUE(RunMemory(type, 16, 16));

  EXPECT_EQ(Flat(1), std::vector<uint64_t>{0x1ff});
  EXPECT_EQ(Word(16), 0x1ffu);
}

TEST_F(CopyPlanTest, AsManyFlagsAsThereCanBeAreCopied) {
  const ValType type = Def(table_, K::kFlags, {}, 32);
  Put(16, {0x80000005});

  ASSERT_TRUE(RunFlat(type, {0x80000005}));
  ASSERT_TRUE(RunMemory(type, 16, 16));

  EXPECT_EQ(Flat(1), std::vector<uint64_t>{0x80000005});
  EXPECT_EQ(Word(16), 0x80000005u);
}

TEST_F(CopyPlanTest, CharsAreChecked) {
  const ValType type = Def(table_, K::kTuple, {K::kChar});

  EXPECT_TRUE(RunFlat(type, {0x10ffff}));
  for (uint64_t bad : {0xd800, 0xdfff, 0x110000}) {
    EXPECT_FALSE(RunFlat(type, {bad}));
    EXPECT_EQ(TrapDetail(), "invalid `char` bit pattern");
  }
}

TEST_F(CopyPlanTest, VariantsCheckTheirDiscriminantAndClearWhatTheyDoNotUse) {
  const ValType type =
      Def(table_, K::kVariant, {ValType(), K::kF32, Def(table_, K::kTuple, {K::kU64, K::kU8})});

  ASSERT_TRUE(RunFlat(type, {0, 5, 6}));
  EXPECT_EQ(Flat(3), (std::vector<uint64_t>{0, 0, 0}));
  ASSERT_TRUE(RunFlat(type, {1, 0x7'3f800000, 6}));
  EXPECT_EQ(Flat(3), (std::vector<uint64_t>{1, 0x3f800000, 0}));
  ASSERT_TRUE(RunFlat(type, {2, ~uint64_t{0}, 0x1ff}));
  EXPECT_EQ(Flat(3), (std::vector<uint64_t>{2, ~uint64_t{0}, 0xff}));
  EXPECT_FALSE(RunFlat(type, {3, 0, 0}));
  EXPECT_EQ(TrapDetail(), "invalid variant discriminant");
}

TEST_F(CopyPlanTest, ListsOfStringsAreCopiedDeeply) {
  const ValType type =
      Def(table_, K::kList, {Def(table_, K::kRecord, {K::kU8, K::kString, K::kU8})});
  std::memcpy(source_.bytes() + 512, "hello world", 11);
  Put(64, {1, 512, 5, 2, 3, 518, 5, 4});
  ASSERT_TRUE(RunFlat(type, {64, 2}));

  const uint32_t list = static_cast<uint32_t>(flat_[0].bits);
  const uint32_t text = Word(list + 16 + 4);
  EXPECT_EQ(flat_[1].bits, 2u);
  EXPECT_EQ(target_.bytes()[list], 1);
  EXPECT_EQ(target_.bytes()[list + 12], 2);
  EXPECT_EQ(target_.bytes()[list + 16], 3);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(target_.bytes() + text), 5), "world");
  EXPECT_EQ(target_.reallocs(), "0/4/32 0/1/5 0/1/5");
}

TEST_F(CopyPlanTest, ListsAreCheckedForLengthAlignmentAndBounds) {
  const ValType u64s = Def(table_, K::kList, {K::kU64});
  const ValType strings = Def(table_, K::kList, {K::kString});

  EXPECT_TRUE(RunFlat(u64s, {65536, 0}));
  EXPECT_EQ(target_.reallocs(), "0/8/0");
  EXPECT_FALSE(RunFlat(u64s, {65532, 0}));
  EXPECT_EQ(TrapDetail(), "unaligned pointer");
  EXPECT_FALSE(RunFlat(u64s, {65528, 2}));
  EXPECT_EQ(TrapDetail(), "list content out-of-bounds");
  EXPECT_FALSE(RunFlat(u64s, {0, 1 << 25}));
  EXPECT_EQ(TrapDetail(), "list content out-of-bounds");
  EXPECT_FALSE(RunFlat(u64s, {0, 0xffffffff}));
  EXPECT_EQ(TrapDetail(), "list content out-of-bounds");
  EXPECT_FALSE(RunFlat(strings, {65532, 1}));
  EXPECT_EQ(TrapDetail(), "list content out-of-bounds");
}

TEST_F(CopyPlanTest, HostileReallocsTrap) {
  const ValType bytes = Def(table_, K::kList, {K::kU8});
  const ValType words = Def(table_, K::kList, {K::kU32});

  target_.set_realloc_result(65535);
  EXPECT_TRUE(RunFlat(bytes, {0, 1}));
  EXPECT_FALSE(RunFlat(bytes, {0, 2}));
  EXPECT_FALSE(store_.core().TakeTrap().detail.empty());
  EXPECT_FALSE(RunFlat(words, {0, 0}));
  EXPECT_FALSE(store_.core().TakeTrap().detail.empty());
}

// A list of lists of lists ... of u8, as deep as types may be: one native frame for all levels.
TEST_F(CopyPlanTest, FixedLengthListsAreCopiedWhereTheyStand) {
  const ValType flags = Def(table_, K::kFlags, {}, 1);
  const ValType type =
      Def(table_, K::kTuple,
          {Def(table_, K::kFixedList, {K::kU32}), Def(table_, K::kFixedList, {flags}), K::kU16});
  Put(16, {1, 2, 3, 0x7fff'ffff});

  ASSERT_TRUE(RunMemory(type, 16, 64));
  ASSERT_TRUE(RunFlat(Def(table_, K::kFixedList, {flags}), {7, 6, 5}));

  EXPECT_EQ(Word(64), 1u);
  EXPECT_EQ(Word(72), 3u);
  EXPECT_EQ(Word(76), 0x0001'0101u);
  EXPECT_EQ(Flat(3), (std::vector<uint64_t>{1, 0, 1}));
}

TEST_F(CopyPlanTest, DeepListsUseNoNativeStack) {
  ValType type = K::kU8;
  for (int depth = 0; depth < 90; ++depth) {
    type = Def(table_, K::kList, {type});
    Put(64 + 8 * depth, {static_cast<uint32_t>(64 + 8 * (depth - 1)), depth == 0 ? 0u : 1u});
  }

  ASSERT_TRUE(RunMemory(type, 64 + 8 * 89, 64));

  uint32_t address = 64, levels = 0;
  while (Word(address + 4) == 1) {
    address = Word(address);
    ++levels;
  }
  EXPECT_EQ(levels, 89u);
}

// Doubling records make a type of many nodes; its plan must not be written out.
TEST_F(CopyPlanTest, ListsThatLieInOnePlaceEnd) {
  ValType type = K::kString;
  for (int i = 0; i < 5; ++i) type = Def(table_, K::kList, {type});
  // Every element is the list itself: 8,000 to the fifth strings of 8,000 bytes.
  std::vector<uint32_t> words;
  for (int i = 0; i < 8000; ++i) words.insert(words.end(), {0, 8000});
  Put(0, words);
  target_.set_realloc_result(0);

  EXPECT_FALSE(RunMemory(type, 0, 65528));
  EXPECT_EQ(TrapDetail(),
            "a call copies more than the memory it copies to can hold: 134352000 bytes, at most "
            "134348800");
}

TEST_F(CopyPlanTest, ALongCopyEndsAtTheDeadline) {
  constexpr uint32_t kLast = (1 << 28) - 2;
  vm::MemoryType large;
  large.limits = {.min = 4096, .max = 4096, .has_max = true};
  source_.options().memory = *store_.core().NewMemory(large);
  target_.options().memory = *store_.core().NewMemory(large);
  source_.bytes()[kLast] = 1;
  target_.set_realloc_result(0);
  ASSERT_TRUE(store_.core().SetDeadline(vm::sys::MonotonicNanoseconds() + 20'000'000));

  EXPECT_FALSE(RunFlat(Def(table_, K::kList, {K::kBool}), {0, kLast + 1}));

  EXPECT_EQ(store_.core().TakeTrap().kind, vm::TrapKind::kTimeout);
  EXPECT_EQ(target_.bytes()[kLast], 0);
}

TEST_F(CopyPlanTest, WhatIsLentIsCharged) {
  Store store(&TestEngine(), {.call_bytes = 2 * sizeof(CallScope::Loan)});
  TestGuest guest(&store);
  CanonContext cx = guest.Context(&scope_);
  uint32_t index, rep;
  ASSERT_TRUE(LowerOwn(cx, 7, &one_, &index));

  EXPECT_TRUE(LiftBorrow(cx, index, &one_, &rep));
  EXPECT_TRUE(LiftBorrow(cx, index, &one_, &rep));
  EXPECT_FALSE(LiftBorrow(cx, index, &one_, &rep));
  EXPECT_EQ(store.core().TakeTrap().detail,
            "a call may not hand the host so many bytes: 16, with 0 left of 32");
}

// A chain of instances, each of which lends the next as much as it may.
TEST_F(CopyPlanTest, WhatCallsLendIsChargedTogetherUntilTheyEnd) {
  Store store(&TestEngine(), {.call_bytes = 2 * sizeof(CallScope::Loan)});
  TestGuest outer(&store), inner(&store);
  CallScope scope;
  CanonContext outer_cx = outer.Context(&scope_);
  uint32_t outer_index, inner_index, rep;
  ASSERT_TRUE(LowerOwn(outer_cx, 7, &one_, &outer_index));
  ASSERT_TRUE(LiftBorrow(outer_cx, outer_index, &one_, &rep));
  {
    CanonContext inner_cx = inner.Context(&scope);
    ASSERT_TRUE(LowerOwn(inner_cx, 7, &one_, &inner_index));
    EXPECT_TRUE(LiftBorrow(inner_cx, inner_index, &one_, &rep));
    EXPECT_FALSE(LiftBorrow(inner_cx, inner_index, &one_, &rep));
    EXPECT_EQ(store.core().TakeTrap().detail,
              "a call may not hand the host so many bytes: 16, with 0 left of 32");
  }

  EXPECT_TRUE(LiftBorrow(outer_cx, outer_index, &one_, &rep));
}

TEST_F(CopyPlanTest, LargeTypesShareTheirPlans) {
  ValType type = Def(table_, K::kRecord, {K::kBool, K::kU8});
  uint32_t bytes = 2;
  for (int i = 0; i < 11; ++i) {
    type = Def(table_, K::kRecord, {type, type});
    bytes *= 2;
  }
  std::memset(source_.bytes() + 1024, 0x55, bytes);
  CopyPlan plan(&table_, 4, 4);
  const uint32_t start = plan.Value(type, true);
  CanonContext from = source_.Context(), to = target_.Context();

  ASSERT_TRUE(RunCopy(plan, start, {}, from, to, source_.bytes() + 1024, target_.bytes() + 1024));

  EXPECT_LT(plan.ops().size(), 200u);
  EXPECT_EQ(target_.bytes()[1024], 1);
  EXPECT_EQ(target_.bytes()[1024 + bytes - 2], 1);
  EXPECT_EQ(target_.bytes()[1024 + bytes - 1], 0x55);
  EXPECT_EQ(target_.bytes()[1024 + bytes], 0);
}

// A component may lower one function, or many with alike types, as often as its plan has room.
TEST_F(CopyPlanTest, PlansOfManyFunctionsStaySmall) {
  const ValType flags = Def(table_, K::kFlags, {}, 3);
  const ValType pair = Def(table_, K::kTuple, {K::kBool, flags});
  const ValType small = Def(table_, K::kTuple, std::vector<ValType>(5, pair));
  CopyPlan plan(&table_, 4, 4);
  const auto params = [&](int i) {
    FuncType type;
    const ValType own = Def(table_, K::kTuple, std::vector<ValType>(i + 1, K::kU8));
    for (int j = 0; j < 999; ++j) type.params.emplace_back("p", small);
    type.params.emplace_back("q", own);
    return plan.Params(*table_.Intern(std::move(type)), true);
  };
  const uint32_t first = params(0);
  const size_t ops = plan.ops().size();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(params(0), first);
  EXPECT_EQ(plan.ops().size(), ops);
  for (int i = 1; i < 100; ++i) params(i);
  EXPECT_LT(plan.ops().size(), 400'000u);

  CanonContext from = source_.Context(), to = target_.Context();
  ASSERT_TRUE(RunCopy(plan, params(99), resources_, from, to, source_.bytes(), target_.bytes()));
}

TEST_F(CopyPlanTest, OwnedHandlesMoveAndBorrowsAreLent) {
  const ValType own = Def(table_, K::kOwn, {}, 0, ResourceId(0));
  const ValType borrow = Def(table_, K::kBorrow, {}, 0, ResourceId(0));
  CanonContext cx = source_.Context();
  uint32_t first, second;
  ASSERT_TRUE(LowerOwn(cx, 77, &one_, &first) && LowerOwn(cx, 78, &one_, &second));

  ASSERT_TRUE(RunFlat(own, {first}));
  EXPECT_EQ((*target_.instance()->handles.Get(flat_[0].bits, &one_))->rep, 77u);
  EXPECT_FALSE(RunFlat(own, {first}));
  EXPECT_EQ(TrapDetail(), "unknown handle index 1");

  ASSERT_TRUE(RunFlat(borrow, {second}));
  EXPECT_EQ(scope_.num_borrows, 1u);
  EXPECT_FALSE(RunFlat(own, {second}));
  EXPECT_EQ(TrapDetail(), "cannot remove owned resource while borrowed");
  scope_.ReturnLoans();
  EXPECT_TRUE(RunFlat(own, {second}));
}

TEST_F(CopyPlanTest, ABorrowByItsImplementerIsTheRepresentation) {
  one_.impl = target_.instance();
  const ValType borrow = Def(table_, K::kBorrow, {}, 0, ResourceId(0));
  CanonContext cx = source_.Context();
  uint32_t index;
  ASSERT_TRUE(LowerOwn(cx, 77, &one_, &index));

  ASSERT_TRUE(RunFlat(borrow, {index}));

  EXPECT_EQ(flat_[0].bits, 77u);
  EXPECT_EQ(scope_.num_borrows, 0u);
}

TEST_F(CopyPlanTest, PointersWidenForA64BitMemory) {
  target_.options().memory64 = true;
  const vm::ValType i64 = vm::ValType::kI64;
  target_.options().realloc = *store_.core().NewHostFunc(
      vm::FuncType{{i64, i64, i64, i64}, {i64}},
      [](vm::HostCall& call) {
        vm::WriteSlot<uint64_t>(call.slots, 4096);
        return true;
      },
      nullptr, "realloc");
  const ValType type = Def(table_, K::kList, {Def(table_, K::kRecord, {K::kU8, K::kString})});
  Put(64, {9, 512, 0});
  CopyPlan plan(&table_, 4, 8);
  const uint32_t start = plan.Value(type, true);
  Put(16, {64, 1});
  CanonContext from = source_.Context(), to = target_.Context();

  ASSERT_TRUE(RunCopy(plan, start, {}, from, to, source_.bytes() + 16, target_.bytes() + 16));

  EXPECT_EQ(LoadScalar<uint64_t>(target_.bytes() + 16), 4096u);
  EXPECT_EQ(LoadScalar<uint64_t>(target_.bytes() + 24), 1u);
  EXPECT_EQ(LoadScalar<uint64_t>(target_.bytes() + 4096 + 8), 4096u);
}

// A guest that says anything at all: every run ends well or in a trap, and writes only to the
// target.
TEST_F(CopyPlanTest, RandomBytesNeverLeaveTheMemories) {
  std::minstd_rand random(7);
  std::vector<ValType> pool = {K::kBool, K::kU8, K::kS16, K::kU32, K::kF64, K::kChar, K::kString};
  for (int i = 0; i < 40; ++i) {
    constexpr TypeKind kKinds[] = {K::kList,   K::kOption,  K::kResult, K::kTuple,
                                   K::kRecord, K::kVariant, K::kFlags,  K::kFixedList};
    const TypeKind kind = kKinds[random() % std::size(kKinds)];
    std::vector<ValType> types;
    const bool has_one = kind == K::kList || kind == K::kOption || kind == K::kFixedList;
    const size_t count = has_one ? 1 : kind == K::kResult ? 2 : 3;
    for (size_t j = 0; j < count && kind != K::kFlags; ++j) {
      types.push_back(pool[random() % pool.size()]);
    }
    pool.push_back(Def(table_, kind, std::move(types), kind == K::kFlags ? 1 + i % 32 : 0));
  }
  LayoutTable layouts(&table_, 4);
  int completed = 0;
  for (int round = 0; round < 3000; ++round) {
    Store store(&TestEngine());
    TestGuest source(&store), target(&store);
    // Mostly small numbers: those pass for addresses, lengths and cases now and then.
    for (uint32_t address = 0; address < 2048; address += 4) {
      const uint32_t word = random() % 16 == 0 ? static_cast<uint32_t>(random() * 4) : random() % 6;
      std::memcpy(source.bytes() + address, &word, 4);
    }
    const ValType type = pool[random() % pool.size()];
    CopyPlan plan(&table_, 4, 4);
    const uint32_t start = plan.Value(type, true);
    const uint32_t at = AlignTo(random() % 1024, layouts.Get(type).align);
    CallScope scope;
    CanonContext from = source.Context(&scope), to = target.Context(&scope);
    if (RunCopy(plan, start, {}, from, to, source.bytes() + at, target.bytes() + at)) {
      ++completed;
    }
  }
  EXPECT_GT(completed, 300);
  EXPECT_LT(completed, 3000);
}

}  // namespace
}  // namespace tenon::abi
