#include "cli/wast/runner.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tenon::cli {
namespace {

constexpr absl::string_view kModule = R"(
  (module $m
    (func (export "add") (param i32 i32) (result i32)
      (i32.add (local.get 0) (local.get 1)))
    (func (export "div") (param i32 i32) (result i32)
      (i32.div_s (local.get 0) (local.get 1)))
    (func $loop (export "loop") (call $loop))
    (func (export "same") (param externref) (result externref) (local.get 0))
    (func (export "vector") (param v128) (result v128 i32) (local.get 0) (i32.const 3))
    (global (export "answer") i64 (i64.const 42)))
)";

ScriptReport RunBehindModule(absl::string_view directives) {
  return RunScript(absl::StrCat(kModule, directives), {});
}

void ExpectPass(absl::string_view directives) {
  const ScriptReport report = RunBehindModule(directives);
  EXPECT_TRUE(report.passed()) << directives << ": " << report.failures[0].message;
}

// Expects that the module passes and the one directive behind it fails.
void ExpectFail(absl::string_view directive) {
  const ScriptReport report = RunBehindModule(directive);
  EXPECT_EQ(report.executed, 2u) << directive;
  EXPECT_EQ(report.failed, 1u) << directive;
}

constexpr absl::string_view kObjects = R"(
  (module
    (type $box (struct (field (mut i32))))
    (func (export "box") (param i32) (result (ref $box)) (struct.new $box (local.get 0)))
    (func (export "array") (result arrayref) (ref.null array))
    (func (export "i31") (result anyref) (ref.i31 (i32.const 1)))
    (func (export "in") (param externref) (result anyref) (any.convert_extern (local.get 0)))
    (func (export "out") (param anyref) (result externref) (extern.convert_any (local.get 0))))
  (assert_return (invoke "box" (i32.const 7)) (ref.struct))
  (assert_return (invoke "box" (i32.const 7)) (ref.eq))
  (assert_return (invoke "array") (ref.null none))
  (assert_return (invoke "i31") (ref.i31))
  (assert_return (invoke "in" (ref.extern 5)) (ref.host 5))
  (assert_return (invoke "out" (ref.host 5)) (ref.extern 5))
)";

TEST(RunScript, ComparesObjectsByKind) {
  for (const bool collect_always : {false, true}) {
    const ScriptReport report = RunScript(kObjects, {.collect_always = collect_always});
    EXPECT_TRUE(report.passed()) << report.failures[0].message;
    EXPECT_EQ(report.executed, 7u);
  }
  for (const char* other :
       {"(ref.array)", "(ref.i31)", "(ref.null)", "(ref.host 5)", "(ref.func)"}) {
    const ScriptReport report = RunScript(
        absl::StrCat(kObjects, "(assert_return (invoke \"box\" (i32.const 7)) ", other, ")"), {});
    EXPECT_EQ(report.failed, 1u) << other;
  }
}

TEST(RunScript, RunsActions) {
  ExpectPass(R"((assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3)))");
  ExpectPass(R"((assert_return (get $m "answer") (i64.const 42)))");
  ExpectPass(R"((assert_return (invoke "same" (ref.extern 7)) (ref.extern 7)))");
  ExpectPass(R"((assert_return (invoke "same" (ref.null extern)) (ref.null extern)))");
  ExpectPass(R"((assert_return (invoke "vector" (v128.const i64x2 1 2))
                               (v128.const i64x2 1 2) (i32.const 3)))");
  ExpectPass(R"((assert_trap (invoke "div" (i32.const 1) (i32.const 0))
                             "integer divide by zero"))");
  ExpectPass(R"((assert_exhaustion (invoke "loop") "call stack exhausted"))");
}

TEST(RunScript, FailsWhatDoesNotHold) {
  ExpectFail(R"((assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 4)))");
  ExpectFail(R"((assert_return (invoke "add" (i32.const 1) (i32.const 2))))");
  ExpectFail(R"((assert_return (invoke "add" (i32.const 1)) (i32.const 1)))");
  ExpectFail(R"((assert_return (invoke "add" (i32.const 1) (i64.const 2)) (i32.const 3)))");
  ExpectFail(R"((assert_return (invoke "none")))");
  ExpectFail(R"((assert_return (invoke $n "add")))");
  ExpectFail(R"((assert_return (get "answer") (i64.const 43)))");
  ExpectFail(R"((invoke "div" (i32.const 1) (i32.const 0)))");
  ExpectFail(R"((assert_trap (invoke "add" (i32.const 1) (i32.const 0)) ""))");
  ExpectFail(R"((assert_trap (invoke "div" (i32.const 1) (i32.const 0)) "integer overflow"))");
  ExpectFail(R"((assert_trap (invoke "loop") "call stack exhausted"))");
  ExpectFail(R"((assert_exhaustion (invoke "div" (i32.const 1) (i32.const 0)) "integer"))");
}

TEST(RunScript, ChecksHowModulesAreRefused) {
  ExpectPass(R"wat((assert_malformed (module quote "(func (bogus))") "unknown operator"))wat");
  ExpectPass(R"((assert_invalid (module (func (result i32))) "type mismatch"))");
  ExpectPass(R"((assert_malformed (module binary "") "unexpected end"))");
  ExpectFail(R"wat((assert_invalid (module quote "(func (bogus))") "unknown operator"))wat");
  ExpectFail(R"((assert_malformed (module (func (result i32))) "type mismatch"))");
  ExpectFail(R"((assert_invalid (module (func)) "type mismatch"))");
  ExpectFail(R"((assert_invalid (module (func (result i32))) "unknown type"))");
  ExpectFail(R"((assert_unlinkable (module) ""))");
}

TEST(RunScript, LinksInstances) {
  ExpectPass(R"((register "M" $m)
    (module (import "M" "add" (func (param i32 i32) (result i32))) (export "f" (func 0)))
    (assert_return (invoke "f" (i32.const 1) (i32.const 2)) (i32.const 3))
    (assert_unlinkable (module (import "M" "add" (func))) "incompatible import type")
    (assert_unlinkable (module (import "M" "x" (func))) "unknown import")
    (module (import "spectest" "global_i32" (global i32)) (export "g" (global 0)))
    (assert_return (get "g") (i32.const 666)))");
  ExpectPass(R"((assert_trap (module (func unreachable) (start 0)) "unreachable"))");
}

TEST(RunScript, MakesInstancesOfDefinitions) {
  ExpectPass(R"((module definition $d (global (export "g") (mut i32) (i32.const 1)))
    (module instance $a $d)
    (module instance $b $d)
    (assert_return (get $a "g") (i32.const 1)))");
}

TEST(RunScript, LeavesNoOlderModuleBehindAFailedOne) {
  const ScriptReport report = RunBehindModule(R"((module (func (bogus)))
             (assert_return (get "answer") (i64.const 42))
             (assert_return (get $m "answer") (i64.const 42)))");
  EXPECT_EQ(report.failed, 2u);
}

TEST(RunScript, FailsWhatIsNotSupported) {
  ExpectFail(R"((assert_return (invoke "loop") (ref.struct)))");
}

TEST(RunScript, RunsThreadsWithStoresOfTheirOwn) {
  ExpectPass(R"((thread $t (module (global (export "g") i32 (i32.const 1)))
      (assert_return (get "g") (i32.const 1)))
    (wait $t)
    (assert_return (get "answer") (i64.const 42)))");
}

TEST(RunScript, AThreadThatFailsFailsWhoWaitsForIt) {
  const ScriptReport report = RunBehindModule(R"((thread $t (assert_return (get "g")))
    (wait $t))");
  EXPECT_EQ(report.executed, 3u);
  EXPECT_EQ(report.failed, 1u);
  EXPECT_EQ(report.failures[0].message.substr(0, 7), "line 11");
}

TEST(RunScript, AThreadThatNobodyWaitsForFailsTheScript) {
  const ScriptReport report = RunBehindModule(R"((thread $t (assert_return (get "g"))))");
  EXPECT_EQ(report.failed, 0u);
  EXPECT_FALSE(report.passed());
}

TEST(RunScript, RefusesThreadsItDoesNotHaveOrCannot) {
  ExpectFail("(wait $t)");
  ExpectFail("(thread $t (shared (module $none)))");
  ExpectFail("(thread $t (bogus))");
  std::string nested;
  for (int i = 0; i < 100; ++i) nested += "(thread $t ";
  ExpectFail(nested + std::string(100, ')'));
}

TEST(RunScript, FailsWhenDirectivesAreLost) {
  const ScriptReport report = RunScript("(module) ) (module)", {});
  EXPECT_EQ(report.executed, 1u);
  EXPECT_EQ(report.failed, 0u);
  EXPECT_FALSE(report.passed());
}

TEST(RunScript, CanIgnoreTexts) {
  const ScriptOptions options = {.ignore_error_messages = true};
  EXPECT_TRUE(RunScript("(assert_malformed (module binary \"\") \"x\")", options).passed());
  EXPECT_FALSE(RunScript("(assert_invalid (module binary \"\") \"x\")", options).passed());
  EXPECT_FALSE(RunScript("(assert_malformed (module) \"x\")", options).passed());
}

constexpr absl::string_view kComponent = R"(
  (component definition $D
    (core module $m (memory (export "mem") 1)
      (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
      (func (export "trap") unreachable)
      (global $next (mut i32) (i32.const 16))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.get $next)
        (global.set $next (i32.add (global.get $next) (local.get 3))))
      (func (export "same") (param i32 i32) (result i32)
        (i32.store (i32.const 0) (local.get 0))
        (i32.store (i32.const 4) (local.get 1))
        (i32.const 0)))
    (core instance $i (instantiate $m))
    (type $pair' (record (field "a" u32) (field "b" (option s8))))
    (export $pair "pair" (type $pair'))
    (func (export "add") (param "a" u8) (param "b" u8) (result u32)
      (canon lift (core func $i "add")))
    (func (export "trap") (canon lift (core func $i "trap")))
    (func (export "same") (param "s" string) (result string)
      (canon lift (core func $i "same") (memory $i "mem") (realloc (func $i "realloc")))))
  (component instance $c $D)
)";

TEST(RunScript, RunsComponents) {
  const ScriptReport report = RunScript(absl::StrCat(kComponent, R"(
        (assert_return (invoke "add" (u8.const 255) (u8.const 2)) (u32.const 257))
        (assert_return (invoke $c "same" (str.const "h\u{e9}")) (str.const "h\c3\a9"))
        (assert_trap (invoke "trap") "unreachable")
        (component instance $d $D)
        (invoke $d "add" (u8.const 1) (u8.const 1))
        (assert_invalid (component (export "f" (func 0))) "unknown function 0")
        (assert_malformed (component quote "(type") "unexpected token")
        (assert_malformed (component binary "\00asm\0d\00\01") "unexpected end"))"),
                                        {});
  EXPECT_EQ(report.executed, 10u);
  EXPECT_TRUE(report.passed()) << report.failures[0].message;
}

TEST(RunScript, FailsWhatAComponentDoesNotDo) {
  for (const char* directive : {
           R"((assert_return (invoke "add" (u8.const 1) (u8.const 1)) (u32.const 3)))",
           R"((assert_return (invoke "add" (u8.const 1) (u8.const 1)) (u8.const 2)))",
           R"((assert_return (invoke "add" (u8.const 1) (u8.const 1))))",
           R"((invoke "add" (u8.const 256) (u8.const 1)))",
           R"((invoke "add" (u8.const 1)))",
           R"((invoke "none"))",
           R"((invoke "trap"))",
           R"((assert_trap (invoke "trap") "out of bounds"))",
           R"((assert_trap (invoke "same" (str.const "")) "unreachable"))",
           R"((assert_invalid (component) "unknown func"))",
           R"((component instance $x $none))",
       }) {
    const ScriptReport report = RunScript(absl::StrCat(kComponent, directive), {});
    EXPECT_EQ(report.failed, 1u) << directive;
  }
}

}  // namespace
}  // namespace tenon::cli
