#include "abi/text/print.h"

#include <string>

#include "abi/binary/decode.h"
#include "abi/text/parse.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tenon::abi {
namespace {

std::string Printed(std::vector<uint8_t> bytes) {
  const auto component = DecodeComponent(std::move(bytes));
  if (!component) return component.error().ToString();
  std::string text;
  const Status status =
      PrintComponent(**component, {}, vm::Features::All(), [&](absl::string_view piece) -> Status {
        absl::StrAppend(&text, piece);
        return {};
      });
  return status ? text : status.error().ToString();
}

// What is printed of the binary that the text stands for, which must be the same once more.
std::string Printed(absl::string_view text) {
  const auto bytes = ParseComponent(text);
  EXPECT_TRUE(bytes) << text << bytes.error().ToString();
  if (!bytes) return "";
  std::string printed = Printed(*bytes);
  const auto again = ParseComponent(printed);
  EXPECT_TRUE(again && *again == *bytes) << printed << (again ? "" : again.error().ToString());
  return printed;
}

TEST(PrintComponentTest, PrintsTheFieldsInOrder) {
  EXPECT_EQ(Printed("(component)"), "(component\n)\n");
  EXPECT_EQ(Printed(R"((component $c
    (import "a:b/c@1.0.0" (instance $i (export "f" (func (param "x" (list u8))))))
    (core module $m (import "m" "f" (func)) (memory (export "mem") 1))
    (alias export $i "f" (func $f))
    (core module $n (memory (export "mem") 1)) (core instance $n (instantiate $n))
    (core func $g (canon lower (func $f) (memory $n "mem")))
    (core instance (instantiate $m (with "m" (instance (export "f" (func $g))))))
    (export $e "g" (func $f)) (@custom "c" "\00x")))"),
            R"((component $c
  (type (;0;) (instance
    (type (;0;) (list u8))
    (type (;1;) (func (param "x" 0)))
    (export "f" (func (;0;) (type 1)))
  ))
  (import "a:b/c@1.0.0" (instance $i (;0;) (type 0)))
  (core module $m (;0;)
    (type (;0;) (func))
    (import "m" "f" (func (;0;) (type 0)))
    (memory (;0;) 1)
    (export "mem" (memory 0))
  )
  (alias export $i "f" (func $f (;0;)))
  (core module $n (;1;)
    (memory (;0;) 1)
    (export "mem" (memory 0))
  )
  (core instance $n (;0;) (instantiate $n))
  (alias core export $n "mem" (core memory (;0;)))
  (core func $g (;0;) (canon lower (func $f) (memory 0)))
  (core instance (;1;)
    (export "f" (func $g))
  )
  (core instance (;2;) (instantiate $m
    (with "m" (instance 1))
  ))
  (export $e (;1;) "g" (func $f))
  (@custom "c" "\00x")
)
)");
}

// One of each form, but for those above.
TEST(PrintComponentTest, PrintsWhatParsesToTheSameBytes) {
  for (
      const char* text : {
          R"((type (variant (case "a") (case "b" u8))))",
          R"((type (tuple u8 (result string (error f32)) (result) (result (error char)))))",
          R"((type (flags "a" "b")) (type (enum "x")) (type (list s64 4)) (type (map u8 string)))",
          R"((type $r (resource (rep i32))) (type (own $r)) (type (borrow $r)) (type u8))",
          R"((core module $m (func (export "d") (param i32))) (core instance $i (instantiate $m))
              (type $r (resource (rep i32) (dtor (func $i "d")))) (core func (canon resource.new $r)))",
          R"((type (stream)) (type (future u8)) (type (func async (result error-context))))",
          R"((type (record (field "a" bool) (field "b" (option (list char))))))",
          R"((import "a" (implements "a:b/c") (versionsuffix ".1") (external-id "x") (instance)))",
          R"((import "a" (implements "a:b/c") (external-id "x") (instance)))",
          R"((import "i" (instance (type $t (record (field "a" u8))) (export "t" (type (eq $t))))))",
          R"((import "m" (core module $m (import "a" "b" (func (param i32)))
                (export "t" (table 1 funcref)) (export "g" (global (mut i64)))
                (export "m" (memory i64 1 2 shared)) (export "e" (tag)))))",
          R"((core type $f (func)) (core type (module (alias outer 1 $f (type $g))
                (import "a" "f" (func (type $g))) (type (func (result f64))) (export "t" (tag (type $f))))))",
          R"((core type $t (struct (field (ref null $t)))) (core type (array (mut i16))) (core rec))",
          R"((core type (sub final (func))) (core type (sub (struct))) (core rec (type (sub (func))))
              (core rec (type (sub final (array i8))) (type (func))))",
          R"((core type $f (func)) (core type (sub 1 1 (struct))) (component (core rec
                (type $a (sub (struct (field (ref $f) (mut (ref $b)))))) (type $b (sub $a $f (array v128)))))
              (type (instance (core rec (type (func (param (ref 1) (ref $f)))) (type (struct)))
                (core type $c (array (ref 2))) (export "m" (core module
                  (rec (type $d (array (ref $c))) (type (struct (field (ref $d) i8))))
                  (import "a" "b" (func (type 2))) (export "g" (global (ref $f))))))))",
          R"((core module $m (import "i" "f" (func)) (func (export "g")))
              (core module $n (func (export "f"))) (core instance $n (instantiate $n))
              (core instance (instantiate $m (with "i" (instance $n))))
              (core instance (instantiate $m (with "i" (instance (export "f" (func $n "f")))))))",
          R"((core module $m (memory (export "m") 1)) (core instance $i (instantiate $m))
              (canon waitable-set.wait cancellable (memory $i "m") (core func $w)))",
          R"((core func $g (canon context.get i32 0)) (canon backpressure.inc (core func)))",
          R"((component $c (import "x" (func)) (component (@name "y")))
              (import "f" (func $f)) (instance (instantiate $c (with "x" (func $f)))))",
          R"((component $c (import "x" (instance))) (core module $m (@name "n"))
              (instance (export "y") (instantiate $c (with "x" (instance)))))",
          R"((import "f" (func $f)) (export $g "g" (func $f) (func)) (instance (export "h" (func $g))))",
          R"((type (component (import "t" (type $t (sub resource))) (export "u" (type (eq $t))))))",
          R"((type $"a b" u8) (type $t (@name "a b") u8) (import "x" (type $u (eq $t))))",
          R"((core module $m (memory (export "m") 1) (func (export "f") (param i32 i32))
                (func (export "p")) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
              (core instance $i (instantiate $m)) (alias core export $i "m" (core memory $m))
              (func (export "f") (param "s" string)
                (canon lift (core func $i "f") string-encoding=latin1+utf16 (memory $m)
                  (realloc (func $i "r")) (post-return (func $i "p")) async (callback (func $i "p")))))",
          R"((@custom "name" "content") (start 0 (value 1) (result (value $v))))",
      }) {
    Printed(absl::StrCat("(component ", text, ")"));
  }
}

TEST(PrintComponentTest, PrintsCoreTypes) {
  EXPECT_EQ(Printed(R"((component $c
    (core type $f (func (param i32)))
    (core rec (type $a (struct (field $x (mut i8) ) (field (ref null $b)))) (type $b (array funcref)))
    (core type $s (sub $a (struct (field (mut i8) (ref null $b) (ref null $s)))))
    (core type (module (rec (type (func)) (type (sub (func)))) (type (array (ref 0)))
      (import "a" "b" (func (param (ref $s))))))
    (type (component (core rec (type (sub final (struct)))) (core type (func))))))"),
            R"((component $c
  (core type $f (;0;) (func (param i32)))
  (core rec
    (type $a (;1;) (struct (field (mut i8)) (field (ref null 2))))
    (type $b (;2;) (array funcref))
  )
  (core type $s (;3;) (sub 1 (struct (field (mut i8)) (field (ref null 2)) (field (ref null 3)))))
  (core type (;4;) (module
    (rec
      (type (;0;) (func))
      (type (;1;) (sub (func)))
    )
    (type (;2;) (array (ref 0)))
    (alias outer 1 3 (type (;3;)))
    (type (;4;) (func (param (ref 3))))
    (import "a" "b" (func (type 4)))
  ))
  (type (;0;) (component
    (core rec
      (type (;0;) (sub final (struct)))
    )
    (core type (;1;) (func))
  ))
)
)");
}

// No name is written before the thing has it, though it may have it later.
TEST(PrintComponentTest, RefersToWhatIsNotThereByItsIndex) {
  const auto bytes = ParseComponent(R"((component
      (instance $a (export "x" (instance 1))) (instance $b (export "y" (func 7)))))");
  ASSERT_TRUE(bytes);
  const std::string text = Printed(*bytes);
  EXPECT_NE(text.find("(instance 1)"), std::string::npos) << text;
  EXPECT_TRUE(ParseComponent(text));
}

TEST(PrintComponentTest, TellsWhatItCannotPrint) {
  const auto values = ParseComponent(R"((component (import "v" (value u8))))");
  ASSERT_TRUE(values);
  EXPECT_EQ(Printed(*values), "not supported by this version: values");
  auto cut_off = ParseComponent("(component (core module (func)))");
  ASSERT_TRUE(cut_off);
  cut_off->back() = 0x00;  // where `end` was
  EXPECT_EQ(Printed(*cut_off),
            "core module: unexpected end of section or function (at offset 0x22)");
}

TEST(PrintComponentTest, PrintsBuiltins) {
  EXPECT_EQ(Printed(R"((component
    (core module $m (memory (export "m") 1) (table (export "t") 1 funcref))
    (core instance $i (instantiate $m))
    (alias core export $i "m" (core memory $m)) (alias core export $i "t" (core table $t))
    (type $s (stream u8)) (type $f (future)) (core type $start (func (param i32)))
    (core func (canon task.return (result $s) string-encoding=utf8 (memory $m)))
    (core func (canon task.return))
    (core func (canon context.get i32 1))
    (core func (canon stream.read $s async (memory $m)))
    (core func (canon future.cancel-write $f async))
    (core func (canon waitable-set.wait cancellable (memory $m)))
    (core func (canon thread.new-indirect $start $t))
    (core func (canon subtask.cancel))
    (core func (canon thread.spawn-ref shared $start))
    (core func (canon thread.spawn-indirect $start $t))))"),
            R"((component
  (core module $m (;0;)
    (table (;0;) 1 funcref)
    (memory (;0;) 1)
    (export "m" (memory 0))
    (export "t" (table 0))
  )
  (core instance $i (;0;) (instantiate $m))
  (alias core export $i "m" (core memory $m (;0;)))
  (alias core export $i "t" (core table $t (;0;)))
  (type $s (;0;) (stream u8))
  (type $f (;1;) (future))
  (core type $start (;0;) (func (param i32)))
  (core func (;0;) (canon task.return (result $s) string-encoding=utf8 (memory $m)))
  (core func (;1;) (canon task.return))
  (core func (;2;) (canon context.get i32 1))
  (core func (;3;) (canon stream.read $s async (memory $m)))
  (core func (;4;) (canon future.cancel-write $f async))
  (core func (;5;) (canon waitable-set.wait cancellable (memory $m)))
  (core func (;6;) (canon thread.new-indirect $start $t))
  (core func (;7;) (canon subtask.cancel))
  (core func (;8;) (canon thread.spawn-ref shared $start))
  (core func (;9;) (canon thread.spawn-indirect $start $t))
)
)");
}

}  // namespace
}  // namespace tenon::abi
