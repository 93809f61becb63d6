// Backtraces of compiled code are the interpreter's: every kind of trap, in functions that call
// each other, some of them inlined, at the levels that make code least and most alike to the
// guest's.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "cli/compiled_wast/compile_on_load.h"
#include "gtest/gtest.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/wat_for_test.h"

namespace tenon {
namespace {

// How the modules of a store run.
struct Tiers {
  bool compiled = false;
  jit::OptLevel level = jit::OptLevel::k2;
  jit::TrapPolicy policy = jit::TrapPolicy::kPrecise;
  Bounds bounds = Bounds::kGuard;
  std::function<bool(vm::FuncIdx)> filter;
};

// A host function that calls what it is given: the first parameter is a function.
bool CallBack(vm::HostCall& call) {
  auto* func = reinterpret_cast<const vm::Func*>(call.slots[0].bits);
  vm::Slot slots[4] = {};
  return call.store.Invoke(*func, slots) == vm::CallOutcome::kReturned;
}

bool FailsAlways(vm::HostCall& call) {
  call.store.SetTrap(vm::TrapKind::kHost, "no");
  return false;
}

class Guest {
 public:
  explicit Guest(const Tiers& tiers) {
    vm::EngineSettings settings;
    settings.features = vm::Features::All();
    settings.bounds = tiers.bounds;
    jit::CompileOptions options;
    options.level = tiers.level;
    options.trap_policy = tiers.policy;
    options.filter = tiers.filter;
    options.threads = 1;
    if (tiers.compiled) CompileOnLoad(options, &settings);
    engine_ = std::make_unique<vm::Engine>(vm::InterpreterTier(), settings);
    store_ = std::make_unique<vm::Store>(engine_.get(), vm::StoreLimits{.stack_bytes = 64 * 1024});
  }

  vm::Instance* Load(absl::string_view wat, std::vector<vm::Extern> imports = {},
                     std::string path = "m") {
    auto module = vm::LoadWat(*engine_, wat, vm::BodyValidation::kEager, std::move(path));
    return vm::MakeInstance(*store_, std::move(module), imports);
  }
  const vm::Func* CallBackFunc() {
    return *store_->NewHostFunc({{vm::ValType::kFuncRef}, {}}, CallBack, nullptr, "call");
  }
  const vm::Func* FailingFunc() {
    return *store_->NewHostFunc({{}, {}}, FailsAlways, nullptr, "fail");
  }

  vm::Trap Trap(vm::Instance* instance, absl::string_view name) {
    const vm::Func* func = instance->ExportedFunc(name);
    EXPECT_NE(func, nullptr) << name;
    vm::Slot slots[8] = {};
    EXPECT_FALSE(store_->InvokeOrTrap(*func, slots)) << name;
    return store_->TakeTrap();
  }
  std::string Text(vm::Instance* instance, absl::string_view name) {
    const vm::Trap trap = Trap(instance, name);
    return absl::StrCat(name, ": ", trap.Message(), vm::FormatBacktrace(trap), "\n");
  }

 private:
  std::unique_ptr<vm::Engine> engine_;
  std::unique_ptr<vm::Store> store_;
};

// Every function that is exported by a name with a "t" traps.
constexpr absl::string_view kTraps = R"((module
  (import "" "call" (func $call_back (param funcref)))
  (import "" "fail" (func $fail))
  (type $none (func)) (type $number (func (result i32)))
  (memory 1 1) (data $data "abc")
  (table $t 4 4 funcref) (elem (table $t) (i32.const 1) func $one) (elem $elem func $one)
  (elem declare func $leaf $divide)
  (global $zero (mut i32) (i32.const 0)) (global $far (mut i32) (i32.const 65533))
  (global $used (mut i32) (i32.const 0)) (global $used_long (mut i64) (i64.const 0))
  (global $nan (mut f32) (f32.const nan)) (global $large (mut f64) (f64.const 1e30))
  (func $one (result i32) (i32.const 1))
  ;; Without a frame of its own where it faults.
  (func $leaf (export "t-leaf") (global.set $used (i32.load offset=3 (global.get $far))))
  (func $load (param i32) (result i32) (i32.load (local.get 0)))
  (func $store (param i32 i64) (i64.store offset=8 (local.get 0) (local.get 1)))
  (func $divide (result i32) (i32.div_s (i32.const 7) (global.get $zero)))
  (func $remainder (result i64)
    (i64.rem_u (i64.const 7) (i64.extend_i32_u (global.get $zero))))
  ;; Deep enough to be worth inlining, and not.
  (func $nested (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (call $divide))
      (else (i32.add (call $nested (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))))
  (func $twice (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (call $load (global.get $zero)) (call $load (global.get $far))))
      (else (i32.sub (call $load (i32.const 4)) (call $divide)))))
  ;; Loads that become operands of what uses them.
  (func $sum (param i32 i32) (result i32)
    (i32.add (i32.load (local.get 0)) (i32.load (local.get 1))))
  (func $increment (param i32)
    (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1))))
  ;; A frame that is made late: the early way out traps without one.
  (func $late (param i32 i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.load (local.get 1)))))
    (i32.add (call $nested (local.get 0)) (call $nested (local.get 1))))
  (func $large_frame (param i32) (result i32)
    (local v128 v128 v128 v128 v128 v128 v128 v128)
    (local.set 1 (v128.load (i32.const 0)))
    (call $load (i32.add (local.get 0) (global.get $far))))

  (func (export "t-load") (global.set $used (call $load (global.get $far))))
  (func (export "t-store") (call $store (global.get $far) (i64.const 1)))
  (func (export "t-dead") (drop (i32.load (i32.const 70000))))
  (func (export "t-divide") (global.set $used (call $divide)))
  (func (export "t-overflow")
    (global.set $used (i32.div_s (i32.const 0x80000000) (i32.sub (global.get $zero) (i32.const 1)))))
  (func (export "t-remainder") (global.set $used_long (call $remainder)))
  (func (export "t-truncate-nan") (global.set $used (i32.trunc_f32_s (global.get $nan))))
  (func (export "t-truncate-large") (global.set $used_long (i64.trunc_f64_u (global.get $large))))
  (func (export "t-unreachable") (call $one) (drop) (unreachable))
  (func (export "t-nested") (global.set $used (call $nested (i32.const 5))))
  (func (export "t-twice") (global.set $used (call $twice (i32.const 1))))
  (func (export "t-twice-else") (global.set $used (call $twice (i32.const 0))))
  (func (export "t-sum") (global.set $used (call $sum (i32.const 4) (global.get $far))))
  (func (export "t-sum-first") (global.set $used (call $sum (global.get $far) (i32.const 4))))
  (func (export "t-increment") (call $increment (global.get $far)))
  (func (export "t-late") (global.set $used (call $late (i32.const 0) (i32.const -1))))
  (func (export "t-not-late") (global.set $used (call $late (i32.const 2) (i32.const -1))))
  (func (export "t-large-frame") (global.set $used (call $large_frame (i32.const 0))))
  (func (export "t-undefined") (global.set $used (call_indirect $t (type $number) (i32.const 9))))
  (func (export "t-uninitialized") (global.set $used (call_indirect $t (type $number) (i32.const 2))))
  (func (export "t-mismatch") (call_indirect $t (type $none) (i32.const 1)))
  (func (export "t-null-call") (global.set $used (call_ref $number (ref.null $number))))
  (func (export "t-null")
    (table.set $t (i32.const 3) (ref.as_non_null (table.get $t (global.get $zero)))))
  (func (export "t-table-get") (table.set $t (i32.const 3) (table.get $t (i32.const 4))))
  (func (export "t-table-set") (table.set $t (i32.const 4) (ref.null func)))
  (func (export "t-table-fill") (table.fill $t (i32.const 3) (ref.null func) (i32.const 2)))
  (func (export "t-table-copy") (table.copy (i32.const 3) (i32.const 0) (i32.const 2)))
  (func (export "t-table-init") (table.init $t $elem (i32.const 0) (i32.const 1) (i32.const 2)))
  (func (export "t-fill") (memory.fill (i32.const 65535) (i32.const 0) (i32.const 2)))
  (func (export "t-copy") (memory.copy (i32.const 65535) (i32.const 0) (i32.const 2)))
  (func (export "t-init") (memory.init $data (i32.const 0) (i32.const 2) (i32.const 2)))
  (func (export "t-vector") (v128.store (i32.const 0) (v128.load offset=16 (global.get $far))))
  (func (export "t-lane")
    (v128.store (i32.const 0) (v128.load8_lane 3 (i32.const 65536) (v128.const i64x2 0 0))))
  (func (export "t-unaligned") (global.set $used (i32.atomic.load (i32.const 1))))
  (func (export "t-atomic") (global.set $used_long (i64.atomic.rmw.add (i32.const 65536) (i64.const 1))))
  (func (export "t-host") (call $fail))
  (func (export "t-through-host") (call $call_back (ref.func $leaf)))
  (func $through (call $call_back (ref.func $divide)))
  (func (export "t-through-host-deep") (call $through))
))";

// All that traps but for one, one after the other in one instance.
std::vector<std::string> AllTraps(const Tiers& tiers, absl::string_view without = "") {
  Guest guest(tiers);
  vm::Instance* instance = guest.Load(kTraps, {guest.CallBackFunc(), guest.FailingFunc()});
  std::vector<std::string> all;
  for (const vm::Export& item : instance->resolved().module->exports) {
    if (item.name != without) all.push_back(guest.Text(instance, item.name));
  }
  return all;
}

void ExpectSame(const std::vector<std::string>& found, const std::vector<std::string>& expected,
                absl::string_view how) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], expected[i]) << how;
}

std::vector<Tiers> AllTiers() {
  std::vector<Tiers> all;
  for (const Bounds bounds : {Bounds::kGuard, Bounds::kExplicit}) {
    for (const jit::OptLevel level : {jit::OptLevel::k0, jit::OptLevel::k2}) {
      all.push_back({.compiled = true, .level = level, .bounds = bounds});
    }
  }
  return all;
}

TEST(BacktraceTest, IsTheInterpreters) {
  const std::vector<std::string> expected = AllTraps({});
  EXPECT_TRUE(absl::StartsWith(expected.back(), "t-through-host-deep: integer divide by zero"));
  for (const Tiers& tiers : AllTiers()) {
    ExpectSame(AllTraps(tiers), expected,
               absl::StrCat("-O", static_cast<int>(tiers.level),
                            ", explicit bounds: ", tiers.bounds == Bounds::kExplicit));
  }
}

// Whichever functions are compiled.
TEST(BacktraceTest, IsTheInterpretersAcrossTiers) {
  const std::vector<std::string> expected = AllTraps({});
  for (uint32_t seed = 0; seed < 8; ++seed) {
    jit::CompileOptions half;
    CompileHalf(seed, &half);
    ExpectSame(AllTraps({.compiled = true, .filter = half.filter}), expected, absl::StrCat(seed));
  }
}

// Once nobody can look at the state any more, code may move, and loads that nobody uses may go, but
// what traps alone still says where.
TEST(BacktraceTest, NamesTheSamePlacesUnderTheLaxPolicy) {
  const std::vector<std::string> expected = AllTraps({}, "t-dead");
  ExpectSame(AllTraps({.compiled = true, .policy = jit::TrapPolicy::kComponent}, "t-dead"),
             expected, "");
}

// Functions that call each other without an end, each in its way.
constexpr absl::string_view kEndless = R"((module
  (import "" "call" (func $call_back (param funcref)))
  (type $none (func)) (type $wide (func (param i64 i64 i64 i64 i64 i64 i64 i64) (result i64)))
  (table $t 4 4 funcref) (elem (table $t) (i32.const 0) func $indirect $even $odd)
  (elem declare func $through_host $mixed)
  (memory 1)
  (func $direct (export "direct") (result i32) (i32.add (call $direct) (i32.const 1)))
  (func $last (export "in the last place") (call $last))
  (func $indirect (export "indirect") (call_indirect $t (type $none) (i32.const 0)) (nop))
  (func $even (export "mutual") (call $odd) (call_indirect $t (type $none) (i32.const 2)))
  (func $odd (call $even) (call $even))
  (func $through_host (export "through the host") (call $call_back (ref.func $through_host)))
  (func $mixed (export "mixed") (call $first) (call $call_back (ref.func $mixed)))
  (func $first (call $second))
  (func $second (call_indirect $t (type $none) (i32.const 3)) (call $mixed))
  (elem (table $t) (i32.const 3) func $third)
  (func $third (call $mixed))
  ;; Frames that are large, and frames that are made late.
  (func $large (export "large") (result i64)
    (local v128 v128 v128 v128 v128 v128 v128 v128)
    (local.set 0 (v128.load (i32.const 0))) (local.set 1 (v128.load (i32.const 16)))
    (drop (call $large))
    (v128.store (i32.const 0) (local.get 1))
    (i64x2.extract_lane 0 (local.get 0)))
  ;; A tail call with more arguments than its caller has room for.
  (func $few (export "tail calls") (result i64)
    (return_call $many (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)
      (i64.const 6) (i64.const 7) (i64.const 8)))
  (func $many (type $wide) (i64.add (call $few) (local.get 7)))
))";

// The names of the frames that recur, sorted.
std::string Recurring(const vm::Trap& trap) {
  std::set<std::string> names;
  for (size_t i = 1; i < trap.backtrace.size(); ++i) names.insert(trap.backtrace[i].function);
  return absl::StrJoin(names, " ");
}

// Recursion ends as exhaustion, wherever it is noticed, with as many frames as there may be.
void ExpectExhaustion(const Tiers& tiers, absl::string_view how) {
  Guest expected_guest({}), guest(tiers);
  vm::Instance* expected_instance = expected_guest.Load(kEndless, {expected_guest.CallBackFunc()});
  vm::Instance* instance = guest.Load(kEndless, {guest.CallBackFunc()});
  for (const vm::Export& item : instance->resolved().module->exports) {
    SCOPED_TRACE(absl::StrCat(how, ": ", item.name));
    for (int i = 0; i < 2; ++i) {  // the stack is whole again
      const vm::Trap expected = expected_guest.Trap(expected_instance, item.name);
      const vm::Trap trap = guest.Trap(instance, item.name);
      EXPECT_EQ(trap.kind, vm::TrapKind::kCallStackExhausted);
      EXPECT_EQ(trap.backtrace.size(), vm::kMaxBacktraceFrames);
      // Compiled code may still have a frame of what ended with a tail call to a function that
      // makes none itself.
      if (item.name == "tail calls") {
        EXPECT_TRUE(absl::StrContains(Recurring(trap), Recurring(expected))) << Recurring(trap);
        continue;
      }
      EXPECT_EQ(Recurring(trap), Recurring(expected));
    }
  }
}

TEST(BacktraceTest, EndlessRecursionIsExhaustion) {
  for (const Tiers& tiers : AllTiers()) ExpectExhaustion(tiers, "compiled");
}

TEST(BacktraceTest, EndlessRecursionAcrossTiersIsExhaustion) {
  for (uint32_t seed = 0; seed < 8; ++seed) {
    jit::CompileOptions half;
    CompileHalf(seed, &half);
    ExpectExhaustion({.compiled = true, .filter = half.filter}, absl::StrCat(seed));
  }
}

// A store's threads take turns.
TEST(BacktraceTest, EndlessRecursionOnAnotherThreadIsExhaustion) {
  Guest guest({.compiled = true});
  vm::Instance* instance = guest.Load(kEndless, {guest.CallBackFunc()});
  for (int i = 0; i < 2; ++i) {
    std::thread([&] {
      EXPECT_EQ(guest.Trap(instance, "direct").kind, vm::TrapKind::kCallStackExhausted);
    }).join();
  }
}

// Frames of two instances of one module, and of another, on one stack.
TEST(BacktraceTest, NamesTheInstanceOfEachFrame) {
  constexpr absl::string_view kCaller = R"((module
    (import "" "next" (func $next (param i32)))
    (func (export "f") (param i32) (call $next (i32.sub (local.get 0) (i32.const 1))))
    (func (export "start") (call $next (i32.const 3)))))";
  constexpr absl::string_view kLast = R"((module
    (func (export "f") (param i32) (drop (i32.div_u (i32.const 1) (i32.sub (local.get 0) (local.get 0)))))))";
  const auto text = [&](const Tiers& tiers) {
    Guest guest(tiers);
    vm::Instance* last = guest.Load(kLast, {}, "last");
    vm::Instance* inner = guest.Load(kCaller, {last->ExportedFunc("f")}, "inner");
    vm::Instance* middle = guest.Load(kCaller, {inner->ExportedFunc("f")}, "middle");
    vm::Instance* outer = guest.Load(kCaller, {middle->ExportedFunc("f")}, "outer");
    return guest.Text(outer, "start");
  };
  const std::string expected = text({});
  for (const Tiers& tiers : AllTiers()) EXPECT_EQ(text(tiers), expected);
}

}  // namespace
}  // namespace tenon
