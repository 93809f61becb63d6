#include "vm/sys/sha256.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace tenon::vm::sys {
namespace {

std::string Hex(const Sha256Digest& digest) {
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

absl::Span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// FIPS 180-4's own examples.
TEST(Sha256Test, GivesThePublishedDigests) {
  EXPECT_EQ(Hex(Sha256Of({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256Of(Bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256Test, TakesBytesInPieces) {
  const std::string text(100'000, 'a');
  Sha256 hash;
  for (size_t at = 0; at < text.size(); at += 777) {
    hash.Add(Bytes(text).subspan(at, 777));
  }

  EXPECT_EQ(hash.Finish(), Sha256Of(Bytes(text)));
}

}  // namespace
}  // namespace tenon::vm::sys
