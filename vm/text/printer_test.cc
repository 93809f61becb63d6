#include "vm/text/printer.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "vm/text/parser.h"

namespace tenon::vm {
namespace {

std::string Print(const Module& module, bool fold) {
  std::string text;
  const Status status = PrintModule(module, {.fold = fold}, [&](absl::string_view piece) -> Status {
    absl::StrAppend(&text, piece);
    return {};
  });
  EXPECT_TRUE(status) << status.error().ToString();
  return text;
}

// What is printed of a text that stands in `(module ...)`.
std::string Flat(absl::string_view fields) {
  const auto module = ParseModule(absl::StrCat("(module ", fields, ")"));
  return module ? Print(*module, false) : module.error().ToString();
}
std::string Folded(absl::string_view fields) {
  const auto module = ParseModule(absl::StrCat("(module ", fields, ")"));
  return module ? Print(*module, true) : module.error().ToString();
}

TEST(PrinterTest, EmptyModule) {
  EXPECT_EQ(Flat(""), "(module\n)\n");
  EXPECT_EQ(Flat("(@name \"M\")"), "(module $M\n)\n");
}

TEST(PrinterTest, FlatFunction) {
  EXPECT_EQ(Flat("(func $f (param $a i32) (param i32 i64) (result i32) (local $x f32) (local i32 "
                 "i32) (block $l (br_if $l (local.get $a))) (i32.const 1))"),
            R"((module
  (type (;0;) (func (param i32 i32 i64) (result i32)))
  (func $f (;0;) (type 0) (param $a i32) (param i32 i64) (result i32)
    (local $x f32) (local i32 i32)
    block $l
      local.get $a
      br_if $l
    end
    i32.const 1
  )
)
)");
}

TEST(PrinterTest, FoldedFunction) {
  EXPECT_EQ(Folded("(import \"m\" \"n\" (func $g (param i32 i32) (result i32)))"
                   "(func (param i32) (result i32)"
                   " (if (result i32) (i32.eqz (local.get 0))"
                   "  (then (call $g (i32.add (i32.const 1) (local.get 0)) (i32.const 2)))"
                   "  (else (nop) (i32.const 3))))"),
            R"((module
  (type (;0;) (func (param i32 i32) (result i32)))
  (type (;1;) (func (param i32) (result i32)))
  (import "m" "n" (func $g (;0;) (type 0)))
  (func (;1;) (type 1) (param i32) (result i32)
    (if (result i32)
      (i32.eqz (local.get 0))
      (then
        (call $g
          (i32.add (i32.const 1) (local.get 0))
          (i32.const 2)))
      (else
        (nop)
        (i32.const 3)))
  )
)
)");
}

// What an instruction takes must stand right before it and give values; else it stays outside.
TEST(PrinterTest, FoldingKeepsTheOrder) {
  EXPECT_TRUE(absl::StrContains(
      Folded("(func i32.const 1 nop i32.const 2 i32.add drop)"),
      "    (i32.const 1)\n    (nop)\n    (drop\n      (i32.add (i32.const 2)))\n"));
}

TEST(PrinterTest, ALabelIsNamedWhereItsNameMeansIt) {
  const std::string text = Flat("(func (block $l (block $l (br $l) (br 1) (br 2))))");
  EXPECT_TRUE(absl::StrContains(text, "br $l\n        br 1\n        br 2\n")) << text;
}

TEST(PrinterTest, NamesThatNoIdentifierStandsForAreAnnotations) {
  const std::string text = Flat(
      "(func $f) (func (@name \"f\") (call 1)) (func $\"a b\" (call $\"a b\"))"
      "(func (@name \"\"))");
  EXPECT_TRUE(absl::StrContains(text, "(func $f (;0;) (type 0))")) << text;
  EXPECT_TRUE(absl::StrContains(text, "(func (;1;) (@name \"f\") (type 0)\n    call 1\n")) << text;
  EXPECT_TRUE(absl::StrContains(text, "call $\"a b\"")) << text;
  EXPECT_TRUE(absl::StrContains(text, "(func (;3;) (@name \"\") (type 0))")) << text;
}

TEST(PrinterTest, Floats) {
  const auto of = [](absl::string_view constant) {
    const std::string text = Flat(absl::StrCat("(global f64 (f64.const ", constant, "))"));
    const size_t begin = text.find("f64.const ") + 10;
    return text.substr(begin, text.find(')', begin) - begin);
  };
  EXPECT_EQ(of("0.1"), "0.1");
  EXPECT_EQ(of("-0"), "-0");
  EXPECT_EQ(of("0x1p-1074"), "5e-324");
  EXPECT_EQ(of("-inf"), "-inf");
  EXPECT_EQ(of("nan"), "nan");
  EXPECT_EQ(of("-nan:0x4"), "-nan:0x4");
}

TEST(PrinterTest, StringsShowNoControlCharacters) {
  EXPECT_TRUE(absl::StrContains(Flat("(import \"\\1b[m\" \"\xc2\x9b\xc3\xa4\\\"\" (func))"),
                                "(import \"\\1b[m\" \"\\c2\\9b\xc3\xa4\\\"\""));
  EXPECT_TRUE(
      absl::StrContains(Flat("(memory 1) (data \"a\\ff\\00\")"), "(data (;0;) \"a\\ff\\00\")"));
}

TEST(PrinterTest, CustomSectionsKeepTheirPlace) {
  const std::string text = Flat(
      "(@custom \"last\" \"x\") (@custom \"first\" (before first)) (@custom \"f\" (before global))"
      "(type (func))");
  EXPECT_EQ(text,
            "(module\n  (@custom \"first\" (before first))\n  (type (;0;) (func))\n"
            "  (@custom \"f\" (after tag))\n  (@custom \"last\" \"x\")\n)\n");
}

TEST(PrinterTest, BranchHints) {
  const std::string fields =
      "(func (param i32) (@metadata.code.branch_hint \"\\01\") (if (local.get 0) (then)))";
  EXPECT_TRUE(absl::StrContains(Flat(fields), "    (@metadata.code.branch_hint \"\\01\") if\n"));
  EXPECT_TRUE(absl::StrContains(Folded(fields), "    (@metadata.code.branch_hint \"\\01\") (if\n"));
}

TEST(PrinterTest, ConstantExpressions) {
  const std::string text = Flat(
      "(table 1 funcref) (global i32 (i32.add (i32.const 1) (i32.const 2)))"
      "(elem (offset (i32.add (i32.const 1) (i32.const 2))) funcref (ref.null func))");
  EXPECT_TRUE(absl::StrContains(text, "(global (;0;) i32 i32.const 1 i32.const 2 i32.add)"));
  EXPECT_TRUE(absl::StrContains(
      text, "(elem (;0;) (offset i32.const 1 i32.const 2 i32.add) funcref (ref.null func))"));
}

// A million levels: no recursion, and no text that grows with the square.
TEST(PrinterTest, DeepNesting) {
  constexpr size_t kDepth = 1'000'000;
  std::string fields = "(func ";
  for (size_t i = 0; i < kDepth; ++i) fields += "block ";
  for (size_t i = 0; i < kDepth; ++i) fields += "end ";
  EXPECT_LT(Flat(fields + ")").size(), 200 * kDepth);
  fields = "(func (drop ";
  for (size_t i = 0; i < kDepth; ++i) fields += "(i32.eqz ";
  fields += "(i32.const 1)" + std::string(kDepth + 2, ')');
  EXPECT_LT(Folded(fields).size(), 120 * kDepth);
}

TEST(PrinterTest, ASinksErrorEndsThePrinting) {
  const auto module =
      ParseModule(absl::StrCat("(module (memory 1) (data \"", std::string(1'000'000, 'x'), "\"))"));
  int pieces = 0;
  const Status status = PrintModule(*module, {}, [&](absl::string_view) -> Status {
    ++pieces;
    return Fail(ErrorKind::kIo, "full");
  });
  EXPECT_EQ(status.error().message(), "full");
  EXPECT_EQ(pieces, 1);
}

}  // namespace
}  // namespace tenon::vm
