// Guests and the collector: what keeps objects, how much room they take, and what ends a guest that
// wants more.
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/wat_for_test.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/store.h"

namespace tenon::vm {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

class GcTest : public testing::Test {
 protected:
  void UseLimits(StoreLimits limits) { store_ = std::make_unique<Store>(&engine_, limits); }

  Instance* Load(absl::string_view wat, std::vector<Extern> imports = {}) {
    return MakeInstance(*store_, LoadWat(engine_, wat), imports);
  }

  // The first result; nothing after a trap.
  std::optional<uint64_t> Call(Instance* instance, absl::string_view name, uint64_t argument = 0) {
    Slot slots[4] = {{argument}};
    if (store_->InvokeOrTrap(*instance->ExportedFunc(name), slots)) return slots[0].bits;
    trap_ = store_->TakeTrap();
    return std::nullopt;
  }

  Engine engine_{InterpreterTier()};
  std::unique_ptr<Store> store_ = std::make_unique<Store>(&engine_);
  Trap trap_;
};

TEST_F(GcTest, AStoreThatAllocatesNothingHasNoHeap) {
  Instance* instance = Load(R"((module (func (export "f") (result i32)
      (i31.get_s (ref.i31 (i32.const 7))))))");
  EXPECT_EQ(Call(instance, "f"), 7u);
  EXPECT_EQ(store_->run().heap, nullptr);
}

TEST_F(GcTest, ALoopThatAllocatesTakesALittleRoom) {
  Instance* instance = Load(R"((module
      (type $list (struct (field i32) (field (ref null $list))))
      (func (export "f") (param $count i32) (local $last (ref null $list))
        (loop $again
          (local.set $last (struct.new $list (local.get $count) (ref.null $list)))
          (local.set $last (struct.new $list (local.get $count) (local.get $last)))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br_if $again (local.get $count))))))");
  EXPECT_TRUE(Call(instance, "f", 5'000'000));
  EXPECT_LT(store_->heap()->committed_bytes(), 2 * kMiB);
}

constexpr absl::string_view kHoarder = R"((module
    (type $list (struct (field i64) (field (ref null $list))))
    (global $list (mut (ref null $list)) (ref.null $list))
    (func (export "hoard")
      (loop $again
        (global.set $list (struct.new $list (i64.const 0) (global.get $list)))
        (br $again)))
    (func (export "release") (global.set $list (ref.null $list)))
    (func (export "one") (result i64)
      (struct.get $list 0 (struct.new $list (i64.const 7) (ref.null $list))))))";

TEST_F(GcTest, TheLimitIsATrapThatSaysSo) {
  UseLimits({.total_memory_bytes = 8 * kMiB});
  Instance* instance = Load(kHoarder);
  EXPECT_FALSE(Call(instance, "hoard"));
  EXPECT_EQ(trap_.Message(),
            "out of memory: no room for an object in the garbage-collected heap, which takes "
            "8388608 bytes");
  EXPECT_EQ(trap_.backtrace.size(), 1u);
  EXPECT_FALSE(Call(instance, "one"));
  EXPECT_TRUE(Call(instance, "release"));
  EXPECT_EQ(Call(instance, "one"), 7u);
}

TEST_F(GcTest, MemoriesAndTheHeapShareALimit) {
  UseLimits({.total_memory_bytes = 8 * kMiB});
  Instance* grower = Load(R"((module (memory 0)
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
  Instance* hoarder = Load(kHoarder);
  EXPECT_EQ(Call(grower, "grow", 64), 0u);  // 4 MiB
  EXPECT_FALSE(Call(hoarder, "hoard"));
  EXPECT_LE(store_->heap()->committed_bytes(), 4 * kMiB);
  EXPECT_EQ(Call(grower, "grow", 1), 0xffff'ffff);
}

TEST_F(GcTest, AHoarderEndsWithItsDeadline) {
  UseLimits({.total_memory_bytes = 512 * kMiB});
  Instance* instance = Load(kHoarder);
  ASSERT_TRUE(store_->SetDeadline(sys::MonotonicNanoseconds() + 50'000'000));
  EXPECT_FALSE(Call(instance, "hoard"));
  EXPECT_EQ(trap_.kind, TrapKind::kTimeout);
  EXPECT_FALSE(Call(instance, "one"));
}

TEST_F(GcTest, NumbersThatLookLikeReferencesDoNoHarm) {
  UseLimits({.collect_always = true});
  Instance* instance = Load(R"((module
      (type $pair (struct (field i64) (field i32)))
      (func $allocate (param i64 i64 i32) (result i64)
        (struct.get $pair 0 (struct.new $pair (local.get 0) (local.get 2))))
      (func (export "f") (param $bits i64) (result i64)
        (local $end i64)
        (local.set $end (i64.add (local.get $bits) (i64.const 400)))
        (loop $again
          (drop (call $allocate (local.get $bits) (i64.mul (local.get $bits) (i64.const -1))
                                (i32.wrap_i64 (local.get $bits))))
          (local.set $bits (i64.add (local.get $bits) (i64.const 1)))
          (br_if $again (i64.lt_u (local.get $bits) (local.get $end))))
        (local.get $bits))))");
  EXPECT_EQ(Call(instance, "f", kHeapBlockBytes - 8), kHeapBlockBytes + 392u);
  EXPECT_EQ(Call(instance, "f", ~uint64_t{0} - 500), ~uint64_t{0} - 100);
}

TEST_F(GcTest, HostValuesAreCollectedUnlessKept) {
  Instance* instance = Load(R"((module
      (table $table 1 externref)
      (func (export "put") (param externref) (table.set $table (i32.const 0) (local.get 0)))
      (func (export "get") (result externref) (table.get $table (i32.const 0)))))");
  for (uint64_t i = 0; i < 1'000'000; ++i) store_->NewExternRef(i);
  EXPECT_LT(store_->heap()->committed_bytes(), 2 * kMiB);
  Root kept = store_->Keep(store_->NewExternRef(7));
  EXPECT_TRUE(Call(instance, "put", store_->NewExternRef(8)));
  store_->heap()->Collect();
  EXPECT_EQ(store_->heap()->live_bytes(), 2 * kHostExternBytes);
  EXPECT_EQ(store_->HostValueOf(kept.get()), 7u);
  EXPECT_EQ(store_->HostValueOf(static_cast<Ref>(*Call(instance, "get"))), 8u);
}

// A host function that allocates, and enters the guest again, while its caller holds references.
bool AllocateAndReenter(HostCall& call) {
  const Func& inner = **static_cast<const Func**>(call.data);
  if (call.store.NewExternRef(1) == kNullRef) return false;
  Slot slots[1] = {call.slots[0]};
  if (!call.store.InvokeOrTrap(inner, slots)) return false;
  call.slots[0].bits = call.store.HostValueOf(static_cast<Ref>(slots[0].bits)).value_or(0);
  return true;
}

TEST_F(GcTest, ReferencesInFramesSurviveHostCalls) {
  UseLimits({.collect_always = true});
  const Func* inner = nullptr;
  const FuncType type = {.params = {ValType::kExternRef}, .results = {ValType::kI64}};
  const auto host = store_->NewHostFunc(type, &AllocateAndReenter, &inner, "reenter");
  Instance* instance = Load(R"((module
      (import "host" "reenter" (func $reenter (param externref) (result i64)))
      (type $box (struct (field externref)))
      (func (export "inner") (param externref) (result externref)
        (struct.get $box 0 (struct.new $box (local.get 0))))
      (func (export "outer") (param externref) (result i64)
        (local $box (ref $box))
        (local.set $box (struct.new $box (local.get 0)))
        (drop (call $reenter (local.get 0)))
        (call $reenter (struct.get $box 0 (local.get $box))))))",
                            {*host});
  inner = instance->ExportedFunc("inner");
  EXPECT_EQ(Call(instance, "outer", store_->NewExternRef(99)), 99u);
}

TEST_F(GcTest, ConstantsAreRootsWhileTheyAreEvaluated) {
  UseLimits({.collect_always = true});
  Instance* instance = Load(R"((module
      (type $box (struct (field i32)))
      (type $boxes (array (ref $box)))
      (global $boxes (ref $boxes)
        (array.new_fixed $boxes 3 (struct.new $box (i32.const 1)) (struct.new $box (i32.const 2))
                                  (struct.new $box (i32.const 4))))
      (global $more (ref $boxes) (array.new $boxes (struct.new $box (i32.const 8)) (i32.const 2)))
      (func $value (param (ref $boxes) i32) (result i32)
        (struct.get $box 0 (array.get $boxes (local.get 0) (local.get 1))))
      (func (export "f") (result i32)
        (i32.add
          (i32.add (call $value (global.get $boxes) (i32.const 0))
                   (call $value (global.get $boxes) (i32.const 1)))
          (i32.add (call $value (global.get $boxes) (i32.const 2))
                   (call $value (global.get $more) (i32.const 1)))))))");
  EXPECT_EQ(Call(instance, "f"), 15u);
}

}  // namespace
}  // namespace tenon::vm
