#include "vm/interp/interpreter.h"

#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "vm/base/leb128.h"
#include "vm/interp/wat_for_test.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::vm {
namespace {

class InterpreterTest : public testing::Test {
 protected:
  Instance* Load(absl::string_view wat, std::vector<Extern> imports = {}, std::string path = "m",
                 BodyValidation mode = BodyValidation::kLazy) {
    return MakeInstance(store_, LoadWat(engine_, wat, mode, std::move(path)), imports);
  }

  // Calls an export with i64-sized slots; the first result slot, or -1 after a trap.
  int64_t Call(Instance* instance, absl::string_view name, std::vector<uint64_t> arguments = {}) {
    std::vector<Slot> slots(1024);
    for (size_t i = 0; i < arguments.size(); ++i) slots[i].bits = arguments[i];
    const Func* func = instance->ExportedFunc(name);
    EXPECT_NE(func, nullptr) << name;
    if (!store_.InvokeOrTrap(*func, slots.data())) {
      trap_ = store_.TakeTrap();
      return -1;
    }
    return static_cast<int64_t>(slots[0].bits);
  }

  Engine engine_{InterpreterTier()};
  Store store_{&engine_};
  Trap trap_;
};

TEST_F(InterpreterTest, ComputesRecursively) {
  Instance* instance = Load(R"((module (func $fac (export "fac") (param i64) (result i64)
      (if (result i64) (i64.eqz (local.get 0))
        (then (i64.const 1))
        (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1)))))))))");
  EXPECT_EQ(Call(instance, "fac", {20}), 2432902008176640000);
}

TEST_F(InterpreterTest, ALocalOnTheStackKeepsItsValueWhenTheLocalChanges) {
  Instance* instance = Load(R"((module (func (export "f") (param i32) (result i32)
      (local.get 0)
      (block (br_if 0 (i32.eqz (local.get 0))) (local.set 0 (i32.const 100)))
      (local.tee 0 (i32.add (local.get 0) (i32.const 1)))
      (i32.sub))))");
  EXPECT_EQ(static_cast<int32_t>(Call(instance, "f", {5})), 5 - 101);
  EXPECT_EQ(static_cast<int32_t>(Call(instance, "f", {0})), -1);
}

TEST_F(InterpreterTest, AnInvertedComparisonBranchesOnNaN) {
  Instance* instance = Load(R"((module (func (export "f") (param f64) (result i32)
      (if (result i32) (i32.eqz (f64.lt (local.get 0) (f64.const 1)))
        (then (i32.const 1)) (else (i32.const 0))))))");
  EXPECT_EQ(Call(instance, "f", {0x7ff8000000000000}), 1);
  EXPECT_EQ(Call(instance, "f", {0}), 0);
}

// The state must be where the signal handler looks for it, in every build.
TEST_F(InterpreterTest, AFaultInAFusedRunNamesItsFrames) {
  Instance* instance = Load(R"((module (memory 1)
      (func $scan (param i32 i32) (result i32)
        (block
          (loop
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br_if 1 (i32.eq (i32.load8_u (local.get 1)) (i32.const 7)))
            (local.set 1 (local.get 0))
            (br 0)))
        (local.get 0))
      (func $indexed (param i32 i32) (result i32)
        (i32.load (i32.add (local.get 1) (i32.shl (local.get 0) (i32.const 2)))))
      (func (export "scan") (result i32) (call $scan (i32.const 65500) (i32.const 0)))
      (func (export "indexed") (result i32) (call $indexed (i32.const 16383) (i32.const 4)))))");
  for (uint32_t func : {0, 1}) {
    EXPECT_EQ(Call(instance, func == 0 ? "scan" : "indexed"), -1);
    EXPECT_EQ(trap_.kind, TrapKind::kOutOfBoundsMemoryAccess);
    ASSERT_EQ(trap_.backtrace.size(), 2u);
    EXPECT_EQ(trap_.backtrace[0].func, FuncIdx(func));
    EXPECT_EQ(trap_.backtrace[1].func, FuncIdx(func + 2));
  }
}

TEST_F(InterpreterTest, SwapsResultsThatAreParameters) {
  Instance* instance = Load(R"((module
      (func $swap (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))
      (func (export "f") (result i32) (call $swap (i32.const 7) (i32.const 3)) (i32.sub))))");
  EXPECT_EQ(static_cast<int32_t>(Call(instance, "f")), 3 - 7);
}

TEST_F(InterpreterTest, ATrapNamesItsFrames) {
  Instance* instance = Load(R"((module
      (memory 1)
      (func $inner (param i32) (result i32) (i32.load (local.get 0)))
      (func $outer (export "f") (result i32)
        (i32.add (call $inner (i32.const 65533)) (i32.const 1)))))");
  Call(instance, "f");
  EXPECT_EQ(trap_.kind, TrapKind::kOutOfBoundsMemoryAccess);
  ASSERT_EQ(trap_.backtrace.size(), 2u);
  EXPECT_EQ(trap_.backtrace[0].function, "inner");
  EXPECT_EQ(trap_.backtrace[1].function, "outer");
  EXPECT_EQ(trap_.backtrace[0].module, "m");
  EXPECT_LT(trap_.backtrace[0].offset, trap_.backtrace[1].offset);
}

TEST_F(InterpreterTest, AFusedAccessTrapsAtItsOwnPosition) {
  Instance* instance = Load(R"((module
      (memory 1)
      (func (export "f") (param i32) (result i32)
        (i32.add (i32.load (i32.load (local.get 0))) (i32.load (i32.const 0))))
      (data (i32.const 8) "\fc\ff\ff\ff")))");
  EXPECT_EQ(Call(instance, "f", {0}), 0);
  Call(instance, "f", {65533});
  const uint32_t first = trap_.backtrace.at(0).offset;
  Call(instance, "f", {8});
  const uint32_t second = trap_.backtrace.at(0).offset;
  EXPECT_LT(first, second);
}

TEST_F(InterpreterTest, InfiniteRecursionEndsAndTheStoreGoesOn) {
  Instance* instance = Load(R"((module
      (func $f (export "f") (call $f))
      (func (export "ok") (result i32) (i32.const 42))))");
  Call(instance, "f");
  EXPECT_EQ(trap_.kind, TrapKind::kCallStackExhausted);
  EXPECT_TRUE(trap_.truncated);
  EXPECT_EQ(Call(instance, "ok"), 42);
}

TEST_F(InterpreterTest, TailCallsWithGrowingFramesDoNotGrowTheStack) {
  Instance* instance = Load(R"((module
      (func $even (export "even") (param i64) (result i32)
        (if (result i32) (i64.eqz (local.get 0)) (then (i32.const 1))
          (else (return_call $odd (i64.sub (local.get 0) (i64.const 1)) (i64.const 7)
                  (i64.const 8)))))
      (func $odd (param i64 i64 i64) (result i32)
        (if (result i32) (i64.eqz (local.get 0)) (then (i32.const 0))
          (else (return_call $even (i64.sub (local.get 0) (i64.const 1))))))))");
  EXPECT_EQ(Call(instance, "even", {1'000'000}), 1);
  EXPECT_EQ(Call(instance, "even", {1'000'001}), 0);
}

// Two instances that tail-call each other through a shared table; each counts in its own global.
TEST_F(InterpreterTest, TailCallsBetweenInstancesKeepTheStackAndTheContext) {
  constexpr absl::string_view kWat = R"((module
      (type $t (func (param i64 i32) (result i64)))
      (table (export "table") (import "e" "table") 2 funcref)
      (global $calls (mut i64) (i64.const 0))
      (func $step (export "step") (param i64 i32) (result i64)
        (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
        (if (result i64) (i64.eqz (local.get 0)) (then (global.get $calls))
          (else (return_call_indirect (type $t) (i64.sub (local.get 0) (i64.const 1))
                  (i32.xor (local.get 1) (i32.const 1)) (local.get 1)))))
      (func (export "start") (param i64) (result i64)
        (i64.add (call $step (local.get 0) (i32.const 1))
          (i64.mul (global.get $calls) (i64.const 1000000)))))
      )";
  auto table = store_.NewTable(TableType{{2, 0, false}, AddressType::kI32, ValType::kFuncRef}, {0});
  Instance* a = Load(kWat, {Extern(*table)}, "a");
  Instance* b = Load(kWat, {Extern(*table)}, "b");
  (*table)->data()[0].bits = reinterpret_cast<uintptr_t>(a->ExportedFunc("step"));
  (*table)->data()[1].bits = reinterpret_cast<uintptr_t>(b->ExportedFunc("step"));

  // 200,001 steps, alternating from a: the last is a's own, its 100,001st.
  EXPECT_EQ(Call(a, "start", {200'000}), 100'001 + int64_t{100'001} * 1'000'000);
}

const std::string kTooMuch = "too much code for a body of its length";

// A branch that carries a thousand values takes four bytes, its moves two thousand words.
TEST_F(InterpreterTest, ABodyThatMakesFarTooMuchCodeIsRefused) {
  std::string results, values, branches;
  for (int i = 0; i < 1000; ++i) results += " i32";
  for (int i = 0; i < 1001; ++i) values += " (local.get 0)";
  for (int i = 0; i < 2000; ++i) branches += " (br_if 0 (local.get 0))";
  Instance* instance = Load("(module (func (export \"f\") (param i32) (result" + results + ")" +
                            values + branches + " unreachable) (func (export \"ok\")))");

  EXPECT_EQ(Call(instance, "f", {0}), -1);
  EXPECT_TRUE(absl::StartsWith(trap_.Message(),
                               "invalid function body: function 0 (export \"f\"): " + kTooMuch));
  EXPECT_NE(Call(instance, "ok"), -1);
}

// Each stays below what a body may make; together they do not.
TEST_F(InterpreterTest, AModuleThatMakesFarTooMuchCodeIsRefused) {
  std::string results, values, branches, functions;
  for (int i = 0; i < 1000; ++i) results += " i32";
  for (int i = 0; i < 1001; ++i) values += " (local.get 0)";
  for (int i = 0; i < 6; ++i) branches += " (br_if 0 (local.get 0))";
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&functions, "(func (export \"f", i, "\") (param i32) (result", results, ")",
                    values, branches, " unreachable)");
  }
  Instance* instance = Load(absl::StrCat("(module ", functions, ")"));

  int refused = 0;
  for (int i = 0; i < 20; ++i) {
    Call(instance, absl::StrCat("f", i), {0});
    refused += absl::StrContains(trap_.Message(), kTooMuch) ? 1 : 0;
  }
  EXPECT_GT(refused, 2);
  EXPECT_LT(refused, 18);
}

// Calls of two bytes that take and give a thousand values, and make no more code than others.
TEST_F(InterpreterTest, ABodyWhoseCallsTakeFarTooManyValuesIsRefused) {
  std::string types, values, calls;
  for (int i = 0; i < 1000; ++i) types += " i32";
  for (int i = 0; i < 1000; ++i) values += " (local.get 0)";
  for (int i = 0; i < 1000; ++i) calls += " call $same";
  Instance* instance = Load(
      absl::StrCat("(module (func $same (param", types, ") (result", types, ") unreachable)",
                   "(func (export \"f\") (param i32) (result", types, ")", values, calls, "))"));

  EXPECT_EQ(Call(instance, "f", {0}), -1);
  EXPECT_TRUE(absl::StrContains(trap_.Message(), kTooMuch));
}

TEST_F(InterpreterTest, AModuleOfAnotherEngineIsRefused) {
  Engine other(InterpreterTier());
  auto resolved = ValidateModule(std::make_unique<Module>(*ParseModule("(module)")), &other.types(),
                                 other.features(), BodyValidation::kLazy);
  auto module = LoadedModule::Create(&other, *resolved, "m");

  EXPECT_EQ(Instantiate(store_, module, {}).error().kind(), ErrorKind::kUsage);
}

TEST_F(InterpreterTest, WhatAnotherStoreOwnsIsRefused) {
  Store other(&engine_);
  const FuncType type;
  const auto callback = [](HostCall&) { return true; };
  const Func* ours = *store_.NewHostFunc(type, callback, nullptr, "f");
  const Func* theirs = *other.NewHostFunc(type, callback, nullptr, "f");
  const TableType table_type{{1, 0, false}, AddressType::kI32, ValType::kFuncRef};
  const MemoryType memory_type{{1, 0, false}};
  const struct {
    const char* import;
    Extern ours, theirs;
  } cases[] = {
      {"(func)", ours, theirs},
      {"(table 1 funcref)", *store_.NewTable(table_type, {0}), *other.NewTable(table_type, {0})},
      {"(memory 1)", *store_.NewMemory(memory_type), *other.NewMemory(memory_type)},
      {"(global i32)", store_.NewGlobal({ValType::kI32, false}, {}),
       other.NewGlobal({ValType::kI32, false}, {})},
  };
  for (const auto& item : cases) {
    const std::string wat = absl::StrCat("(module (import \"a\" \"b\" ", item.import, "))");
    const auto module = LoadWat(engine_, wat);
    EXPECT_TRUE(Instantiate(store_, module, {item.ours})) << item.import;
    EXPECT_EQ(Instantiate(store_, module, {item.theirs}).error().kind(), ErrorKind::kUsage)
        << item.import;
  }
}

TEST_F(InterpreterTest, AFunctionOfAnotherStoreIsNotCalled) {
  Store other(&engine_);
  Instance* instance = Load("(module (func (export \"f\")))");
  Slot slots[1];

  EXPECT_FALSE(other.InvokeOrTrap(*instance->ExportedFunc("f"), slots));
  EXPECT_EQ(other.TakeTrap().detail, "the function belongs to another store");
}

// Totals of a store. Each is reached exactly and then exceeded by one.
class TotalsTest : public testing::Test {
 protected:
  // The error of instantiating `wat` once more, or "".
  std::string Add(Store& store, absl::string_view wat) {
    auto instance = Instantiate(store, LoadWat(engine_, wat, BodyValidation::kLazy), {});
    if (!instance) return instance.error().message();
    last_ = *instance;
    return "";
  }
  int32_t Call(Store& store, absl::string_view name, uint32_t argument) {
    Slot slots[2];
    WriteSlot(slots, argument);
    EXPECT_TRUE(store.InvokeOrTrap(*last_->ExportedFunc(name), slots));
    return ReadSlot<int32_t>(slots);
  }

  Engine engine_{InterpreterTier()};
  Instance* last_ = nullptr;
};

TEST_F(TotalsTest, Memories) {
  Store store(&engine_, {.total_memory_bytes = 5 * kWasmPageBytes, .memories = 3});
  constexpr const char* kGrows = R"((module (memory 2)
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))";
  EXPECT_EQ(Add(store, kGrows), "");
  EXPECT_EQ(Add(store, kGrows), "");
  EXPECT_EQ(Call(store, "grow", 2), -1);
  EXPECT_EQ(Call(store, "grow", 1), 2);
  EXPECT_EQ(Call(store, "grow", 1), -1);
  EXPECT_EQ(Add(store, "(module (memory 1))"),
            "memory minimum exceeds what is left for all memories");
  EXPECT_EQ(Add(store, "(module (memory 0))"), "more than 3 memories in one store");
}

TEST_F(TotalsTest, Tables) {
  Store store(&engine_, {.total_table_entries = 25, .tables = 3});
  constexpr const char* kGrows = R"((module (table 10 funcref)
      (func (export "grow") (param i32) (result i32)
        (table.grow (ref.null func) (local.get 0)))))";
  EXPECT_EQ(Add(store, kGrows), "");
  EXPECT_EQ(Add(store, kGrows), "");
  EXPECT_EQ(Call(store, "grow", 6), -1);
  EXPECT_EQ(Call(store, "grow", 5), 10);
  EXPECT_EQ(Call(store, "grow", 1), -1);
  EXPECT_EQ(Add(store, "(module (table 1 funcref))"),
            "table minimum exceeds what is left for all tables");
  EXPECT_EQ(Add(store, "(module (table 0 funcref))"), "more than 3 tables in one store");
}

TEST_F(TotalsTest, AStackThatTheHostHasNoRoomFor) {
  Store store(&engine_, {.stack_bytes = uint64_t{1} << 62});
  EXPECT_EQ(Add(store, "(module)"),
            "the host has no room for a stack of 4611686018427387904 bytes");
  EXPECT_TRUE(store.SetDeadline(sys::kNever));
  EXPECT_EQ(store.run().stack_limit, nullptr);
}

TEST_F(TotalsTest, Instances) {
  Store store(&engine_, {.instances = 2});
  EXPECT_EQ(Add(store, "(module)"), "");
  EXPECT_EQ(Add(store, "(module)"), "");
  EXPECT_EQ(Add(store, "(module)"), "more than 2 instances in one store");
}

// A hundred bytes a time: a module's functions and segments are charged for each of its instances.
TEST_F(TotalsTest, WhatInstancesHold) {
  constexpr const char* kModule = "(module (func $f) (elem funcref (ref.func $f) (ref.func $f)))";
  Store store(&engine_, {.total_instance_bytes = 2000});
  int added = 0;
  std::string error;
  while (added < 100 && (error = Add(store, kModule)).empty()) ++added;
  EXPECT_GT(added, 0);
  EXPECT_LT(added, 10);
  EXPECT_EQ(error, "instances hold and begin with more than 2000 bytes in one store");
}

TEST_F(TotalsTest, WhatInstancesBeginWith) {
  const std::string data(1500, 'x');
  const std::string with_data =
      absl::StrCat("(module (memory 1) (data (i32.const 0) \"", data, "\"))");
  std::string constant = "(i32.const 0)";
  for (int i = 0; i < 50; ++i) constant = absl::StrCat("(i32.add (i32.const 1) ", constant, ")");
  const std::string with_constant = absl::StrCat("(module (global i32 ", constant, "))");
  for (const std::string& wat : {with_data, with_constant}) {
    Store store(&engine_, {.total_instance_bytes = 6000});
    EXPECT_EQ(Add(store, wat), "") << wat;
    int more = 0;
    while (more < 10 && Add(store, wat).empty()) ++more;
    EXPECT_LT(more, 10) << wat;
  }
}

TEST_F(InterpreterTest, AnIndirectCallTakesAll64BitsOfItsIndex) {
  Instance* instance = Load(R"((module
      (table i64 funcref (elem $f))
      (func $f (result i32) (i32.const 1))
      (func (export "call") (param i64) (result i32)
        (call_indirect (result i32) (local.get 0)))
      (func (export "tail") (param i64) (result i32)
        (return_call_indirect (result i32) (local.get 0)))))");
  for (const char* name : {"call", "tail"}) {
    EXPECT_EQ(Call(instance, name, {0}), 1) << name;
    EXPECT_EQ(Call(instance, name, {uint64_t{1} << 32}), -1) << name;
    EXPECT_EQ(trap_.kind, TrapKind::kUndefinedElement) << name;
  }
}

TEST_F(InterpreterTest, CallsTheHostAndComesBack) {
  int calls = 0;
  const Func* host = *store_.NewHostFunc(
      FuncType{{ValType::kI32, ValType::kF64}, {ValType::kF64}},
      [](HostCall& call) {
        ++*static_cast<int*>(call.data);
        WriteSlot(call.slots, ReadSlot<uint32_t>(call.slots) + ReadSlot<double>(call.slots + 1));
        return true;
      },
      &calls, "add");
  Instance* instance = Load(R"((module (import "h" "add" (func $add (param i32 f64) (result f64)))
      (func (export "f") (result i32)
        (i32.trunc_f64_s (f64.mul (call $add (i32.const 3) (f64.const 0.5)) (f64.const 2))))))",
                            {Extern(host)});
  EXPECT_EQ(Call(instance, "f"), 7);
  EXPECT_EQ(calls, 1);
}

TEST_F(InterpreterTest, AHostTrapUnwindsNestedEntries) {
  struct Nested {
    const Func* target = nullptr;
  } nested;
  const Func* reenter = *store_.NewHostFunc(
      FuncType{{}, {}},
      [](HostCall& call) {
        Slot none[1];
        return call.store.InvokeOrTrap(*static_cast<Nested*>(call.data)->target, none);
      },
      &nested, "reenter");
  Instance* instance = Load(R"((module (import "h" "reenter" (func $reenter))
      (func $bad (export "bad") unreachable)
      (func $f (export "f") (call $reenter))))",
                            {Extern(reenter)});
  nested.target = instance->ExportedFunc("bad");
  Call(instance, "f");
  EXPECT_EQ(trap_.kind, TrapKind::kUnreachable);
  ASSERT_EQ(trap_.backtrace.size(), 2u);
  EXPECT_EQ(trap_.backtrace[0].function, "bad");
  EXPECT_EQ(trap_.backtrace[1].function, "f");
}

TEST_F(InterpreterTest, RecursionThroughTheHostIsBounded) {
  struct Nested {
    const Func* target = nullptr;
  } nested;
  const Func* reenter = *store_.NewHostFunc(
      FuncType{{}, {}},
      [](HostCall& call) {
        Slot none[1];
        return call.store.InvokeOrTrap(*static_cast<Nested*>(call.data)->target, none);
      },
      &nested, "reenter");
  Instance* instance =
      Load(R"((module (import "h" "reenter" (func $reenter)) (func (export "f") (call $reenter))))",
           {Extern(reenter)});
  nested.target = instance->ExportedFunc("f");
  Call(instance, "f");
  EXPECT_EQ(trap_.kind, TrapKind::kCallStackExhausted);
}

TEST_F(InterpreterTest, AnInvalidBodyTrapsWhenCalledAndEveryTimeAfter) {
  Instance* instance = Load(R"((module
      (func (export "bad") (result i32) (i64.const 1))
      (func (export "good") (result i32) (i32.const 1))))");
  for (int i = 0; i < 2; ++i) {
    Call(instance, "bad");
    EXPECT_EQ(trap_.kind, TrapKind::kInvalidFunctionBody);
    EXPECT_NE(trap_.detail.find("type mismatch"), std::string::npos) << trap_.detail;
  }
  EXPECT_EQ(Call(instance, "good"), 1);
}

// Frames of `trap_`, innermost first: "module!function ..."
std::string Frames(const Trap& trap) {
  std::string text;
  for (const Frame& frame : trap.backtrace) {
    absl::StrAppend(&text, text.empty() ? "" : " ", frame.module, "!", frame.function);
  }
  return text;
}

TEST_F(InterpreterTest, AnInvalidBodyHasABacktraceHoweverItIsReached) {
  Instance* other = Load(R"((module
      (func $bad (export "bad") (result i32) (i64.const 1))))",
                         {}, "other");
  const Extern bad(other->ExportedFunc("bad"));
  Instance* instance = Load(R"((module
      (import "" "bad" (func $imported (result i32)))
      (func $bad (export "bad") (result i32) (i64.const 1))
      (func $tail (export "tail") (result i32) (return_call $bad))
      (func $cross (result i32) (return_call $imported))
      (func (export "call") (result i32) (i32.add (i32.const 1) (call $tail)))
      (func $calls_cross (export "cross") (result i32) (i32.add (i32.const 1) (call $cross)))))",
                            {bad});
  const std::pair<const char*, const char*> cases[] = {
      {"bad", "m!bad"},
      {"tail", "m!bad"},
      {"call", "m!bad m!call"},
      {"cross", "other!bad m!calls_cross"},
  };
  for (const auto& [name, frames] : cases) {
    Call(instance, name);
    EXPECT_EQ(trap_.kind, TrapKind::kInvalidFunctionBody);
    EXPECT_EQ(Frames(trap_), frames) << name;
  }
}

TEST_F(InterpreterTest, FramesNameTheInstanceHoweverItWasReached) {
  struct Numbers : InstanceNames {
    std::string NameOf(uint32_t instance) const override { return absl::StrCat(instance); }
  };
  const auto names = std::make_shared<Numbers>();
  auto resolved = ValidateModule(std::make_unique<Module>(*ParseModule(R"((module
      (type $t (func (param i32) (result i32)))
      (import "" "next" (func $next (type $t)))
      (table funcref (elem $next))
      (func (export "end") (type $t) unreachable)
      (func $call (export "call") (type $t) (i32.add (i32.const 1) (call $next (local.get 0))))
      (func (export "indirect") (type $t)
        (i32.add (i32.const 1) (call_indirect (type $t) (local.get 0) (i32.const 0))))
      (func (export "local") (type $t) (i32.add (i32.const 1) (call $call (local.get 0))))
      (func (export "tail") (type $t) (return_call $next (local.get 0)))
      (func (export "bad") (type $t) (i64.const 1))))")),
                                 &engine_.types(), engine_.features(), BodyValidation::kLazy);
  const auto module = LoadedModule::Create(&engine_, *resolved, "m");
  const auto next = [&](Instance* of, const char* name) {
    const uint32_t label = of == nullptr ? 0 : std::stoi(of->Name()) + 1;
    Extern import =
        of == nullptr
            ? store_.NewHostFunc(*engine_.types().InternFunc({{ValType::kI32}, {ValType::kI32}}),
                                 nullptr, nullptr, "none")
            : of->ExportedFunc(name);
    return *Instantiate(store_, module, {import}, {names, label});
  };
  const std::pair<const char*, const char*> cases[] = {
      {"call", "0 1 2"},
      {"indirect", "0 1 2"},
      {"local", "0 1 1 2"},
      {"tail", "0 2"},
  };
  for (const auto& [name, frames] : cases) {
    for (const char* last : {"end", "bad"}) {
      Instance* end = next(nullptr, "");
      Call(next(next(end, last), name), "call", {0});
      std::string found;
      for (const Frame& frame : trap_.backtrace) {
        absl::StrAppend(&found, found.empty() ? "" : " ", frame.module);
      }
      EXPECT_EQ(found, frames) << name << " " << last;
    }
  }
}

// A million names, of which a hundred frames want the last: they are read once.
TEST_F(InterpreterTest, NamesAreReadOnceABacktrace) {
  constexpr uint32_t kNames = 1'000'000;
  auto module = std::make_unique<Module>(*ParseModule(R"((module
      (func $f (param i32) (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))
          (else unreachable)))
      (export "f" (func $f))))"));
  std::vector<uint8_t>& bytes = module->bytes;
  const auto start = static_cast<uint32_t>(bytes.size());
  AppendVarU32(kNames, &bytes);
  for (uint32_t i = kNames; i > 0; --i) {
    AppendVarU32(i - 1, &bytes);
    bytes.insert(bytes.end(), {1, 'f'});
  }
  module->names.functions = {start, static_cast<uint32_t>(bytes.size()) - start};
  auto resolved = ValidateModule(std::move(module), &engine_.types(), engine_.features(),
                                 BodyValidation::kLazy);
  Instance* instance = *Instantiate(store_, LoadedModule::Create(&engine_, *resolved, "m"), {});

  const std::clock_t begin = std::clock();
  Call(instance, "f", {1000});
  EXPECT_LT(std::clock() - begin, CLOCKS_PER_SEC / 2);
  EXPECT_EQ(trap_.backtrace.size(), kMaxBacktraceFrames);
  EXPECT_EQ(trap_.backtrace.back().function, "f");
}

TEST_F(InterpreterTest, ALongNameIsCutInABacktrace) {
  Instance* instance = Load(
      absl::StrCat("(module (func $", std::string(100'000, 'x'), " (export \"f\") unreachable))"));
  Call(instance, "f");
  EXPECT_EQ(trap_.backtrace[0].function, std::string(1'000, 'x') + "...");
}

TEST_F(InterpreterTest, OffsetsBeyondTheGuardAreChecked) {
  Instance* instance = Load(R"((module (memory 1)
      (func (export "f") (param i32) (result i32) (i32.load offset=4294967292 (local.get 0)))
      (func (export "g") (param i32) (i32.store offset=2147483648 (local.get 0) (i32.const 1)))))");
  Call(instance, "f", {0xffffffff});
  EXPECT_EQ(trap_.kind, TrapKind::kOutOfBoundsMemoryAccess);
  Call(instance, "g", {0x80000000});
  EXPECT_EQ(trap_.kind, TrapKind::kOutOfBoundsMemoryAccess);
}

TEST_F(InterpreterTest, AHugeFrameTrapsAsExhaustion) {
  std::string wat = "(module (func (export \"f\")";
  for (int i = 0; i < 40'000; ++i) wat += " (local v128)";
  wat += "))";
  Call(Load(wat), "f");
  EXPECT_EQ(trap_.kind, TrapKind::kCallStackExhausted);
}

TEST_F(InterpreterTest, ThreadsShareLazilyTranslatedCode) {
  const auto loaded = LoadWat(engine_, R"((module (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))))",
                              BodyValidation::kLazy);
  std::vector<uint32_t> results(4);
  std::vector<std::thread> threads;
  for (uint32_t& result : results) {
    threads.emplace_back([&] {
      Store store(&engine_);
      auto instance = Instantiate(store, loaded, {});
      Slot slot{20};
      if (instance && store.InvokeOrTrap(*(*instance)->ExportedFunc("fib"), &slot)) {
        result = ReadSlot<uint32_t>(&slot);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(results, std::vector<uint32_t>(4, 6765));
}

}  // namespace
}  // namespace tenon::vm
