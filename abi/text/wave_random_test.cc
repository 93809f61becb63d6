// Random types and values survive the way to text and back, and no text brings the parser down.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "abi/text/types_for_test.h"
#include "abi/text/wave_parse.h"
#include "abi/text/wave_print.h"
#include "vm/base/caret.h"
#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  uint64_t Below(uint64_t bound) { return engine_() % bound; }

  ValType Type(int depth) {
    using K = TypeKind;
    const Labels labels = {"a", "ok", "two-words", "UP3", "none"};
    const auto count = 1 + Below(5);
    const Labels some(labels.begin(), labels.begin() + count);
    const auto kind = static_cast<K>(Below(depth == 0 ? 13 : 21));
    if (IsPrimitive(kind)) return kind;
    if (kind == K::kFlags || kind == K::kEnum) return Defined(types, kind, {}, some);
    const bool is_sum = kind == K::kVariant || kind == K::kResult;
    const bool is_labeled = kind == K::kVariant || kind == K::kRecord;
    const size_t members = kind == K::kList || kind == K::kOption ? 1
                           : kind == K::kResult                   ? 2
                                                                  : count;
    std::vector<ValType> parts;
    for (size_t i = 0; i < members; ++i) {
      parts.push_back(is_sum && Below(3) == 0 ? ValType() : Type(depth - 1));
    }
    return Defined(types, kind, parts, is_labeled ? some : Labels{});
  }

  Value Of(ValType type) {
    using K = TypeKind;
    if (type.kind() == K::kString) return Text();
    if (IsPrimitive(type.kind())) return Scalar(type.kind());
    const TypeDef& def = types.Get(type);
    Value value;
    switch (def.kind) {
      case K::kFlags: return Value::Bits(Below(uint64_t{1} << def.labels.size()));
      case K::kList:
        for (uint64_t i = Below(4); i > 0; --i) value.items.push_back(Of(def.types[0]));
        return value;
      case K::kRecord:
      case K::kTuple:
        for (const ValType member : def.types) value.items.push_back(Of(member));
        return value;
      default: break;
    }
    value.bits = Below(CaseCount(def));
    const ValType payload = CasePayload(def, static_cast<uint32_t>(value.bits));
    if (payload.has_value()) value.items.push_back(Of(payload));
    return value;
  }

  TypeTable types;

 private:
  Value Scalar(TypeKind kind) {
    while (true) {
      // Bits of every magnitude, signed ones too, until some are of the type.
      Value value = Value::Bits(engine_() >> Below(64));
      if (Below(2) == 0) value.bits = ~value.bits;
      const bool is_nan = (kind == TypeKind::kF32 && (value.bits & 0x7f800000) == 0x7f800000) ||
                          (kind == TypeKind::kF64 && (value.bits >> 52 & 0x7ff) == 0x7ff);
      if (!is_nan && Fits(types, kind, value)) return value;
    }
  }

  Value Text() {
    std::string text;
    for (uint64_t i = Below(8); i > 0; --i) {
      AppendUtf8(static_cast<uint32_t>(Scalar(TypeKind::kChar).bits), &text);
    }
    return Value::Text(text);
  }

  std::mt19937_64 engine_;
};

TEST(WaveRandomTest, ValuesSurviveTheWayToTextAndBack) {
  Random random(1);
  for (int round = 0; round < 3000; ++round) {
    const ValType type = random.Type(4);
    const Value value = random.Of(type);

    const std::string text = PrintWave(random.types, type, value);
    const Result<Value> read = ParseWave(random.types, type, text);

    ASSERT_TRUE(read.has_value()) << text << ": " << read.error().ToString();
    ASSERT_EQ(*read, value) << text;
    ASSERT_EQ(PrintWave(random.types, type, *read), text);
  }
}

TEST(WaveRandomTest, DamagedTextIsReadOrRefused) {
  constexpr absl::string_view kPieces = "()[]{},:'\"\\%-0.eu\n\t /\xc3\xa9";
  Random random(2);
  for (int round = 0; round < 3000; ++round) {
    const ValType type = random.Type(3);
    std::string text = PrintWave(random.types, type, random.Of(type));
    for (uint64_t i = 1 + random.Below(3); i > 0; --i) {
      const size_t at = random.Below(text.size() + 1);
      text.replace(at, random.Below(3), 1, kPieces[random.Below(kPieces.size())]);
    }

    const Result<Value> read = ParseWave(random.types, type, text);

    if (read) {
      ASSERT_TRUE(Fits(random.types, type, *read)) << text;
    } else if (read.error().where()) {
      ASSERT_LE(read.error().where()->offset, text.size());
      ASSERT_NE(CaretLines(text, read.error()), "");
    }
  }
}

}  // namespace
}  // namespace tenon::abi
