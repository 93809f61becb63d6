#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <string>

#include "abi/text/wave_parse.h"
#include "abi/text/wave_print.h"
#include "abi/types/types_for_test.h"
#include "absl/strings/match.h"
#include "vm/base/caret.h"

namespace tenon::abi {
namespace {

using K = TypeKind;

bool Begins(const std::string& text, const char* prefix) { return absl::StartsWith(text, prefix); }

class WaveTest : public testing::Test {
 protected:
  // What the value of a text prints as; of one that can't be read, the error and the caret's line.
  std::string Print(ValType type, absl::string_view text) {
    const Result<Value> value = ParseWave(types_, type, text);
    if (!value) return value.error().ToString() + "\n" + CaretLines(text, value.error());
    EXPECT_TRUE(Fits(types_, type, *value));
    return PrintWave(types_, type, *value);
  }
  std::string Error(ValType type, absl::string_view text) {
    const Result<Value> value = ParseWave(types_, type, text);
    return value ? "no error" : value.error().ToString();
  }
  std::string PrintF32(float number) {
    return PrintWave(types_, K::kF32, Value::Bits(std::bit_cast<uint32_t>(number)));
  }
  std::string PrintF64(double number) {
    return PrintWave(types_, K::kF64, Value::Bits(std::bit_cast<uint64_t>(number)));
  }

  TypeTable types_;
  const ValType point_ = RecordType(types_, {"x", "y"}, {K::kS32, K::kS32});
  const ValType optional_ = RecordType(
      types_, {"must", "may", "might"},
      {K::kU8, OptionType(types_, K::kU8), OptionType(types_, OptionType(types_, K::kString))});
  const ValType shape_ = VariantType(types_, {"dot", "circle", "box", "err"},
                                     {ValType(), K::kF64, point_, K::kString});
  const ValType color_ = EnumType(types_, {"red", "light-green", "none"});
  const ValType flags_ = FlagsType(types_, {"read", "write", "true"});
};

TEST_F(WaveTest, Integers) {
  EXPECT_EQ(Print(K::kS8, "-128"), "-128");
  EXPECT_EQ(Print(K::kU8, "255"), "255");
  EXPECT_EQ(Print(K::kS64, "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(Print(K::kU64, "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(Print(K::kU16, " 0 // nothing\n"), "0");
}

TEST_F(WaveTest, IntegersOutOfRange) {
  EXPECT_EQ(Error(K::kU8, "256"), "1:1: expected u8, an integer from 0 to 255, found '256'");
  EXPECT_EQ(Error(K::kU8, "-1"), "1:1: expected u8, an integer from 0 to 255, found '-1'");
  EXPECT_EQ(Error(K::kS16, "32768"),
            "1:1: expected s16, an integer from -32768 to 32767, found '32768'");
  EXPECT_PRED2(Begins, Error(K::kS64, "9223372036854775808"), "1:1: expected s6");
  EXPECT_PRED2(Begins, Error(K::kU64, "18446744073709551616"), "1:1: expected u6");
}

TEST_F(WaveTest, IntegersAreDecimalAndWhole) {
  EXPECT_EQ(Error(K::kU8, "1.0"), "1:1: expected u8, an integer from 0 to 255, found '1.0'");
  EXPECT_EQ(Error(K::kU8, "1e1"), "1:1: expected u8, an integer from 0 to 255, found '1e1'");
  for (const char* text : {"0x10", "01", "1_000", "-", "1.", "1e", "--1", "+1", "1.e1"}) {
    EXPECT_NE(Error(K::kU8, text), "no error") << text;
  }
}

TEST_F(WaveTest, FloatsAreShortestWithoutExponent) {
  EXPECT_EQ(PrintF64(1), "1");
  EXPECT_EQ(PrintF64(-0.0), "-0");
  EXPECT_EQ(PrintF64(0.1), "0.1");
  EXPECT_EQ(PrintF32(0.1f), "0.1");
  EXPECT_EQ(PrintF64(123.456), "123.456");
  EXPECT_EQ(PrintF64(1e23), "1" + std::string(23, '0'));
  EXPECT_EQ(PrintF64(1.5e-7), "0.00000015");
  EXPECT_EQ(PrintF64(5e-324), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(PrintF32(std::numeric_limits<float>::max()), "34028235" + std::string(31, '0'));
  EXPECT_EQ(PrintF64(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(PrintWave(types_, K::kF32, Value::Bits(0xffc00001)), "nan");
}

TEST_F(WaveTest, FloatsAreReadInEveryForm) {
  EXPECT_EQ(Print(K::kF64, "6.022e+23"), "602200000000000000000000");
  EXPECT_EQ(Print(K::kF64, "-1.25E-2"), "-0.0125");
  EXPECT_EQ(Print(K::kF32, "nan"), "nan");
  EXPECT_EQ(Print(K::kF32, "inf"), "inf");
  EXPECT_EQ(Print(K::kF64, "-inf"), "-inf");
  EXPECT_EQ(Print(K::kF64, "1e-400"), "0");
  EXPECT_EQ(Error(K::kF32, "1e39"), "1:1: out of range for f32; infinity is written inf or -inf");
  EXPECT_EQ(Error(K::kF64, "-1e400"), "1:1: out of range for f64; infinity is written inf or -inf");
  EXPECT_EQ(Error(K::kF64, "%nan"), "1:1: expected f64, found '%nan'");
  EXPECT_PRED2(Begins, Error(K::kU8, "-inf"), "1:1: expected u");
}

TEST_F(WaveTest, Characters) {
  EXPECT_EQ(Print(K::kChar, "'x'"), "'x'");
  EXPECT_EQ(Print(K::kChar, "'\\''"), "'\\''");
  EXPECT_EQ(Print(K::kChar, "'\"'"), "'\\\"'");
  EXPECT_EQ(Print(K::kChar, "'\\u{0}'"), "'\\u{0}'");
  EXPECT_EQ(Print(K::kChar, "'\\u{1F600}'"), "'\xf0\x9f\x98\x80'");
  EXPECT_EQ(Error(K::kChar, "''"), "1:2: expected a character, found none");
  EXPECT_PRED2(Begins, Error(K::kChar, "'ab'"), "1:3: expected the closing quote of");
  EXPECT_EQ(Error(K::kChar, "\"a\""), "1:1: expected char, in single quotes, found a string");
}

TEST_F(WaveTest, StringsAndTheirEscapes) {
  EXPECT_EQ(Print(K::kString, R"("a\tb\n\r\\\"\'")"), R"("a\tb\n\r\\\"\'")");
  EXPECT_EQ(Print(K::kString, R"("it's")"), R"("it\'s")");
  EXPECT_EQ(Print(K::kString, R"("\u{e9}\u{7f}\u{10ffff}")"), "\"\u00e9\\u{7f}\\u{10ffff}\"");
  // Shown by their numbers: a combining mark, a no-break space, what Unicode has not assigned.
  EXPECT_EQ(Print(K::kString, "\"e\u0301\u00a0\u0378\""), R"("e\u{301}\u{a0}\u{378}")");
  EXPECT_EQ(Print(K::kString, "\"\u6587\u0416\U0001F44B\""), "\"\u6587\u0416\U0001F44B\"");
}

TEST_F(WaveTest, MalformedStrings) {
  EXPECT_PRED2(Begins, Error(K::kString, R"("ab\q")"), "1:4: unknown escape;");
  for (const char* text : {R"("\u{}")", R"("\u{d800}")", R"("\u{110000}")", R"("\u{0000041}")",
                           R"("\u{41")", R"("\u41")", R"("\)", R"("\u{)"}) {
    EXPECT_PRED2(Begins, Error(K::kString, text), "1:2:") << text;
  }
  EXPECT_EQ(Error(K::kString, "\"ab\n\""),
            "1:1: a string without closing quote; a line break is written \\n");
  EXPECT_EQ(Error(K::kString, "\"\xff\""), "not UTF-8");
}

TEST_F(WaveTest, MultilineStrings) {
  EXPECT_EQ(Print(K::kString, "\"\"\"\nA single line\n\"\"\""), "\"A single line\"");
  EXPECT_EQ(Print(K::kString, "\"\"\"\r\n    a\r\n      b\\r\n  \"\"\""), R"("  a\n    b\r")");
  EXPECT_EQ(Print(K::kString, "\"\"\"\n\"\"\\\"\"\n\"\"\""), R"("\"\"\"\"")");
  EXPECT_EQ(Print(K::kString, "\"\"\"\n\"\"\""), "\"\"");
  EXPECT_EQ(Print(K::kString, "\"\"\"\n\n\n\"\"\""), "\"\\n\"");
  EXPECT_PRED2(Begins, Error(K::kString, "\"\"\"a\n\"\"\""), "1:4: expected a line");
  EXPECT_PRED2(Begins, Error(K::kString, "\"\"\"\na\"\"\""), "2:2: expected the clo");
  EXPECT_PRED2(Begins, Error(K::kString, "\"\"\"\n a\n  \"\"\""), "2:1: expected a line");
  EXPECT_PRED2(Begins, Error(K::kString, "\"\"\"\na\n"), "1:1: a string without");
}

TEST_F(WaveTest, ListsAndTuples) {
  const ValType bytes = ListType(types_, K::kU8);
  const ValType pair = TupleType(types_, {K::kString, bytes});
  EXPECT_EQ(Print(bytes, "[]"), "[]");
  EXPECT_EQ(Print(bytes, "[1 ,2,\n3 , ]"), "[1, 2, 3]");
  EXPECT_EQ(Print(ListType(types_, pair), R"([("a", [1],), ("b", [])])"),
            R"([("a", [1]), ("b", [])])");
  EXPECT_EQ(Error(bytes, "[1 2]"), "1:4: expected ',' or ']', found '2'");
  EXPECT_PRED2(Begins, Error(bytes, "[1,,2]"), "1:4: expected u8");
  EXPECT_EQ(Error(bytes, "[1"), "1:3: expected ',' or ']', found the end");
  EXPECT_EQ(Error(bytes, "[1] x"), "1:5: expected the end, found 'x'");
  EXPECT_EQ(Error(pair, "(\"a\")"), "1:5: expected 2 values of tuple<string, list<u8>>, found 1");
  EXPECT_EQ(Error(pair, "(\"a\", [], 3)"),
            "1:11: expected no more than 2 values of tuple<string, list<u8>>, found '3'");
  EXPECT_EQ(Error(pair, "[]"), "1:1: expected tuple<string, list<u8>>, found '['");
}

TEST_F(WaveTest, FixedLengthListsAndMaps) {
  const ValType pair = FixedListType(types_, K::kU8, 2);
  const ValType map = MapType(types_, K::kString, pair);
  EXPECT_EQ(Print(pair, "[1, 2]"), "[1, 2]");
  EXPECT_EQ(Print(map, R"([("a", [1, 2])])"), R"([("a", [1, 2])])");
  EXPECT_EQ(Error(pair, "[1]"), "1:3: expected 2 values of list<u8, 2>, found 1");
  EXPECT_EQ(Error(map, "[1]"), "1:2: expected tuple<string, list<u8, 2>>, found '1'");
}

TEST_F(WaveTest, Records) {
  EXPECT_EQ(Print(point_, "{x: 1, y: -1}"), "{x: 1, y: -1}");
  EXPECT_EQ(Print(point_, "{ %y : -1 , x : 1 , }"), "{x: 1, y: -1}");
  EXPECT_EQ(Error(point_, "{x: 1}"), "1:6: missing field 'y: s32'");
  EXPECT_EQ(Error(point_, "{:}"), "1:3: missing field 'x: s32'");
  EXPECT_EQ(Error(point_, "{x: 1, x: 2}"), "1:8: field 'x' is given twice");
  EXPECT_EQ(Error(point_, "{x: 1, z: 2}"), "1:8: unknown field 'z'; there are x, y");
  EXPECT_EQ(Error(point_, "{x 1}"), "1:4: expected ':', found '1'");
  EXPECT_EQ(Error(point_, "{1: 1}"), "1:2: expected the label of a field, found '1'");
  EXPECT_EQ(Error(optional_, "{must: 1, mihgt: 2}"),
            "1:11: unknown field 'mihgt'; did you mean 'might'?");
}

TEST_F(WaveTest, FieldsThatAreNoneMayBeLeftOut) {
  EXPECT_EQ(Print(optional_, "{must: 1}"), "{must: 1}");
  EXPECT_EQ(Print(optional_, "{must: 1, may: none, might: some(none)}"),
            "{must: 1, might: some(none)}");
  const ValType all = RecordType(types_, {"a"}, {OptionType(types_, K::kU8)});
  EXPECT_EQ(Print(all, "{:}"), "{:}");
  EXPECT_EQ(Print(all, "{a: none}"), "{:}");
  EXPECT_EQ(Print(all, "{a: 1}"), "{a: some(1)}");
  EXPECT_EQ(Error(all, "{}"), "1:2: a record whose fields are all left out is written {:}");
}

TEST_F(WaveTest, VariantsAndEnums) {
  EXPECT_EQ(Print(shape_, "dot"), "dot");
  EXPECT_EQ(Print(shape_, "circle(1.5)"), "circle(1.5)");
  EXPECT_EQ(Print(shape_, "%box ( {x: 1, y: 2} )"), "box({x: 1, y: 2})");
  EXPECT_EQ(Print(shape_, "%err(\"\")"), "%err(\"\")");
  EXPECT_EQ(Print(color_, "light-green"), "light-green");
  EXPECT_EQ(Print(color_, "%none"), "%none");
  EXPECT_EQ(Error(shape_, "err(\"\")"), "1:1: 'err' is a keyword; the case is written '%err'");
  EXPECT_EQ(Error(shape_, "cirle(1)"), "1:1: unknown case 'cirle'; did you mean 'circle'?");
  EXPECT_EQ(Error(shape_, "circle"), "1:7: expected (f64), found the end");
  EXPECT_EQ(Error(shape_, "dot(1)"), "1:4: this case has no payload");
  EXPECT_EQ(Error(shape_, "circle(1, 2)"), "1:9: expected ')', found ','");
  EXPECT_EQ(Error(color_, "Red"),
            "1:1: malformed label; expected words in one case each, "
            "joined by '-'");
}

TEST_F(WaveTest, OptionsAndResults) {
  const ValType option = OptionType(types_, K::kU8), nested = OptionType(types_, option);
  const ValType result = ResultType(types_, K::kU8, K::kString);
  EXPECT_EQ(Print(option, "none"), "none");
  EXPECT_EQ(Print(option, "7"), "some(7)");
  EXPECT_EQ(Print(nested, "some(7)"), "some(some(7))");
  EXPECT_EQ(Print(nested, "some(none)"), "some(none)");
  EXPECT_EQ(Error(nested, "7"), "1:1: expected option<option<u8>>, some(...) or none, found '7'");
  EXPECT_EQ(Print(OptionType(types_, color_), "%none"), "some(%none)");
  EXPECT_EQ(Print(result, "7"), "ok(7)");
  EXPECT_EQ(Print(result, "err(\"x\")"), "err(\"x\")");
  EXPECT_EQ(Print(ResultType(types_, {}, K::kString), "ok"), "ok");
  EXPECT_EQ(Print(ResultType(types_, K::kU8, {}), "err"), "err");
  EXPECT_EQ(Print(ResultType(types_, {}, {}), "err"), "err");
  EXPECT_EQ(Error(result, "ok"), "1:3: expected (u8), found the end");
  EXPECT_EQ(Error(ResultType(types_, {}, {}), "5"), "1:1: expected result, ok or err, found '5'");
  EXPECT_PRED2(Begins, Error(OptionType(types_, result), "5"), "1:1: expec");
}

TEST_F(WaveTest, Flags) {
  EXPECT_EQ(Print(flags_, "{}"), "{}");
  EXPECT_EQ(Print(flags_, "{true, %read,}"), "{read, true}");
  EXPECT_EQ(Error(flags_, "{read, read}"), "1:8: flag 'read' is given twice");
  EXPECT_EQ(Error(flags_, "{raed}"), "1:2: unknown flag 'raed'; did you mean 'read'?");
  EXPECT_EQ(Error(flags_, "read"), "1:1: expected flags { read, write, true }, found 'read'");
}

TEST_F(WaveTest, NestedListsOfRecordsAndVariants) {
  const ValType entry =
      RecordType(types_, {"id", "what"}, {K::kU64, ListType(types_, OptionType(types_, shape_))});
  const std::string text =
      "[[{id: 1, what: [some(dot), none, some(%err(\"\\n\"))]}], [], [{id: 2, what: []}]]";

  EXPECT_EQ(Print(ListType(types_, ListType(types_, entry)), text), text);
  EXPECT_EQ(Print(entry, "// a comment\n{what: [dot, none], // another\n id: 3,}"),
            "{id: 3, what: [some(dot), none]}");
}

TEST_F(WaveTest, CaretStandsUnderTheCharacter) {
  EXPECT_EQ(Print(point_, "{x: 1, y: true}"),
            "1:11: expected s32, an integer from -2147483648 to 2147483647, found 'true'\n"
            "  {x: 1, y: true}\n"
            "            ^");
  // The columns that each character takes, and only the line that matters.
  EXPECT_EQ(Print(ListType(types_, K::kString), "[\n\t\"\u00e9\u6587\", 1,\n]"),
            "2:11: expected string, in double quotes, found '1'\n"
            "   \"\u00e9\u6587\", 1,\n"
            "          ^");
  EXPECT_EQ(Print(TupleType(types_, {K::kString, K::kBool}), "(\"e\u0301\u202e\U0001f600\", 1)"),
            "1:16: expected bool, true or false, found '1'\n"
            "  (\"e\u0301 \U0001f600\", 1)\n"
            "           ^");
}

TEST_F(WaveTest, LongLinesAreCutAroundTheCaret) {
  const std::string text = "[" + std::string(5000, ' ') + "x" + std::string(5000, ' ') + "]";

  EXPECT_EQ(CaretLines(text, ParseWave(types_, ListType(types_, K::kBool), text).error()),
            "  ..." + std::string(60, ' ') + "x" + std::string(29, ' ') + "...\n" +
                std::string(65, ' ') + "^");
}

TEST_F(WaveTest, HandlesHaveNoText) {
  TypeDef def;
  def.kind = K::kOwn;
  def.resource = types_.NewResource("thing");
  const ValType own = *types_.Intern(def);

  EXPECT_EQ(PrintWave(types_, own, Value::Bits(3)), "own<thing>");
  EXPECT_EQ(Error(own, "3"), "1:1: a value of type own<thing> can't be written");
}

TEST_F(WaveTest, TypesAsDeepAsTheyMayBe) {
  ValType type = K::kU8;
  for (int depth = 1; depth < 100; ++depth) type = ListType(types_, type);
  const std::string text = std::string(99, '[') + "1" + std::string(99, ']');

  EXPECT_EQ(Print(type, text), text);
  EXPECT_PRED2(Begins, Error(type, std::string(100'000, '[')), "1:100: expected u8, ");
}

TEST_F(WaveTest, ValuesAreLimited) {
  const ValType bytes = ListType(types_, K::kU8);
  std::string text = "[";
  for (size_t i = 0; i < kMaxWaveValues; ++i) text += "1,";

  EXPECT_TRUE(ParseWave(types_, bytes, text + "]").has_value());
  EXPECT_EQ(Error(bytes, text + "1]"), "1:2000002: more values than the limit of 1000000");
}

TEST_F(WaveTest, CallsHaveANameAndArguments) {
  const std::string text = " a:b/c@1.0.0#f ( 1, \"(\" ) ";
  const FuncType type = {{{"a", K::kU8}, {"b", K::kString}, {"c", OptionType(types_, K::kU8)}}, {}};

  const Result<WaveCall> call = ParseWaveCall(text);
  const auto values = ParseWaveArguments(types_, type, text, call->arguments);

  EXPECT_EQ(call->name, "a:b/c@1.0.0#f");
  EXPECT_EQ(*values, (std::vector<Value>{Value::Bits(1), Value::Text("("), Value::Case(0)}));
}

TEST_F(WaveTest, MalformedCalls) {
  const FuncType type = {{{"a", K::kU8}, {"b", K::kU8}}, {}};
  const auto error = [&](absl::string_view text) {
    const Result<WaveCall> call = ParseWaveCall(text);
    if (!call) return call.error().ToString();
    const auto values = ParseWaveArguments(types_, type, text, call->arguments);
    return values ? "no error" : values.error().ToString();
  };

  EXPECT_EQ(error("f"),
            "1:2: expected '(', found the end; without arguments the call is written "
            "'f()'");
  EXPECT_EQ(error("(1, 2)"), "1:1: expected a function's name");
  EXPECT_EQ(error("f(1)"), "1:4: missing argument 'b: u8'");
  EXPECT_EQ(error("f(1, 2, 3)"), "1:9: too many arguments; the function has 2");
  EXPECT_EQ(error("f(1, 2) -> 3"),
            "1:9: malformed number; expected decimal digits without "
            "leading zeros");
  EXPECT_EQ(error("f(1, 2"), "1:7: expected ',' or ')', found the end");
}

}  // namespace
}  // namespace tenon::abi
