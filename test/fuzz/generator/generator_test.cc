// What is generated is valid, and there is no row that is never generated.
#include "test/fuzz/generator/generator.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "vm/base/byte_reader.h"
#include "vm/binary/decoder.h"
#include "vm/syntax/instruction_reader.h"
#include "vm/valid/validate.h"

namespace tenon::vm {
namespace {

constexpr uint64_t kSeeds = 600;

Status Validate(const std::vector<uint8_t>& bytes, const Features& features) {
  auto module = DecodeModule(bytes, features);
  if (!module) return std::unexpected<Error>(std::move(module).error());
  TypeStore types;
  auto resolved = ValidateModule(std::make_unique<Module>(*std::move(module)), &types, features,
                                 BodyValidation::kEager);
  if (!resolved) return std::unexpected<Error>(std::move(resolved).error());
  return {};
}

// Counts the instructions of each row in the bodies.
class Coverage {
 public:
  void Count(const std::vector<uint8_t>& bytes) {
    const auto module = DecodeModule(bytes, Features::All());
    ASSERT_TRUE(module.has_value());
    for (const FunctionBody& body : module->bodies) {
      const auto code = module->Bytes(body.code);
      ByteReader reader(code);
      ASSERT_TRUE(ReadLocals(reader, Features::All(), [](uint32_t, ValType) {}));
      ImmediateScratch scratch;
      Instruction instruction;
      while (reader.remaining() > 0) {
        ASSERT_TRUE(ReadInstruction(reader, Features::All(), &scratch, &instruction));
        ++counts_[static_cast<int>(instruction.op)];
      }
    }
  }
  uint64_t of(int row) const { return counts_[row]; }

 private:
  uint64_t counts_[kOpcodeCount] = {};
};

TEST(Generator, MakesValidModulesOnly) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Status status = Validate(GenerateModule(seed), Features::All());
    ASSERT_TRUE(status.has_value()) << "seed " << seed << ": " << status.error().ToString();
  }
}

TEST(Generator, TakesAnyBytes) {
  for (size_t count = 0; count < 300; ++count) {
    const Status status = Validate(GenerateModule(BytesOfSeed(7, count)), Features::All());
    ASSERT_TRUE(status.has_value()) << count << " bytes: " << status.error().ToString();
  }
}

TEST(Generator, MakesTheSameOfTheSameBytes) {
  EXPECT_EQ(GenerateModule(1), GenerateModule(1));
  EXPECT_NE(GenerateModule(1), GenerateModule(2));
}

TEST(Generator, ReachesEveryRow) {
  Coverage coverage;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) coverage.Count(GenerateModule(seed));

  std::string never;
  int rarest = 0;
  for (int row = 0; row < kOpcodeCount; ++row) {
    if (coverage.of(row) == 0) absl::StrAppend(&never, " ", kOpcodeTable[row].text);
    if (coverage.of(row) < coverage.of(rarest)) rarest = row;
  }
  EXPECT_EQ(never, "");
  std::printf("%d rows in %d modules; the rarest is %s, %d times\n", kOpcodeCount,
              static_cast<int>(kSeeds), kOpcodeTable[rarest].text,
              static_cast<int>(coverage.of(rarest)));
}

// A row belongs to one feature: without it none of its rows is there.
TEST(Generator, KeepsToTheFeatures) {
  for (const Feature feature :
       {Feature::kExceptionHandling, Feature::kLegacyExceptions, Feature::kThreads,
        Feature::kWideArithmetic, Feature::kCustomPageSizes, Feature::kRelaxedSimd}) {
    GeneratorOptions options;
    options.features.Set(feature, false);
    // Legacy exceptions are thrown with the same instruction.
    if (feature == Feature::kExceptionHandling) {
      options.features.Set(Feature::kLegacyExceptions, false);
    }
    for (uint64_t seed = 0; seed < 50; ++seed) {
      const Status status = Validate(GenerateModule(seed, options), options.features);
      ASSERT_TRUE(status.has_value())
          << FeatureName(feature) << ", seed " << seed << ": " << status.error().ToString();
    }
  }
}

}  // namespace
}  // namespace tenon::vm
