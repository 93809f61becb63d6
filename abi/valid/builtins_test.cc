// The rules of async types, canonical options and built-ins, on component texts.
#include <gtest/gtest.h>

#include <string>

#include "abi/binary/decode.h"
#include "abi/text/parse.h"
#include "abi/valid/validate.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// What validation says of a component with these fields; they may use memory $m, core functions
// $i ([i32] -> [i32]), $n ([] -> []), $cb (a callback) and $realloc, and a table $t.
std::string ErrorOf(absl::string_view fields) {
  const std::string text = absl::StrCat(
      "(component (core module $M (memory (export \"m\") 1) (table (export \"t\") 1 funcref)"
      "  (func (export \"i\") (param i32) (result i32) unreachable) (func (export \"n\"))"
      "  (func (export \"cb\") (param i32 i32 i32) (result i32) unreachable)"
      "  (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) unreachable))"
      " (core instance $c (instantiate $M)) (alias core export $c \"m\" (core memory $m))"
      " (alias core export $c \"i\" (core func $i)) (alias core export $c \"n\" (core func $n))"
      " (alias core export $c \"cb\" (core func $cb)) (alias core export $c \"t\" (core table $t))"
      " (alias core export $c \"realloc\" (core func $realloc)) ",
      fields, ")");
  Result<std::vector<uint8_t>> bytes = ParseComponent(text);
  if (!bytes) return bytes.error().message();
  auto component = DecodeComponent(*std::move(bytes));
  if (!component) return component.error().message();
  vm::TypeStore types;
  const auto valid =
      ValidateComponent(*std::move(component), &types,
                        CoreLoader(&types, vm::Features(), vm::BodyValidation::kEager));
  return valid ? "" : valid.error().message();
}

struct Row {
  const char* name;
  const char* fields;
  const char* error;  // nothing: it is valid
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class AsyncValidationTest : public testing::TestWithParam<Row> {};

TEST_P(AsyncValidationTest, SaysSo) { EXPECT_EQ(ErrorOf(GetParam().fields), GetParam().error); }

constexpr Row kTypes[] = {
    {"StreamOfNothing", "(type (stream))", ""},
    {"FutureOfChar", "(type (future char))", ""},
    {"StreamOfChar", "(type (stream char))", "`stream<char>` is not valid at this time"},
    {"StreamOfBorrow", "(import \"r\" (type $r (sub resource))) (type (stream (borrow $r)))",
     "a stream or future cannot contain a `borrow` type"},
    {"AsyncIsPartOfTheType",
     "(component $c (import \"f\" (func async))) (import \"f\" (func $f))"
     "(instance (instantiate $c (with \"f\" (func $f))))",
     "type mismatch in import `f`: expected async func, found func: expected async func(), found "
     "func()"},
};
constexpr Row kOptions[] = {
    {"LiftAsync", "(func async (canon lift (core func $n) async))", ""},
    {"LiftCallback",
     "(func async (param \"a\" u8) (canon lift (core func $i) async (callback (core func $cb))))",
     ""},
    {"LiftAsyncOfSyncType", "(func (canon lift (core func $n) async))",
     "the `async` canonical option requires an async function type"},
    {"LowerAsyncOfSyncType", "(import \"f\" (func $f)) (core func (canon lower (func $f) async))",
     "the `async` canonical option requires an async function type"},
    {"CallbackWithoutAsync", "(func async (canon lift (core func $n) (callback (core func $cb))))",
     "canonical option `callback` requires `async`"},
    {"CallbackOfOtherType",
     "(func async (param \"a\" u8) (canon lift (core func $i) async (callback (core func $i))))",
     "canonical option `callback`: core function of type [i32 i32 i32] -> [i32] expected, found "
     "[i32] -> [i32]"},
    {"LowerWithCallback",
     "(import \"f\" (func $f async)) (core func (canon lower (func $f) async (callback (core func "
     "$cb))))",
     "canonical option `callback` cannot be specified for lowerings"},
    {"PostReturnWithAsync",
     "(func async (canon lift (core func $n) async (post-return (core func $n))))",
     "canonical option `post-return` excludes `async`"},
    {"AsyncTwice", "(func async (canon lift (core func $n) async async))",
     "canonical option `async` is specified more than once"},
    {"LowerOfAResultNeedsMemory",
     "(import \"f\" (func $f async (result u8))) (core func (canon lower (func $f) async))",
     "canonical option `memory` is required for async func() -> u8"},
};
constexpr Row kBuiltins[] = {
    {"StreamNewOfAFuture", "(type $f (future)) (core func (canon stream.new $f))",
     "`stream.new` requires a stream type, found future"},
    {"ReadNeedsMemory", "(type $s (stream u8)) (core func (canon stream.read $s async))",
     "canonical option `memory` is required for `stream.read`"},
    {"ReadOfStringsNeedsRealloc",
     "(type $s (stream string)) (core func (canon stream.read $s async (memory $m)))",
     "canonical option `realloc` is required for `stream.read`"},
    {"WriteOfStringsDoesNot",
     "(type $s (stream string)) (core func (canon stream.write $s async (memory $m)))", ""},
    {"TaskReturnOfAStringNeedsMemory", "(core func (canon task.return (result string)))",
     "canonical option `memory` is required for `task.return`"},
    {"TaskReturnAllocatesNothing",
     "(core func (canon task.return (memory $m) (realloc (core func $realloc))))",
     "canonical option `realloc` cannot be specified for `task.return`"},
    {"TaskReturnIsNotAsync", "(core func (canon task.return async))",
     "canonical option `async` cannot be specified for `task.return`"},
    {"ThirdContextSlot", "(core func (canon context.get i32 2))",
     "the slot of `context.get` must be less than 2"},
    {"ContextOf64Bits", "(core func (canon context.set i64 0))",
     "`context.set` has the type `i32`"},
    {"DebugMessageNeedsRealloc", "(core func (canon error-context.debug-message (memory $m)))",
     "canonical option `realloc` is required for `error-context.debug-message`"},
    {"ThreadOfOtherType",
     "(core type $f (func)) (core func (canon thread.new-indirect $f (core table $t)))",
     "start function must take a single `i32` argument and return nothing"},
};

std::string NameOf(const testing::TestParamInfo<Row>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Types, AsyncValidationTest, testing::ValuesIn(kTypes), NameOf);
INSTANTIATE_TEST_SUITE_P(Options, AsyncValidationTest, testing::ValuesIn(kOptions), NameOf);
INSTANTIATE_TEST_SUITE_P(Builtins, AsyncValidationTest, testing::ValuesIn(kBuiltins), NameOf);

}  // namespace
}  // namespace tenon::abi
