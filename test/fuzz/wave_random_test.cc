// Random types and values survive the way to text and back, and no text brings the parser down.
#include <gtest/gtest.h>

#include <string>

#include "abi/text/wave_parse.h"
#include "abi/text/wave_print.h"
#include "test/fuzz/generator/component_values.h"
#include "vm/base/caret.h"

namespace tenon::abi {
namespace {

constexpr uint64_t kRounds = 3000;

// A type and a value of it that follow from the seed.
struct Random {
  explicit Random(uint64_t seed)
      : bytes(vm::BytesOfSeed(seed, 2000)), choices(bytes), values(choices, types) {
    type = values.Type(4);
    value = values.Of(type);
  }

  std::vector<uint8_t> bytes;
  vm::Choices choices;
  TypeTable types;
  ComponentValues values;
  ValType type;
  Value value;
};

TEST(WaveRandomTest, ValuesSurviveTheWayToTextAndBack) {
  for (uint64_t round = 0; round < kRounds; ++round) {
    const Random random(round);

    const std::string text = PrintWave(random.types, random.type, random.value);
    const Result<Value> read = ParseWave(random.types, random.type, text);

    ASSERT_TRUE(read.has_value()) << text << ": " << read.error().ToString();
    ASSERT_EQ(*read, random.value) << text;
    ASSERT_EQ(PrintWave(random.types, random.type, *read), text);
  }
}

TEST(WaveRandomTest, DamagedTextIsReadOrRefused) {
  constexpr absl::string_view kPieces = "()[]{},:'\"\\%-0.eu\n\t /\xc3\xa9";
  for (uint64_t round = 0; round < kRounds; ++round) {
    Random random(kRounds + round);
    std::string text = PrintWave(random.types, random.type, random.value);
    for (uint32_t i = 1 + random.choices.Below(3); i > 0; --i) {
      const size_t at = random.choices.Below(text.size() + 1);
      text.replace(at, random.choices.Below(3), 1, random.choices.Of(kPieces));
    }

    const Result<Value> read = ParseWave(random.types, random.type, text);

    if (read) {
      ASSERT_TRUE(Fits(random.types, random.type, *read)) << text;
    } else if (read.error().where()) {
      ASSERT_LE(read.error().where()->offset, text.size());
      ASSERT_NE(CaretLines(text, read.error()), "");
    }
  }
}

}  // namespace
}  // namespace tenon::abi
