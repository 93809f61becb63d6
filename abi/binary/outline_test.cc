#include "abi/binary/outline.h"

#include <string>

#include "abi/binary/decode.h"
#include "abi/text/parse.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "vm/binary/decoder.h"

namespace tenon::abi {
namespace {

ComponentOutline OutlineOf(const std::string& text, std::vector<uint8_t>* binary) {
  *binary = *ParseComponent(text);
  auto outline = OutlineComponent(*binary, vm::Features());
  EXPECT_TRUE(outline.has_value());
  return *outline;
}

// The module at a place of what is given.
vm::Module ModuleAt(absl::Span<const uint8_t> bytes, uint64_t offset, uint64_t size) {
  const auto part = bytes.subspan(offset, size);
  return *vm::DecodeModule({part.begin(), part.end()}, vm::Features());
}

constexpr char kNested[] = R"((component $outer
  (core module $one (func (export "f") (result i32) i32.const 1))
  (component $inner
    (core module $two
      (memory (export "m") 1) (data (i32.const 0) "bytes") (data "more")
      (func $g (param i64)) (func (export "h")) (export "g" (func $g))))))";

TEST(OutlineTest, FindsModulesWhereTheyStand) {
  std::vector<uint8_t> binary;
  const ComponentOutline outline = OutlineOf(kNested, &binary);

  ASSERT_EQ(outline.modules.size(), 2);
  const vm::OutlinedModule& two = outline.modules[1];
  const vm::Module source = ModuleAt(binary, two.source_offset, two.source_size);
  EXPECT_EQ(source.bodies.size(), 2);
  EXPECT_EQ(two.datas.size(), 2);
  EXPECT_EQ(source.Bytes(two.datas[0]).size(), 5);
}

TEST(OutlineTest, LeavesOutWhatGrowsWithCode) {
  std::vector<uint8_t> binary;
  const ComponentOutline outline = OutlineOf(kNested, &binary);
  const uint64_t begin = outline.modules[1].outline_offset;

  const vm::Module module = ModuleAt(outline.binary, begin, outline.binary.size() - begin);

  EXPECT_TRUE(module.functions.empty() && module.bodies.empty());
  EXPECT_EQ(module.exports.size(), 3);
  EXPECT_EQ(module.types.size(), 2);
  EXPECT_EQ(module.datas.size(), 2);
  EXPECT_EQ(module.names.module, "two");
  EXPECT_EQ(module.names.functions.size, 0);
}

TEST(OutlineTest, IsNoLargerForLongerBodies) {
  std::vector<uint8_t> binary;
  const auto size = [&](int instructions) {
    std::string body;
    for (int i = 0; i < instructions; ++i) absl::StrAppend(&body, " nop");
    return OutlineOf(absl::StrCat("(component (core module (func (export \"f\")", body, ")))"),
                     &binary)
        .binary.size();
  };

  EXPECT_EQ(size(100'000), size(1));
}

TEST(OutlineTest, RefusesWhatIsNoComponent) {
  EXPECT_FALSE(OutlineComponent({}, vm::Features()).has_value());
  const uint8_t cut[] = {0, 'a', 's', 'm', 13, 0, 1, 0, 1, 100, 0};
  EXPECT_FALSE(OutlineComponent(cut, vm::Features()).has_value());
}

}  // namespace
}  // namespace tenon::abi
