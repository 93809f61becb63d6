// The canonical ABI's rules of async, a row a rule: what a guest may not do with handles, buffers
// and tasks, and what comes of what it may. abi: "Tasks", "Waitable State" and following, and the
// built-ins from "canon context.get" on. What needs two components is in the official suite.
#include <gtest/gtest.h>

#include <string>

#include "abi/canon/test_guest.h"
#include "abi/link/instance.h"
#include "abi/text/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tenon::abi {
namespace {

constexpr char kPassed[] = "passed";

// The built-ins that the component below has: name, definition, core type.
constexpr struct {
  const char* name;
  const char* canon;
  const char* type;
} kBuiltins[] = {
    {"new", "stream.new $s", "(result i64)"},
    {"new32", "stream.new $s32", "(result i64)"},
    {"new-text", "stream.new $text", "(result i64)"},
    {"read", "stream.read $s async (memory $mem)", "(param i32 i32 i32) (result i32)"},
    {"read-sync", "stream.read $s (memory $mem)", "(param i32 i32 i32) (result i32)"},
    {"write", "stream.write $s async (memory $mem)", "(param i32 i32 i32) (result i32)"},
    {"read32", "stream.read $s32 async (memory $mem)", "(param i32 i32 i32) (result i32)"},
    {"read-text", "stream.read $text async (memory $mem) (realloc (core func $realloc))",
     "(param i32 i32 i32) (result i32)"},
    {"write-text", "stream.write $text async (memory $mem)", "(param i32 i32 i32) (result i32)"},
    {"cancel-read", "stream.cancel-read $s", "(param i32) (result i32)"},
    {"drop-readable", "stream.drop-readable $s", "(param i32)"},
    {"drop-writable", "stream.drop-writable $s", "(param i32)"},
    {"future", "future.new $f", "(result i64)"},
    {"future-read", "future.read $f async (memory $mem)", "(param i32 i32) (result i32)"},
    {"future-write", "future.write $f async (memory $mem)", "(param i32 i32) (result i32)"},
    {"future-drop-writable", "future.drop-writable $f", "(param i32)"},
    {"set", "waitable-set.new", "(result i32)"},
    {"wait", "waitable-set.wait (memory $mem)", "(param i32 i32) (result i32)"},
    {"poll", "waitable-set.poll (memory $mem)", "(param i32 i32) (result i32)"},
    {"drop-set", "waitable-set.drop", "(param i32)"},
    {"join", "waitable.join", "(param i32 i32)"},
    {"drop-subtask", "subtask.drop", "(param i32)"},
    {"cancel-subtask", "subtask.cancel", "(param i32) (result i32)"},
    {"return", "task.return (result u32)", "(param i32)"},
    {"return-none", "task.return", ""},
    {"return-memory", "task.return (result u32) (memory $mem)", "(param i32)"},
    {"cancel", "task.cancel", ""},
    {"inc", "backpressure.inc", ""},
    {"dec", "backpressure.dec", ""},
    {"get", "context.get i32 1", "(result i32)"},
    {"put", "context.set i32 1", "(param i32)"},
    {"error", "error-context.new (memory $mem)", "(param i32 i32) (result i32)"},
    {"message", "error-context.debug-message (memory $mem) (realloc (core func $realloc))",
     "(param i32 i32)"},
    {"drop-error", "error-context.drop", "(param i32)"},
    {"thread", "thread.new-indirect $start (core table $t)", "(param i32 i32) (result i32)"},
    {"index", "thread.index", "(result i32)"},
    {"yield", "thread.yield", "(result i32)"},
    {"yield-to", "thread.yield-then-resume", "(param i32) (result i32)"},
    {"later", "thread.resume-later", "(param i32)"},
    {"suspend", "thread.suspend", "(result i32)"},
};

// A component whose function `run` returns a u32 and has the body $body; $lift are the options of
// its lift and $result its core result. A callback has the body $callback.
constexpr char kComponent[] = R"((component
  (core module $memory (memory (export "m") 1) (table (export "t") 2 funcref)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $m (instantiate $memory))
  (alias core export $m "m" (core memory $mem)) (alias core export $m "t" (core table $t))
  (alias core export $m "realloc" (core func $realloc))
  (type $s (stream u8)) (type $s32 (stream u32)) (type $text (stream string)) (type $f (future u8))
  (core type $start (func (param i32)))
  $definitions
  (core instance $abi (export "m" (memory $mem)) (export "t" (table $t)) $exports)
  (core module $code
    (import "" "m" (memory 1)) (import "" "t" (table 2 funcref)) $imports
    (global $seen (mut i32) (i32.const 0))
    (func $see (param i32) (global.set $seen (local.get 0)))
    (func $other)
    (elem (i32.const 0) $see $other)
    (func $must (param i32) (if (i32.eqz (local.get 0)) (then unreachable)))
    (func (export "run") $result $body)
    (func (export "callback") (param $code i32) (param $what i32) (param $how i32) (result i32)
      $callback))
  (core instance $c (instantiate $code (with "" (instance $abi))))
  (func (export "run") async (result u32) (canon lift (core func $c "run") $lift))))";

std::string ComponentText(const std::string& body, absl::string_view callback,
                          absl::string_view result, absl::string_view lift) {
  std::string definitions, exports, imports;
  for (const auto& [name, canon, type] : kBuiltins) {
    absl::StrAppend(&definitions, "(canon ", canon, " (core func $", name, "))\n");
    absl::StrAppend(&exports, "(export \"", name, "\" (func $", name, "))\n");
    absl::StrAppend(&imports, "(import \"\" \"", name, "\" (func $", name, " ", type, "))\n");
  }
  return absl::StrReplaceAll(kComponent, {{"$definitions", definitions},
                                          {"$exports", exports},
                                          {"$imports", imports},
                                          {"$body)", absl::StrCat(body, ")")},
                                          {"$callback)", absl::StrCat(callback, ")")},
                                          {"$result", result},
                                          {"$lift", lift}});
}

enum class Lift { kSync, kStackful, kCallback };

struct Row {
  const char* name;
  const char* body;  // of handles the first is 1
  const char* outcome = kPassed;
  Lift lift = Lift::kSync;
  const char* callback = "unreachable";
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

std::string OutcomeOf(const Row& row, StoreLimits limits = {}) {
  const char* const lifts[] = {"", "async", "async (callback (core func $c \"callback\"))"};
  const char* const results[] = {"(result i32)", "", "(result i32)"};
  const int lift = static_cast<int>(row.lift);
  const std::string body =
      row.lift == Lift::kSync ? absl::StrCat(row.body, " (i32.const 7)") : row.body;
  const std::string text = ComponentText(body, row.callback, results[lift], lifts[lift]);
  auto bytes = ParseComponent(text);
  if (!bytes) return bytes.error().ToString();
  auto component = LoadComponent(&TestEngine(), *std::move(bytes), vm::BodyValidation::kEager);
  if (!component) return component.error().ToString();
  Store store(&TestEngine(), limits);
  const HostLinker linker;
  auto instance = Instantiate(store, *std::move(component), linker);
  if (!instance) return instance.error().ToString();
  const auto result = (*instance)->UntypedFunc("", "run")->Call({});
  if (result) return result->bits == 7 ? kPassed : absl::StrCat("returned ", result->bits);
  const vm::Trap& trap = result.error();
  return trap.detail.empty() ? vm::TrapText(trap.kind) : trap.detail;
}

class AsyncTest : public testing::TestWithParam<Row> {};

TEST_P(AsyncTest, EndsSo) { EXPECT_EQ(OutcomeOf(GetParam()), GetParam().outcome); }

constexpr Row kChannels[] = {
    {"WriteMeetsRead", R"((drop (call $new))
      (call $must (i32.eq (call $read (i32.const 1) (i32.const 0) (i32.const 8)) (i32.const -1)))
      (i32.store (i32.const 100) (i32.const 0x01020304))
      (call $must (i32.eq (call $write (i32.const 2) (i32.const 100) (i32.const 4))
                          (i32.const 0x40)))
      (call $must (i32.eq (i32.load (i32.const 0)) (i32.const 0x01020304)))
      (call $must (i32.eq (call $cancel-read (i32.const 1)) (i32.const 0x42))))"},
    {"EmptyWriteMeetsEmptyRead", R"((drop (call $new))
      (drop (call $read (i32.const 1) (i32.const 0) (i32.const 0)))
      (call $must (i32.eqz (call $write (i32.const 2) (i32.const 0) (i32.const 0))))
      (call $must (i32.eq (call $cancel-read (i32.const 1)) (i32.const 2))))"},
    {"EndsMayBeLeft",
     "(drop (call $new)) (drop (call $read (i32.const 1) (i32.const 0) (i32.const 8)))"},
    {"ReadOfNoHandle", "(drop (call $read (i32.const 77) (i32.const 0) (i32.const 1)))",
     "unknown handle index 77"},
    {"ReadOfIndexZero", "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1)))",
     "unknown handle index 0"},
    {"ReadOfASet",
     "(drop (call $set)) (drop (call $read (i32.const 1) (i32.const 0) (i32.const 1)))",
     "handle index 1 is not a readable end of a stream of this type"},
    {"ReadOfTheWritableEnd",
     "(drop (call $new)) (drop (call $read (i32.const 2) (i32.const 0) (i32.const 1)))",
     "handle index 2 is not a readable end of a stream of this type"},
    {"ReadOfOtherElements",
     "(drop (call $new32)) (drop (call $read (i32.const 1) (i32.const 0) (i32.const 1)))",
     "handle index 1 is not a readable end of a stream of this type"},
    {"ReadOfAFuture",
     "(drop (call $future)) (drop (call $read (i32.const 1) (i32.const 0) (i32.const 1)))",
     "handle index 1 is not a readable end of a stream of this type"},
    {"BufferAtTheEnd",
     "(drop (call $new)) (drop (call $read (i32.const 1) (i32.const 65535) (i32.const 1)))"},
    {"BufferBeyondTheEnd",
     "(drop (call $new)) (drop (call $read (i32.const 1) (i32.const 65535) (i32.const 2)))",
     "pointer out of bounds of memory"},
    {"BufferOfTheGreatestLength",
     "(drop (call $new)) (drop (call $read (i32.const 1) (i32.const 0) (i32.const 0xfffffff)))",
     "pointer out of bounds of memory"},
    {"BufferTooLong",
     "(drop (call $new)) (drop (call $read (i32.const 1) (i32.const 0) (i32.const 0x10000000)))",
     "stream buffer is too long"},
    {"BufferUnaligned",
     "(drop (call $new32)) (drop (call $read32 (i32.const 1) (i32.const 2) (i32.const 1)))",
     "unaligned pointer"},
    {"BufferOfNothingIsNotLookedAt",
     "(drop (call $new32)) (drop (call $read32 (i32.const 1) (i32.const -1) (i32.const 0)))"},
    {"ReadTwice",
     R"((drop (call $new)) (drop (call $read (i32.const 1) (i32.const 0) (i32.const 1)))
      (drop (call $read (i32.const 1) (i32.const 0) (i32.const 1))))",
     "cannot have concurrent operations active on a future/stream"},
    {"CancelOfNothing", "(drop (call $new)) (drop (call $cancel-read (i32.const 1)))",
     "cannot cancel an operation of a stream that has none"},
    {"DropOfTheOtherEnd", "(drop (call $new)) (call $drop-writable (i32.const 1))",
     "handle index 1 is not a writable end of a stream of this type"},
    {"DropTwice",
     "(drop (call $new)) (call $drop-readable (i32.const 1)) (call $drop-readable (i32.const 1))",
     "unknown handle index 1"},
    {"ReadAfterDrop", R"((drop (call $new)) (call $drop-writable (i32.const 2))
      (call $must (i32.eq (call $read (i32.const 1) (i32.const 0) (i32.const 1)) (i32.const 1))))"},
    {"TextsWithinOneComponent", R"((drop (call $new-text))
      (drop (call $read-text (i32.const 1) (i32.const 0) (i32.const 1)))
      (drop (call $write-text (i32.const 2) (i32.const 64) (i32.const 1))))",
     "cannot read from and write to intra-component stream"},
    {"FutureMustBeWritten", "(drop (call $future)) (call $future-drop-writable (i32.const 2))",
     "cannot drop future write end without first writing a value"},
    {"FutureWrittenTwice", R"((drop (call $future))
      (drop (call $future-read (i32.const 1) (i32.const 0)))
      (call $must (i32.eqz (call $future-write (i32.const 2) (i32.const 0))))
      (drop (call $future-write (i32.const 2) (i32.const 0))))",
     "cannot write to future after previous write succeeded or readable end dropped"},
    {"SyncReadOfAnEndInASet", R"((drop (call $new)) (call $join (i32.const 1) (call $set))
      (drop (call $read-sync (i32.const 1) (i32.const 0) (i32.const 1))))",
     "waitable cannot be used synchronously while added to a waitable set"},
    {"SyncReadOfNothing",
     "(drop (call $new)) (drop (call $read-sync (i32.const 1) (i32.const 0) (i32.const 1)))",
     "deadlock detected: event loop cannot make further progress"},
};
constexpr Row kWaitables[] = {
    {"PollOfNothing", "(call $must (i32.eqz (call $poll (call $set) (i32.const 0))))"},
    {"PollTellsOnce", R"((drop (call $new)) (call $join (i32.const 1) (call $set))
      (drop (call $read (i32.const 1) (i32.const 0) (i32.const 8)))
      (drop (call $write (i32.const 2) (i32.const 0) (i32.const 8)))
      (call $must (i32.eq (call $poll (i32.const 3) (i32.const 16)) (i32.const 2)))
      (call $must (i32.eq (i32.load (i32.const 16)) (i32.const 1)))
      (call $must (i32.eq (i32.load (i32.const 20)) (i32.const 0x80)))
      (call $must (i32.eqz (call $poll (i32.const 3) (i32.const 16)))))"},
    {"PollBeyondMemory", "(drop (call $poll (call $set) (i32.const 65532)))",
     "pointer out of bounds of memory"},
    {"PollUnaligned", "(drop (call $poll (call $set) (i32.const 2)))", "unaligned pointer"},
    {"WaitForNothing", "(drop (call $wait (call $set) (i32.const 0)))",
     "deadlock detected: event loop cannot make further progress"},
    {"WaitForNoSet", "(drop (call $new)) (drop (call $wait (i32.const 1) (i32.const 0)))",
     "handle index 1 is not a waitable set"},
    {"JoinOfASet", "(call $join (call $set) (call $set))", "handle index 1 is not a waitable"},
    {"JoinToNoSet", "(drop (call $new)) (call $join (i32.const 1) (i32.const 2))",
     "handle index 2 is not a waitable set"},
    {"JoinToZeroLeaves", R"((drop (call $new)) (call $join (i32.const 1) (call $set))
      (call $join (i32.const 1) (i32.const 0)) (call $drop-set (i32.const 3)))"},
    {"DropOfASetInUse", R"((drop (call $new)) (call $join (i32.const 1) (call $set))
      (call $drop-set (i32.const 3)))",
     "cannot drop waitable set with waitables in it"},
    {"DropOfAnEndLeavesItsSet", R"((drop (call $new)) (call $join (i32.const 1) (call $set))
      (call $drop-readable (i32.const 1)) (call $drop-set (i32.const 3)))"},
    {"DropOfNoSubtask", "(drop (call $set)) (call $drop-subtask (i32.const 1))",
     "handle index 1 is not a subtask"},
    {"CancelOfNoSubtask", "(drop (call $cancel-subtask (i32.const 9)))", "unknown handle index 9"},
    {"ErrorContext", R"((drop (call $error (i32.const 0) (i32.const 4)))
      (call $message (i32.const 1) (i32.const 16)) (call $drop-error (i32.const 1)))"},
    {"ErrorContextDroppedTwice", R"((drop (call $error (i32.const 0) (i32.const 4)))
      (call $drop-error (i32.const 1)) (call $drop-error (i32.const 1)))",
     "unknown handle index 1"},
    {"MessageBeyondMemory", R"((drop (call $error (i32.const 0) (i32.const 4)))
      (call $message (i32.const 1) (i32.const 65532)))",
     "pointer out of bounds of memory"},
};
constexpr char kNotAsync[] = "`task.return` or `task.cancel` called by a task that is not async";
constexpr char kReturnedTwice[] = "`task.return` or `task.cancel` called more than once";
constexpr char kOtherSignature[] =
    "invalid `task.return` signature and/or options for current task";
constexpr Row kTasks[] = {
    {"Context", "(call $put (i32.const 5)) (call $must (i32.eq (call $get) (i32.const 5)))"},
    {"BackpressureUnderflow", "(call $dec)", "backpressure counter underflow"},
    {"BackpressureAtItsLimit",
     "(local $i i32) (loop (call $inc) (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) "
     "(i32.const 1))) (i32.const 65535))))"},
    {"BackpressureOverflow", "(loop (call $inc) (br 0)) unreachable",
     "backpressure counter overflow"},
    {"ReturnOfASyncLift", "(call $return (i32.const 7))", kNotAsync},
    {"CancelOfASyncLift", "(call $cancel)", kNotAsync},
    {"Return", "(call $return (i32.const 7))", kPassed, Lift::kStackful},
    {"ReturnTwice", "(call $return (i32.const 7)) (call $return (i32.const 7))", kReturnedTwice,
     Lift::kStackful},
    {"ReturnOfOtherType", "(call $return-none)", kOtherSignature, Lift::kStackful},
    {"ReturnWithOtherOptions", "(call $return-memory (i32.const 7))", kOtherSignature,
     Lift::kStackful},
    {"NoReturn", "", "async-lifted export failed to produce a result", Lift::kStackful},
    {"CancelUnasked", "(call $cancel)", "`task.cancel` called by task which has not been cancelled",
     Lift::kStackful},
    {"Exit", "(call $return (i32.const 7)) (i32.const 0)", kPassed, Lift::kCallback},
    {"ExitWithoutReturn", "(i32.const 0)", "async-lifted export failed to produce a result",
     Lift::kCallback},
    {"UnknownCode", "(i32.const 3)", "unsupported callback code", Lift::kCallback},
    {"WaitOfNoSet", "(drop (call $new)) (i32.const 0x12)",
     "callback waits for what is no waitable set", Lift::kCallback},
    {"Yield", "(i32.const 1)", kPassed, Lift::kCallback,
     "(call $must (i32.eqz (local.get $code))) (call $return (i32.const 7)) (i32.const 0)"},
    {"WaitForWhatIsThere", R"((drop (call $new)) (call $join (i32.const 1) (call $set))
      (drop (call $read (i32.const 1) (i32.const 0) (i32.const 8)))
      (drop (call $write (i32.const 2) (i32.const 0) (i32.const 3))) (i32.const 0x32))",
     kPassed, Lift::kCallback,
     "(call $must (i32.eq (local.get $code) (i32.const 2))) (call $must (i32.eq (local.get $what) "
     "(i32.const 1))) (call $must (i32.eq (local.get $how) (i32.const 0x30))) (call $return "
     "(i32.const 7)) (i32.const 0)"},
    {"WaitForNothing", "(i32.or (i32.shl (call $set) (i32.const 4)) (i32.const 2))",
     "deadlock detected: event loop cannot make further progress", Lift::kCallback},
};
constexpr Row kThreads[] = {
    {"Index", "(call $must (i32.eq (call $index) (i32.const 1)))"},
    {"YieldToAThread", R"((drop (call $yield-to (call $thread (i32.const 0) (i32.const 9))))
      (call $must (i32.eq (global.get $seen) (i32.const 9))))"},
    {"LaterAndYield", R"((call $later (call $thread (i32.const 0) (i32.const 9)))
      (drop (call $yield)) (call $must (i32.eq (global.get $seen) (i32.const 9))))"},
    {"SuspendForever", "(drop (call $suspend))",
     "deadlock detected: event loop cannot make further progress"},
    {"LaterTwice", R"((drop (call $thread (i32.const 0) (i32.const 9)))
      (call $later (i32.const 2)) (call $later (i32.const 2)))",
     "cannot resume thread which is not suspended"},
    {"UnknownThread", "(call $later (i32.const 5))", "unknown thread index 5"},
    {"ResumeOfItself", "(call $later (call $index))",
     "cannot resume thread which is not suspended"},
    {"OfOtherType", "(drop (call $thread (i32.const 1) (i32.const 0)))",
     "start function does not match expected type"},
    {"BeyondTheTable", "(drop (call $thread (i32.const 2) (i32.const 0)))",
     "table index out of bounds"},
};

std::string NameOf(const testing::TestParamInfo<Row>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Channels, AsyncTest, testing::ValuesIn(kChannels), NameOf);
INSTANTIATE_TEST_SUITE_P(Waitables, AsyncTest, testing::ValuesIn(kWaitables), NameOf);
INSTANTIATE_TEST_SUITE_P(Tasks, AsyncTest, testing::ValuesIn(kTasks), NameOf);
INSTANTIATE_TEST_SUITE_P(Threads, AsyncTest, testing::ValuesIn(kThreads), NameOf);

// The task of the call itself, and the objects.
TEST(AsyncLimitTest, ObjectsHaveALimit) {
  StoreLimits limits;
  limits.async_objects = 4;
  EXPECT_EQ(OutcomeOf({"", "(drop (call $new)) (drop (call $set))"}, limits), kPassed);
  EXPECT_EQ(OutcomeOf({"", "(drop (call $new)) (drop (call $new))"}, limits),
            "too many streams, futures and tasks");
  EXPECT_EQ(OutcomeOf({"",
                       "(drop (call $new)) (drop (call $set)) (call $drop-set (i32.const 3)) "
                       "(drop (call $set))"},
                      limits),
            kPassed);
}

}  // namespace
}  // namespace tenon::abi
