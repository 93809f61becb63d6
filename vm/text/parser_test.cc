#include "vm/text/parser.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "vm/syntax/limits.h"
#include "vm/syntax/name_section.h"
#include "vm/syntax/type_store.h"
#include "vm/valid/validate.h"

namespace tenon::vm {
namespace {

Module Parsed(absl::string_view text) {
  Result<Module> module = ParseModule(text);
  if (module) return std::move(*module);
  ADD_FAILURE() << text << ": " << module.error().ToString();
  return {};
}

std::string MessageOf(absl::string_view text) {
  Result<Module> module = ParseModule(text);
  return module ? "no error" : module.error().message();
}

// Empty when valid.
std::string Validated(absl::string_view text) {
  TypeStore types;
  Result<Module> module = ParseModule(text);
  if (!module) return module.error().ToString();
  const auto valid = ValidateModule(std::make_unique<Module>(std::move(*module)), &types,
                                    Features::All(), BodyValidation::kEager);
  return valid ? "" : valid.error().ToString();
}

std::vector<uint8_t> Body(absl::string_view instructions) {
  const Module module = Parsed(absl::StrCat("(memory 1) (memory 1) (func ", instructions, ")"));
  if (module.bodies.empty()) return {};
  const auto bytes = module.Bytes(module.bodies[0].code);
  return {bytes.begin(), bytes.end()};
}

using Bytes = std::vector<uint8_t>;

TEST(Parser, AcceptsModulesAndBareFields) {
  EXPECT_EQ(Parsed("(module $m (func) (func))").functions.size(), 2u);
  EXPECT_EQ(Parsed("(func) (func)").functions.size(), 2u);
  EXPECT_EQ(Parsed("").functions.size(), 0u);
  EXPECT_EQ(MessageOf("(func))"), "unexpected token )");
  EXPECT_EQ(MessageOf("(module) (module)"), "unexpected token (");
  EXPECT_EQ(MessageOf("(module (func)"), "unexpected token: end of text");
}

TEST(Parser, LeavesAStreamAfterItsModule) {
  Lexer lexer("(module $m (func)) rest");
  lexer.TakeOpen("module");
  lexer.Take();

  const Result<Module> module = ParseModule(std::nullopt, lexer);

  ASSERT_TRUE(module);
  EXPECT_EQ(lexer.Peek().text, "rest");
}

TEST(Parser, BodiesAreCodeEntries) {
  EXPECT_EQ(Body(""), (Bytes{0x00, 0x0b}));
  EXPECT_EQ(Body("(local i32 i32) (local $x i64) nop"),
            (Bytes{0x02, 0x02, 0x7f, 0x01, 0x7e, 0x01, 0x0b}));
}

TEST(Parser, FieldsLimit) {
  const auto with_fields = [](uint32_t count) {
    std::string text = "(type (struct (field";
    for (uint32_t i = 0; i < count; ++i) text += " i8";
    return MessageOf(text + ")))");
  };
  EXPECT_EQ(with_fields(kMaxFields), "no error");
  EXPECT_EQ(with_fields(kMaxFields + 1), "more than 10000 fields");
}

TEST(Parser, FoldedInstructionsComeAfterTheirOperands) {
  EXPECT_EQ(Body("(drop (i32.add (i32.const 1) (i32.const -1)))"),
            (Bytes{0x00, 0x41, 0x01, 0x41, 0x7f, 0x6a, 0x1a, 0x0b}));
  EXPECT_EQ(Body("(if $l (i32.const 0) (then (br $l)) (else nop))"),
            (Bytes{0x00, 0x41, 0x00, 0x04, 0x40, 0x0c, 0x00, 0x05, 0x01, 0x0b, 0x0b}));
  EXPECT_EQ(Body("(block (result i32) i32.const 0) drop"),
            (Bytes{0x00, 0x02, 0x7f, 0x41, 0x00, 0x0b, 0x1a, 0x0b}));
}

TEST(Parser, LabelsCountFromTheInnermost) {
  EXPECT_EQ(Body("block $a loop $b br $a br $b block $a br $a end br $a end $b end $a"),
            (Bytes{0x00, 0x02, 0x40, 0x03, 0x40, 0x0c, 0x01, 0x0c, 0x00, 0x02, 0x40, 0x0c, 0x00,
                   0x0b, 0x0c, 0x01, 0x0b, 0x0b, 0x0b}));
  EXPECT_EQ(MessageOf("(func block $a end br $a)"), "unknown label $a");
  EXPECT_EQ(MessageOf("(func (if $a (br $a) (then)))"), "unknown label $a");
  EXPECT_EQ(MessageOf("(func block $a end $b)"), "mismatching label");
}

TEST(Parser, MemoryArguments) {
  EXPECT_EQ(Body("(drop (i32.load offset=8 align=1 (i32.const 0)))"),
            (Bytes{0x00, 0x41, 0x00, 0x28, 0x00, 0x08, 0x1a, 0x0b}));
  EXPECT_EQ(Body("(drop (i32.load 1 (i32.const 0)))"),
            (Bytes{0x00, 0x41, 0x00, 0x28, 0x42, 0x01, 0x00, 0x1a, 0x0b}));
  EXPECT_EQ(MessageOf("(memory 1) (func (i32.load align=3 (i32.const 0)))"),
            "alignment must be a power of two");
}

TEST(Parser, LaneArgumentsAreNotMemories) {
  const Bytes lane = Body("v128.load8_lane 3 drop");
  const Bytes memory_and_lane = Body("v128.load8_lane 1 offset=2 3 drop");

  EXPECT_EQ(lane, (Bytes{0x00, 0xfd, 0x54, 0x00, 0x00, 0x03, 0x1a, 0x0b}));
  EXPECT_EQ(memory_and_lane, (Bytes{0x00, 0xfd, 0x54, 0x40, 0x01, 0x02, 0x03, 0x1a, 0x0b}));
}

TEST(Parser, VectorConstants) {
  EXPECT_EQ(
      Body("v128.const i32x4 1 -1 0 2"),
      (Bytes{0x00, 0xfd, 0x0c, 1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 2, 0, 0, 0, 0x0b}));
  EXPECT_EQ(MessageOf("(func (v128.const i32x4 1 2 3))"), "wrong number of lane literals");
  EXPECT_EQ(MessageOf("(func (v128.const i32x4 1 2 3 0x100000000))"), "constant out of range");
}

TEST(Parser, BulkInstructionsNameTheirTargetFirst) {
  const Module module = Parsed(
      "(memory $m 1) (memory $n 1) (data $d) (func (memory.init $n $d (i32.const 0) "
      "(i32.const 0) (i32.const 0)))");

  const auto code = module.Bytes(module.bodies[0].code);

  EXPECT_EQ(Bytes(code.begin() + 7, code.end()), (Bytes{0xfc, 0x08, 0x00, 0x01, 0x0b}));
}

TEST(Parser, TypesAreRecursiveAndNamed) {
  const Module module = Parsed(
      "(rec (type $a (sub (struct (field $x i8) (field (mut (ref null $b))))))"
      "     (type $b (sub final $a (struct (field i8 (ref $a))))))"
      "(type $c (array (mut i16)))");

  ASSERT_EQ(module.types.size(), 3u);
  EXPECT_EQ(module.rec_groups.size(), 2u);
  EXPECT_EQ(module.rec_groups[0].count, 2u);
  EXPECT_EQ(module.types[0].fields[1].storage.type, ValType::Ref(HeapType::Concrete(1), true));
  EXPECT_FALSE(module.types[0].is_final);
  EXPECT_EQ(module.types[1].supertype_count, 1);
  EXPECT_EQ(module.types[1].supertype, 0u);
  EXPECT_EQ(module.types[2].fields[0].storage.packed, StorageType::Packed::kI16);
}

TEST(Parser, InlineTypesAreFoundOrAppended) {
  const Module module = Parsed(
      "(func (param i32)) (func (result i64) unreachable) (func (type $t) (param i32))"
      "(type $t (func (param i32)))");

  ASSERT_EQ(module.types.size(), 2u);
  EXPECT_EQ(module.functions, (std::vector<TypeIdx>{TypeIdx(0), TypeIdx(1), TypeIdx(0)}));
}

TEST(Parser, InlineTypesMustAgree) {
  constexpr absl::string_view kType = "(type $t (func (param i32)))";
  EXPECT_EQ(MessageOf(absl::StrCat(kType, "(func (type $t) (param i64))")),
            "inline function type does not match explicit type");
  EXPECT_EQ(MessageOf("(func (type 7) (local $x i32))"), "unknown type 7");
  EXPECT_EQ(Body("(param $p i32) (local $l i32) (drop (local.get $l))"),
            (Bytes{0x01, 0x01, 0x7f, 0x20, 0x01, 0x1a, 0x0b}));
}

TEST(Parser, InlineImportsAndExports) {
  const Module module = Parsed(
      "(func $f (export \"a\") (export \"b\") (import \"m\" \"n\") (param i32))"
      "(global $g (export \"g\") (mut i64) (i64.const 1))");

  ASSERT_EQ(module.imports.size(), 1u);
  EXPECT_EQ(module.imports[0].name, "n");
  ASSERT_EQ(module.exports.size(), 3u);
  EXPECT_EQ(module.exports[2].kind, ExternKind::kGlobal);
  std::vector<absl::string_view> names;
  ForEachName(module.Bytes(module.names.functions),
              [&](uint32_t, absl::string_view name) { names.push_back(name); });
  EXPECT_EQ(names, std::vector<absl::string_view>{"f"});
}

TEST(Parser, InlineSegmentsTakeTheirPlaceAmongSegments) {
  const Module module = Parsed(
      "(elem $e func) (table $t funcref (elem $f $f)) (func $f (elem.drop $last))"
      "(memory i64 (data \"ab\" \"c\")) (elem $last func)");

  ASSERT_EQ(module.elems.size(), 3u);
  EXPECT_EQ(module.elems[1].funcs.size(), 2u);
  EXPECT_EQ(module.tables[0].type.limits.max, 2u);
  EXPECT_EQ(module.Bytes(module.bodies[0].code)[3], 2u);
  EXPECT_EQ(module.datas[0].bytes.size, 3u);
  EXPECT_EQ(module.memories[0].limits.min, 1u);
  EXPECT_EQ(module.Bytes(module.datas[0].memory_offset)[0], 0x42);
}

TEST(Parser, PageSizes) {
  const Module module = Parsed(
      "(memory (import \"m\" \"n\") 1 (pagesize 65536)) (memory 1 2 (pagesize 1))"
      "(memory i64 (pagesize 1) (data \"abc\"))");

  EXPECT_EQ(module.memories[0].page_size_log2, 0);
  EXPECT_EQ(module.memories[0].limits.max, 2u);
  EXPECT_EQ(module.memories[1].page_size_log2, 0);
  EXPECT_EQ(module.memories[1].limits.min, 3u);
  EXPECT_EQ(std::get<MemoryType>(module.imports[0].type).page_size_log2, 16);
  EXPECT_EQ(MessageOf("(memory 1 (pagesize 3))"), "invalid custom page size: not a power of two");
}

TEST(Parser, ElementSegmentsInAllForms) {
  const Module module = Parsed(
      "(table $t 4 funcref) (func $f)"
      "(elem (i32.const 0) $f) (elem (table $t) (offset i32.const 1) func $f)"
      "(elem declare func $f) (elem (i32.const 0) funcref (ref.func $f) (item ref.null func))"
      "(elem (ref null func) (ref.func $f)) (elem 0 (i32.const 0) $f)");

  ASSERT_EQ(module.elems.size(), 6u);
  EXPECT_EQ(module.elems[0].mode, ElemSegment::Mode::kActive);
  EXPECT_EQ(module.elems[2].mode, ElemSegment::Mode::kDeclarative);
  EXPECT_EQ(module.elems[3].exprs.size(), 2u);
  EXPECT_EQ(module.elems[4].mode, ElemSegment::Mode::kPassive);
  EXPECT_EQ(module.elems[4].type, ValType::kFuncRef);
}

TEST(Parser, IdentifiersMustBeBoundOnce) {
  EXPECT_EQ(MessageOf("(func $f) (func $\"f\")"), "duplicate function $\"f\"");
  EXPECT_EQ(MessageOf("(func (param $x i32) (local $x i32))"), "duplicate local $x");
  EXPECT_EQ(MessageOf("(type (struct (field $x i32) (field $x i32)))"), "duplicate field $x");
  EXPECT_EQ(MessageOf("(func (call $f))"), "unknown function $f");
  EXPECT_EQ(MessageOf("(func (local.get $x))"), "unknown local $x");
}

TEST(Parser, ImportsComeFirst) {
  EXPECT_EQ(MessageOf("(func) (import \"\" \"\" (func))"), "import after function");
  EXPECT_EQ(MessageOf("(memory 1) (func (import \"\" \"\"))"), "import after memory");
  EXPECT_EQ(MessageOf("(func $f) (start $f) (start $f)"), "multiple start sections");
}

TEST(Parser, MisplacedPartsOfExpressions) {
  for (absl::string_view body :
       {"end", "else", "block", "(block", "(nop nop)", "(if)", "(if (then) nop)", "(then)",
        "(if (then) (then))", "(if (then) (else) (else))", "(block end)", "block )", "(else)",
        "if else else end", "(i32.const)", "1", "nop $x", "\"s\""}) {
    const std::string text = absl::StrCat("(func ", body, ")");
    EXPECT_TRUE(absl::StartsWith(MessageOf(text), "unexpected token")) << text;
  }
}

TEST(Parser, ErrorsSayWhere) {
  const Result<Module> module = ParseModule("(module\n  (func\n    nop foo))");

  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().kind(), ErrorKind::kMalformed);
  EXPECT_EQ(module.error().ToString(), "3:9: unknown operator foo");
}

TEST(Parser, NestsAsDeepAsMemoryAllows) {
  constexpr int kDepth = 200'000;
  std::string folded = "(func ";
  for (int i = 0; i < kDepth; ++i) absl::StrAppend(&folded, "(block ");
  const std::string unclosed = folded;
  folded.append(kDepth + 1, ')');

  EXPECT_EQ(Parsed(folded).bodies.size(), 1u);
  EXPECT_EQ(MessageOf(unclosed), "unexpected token: end of text");
}

TEST(Parser, ParsesWhatValidates) {
  EXPECT_EQ(Validated("(func $fac (export \"fac\") (param $n i64) (result i64)"
                      "  (if (result i64) (i64.eqz (local.get $n))"
                      "    (then (i64.const 1))"
                      "    (else (i64.mul (local.get $n)"
                      "      (call $fac (i64.sub (local.get $n) (i64.const 1)))))))"),
            "");
  EXPECT_EQ(Validated("(table 1 funcref) (type $t (func (param i32 i32) (result i32 i32)))"
                      "(func (param i32 i32) (result i32 i32)"
                      "  (local.get 0) (local.get 1)"
                      "  (block (type $t) (call_indirect (type $t) (i32.const 0))))"),
            "");
}

// Cut anywhere, a text gives a module or an error, never a crash.
TEST(Parser, AnyPrefixIsHandled) {
  const std::string text =
      "(module $m (type $t (sub final (func (param $x i32) (result (ref null func))))) "
      "(import \"a\" \"b\" (func $i (type $t))) (table $tab 1 2 funcref) (memory (data \"x\")) "
      "(elem (i32.const 0) func $i) (func $f (local $l v128) (if (i32.const 1) (then "
      "(drop (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16))) (else)) "
      "block $b br_table $b 0 end $b (drop (select (result i32) (i32.load offset=1 (i32.const 0)) "
      "(i32.const 1) (i32.const 2)))))";
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(MessageOf(absl::string_view(text).substr(0, size)), "") << size;
  }
  EXPECT_EQ(MessageOf(text), "no error");
}

TEST(Parser, BranchHintsStandBeforeBranches) {
  const auto in_function = [](absl::string_view code) {
    return MessageOf(absl::StrCat("(func (param i32) ", code, ")"));
  };
  const std::string hint = "(@metadata.code.branch_hint \"\\00\") ";
  const std::string invalid = "@metadata.code.branch_hint annotation: invalid target";
  EXPECT_EQ(in_function(hint), invalid);
  EXPECT_EQ(in_function(hint + "nop"), invalid);
  EXPECT_EQ(in_function("(if (local.get 0) " + hint + "(then))"), invalid);
  EXPECT_EQ(in_function("block " + hint + "end"), invalid);
  EXPECT_EQ(in_function("(@metadata.code.branch_hint \"\\02\") (if (local.get 0) (then))"),
            "@metadata.code.branch_hint annotation: expected \"\\00\" or \"\\01\"");
  EXPECT_EQ(in_function("(nop " + hint + ")"), invalid);
}

TEST(Parser, PlacesInTheTextAreKept) {
  const Module module = Parsed("(import \"a\" \"b\" (func))\n(func\n nop (drop\n  (i32.const 1)))");
  const auto at = [&](uint64_t offset) {
    const auto where = module.Locate(offset).value_or(SourceLocation());
    return absl::StrCat(where.line, ":", where.column);
  };
  EXPECT_EQ(at(module.imports[0].offset), "1:9");
  const uint32_t code = module.bodies[0].code.offset + 1;  // behind the locals
  EXPECT_EQ(at(code), "3:2");
  EXPECT_EQ(at(code + 1), "4:4");
  EXPECT_EQ(at(code + 3), "3:7");
  EXPECT_EQ(at(code + 4), "4:17");
}

}  // namespace
}  // namespace tenon::vm
