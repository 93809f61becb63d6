#include "vm/runtime/gc/heap.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "vm/runtime/gc/root.h"

namespace tenon::vm {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

FieldType Field(ValType type) { return {.storage = {.type = type}, .is_mutable = true}; }
FieldType Packed(StorageType::Packed packed) {
  return {.storage = {.type = ValType::kI32, .packed = packed}};
}
ValType RefTo(HeapKind kind) { return ValType::Ref(kind, true); }

// A heap whose roots are a list.
class HeapTest : public testing::Test, private HeapOwner {
 protected:
  const Layout& Define(SubType::Kind kind, std::vector<FieldType> fields) {
    SubType type;
    type.kind = kind;
    type.fields.assign(fields.begin(), fields.end());
    return layouts_.Of(*types_.Intern({&type, 1}));
  }

  Heap& Make(uint64_t max_bytes, bool collect_always = false) {
    bytes_left_ = Allowance(max_bytes);
    heap_ = Heap::Create(this, &layouts_, &bytes_left_, collect_always);
    return *heap_;
  }
  // A pair: (i64, any, any).
  Ref MakePair(int64_t value, Ref left, Ref right) {
    const Ref pair = heap_->Allocate(pair_);
    if (pair == kNullRef) return pair;
    WriteField(At(pair, 0), value);
    WriteField(At(pair, 1), left);
    WriteField(At(pair, 2), right);
    return pair;
  }
  uint8_t* At(Ref object, int field) { return heap_->At(object) + pair_.fields[field].offset; }
  int64_t ValueOf(Ref pair) { return ReadField<int64_t>(At(pair, 0)); }
  Ref Link(Ref pair, int field) { return ReadField<Ref>(At(pair, field)); }

  TypeStore types_;
  LayoutTable layouts_{types_};
  Allowance bytes_left_{0};
  std::unique_ptr<Heap> heap_;
  std::vector<Ref> roots_;
  std::vector<Slot> words_;  // that may be references
  bool must_stop_ = false;
  const Layout& pair_ =
      Define(SubType::Kind::kStruct,
             {Field(ValType::kI64), Field(RefTo(HeapKind::kAny)), Field(RefTo(HeapKind::kAny))});
  const Layout& refs_ = Define(SubType::Kind::kArray, {Field(RefTo(HeapKind::kAny))});
  const Layout& bytes_ = Define(SubType::Kind::kArray, {Packed(StorageType::Packed::kI8)});

 private:
  void MarkRoots(Marker& marker) override {
    for (const Ref root : roots_) marker.Mark(root);
    marker.MarkConservatively(words_.data(), words_.data() + words_.size());
  }
  bool MustStop() const override { return must_stop_; }
};

TEST(SizeClasses, RoundUpToTheNextSize) {
  for (uint32_t bytes = 1; bytes <= kMaxSmallBytes; ++bytes) {
    const uint32_t size_class = SizeClassOf(bytes);
    ASSERT_GE(kClassBytes[size_class], bytes);
    ASSERT_TRUE(size_class == 0 || kClassBytes[size_class - 1] < bytes) << bytes;
  }
}

TEST_F(HeapTest, LaysFieldsOutInOrder) {
  const Layout& layout =
      Define(SubType::Kind::kStruct,
             {Packed(StorageType::Packed::kI8), Packed(StorageType::Packed::kI16),
              Field(RefTo(HeapKind::kAny)), Field(ValType::kFuncRef), Field(ValType::kV128)});
  std::vector<uint32_t> offsets;
  for (const FieldLayout& field : layout.fields) offsets.push_back(field.offset);
  EXPECT_EQ(offsets, (std::vector<uint32_t>{8, 10, 12, 16, 24}));
  EXPECT_EQ(layout.bytes, 40u);
  EXPECT_EQ(layout.slots, 6u);
  EXPECT_EQ(layout.ref_offsets, std::vector<uint32_t>{12});
}

TEST_F(HeapTest, PacksElements) {
  EXPECT_EQ(bytes_.BytesOfArray(5), 17u);
  EXPECT_EQ(refs_.BytesOfArray(2), 20u);
  EXPECT_EQ(Define(SubType::Kind::kArray, {Field(ValType::kI64)}).BytesOfArray(1), 24u);
}

TEST_F(HeapTest, ReusesWhatNobodyRefersTo) {
  Make(64 * kMiB);
  for (int i = 0; i < 3'000'000; ++i) ASSERT_NE(MakePair(i, kNullRef, kNullRef), kNullRef);
  EXPECT_LT(heap_->committed_bytes(), 4 * kMiB);
  EXPECT_GT(heap_->collections(), 10u);
}

TEST_F(HeapTest, KeepsALongChain) {
  Make(256 * kMiB);
  roots_ = {kNullRef};
  constexpr int64_t kLength = 1'000'000;
  for (int64_t i = 0; i < kLength; ++i) roots_[0] = MakePair(i, roots_[0], MakeI31(1));
  heap_->Collect();
  int64_t left = kLength;
  for (Ref pair = roots_[0]; pair != kNullRef; pair = Link(pair, 1)) {
    ASSERT_EQ(ValueOf(pair), --left);
  }
  EXPECT_EQ(left, 0);
  EXPECT_EQ(heap_->live_bytes(), kLength * 24);
}

TEST_F(HeapTest, DropsCycles) {
  Make(64 * kMiB);
  const Ref first = MakePair(1, kNullRef, kNullRef);
  WriteField(At(first, 1), MakePair(2, first, first));
  roots_ = {first};
  heap_->Collect();
  EXPECT_EQ(heap_->live_bytes(), 48u);
  roots_.clear();
  heap_->Collect();
  EXPECT_EQ(heap_->live_bytes(), 0u);
}

TEST_F(HeapTest, TellsOfEachHostValueOnce) {
  Make(64 * kMiB);
  std::vector<uint64_t> dropped;
  heap_->OnHostValueDropped(
      [](void* list, uint64_t value) {
        static_cast<std::vector<uint64_t>*>(list)->push_back(value);
      },
      &dropped);
  roots_ = {heap_->AllocateHostExtern(1), heap_->AllocateHostExtern(2)};
  heap_->AllocateHostExtern(3);
  heap_->Collect();
  EXPECT_EQ(dropped, std::vector<uint64_t>{3});
  roots_.pop_back();
  heap_->Collect();
  heap_->Collect();
  EXPECT_EQ(dropped, (std::vector<uint64_t>{3, 2}));
  heap_.reset();
  EXPECT_EQ(dropped, (std::vector<uint64_t>{3, 2, 1}));
}

TEST_F(HeapTest, FollowsAMillionElements) {
  Make(256 * kMiB);
  constexpr uint32_t kCount = 1'000'000;
  const Ref array = heap_->AllocateArray(refs_, kCount);
  uint8_t* elements = heap_->At(array) + refs_.element().offset;
  std::memset(elements, 0, kCount * sizeof(Ref));
  roots_ = {array};
  for (uint32_t i = 0; i < kCount; ++i) {
    WriteField(elements + i * sizeof(Ref), MakePair(i, array, kNullRef));
  }
  heap_->Collect();
  for (uint32_t i = 0; i < kCount; ++i) {
    ASSERT_EQ(ValueOf(ReadField<Ref>(elements + i * sizeof(Ref))), i);
  }
  EXPECT_EQ(heap_->LengthOf(array), kCount);
}

TEST_F(HeapTest, ReusesLargeObjects) {
  Make(64 * kMiB);
  for (uint32_t i = 0; i < 1000; ++i) {
    const uint32_t length = 20'000 + i * 4'999;
    const Ref array = heap_->AllocateArray(bytes_, length);
    ASSERT_NE(array, kNullRef);
    std::memset(heap_->At(array) + bytes_.element().offset, 0xff, length);
  }
  EXPECT_LE(heap_->committed_bytes(), 32 * kMiB);
}

TEST_F(HeapTest, RefusesWhatDoesNotFitAndGoesOn) {
  Make(4 * kMiB);
  EXPECT_EQ(heap_->AllocateArray(bytes_, 5 * kMiB), kNullRef);
  EXPECT_EQ(heap_->AllocateArray(refs_, 0xffff'ffff), kNullRef);
  roots_ = {kNullRef};
  for (Ref next = kNullRef; (next = MakePair(0, roots_[0], kNullRef)) != kNullRef;) {
    roots_[0] = next;
  }
  EXPECT_GT(heap_->live_bytes(), 3 * kMiB);
  const uint64_t collections = heap_->collections();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(MakePair(0, kNullRef, kNullRef), kNullRef);
  EXPECT_LT(heap_->collections(), collections + 20);  // and does not go on trying
  roots_.clear();
  heap_->Collect();
  EXPECT_NE(MakePair(0, kNullRef, kNullRef), kNullRef);
}

TEST_F(HeapTest, CountsAgainstTheAllowance) {
  Make(8 * kMiB);
  ASSERT_NE(heap_->AllocateArray(bytes_, 6 * kMiB), kNullRef);
  EXPECT_LT(bytes_left_.left(), 2 * kMiB);
}

TEST_F(HeapTest, TellsObjectsFromNumbers) {
  Make(64 * kMiB);
  const Ref pair = MakePair(0x4242'4242'4242'4242, kNullRef, kNullRef);
  const Ref large = heap_->AllocateArray(bytes_, 100'000);
  std::memset(heap_->At(large) + bytes_.element().offset, 0x42, 100'000);
  EXPECT_TRUE(heap_->IsObjectAt(pair));
  EXPECT_TRUE(heap_->IsObjectAt(large));
  const uint64_t a = pair;
  const uint64_t b = large;
  for (const uint64_t other : {uint64_t{0}, uint64_t{8}, a + 1, a + 8, a + 24, a << 32 | a, b + 8,
                               b + kHeapBlockBytes, ~uint64_t{0}}) {
    EXPECT_FALSE(heap_->IsObjectAt(other)) << other;
  }
  heap_->Collect();
  EXPECT_FALSE(heap_->IsObjectAt(pair));
  EXPECT_FALSE(heap_->IsObjectAt(large));
}

TEST_F(HeapTest, WordsKeepWhatTheyMayReferTo) {
  Make(64 * kMiB);
  const Ref kept = MakePair(7, kNullRef, kNullRef);
  words_ = {Slot{kept}, Slot{kept + 8}, Slot{~uint64_t{0}}, Slot{0xdead'beef}};
  for (int i = 0; i < 3; ++i) heap_->Collect();
  EXPECT_EQ(heap_->live_bytes(), 24u);
  EXPECT_EQ(ValueOf(kept), 7);
}

TEST_F(HeapTest, HandlesKeepUntilDropped) {
  Make(64 * kMiB);
  {
    Root root(heap_.get(), MakePair(7, kNullRef, kNullRef));
    Root moved = std::move(root);
    heap_->Collect();
    EXPECT_EQ(ValueOf(moved.get()), 7);
    EXPECT_EQ(root.get(), kNullRef);
  }
  heap_->Collect();
  EXPECT_EQ(heap_->live_bytes(), 0u);
}

TEST_F(HeapTest, GivesUpWhenTheGuestMustStop) {
  Make(256 * kMiB);
  roots_ = {kNullRef};
  for (int i = 0; i < 200'000; ++i) roots_[0] = MakePair(i, roots_[0], kNullRef);
  must_stop_ = true;
  heap_->Collect();
  EXPECT_EQ(MakePair(0, kNullRef, kNullRef), kNullRef);
}

// A random graph against a model of it; every object carries its number.
void Churn(std::mt19937& random, int steps, std::vector<Ref>& roots,
           const std::function<Ref(int64_t, Ref, Ref)>& make,
           const std::function<void(Ref, int, Ref)>& set) {
  for (int i = 0; i < steps; ++i) {
    Ref& root = roots[random() % roots.size()];
    const Ref other = roots[random() % roots.size()];
    switch (random() % 4) {
      case 0: root = kNullRef; break;
      case 1:
        if (root != kNullRef) set(root, 1 + random() % 2, other);
        break;
      default: root = make(i, root, other); break;
    }
  }
}

TEST_F(HeapTest, RandomGraphsStayWhole) {
  for (const bool collect_always : {false, true}) {
    Make(64 * kMiB, collect_always);
    std::mt19937 random(1);
    roots_.assign(20, kNullRef);
    std::vector<int64_t> numbers;  // that the objects in reach must have, by reference
    Churn(
        random, collect_always ? 2'000 : 500'000, roots_,
        [&](int64_t number, Ref left, Ref right) {
          const Ref pair = MakePair(number, left, right);
          numbers.resize(std::max<size_t>(numbers.size(), pair / 8 + 1));
          numbers[pair / 8] = number;
          return pair;
        },
        [&](Ref pair, int field, Ref target) { WriteField(At(pair, field), target); });
    std::vector<Ref> reached = roots_;
    std::vector<bool> seen(numbers.size());
    while (!reached.empty()) {
      const Ref pair = reached.back();
      reached.pop_back();
      if (pair == kNullRef || seen[pair / 8]) continue;
      seen[pair / 8] = true;
      ASSERT_EQ(ValueOf(pair), numbers[pair / 8]);
      reached.insert(reached.end(), {Link(pair, 1), Link(pair, 2)});
    }
  }
}

}  // namespace
}  // namespace tenon::vm
