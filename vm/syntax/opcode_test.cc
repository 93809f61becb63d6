#include "vm/syntax/opcode.h"

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace tenon::vm {
namespace {

// The text parser tells these from the row of their name by what follows.
bool SharesItsName(Opcode op) {
  return op == Opcode::SelectT || op == Opcode::RefTestNull || op == Opcode::RefCastNull;
}

TEST(OpcodeTest, EveryRowIsFoundByItsCodeAndItsName) {
  for (int i = 0; i < kOpcodeCount; ++i) {
    const Opcode op = static_cast<Opcode>(i);
    const OpcodeInfo& info = Info(op);
    EXPECT_EQ(FindOpcode(info.prefix, info.code), op) << info.text;
    if (!SharesItsName(op)) {
      EXPECT_EQ(FindOpcode(absl::string_view(info.text)), op) << info.text;
    }
  }
}

TEST(OpcodeTest, SignaturesUseKnownLetters) {
  for (const OpcodeInfo& info : kOpcodeTable) {
    if (!info.has_signature()) continue;
    const absl::string_view signature = info.signature;
    EXPECT_NE(signature.find(':'), absl::string_view::npos) << info.text;
    EXPECT_EQ(signature.find_first_not_of("ilfdvatEIJA:"), absl::string_view::npos) << info.text;
  }
}

TEST(OpcodeTest, MemoryRowsDeclareTheirAccess) {
  EXPECT_EQ(Info(Opcode::I64Load32S).access_bytes(), 4);
  EXPECT_EQ(Info(Opcode::V128Load).access_bytes(), 16);
  EXPECT_EQ(Info(Opcode::I32Add).access_bytes(), 0);
}

TEST(OpcodeTest, UnknownCodesAreNotFound) {
  EXPECT_FALSE(FindOpcode(0x00, 0x27).has_value());
  EXPECT_FALSE(FindOpcode(0xfd, 0x9a).has_value());
  EXPECT_FALSE(FindOpcode(0xfc, 0xffffffff).has_value());
}

}  // namespace
}  // namespace tenon::vm
