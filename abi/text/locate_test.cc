#include "abi/text/locate.h"

#include <memory>
#include <string>

#include "abi/binary/decode.h"
#include "abi/text/parse.h"
#include "abi/valid/validate.h"
#include "gtest/gtest.h"

namespace tenon::abi {
namespace {

// What the validator says of the text, with the place.
std::string ErrorOf(absl::string_view text) {
  const vm::Features features;
  std::vector<TextMark> marks;
  vm::TypeStore types;
  auto bytes = ParseComponent(text, features, &marks);
  if (!bytes) return bytes.error().ToString();
  auto component = DecodeComponent(*std::move(bytes));
  if (!component) {
    return LocateInText(std::move(component).error(), text, marks, features).ToString();
  }
  auto valid = ValidateComponent(*std::move(component), &types,
                                 CoreLoader(&types, features, vm::BodyValidation::kEager));
  return valid ? "" : LocateInText(std::move(valid).error(), text, marks, features).ToString();
}

TEST(LocateTest, FindsTheDefinition) {
  EXPECT_EQ(ErrorOf("(component\n  (type u8) (type u8)\n  (type (own 0)))").substr(0, 4), "3:3:");
  EXPECT_EQ(ErrorOf("(type u8)\n(import \"a\" (func (type 0)))").substr(0, 4), "2:1:");
}

TEST(LocateTest, FindsItInNestedScopes) {
  EXPECT_EQ(ErrorOf("(component (type u8)\n (component\n  (type u8) (type u8)\n  (type (own 0))))")
                .substr(0, 4),
            "4:3:");
  EXPECT_EQ(ErrorOf("(type (component (type u8)\n (type (instance (type u8)\n   (type (own 0))))))")
                .substr(0, 4),
            "3:4:");
}

TEST(LocateTest, FindsADeclaratorOfAModuleType) {
  EXPECT_EQ(ErrorOf("(component\n (core type $m (module\n  (type $f (func))\n"
                    "  (import \"a\" \"f\" (func (type $f)))\n  (export \"g\" (func (type 7))))))"),
            "5:3: unknown type 7: type index out of bounds\n"
            "  at:         core type \"m\" > core export \"g\"");
}

TEST(LocateTest, FindsACoreType) {
  EXPECT_EQ(
      ErrorOf("(component\n (core type $a (sub (struct)))\n (component\n"
              "  (core type (struct)) (core rec (type (struct)) (type (sub $a (array i8))))))")
          .substr(0, 5),
      "4:24:");
}

TEST(LocateTest, FindsTheInstructionOfACoreModule) {
  EXPECT_EQ(
      ErrorOf("(component\n (core module $m)\n (core module $n (func\n   drop)))").substr(0, 4),
      "4:4:");
}

TEST(LocateTest, LeavesBytesTheirOffsets) {
  EXPECT_EQ(ErrorOf(R"((component binary "\00asm" "\0d\00\01\00" "\ff"))"),
            "malformed section id: 255 (at offset 0x8)\n"
            "  - expected: the id of a section, 0 to 12\n"
            "  + found:    255");
}

}  // namespace
}  // namespace tenon::abi
