// The canonical ABI's rules of calls, a row a rule: what realloc and post-return may not do, who
// may be entered, and that a trap ends an instance. Callers are the host and another component.
// abi: "Component Instances", "canon lift", "canon lower".
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "abi/link/test_component.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace tenon::abi {
namespace {

using K = TypeKind;
using Op = syntax::CanonResource::Op;
constexpr char kHostInterface[] = "test:host/f", kPassed[] = "passed";

template <typename T>
std::string Outcome(const std::expected<T, vm::Trap>& outcome) {
  if (outcome) return kPassed;
  return outcome.error().detail.empty() ? vm::TrapText(outcome.error().kind)
                                        : outcome.error().detail;
}
std::string Text(vm::TrapKind kind) { return vm::TrapText(kind); }
const std::string kCannotLeave = Text(vm::TrapKind::kCannotLeaveInstance),
                  kCannotEnter = Text(vm::TrapKind::kCannotEnterInstance);

enum class Caller { kHost, kGuest };
std::string Name(Caller caller) { return caller == Caller::kHost ? "ByTheHost" : "ByAGuest"; }

// --- Leaving -------------------------------------------------------------------------------------

enum class During { kCall, kReallocOfParameters, kReallocOfResult, kPostReturn };
const char* const kDuringNames[] = {"Call", "ReallocOfParameters", "ReallocOfResult", "PostReturn"};

struct Act {
  const char* name;
  const char* wat;
  bool leaves;
};
const Act kActs[] = {
    {"HostFunction", "(call $host)", true},
    {"GuestFunction", "(call $guest)", true},
    {"ResourceNew", "(drop (call $new (i32.const 1)))", true},
    {"ResourceDrop", "(call $drop (global.get $handle))", true},
    {"ResourceRep", "(drop (call $rep (global.get $handle)))", false},
};

class LeaveTest : public testing::TestWithParam<std::tuple<Act, During, Caller>> {
 protected:
  // A component that acts, once it is prepared, at one moment of a call of its `f`, or of its
  // `call` of a function that returns a string.
  std::string Run(const Act& act, During during, Caller caller) {
    const FuncTypeId none = builder_.FuncType({});
    const ComponentInstanceId actor = builder_.Child(), other = builder_.Child();
    builder_.DefineResource(actor, std::nullopt);
    const CoreInstanceId noop = builder_.Core(R"((module (func (export "f"))))");
    const CoreInstanceId core = builder_.Core(
        Module(act.wat, during),
        {builder_.Lower(actor, builder_.Import(kHostInterface, "noop", none), none),
         builder_.Lower(actor, builder_.Lift(other, noop, "f", none), none),
         builder_.Resource(actor, Op::kNew, 0), builder_.Resource(actor, Op::kDrop, 0),
         builder_.Resource(actor, Op::kRep, 0)});
    builder_.Export("prepare", Plain(actor, core, "prepare", none), none);
    linker_.Interface(kHostInterface).Func("noop", [](HostContext&) {});
    linker_.Interface(kHostInterface).Func("give", [](HostContext&) { return std::string("x"); });

    if (during == During::kReallocOfResult) {
      ExportCallForResult(actor, core, caller);
    } else {
      ExportCallOfF(actor, core, caller);
    }
    auto instance = builder_.Instantiate(store_, linker_);
    if (!instance) return instance.error().ToString();
    if (!(*instance)->Func<void()>("", "prepare")->Call()) return "not prepared";
    if (auto f = (*instance)->Func<uint32_t(std::string)>("", "f")) return Outcome(f->Call("x"));
    return Outcome((*instance)->Func<void()>("", "run")->Call());
  }

 private:
  static std::string Module(const char* act, During during) {
    const auto at = [&](During moment) { return during == moment ? "(call $act)" : ""; };
    const bool in_realloc =
        during == During::kReallocOfParameters || during == During::kReallocOfResult;
    return absl::StrFormat(R"((module
        (import "" "host" (func $host)) (import "" "guest" (func $guest))
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (import "" "rep" (func $rep (param i32) (result i32)))
        (memory (export "memory") 1)
        (global $handle (mut i32) (i32.const 0))
        (func $act %s)
        (func (export "prepare") (global.set $handle (call $new (i32.const 5))))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) %s (i32.const 1024))
        (func (export "f") (param i32 i32) (result i32) %s (i32.const 1))
        (func (export "post") (param i32) %s)))",
                           act, in_realloc ? "(call $act)" : "", at(During::kCall),
                           at(During::kPostReturn));
  }
  // A lift without post-return.
  FuncRef Plain(ComponentInstanceId owner, CoreInstanceId core, const char* name, FuncTypeId type) {
    const FuncRef lifted = builder_.Lift(owner, core, name, type);
    builder_.plan().lifts.back().options.post_return.reset();
    return lifted;
  }

  void ExportCallOfF(ComponentInstanceId actor, CoreInstanceId core, Caller caller) {
    const FuncTypeId type = builder_.FuncType({K::kString}, K::kU32);
    const FuncRef f = builder_.Lift(actor, core, "f", type);
    if (caller == Caller::kHost) return builder_.Export("f", f, type);
    const ComponentInstanceId user = builder_.Child();
    const CoreInstanceId memory = builder_.Core("(module (memory (export \"memory\") 1))");
    const CoreInstanceId main = builder_.Core(
        R"((module (import "" "f" (func $f (param i32 i32) (result i32)))
               (func (export "run") (drop (call $f (i32.const 0) (i32.const 1))))))",
        {builder_.Lower(user, f, type, memory)});
    ExportRun(user, main);
  }

  // The result comes from the host or from another component.
  void ExportCallForResult(ComponentInstanceId actor, CoreInstanceId core, Caller giver) {
    const FuncTypeId type = builder_.FuncType({}, K::kString);
    const CoreInstanceId give = builder_.Core(R"((module (memory (export "memory") 1)
        (data (i32.const 20) "\01") (func (export "give") (result i32) (i32.const 16))))");
    const FuncRef source = giver == Caller::kHost
                               ? builder_.Import(kHostInterface, "give", type)
                               : builder_.Lift(builder_.Child(), give, "give", type);
    const CoreInstanceId main = builder_.Core(
        R"((module (import "" "give" (func $give (param i32)))
               (func (export "run") (call $give (i32.const 32)))))",
        {builder_.Lower(actor, source, type, core)});
    ExportRun(actor, main);
  }
  void ExportRun(ComponentInstanceId owner, CoreInstanceId core) {
    const FuncTypeId none = builder_.FuncType({});
    builder_.Export("run", builder_.Lift(owner, core, "run", none), none);
  }

  ComponentBuilder builder_;
  HostLinker linker_;
  Store store_{&TestEngine()};
};

TEST_P(LeaveTest, Row) {
  const auto& [act, during, caller] = GetParam();
  const bool may = during == During::kCall || !act.leaves;
  EXPECT_EQ(Run(act, during, caller), may ? kPassed : kCannotLeave);
}

std::string LeaveName(const testing::TestParamInfo<LeaveTest::ParamType>& info) {
  const auto& [act, during, caller] = info.param;
  return absl::StrCat(act.name, "_In", kDuringNames[static_cast<int>(during)], "_", Name(caller));
}
INSTANTIATE_TEST_SUITE_P(
    CanonicalAbi, LeaveTest,
    testing::Combine(testing::ValuesIn(kActs),
                     testing::Values(During::kCall, During::kReallocOfParameters,
                                     During::kReallocOfResult, During::kPostReturn),
                     testing::Values(Caller::kHost, Caller::kGuest)),
    LeaveName);

// --- Entering
// --------------------------------------------------------------------------------------

// A parent whose `run` calls its child's `go`, which calls the parent's `inner`: the parent is not
// entered, it was never left. abi: "Component Instances", donut wrapping
class EnterTest : public testing::Test {
 protected:
  // `inner` may call $go (the child), $host, and $make and $drop of the child's resource type.
  std::string Run(const char* inner, std::optional<CoreItem> destructor = std::nullopt) {
    const ComponentInstanceId root(0), child = builder_.Child();
    const FuncTypeId none = builder_.FuncType({});
    builder_.DefineResource(child, destructor);
    const FuncTypeId make = builder_.FuncType({}, builder_.Handle(K::kOwn, 0));
    const CoreInstanceId maker = builder_.Core(R"((module
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (result i32) (call $new (i32.const 1)))))",
                                               {builder_.Resource(child, Op::kNew, 0)});
    const CoreInstanceId parent =
        builder_.Core(absl::StrFormat(R"((module
          (import "" "host" (func $host)) (import "" "make" (func $make (result i32)))
          (import "" "drop" (func $drop (param i32)))
          (table (export "table") 1 funcref) (type $t (func))
          (global $handle (mut i32) (i32.const 0))
          (func $go (call_indirect (type $t) (i32.const 0)))
          (func (export "run") (global.set $handle (call $make)) (call $go))
          (func (export "inner") %s)))",
                                      inner),
                      {builder_.Lower(root, builder_.Import(kHostInterface, "host", none), none),
                       builder_.Lower(root, builder_.Lift(child, maker, "make", make), make),
                       builder_.Resource(root, Op::kDrop, 0)});
    const FuncRef inner_func = builder_.Lift(root, parent, "inner", none);
    const CoreInstanceId child_core = builder_.Core(
        R"((module (import "" "inner" (func $inner)) (func (export "go") (call $inner))))",
        {builder_.Lower(child, inner_func, none)});
    const CoreItem go = builder_.Lower(root, builder_.Lift(child, child_core, "go", none), none);
    builder_.Core(R"((module (import "" "table" (table 1 funcref)) (import "" "go" (func $go))
                      (elem (i32.const 0) func $go)))",
                  {builder_.Item(parent, "table"), go});
    const CoreInstanceId sibling = builder_.Core(R"((module (func (export "f"))))");
    builder_.Export("sibling", builder_.Lift(builder_.Child(), sibling, "f", none), none);
    builder_.Export("run", builder_.Lift(root, parent, "run", none), none);
    linker_.Interface(kHostInterface).Func("host", [this](HostContext&) {
      from_host_ = Outcome(instance_->Func<void()>("", "sibling")->Call());
    });
    auto made = builder_.Instantiate(store_, linker_);
    if (!made) return made.error().ToString();
    instance_ = std::move(*made);
    return Outcome(instance_->Func<void()>("", "run")->Call());
  }

  ComponentBuilder builder_;
  HostLinker linker_;
  Store store_{&TestEngine()};
  std::unique_ptr<Instance> instance_;
  std::string from_host_ = "not called";
};

TEST_F(EnterTest, AChildMayCallItsParentBack) { EXPECT_EQ(Run(""), kPassed); }

TEST_F(EnterTest, AChildThatIsBusyIsNotEnteredAgain) { EXPECT_EQ(Run("(call $go)"), kCannotEnter); }

TEST_F(EnterTest, TheHostDoesNotEnterASiblingOfABusyInstance) {
  EXPECT_EQ(Run("(call $host)"), kPassed);
  EXPECT_EQ(from_host_, kCannotEnter);
}

TEST_F(EnterTest, ADestructorEntersTheInstanceThatDefinesTheType) {
  const CoreInstanceId core = builder_.Core(R"((module (func (export "destroy") (param i32))))");
  EXPECT_EQ(Run("(call $drop (global.get $handle))", builder_.Item(core, "destroy")), kCannotEnter);
}

TEST_F(EnterTest, ADropEntersEvenWithoutDestructor) {
  EXPECT_EQ(Run("(call $drop (global.get $handle))"), kCannotEnter);
}

// --- Traps
// -----------------------------------------------------------------------------------------

// Ways to trap in a call of `bad: func(string) -> char`.
struct TrapRow {
  const char* name;
  const char* bad = "(i32.const 65)";
  const char* realloc = "(i32.const 1024)";
  const char* post = "";
};
const TrapRow kTrapRows[] = {
    {"Unreachable", "unreachable"},
    {"OutOfBounds", "(i32.load (i32.const -1))"},
    {"InTheHost", "(call $fail) (i32.const 65)"},
    {"InADestructor", "(call $drop (call $new (i32.const 1))) (i32.const 65)"},
    {"InTheLiftOfAResult", "(i32.const 0xd800)"},
    {"InRealloc", "(i32.const 65)", "unreachable"},
    {"InTheResultOfRealloc", "(i32.const 65)", "(i32.const -1)"},
    {"InPostReturn", "(i32.const 65)", "(i32.const 1024)", "unreachable"},
    {"OfAHandle", "(call $drop (i32.const 9)) (i32.const 65)"},
    {"Exception", "(throw $e)"},
    {"ExceptionInRealloc", "(i32.const 65)", "(throw $e)"},
    {"ExceptionInPostReturn", "(i32.const 65)", "(i32.const 1024)", "(throw $e)"},
};

class TrapTest : public testing::TestWithParam<std::tuple<TrapRow, Caller>> {};
INSTANTIATE_TEST_SUITE_P(CanonicalAbi, TrapTest,
                         testing::Combine(testing::ValuesIn(kTrapRows),
                                          testing::Values(Caller::kHost, Caller::kGuest)),
                         [](const auto& param) {
                           return absl::StrCat(std::get<0>(param.param).name, "_",
                                               Name(std::get<1>(param.param)));
                         });

// Neither the instance that trapped nor its caller nor their parent runs again.
TEST_P(TrapTest, AnInstanceThatTrappedIsNeverEnteredAgain) {
  const auto& [row, caller] = GetParam();
  ComponentBuilder builder;
  const ComponentInstanceId callee = builder.Child(), user = builder.Child();
  const FuncTypeId none = builder.FuncType({});
  const FuncTypeId bad = builder.FuncType({K::kString}, K::kChar);
  const CoreInstanceId destructor =
      builder.Core(R"((module (func (export "destroy") (param i32) unreachable)))");
  builder.DefineResource(callee, builder.Item(destructor, "destroy"));
  const CoreInstanceId core =
      builder.Core(absl::StrFormat(R"((module
        (import "" "fail" (func $fail)) (import "" "new" (func $new (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (memory (export "memory") 1) (tag $e)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) %s)
        (func (export "bad") (param i32 i32) (result i32) %s)
        (func (export "post") (param i32) %s)))",
                                   row.realloc, row.bad, row.post),
                   {builder.Lower(callee, builder.Import(kHostInterface, "fail", none), none),
                    builder.Resource(callee, Op::kNew, 0), builder.Resource(callee, Op::kDrop, 0)});
  const CoreInstanceId good = builder.Core(R"((module (func (export "f"))))");
  const FuncRef bad_func = builder.Lift(callee, core, "bad", bad);
  const CoreInstanceId memory = builder.Core("(module (memory (export \"memory\") 1))");
  const CoreInstanceId main = builder.Core(
      R"((module (import "" "bad" (func $bad (param i32 i32) (result i32)))
             (func (export "run") (drop (call $bad (i32.const 0) (i32.const 1))))))",
      {builder.Lower(user, bad_func, bad, memory)});
  builder.Export("bad", bad_func, bad);
  builder.Export("run", builder.Lift(user, main, "run", none), none);
  builder.Export("good", builder.Lift(callee, good, "f", none), none);
  HostLinker linker;
  linker.Interface(kHostInterface).Func("fail", [](HostContext& cx) { cx.Trap("failed"); });
  Store store(&TestEngine());
  auto made = builder.Instantiate(store, linker);
  ASSERT_TRUE(made.has_value()) << made.error().ToString();
  const Instance& instance = **made;
  ASSERT_EQ(Outcome(instance.Func<void()>("", "good")->Call()), kPassed);

  const std::string first =
      caller == Caller::kHost ? Outcome(instance.Func<char32_t(std::string)>("", "bad")->Call("x"))
                              : Outcome(instance.Func<void()>("", "run")->Call());

  EXPECT_NE(first, kPassed);
  EXPECT_NE(first, kCannotEnter);
  for (const char* again : {"good", "run"}) {
    const auto outcome = instance.Func<void()>("", again)->Call();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, vm::TrapKind::kCannotEnterInstance);
    EXPECT_TRUE(absl::StrContains(outcome.error().detail, " trapped before (")) << again;
  }
}

// --- Exceptions ----------------------------------------------------------------------------------

class UncaughtTest : public testing::Test {
 protected:
  std::string Run(const CoreInstanceId& main, ComponentInstanceId owner) {
    builder_.Export("run", builder_.Lift(owner, main, "run", none_), none_);
    auto made = builder_.Instantiate(store_, {});
    if (!made) return made.error().ToString();
    return Outcome((*made)->Func<void()>("", "run")->Call());
  }

  ComponentBuilder builder_;
  const FuncTypeId none_ = builder_.FuncType({});
  Store store_{&TestEngine()};
};

constexpr char kThrower[] = R"((module (tag $e (export "e")) (func (export "f") (throw $e))))";
constexpr char kCatcher[] = R"((module (import "" "f" (func $f))
    (func (export "run") (block $h (try_table (catch_all $h) (call $f))))))";

TEST_F(UncaughtTest, OfAnotherComponentCannotBeCaught) {
  const ComponentInstanceId callee = builder_.Child(), caller = builder_.Child();
  const FuncRef thrower = builder_.Lift(callee, builder_.Core(kThrower), "f", none_);
  const CoreInstanceId main = builder_.Core(kCatcher, {builder_.Lower(caller, thrower, none_)});
  EXPECT_EQ(Run(main, caller), "tag \"e\" of #0");
}

TEST_F(UncaughtTest, OfTheSameComponentCanBeCaughtByItsTag) {
  const CoreInstanceId thrower = builder_.Core(kThrower);
  const CoreInstanceId main =
      builder_.Core(R"((module
      (import "" "f" (func $f)) (import "" "e" (tag $e))
      (func (export "run") (block $h (try_table (catch $e $h) (call $f)) (unreachable)))))",
                    {builder_.Item(thrower, "f"), builder_.Item(thrower, "e")});
  EXPECT_EQ(Run(main, ComponentInstanceId(0)), kPassed);
}

TEST_F(UncaughtTest, InAStartFunctionTrapsTheInstantiation) {
  const CoreInstanceId main =
      builder_.Core(R"((module (tag $e) (func $f (throw $e)) (start $f) (func (export "run"))))");
  EXPECT_NE(Run(main, ComponentInstanceId(0)), kPassed);
  ASSERT_TRUE(store_.core().trapped());
  EXPECT_EQ(store_.core().TakeTrap().kind, vm::TrapKind::kUncaughtException);
}

}  // namespace
}  // namespace tenon::abi
