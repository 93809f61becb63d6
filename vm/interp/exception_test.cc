// Exceptions where guests meet the host; what guests do among themselves is
// test/wast/exceptions.wast.
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/wat_for_test.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"

namespace tenon::vm {
namespace {

using enum CallOutcome;

// Imports are in the order of the wat: whatever it takes of host functions, and the tag.
class ExceptionTest : public testing::Test {
 protected:
  std::shared_ptr<LoadedModule> Load(absl::string_view wat) { return LoadWat(engine_, wat); }

  Instance* Make(absl::string_view wat, const std::vector<Extern>& imports = {}) {
    return MakeInstance(store_, Load(wat), imports);
  }

  const Func* HostFunc(HostCallback callback, FuncType type = {}) {
    return *store_.NewHostFunc(type, callback, this, "host");
  }

  CallOutcome Call(Instance* instance) {
    return store_.Invoke(*instance->ExportedFunc("f"), slots_);
  }

  // Throws the tag with 7.
  static bool ThrowSeven(HostCall& call) {
    const Slot seven{7};
    call.store.Throw(*static_cast<ExceptionTest*>(call.data)->tag_, &seven);
    return false;
  }
  // Calls target_ and hands on whatever it ended in.
  static bool CallTarget(HostCall& call) {
    Slot none[1];
    auto* test = static_cast<ExceptionTest*>(call.data);
    return call.store.Invoke(*test->target_, none) == kReturned;
  }

  Engine engine_{InterpreterTier()};
  Store store_{&engine_, {.collect_always = true}};
  const TagInstance* tag_ = store_.NewTag(*engine_.types().InternFunc({.params = {ValType::kI32}}));
  const Func* target_ = nullptr;
  Slot slots_[4] = {};
};

TEST_F(ExceptionTest, ACallTellsResultTrapAndExceptionApart) {
  Instance* instance = Make(R"((module (tag $e (param i32))
      (func (export "f") (param i32)
        (if (i32.eq (local.get 0) (i32.const 1)) (then (unreachable)))
        (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $e (i32.const 5)))))))");

  slots_[0].bits = 0;
  EXPECT_EQ(Call(instance), kReturned);
  slots_[0].bits = 1;
  EXPECT_EQ(Call(instance), kTrapped);
  EXPECT_EQ(store_.TakeTrap().kind, TrapKind::kUnreachable);
  slots_[0].bits = 2;
  EXPECT_EQ(Call(instance), kThrew);
  EXPECT_FALSE(store_.trapped());
  EXPECT_TRUE(store_.threw());
}

TEST_F(ExceptionTest, TheHostReadsWhatItTakes) {
  Instance* instance = Make(R"((module (tag (import "h" "e") (param i32))
      (func (export "f") (throw 0 (i32.const -5)))))",
                            {tag_});
  EXPECT_EQ(Call(instance), kThrew);

  const Root exception = store_.TakeException();
  Slot value{};
  store_.ReadException(exception.get(), &value);

  EXPECT_FALSE(store_.threw());
  EXPECT_EQ(&store_.TagOf(exception.get()), tag_);
  EXPECT_EQ(ReadSlot<int32_t>(&value), -5);
}

TEST_F(ExceptionTest, NothingIsCalledWhileOneIsPending) {
  Instance* thrower = Make(R"((module (tag $e) (func (export "f") (throw $e))))");
  Instance* other = Make(R"((module (func (export "f") (unreachable))))");
  EXPECT_EQ(Call(thrower), kThrew);
  EXPECT_EQ(Call(other), kThrew);
  store_.TakeException();
  EXPECT_EQ(Call(other), kTrapped);
  store_.TakeTrap();
}

constexpr absl::string_view kCatcher = R"((module
    (func $host (import "h" "host"))
    (tag $e (import "h" "e") (param i32))
    (func (export "f") (result i32)
      (try_table (result i32) (catch $e 0) (call $host) (i32.const 1)))))";

TEST_F(ExceptionTest, AGuestCatchesWhatTheHostThrows) {
  Instance* instance = Make(kCatcher, {HostFunc(ThrowSeven), tag_});
  EXPECT_EQ(Call(instance), kReturned);
  EXPECT_EQ(ReadSlot<uint32_t>(slots_), 7u);
}

TEST_F(ExceptionTest, AHostFunctionPassesOnWhatItsCallThrew) {
  Instance* thrower = Make(R"((module (tag $e (import "h" "e") (param i32))
      (func (export "f") (throw $e (i32.const 9)))))",
                           {tag_});
  target_ = thrower->ExportedFunc("f");
  Instance* instance = Make(kCatcher, {HostFunc(CallTarget), tag_});
  EXPECT_EQ(Call(instance), kReturned);
  EXPECT_EQ(ReadSlot<uint32_t>(slots_), 9u);
  EXPECT_TRUE(store_.exception_trace().empty());
}

TEST_F(ExceptionTest, AHostFunctionMayCatch) {
  Instance* thrower = Make(R"((module (tag $e) (func (export "f") (throw $e))))");
  target_ = thrower->ExportedFunc("f");
  const Func* host = HostFunc([](HostCall& call) {
    if (CallTarget(call)) return false;
    call.store.TakeException();
    return true;
  });
  EXPECT_EQ(Call(Make(kCatcher, {host, tag_})), kReturned);
  EXPECT_EQ(ReadSlot<uint32_t>(slots_), 1u);
}

TEST_F(ExceptionTest, AThrowOfTheHostIsUncaughtWithoutAClause) {
  Instance* instance =
      Make(R"((module (func $host (import "h" "host")) (func (export "f") (call $host))))",
           {HostFunc(ThrowSeven)});
  EXPECT_EQ(Call(instance), kThrew);
  store_.TakeException();
  EXPECT_EQ(store_.Invoke(*HostFunc(ThrowSeven), slots_), kThrew);
}

// The frame of a tail call is gone when the host function runs.
TEST_F(ExceptionTest, AHostFunctionThatIsTailCalledThrowsToTheCaller) {
  Instance* tail = Make(R"((module
      (func $host (import "h" "host"))
      (func (export "f") (block $h (try_table (catch_all $h) (return_call $host)))
        (unreachable))))",
                        {HostFunc(ThrowSeven)});
  Instance* instance = Make(R"((module
      (func $tail (import "h" "tail"))
      (tag $e (import "h" "e") (param i32))
      (global $mine i32 (i32.const 30))
      (func (export "f") (result i32)
        (block $h (result i32)
          (try_table (catch $e $h) (call $tail))
          (unreachable))
        (i32.add (global.get $mine)))))",
                            {tail->ExportedFunc("f"), tag_});
  EXPECT_EQ(Call(instance), kReturned);
  EXPECT_EQ(ReadSlot<uint32_t>(slots_), 37u);
}

TEST_F(ExceptionTest, ATrapBehindAnExceptionIsATrap) {
  const Func* host = HostFunc([](HostCall& call) {
    ThrowSeven(call);
    call.store.SetTrap(TrapKind::kUnreachable);
    return false;
  });
  EXPECT_EQ(Call(Make(kCatcher, {host, tag_})), kTrapped);
  EXPECT_FALSE(store_.threw());
  EXPECT_EQ(store_.TakeTrap().kind, TrapKind::kUnreachable);
}

TEST_F(ExceptionTest, AnUncaughtOneIsATrapWithTheFramesItLeft) {
  Instance* thrower = Make(R"((module (tag $e)
      (func $inner (throw $e))
      (func $outer (export "f") (call $inner))))");
  target_ = thrower->ExportedFunc("f");
  Instance* instance = Make(R"((module (func $host (import "h" "host"))
      (func $through (export "f") (block $h
        (try_table (call $host))))))",
                            {HostFunc(CallTarget)});

  EXPECT_FALSE(store_.InvokeOrTrap(*instance->ExportedFunc("f"), slots_));
  const Trap trap = store_.TakeTrap();

  EXPECT_FALSE(store_.threw());
  EXPECT_EQ(trap.Message(), "uncaught exception: tag 0 of m");
  ASSERT_EQ(trap.backtrace.size(), 3u);
  EXPECT_EQ(trap.backtrace[0].function, "inner");
  EXPECT_EQ(trap.backtrace[1].function, "outer");
  EXPECT_EQ(trap.backtrace[2].function, "through");
  EXPECT_NE(trap.backtrace[0].offset, trap.backtrace[1].offset);
}

TEST_F(ExceptionTest, AnInstantiationMayEndInOne) {
  const auto instance =
      Instantiate(store_, Load(R"((module (tag $e) (func $start (throw $e)) (start $start)))"), {});
  ASSERT_FALSE(instance.has_value());
  EXPECT_EQ(instance.error().kind(), ErrorKind::kTrap);
  EXPECT_TRUE(store_.threw());
}

TEST_F(ExceptionTest, ATagOfAnotherStoreIsRefused) {
  Store other(&engine_);
  const TagInstance* foreign = other.NewTag(tag_->type_id);
  const auto instance =
      Instantiate(store_, Load(R"((module (tag (import "h" "e") (param i32))))"), {foreign});
  ASSERT_FALSE(instance.has_value());
  EXPECT_EQ(instance.error().kind(), ErrorKind::kUsage);
}

// Every allocation collects in this store.
TEST_F(ExceptionTest, WhatAPendingOneCarriesIsKept) {
  Instance* instance = Make(R"((module (tag $e (export "e") (param externref))
      (func (export "f") (param externref) (throw $e (local.get 0)))))");
  slots_[0].bits = store_.NewExternRef(4711);
  EXPECT_EQ(Call(instance), kThrew);

  for (int i = 0; i < 100; ++i) store_.NewExternRef(i);
  const Root exception = store_.TakeException();
  for (int i = 0; i < 100; ++i) store_.NewExternRef(i);
  Slot value{};
  store_.ReadException(exception.get(), &value);

  EXPECT_EQ(store_.HostValueOf(ReadSlot<Ref>(&value)), 4711u);
}

TEST_F(ExceptionTest, TheHeapMayHaveNoRoomForOne) {
  Store small(&engine_, {.total_memory_bytes = 0});
  auto instance = Instantiate(small, Load(R"((module (tag $e) (func (export "f")
          (block $h (try_table (catch_all $h) (throw $e))))))"),
                              {});
  EXPECT_EQ(small.Invoke(*(*instance)->ExportedFunc("f"), slots_), kTrapped);
  EXPECT_EQ(small.TakeTrap().kind, TrapKind::kOutOfMemory);
}

}  // namespace
}  // namespace tenon::vm
