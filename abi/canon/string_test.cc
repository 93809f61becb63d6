#include "abi/canon/string.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>

#include "abi/canon/test_guest.h"
#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

struct Vector {
  StringEncoding source, target;
  absl::string_view text;
  uint32_t source_units;
  const char* reallocs;
  uint32_t target_units;
};

const Vector kVectors[] = {
#define STRING_VECTOR(source, target, text, units, reallocs, stored) \
  {StringEncoding::k##source, StringEncoding::k##target, text, units, reallocs, stored},
#include "abi/canon/string_vectors.def"
};

// The bytes of `text` in a simple encoding.
std::string Encode(absl::string_view text, LiftedString::Encoding encoding) {
  if (encoding == LiftedString::Encoding::kUtf8) return std::string(text);
  std::string bytes;
  while (!text.empty()) {
    uint32_t length;
    const uint32_t c = DecodeUtf8(text, &length);
    text.remove_prefix(length);
    auto unit = [&](uint32_t u) {
      bytes.push_back(static_cast<char>(u));
      if (encoding == LiftedString::Encoding::kUtf16) bytes.push_back(static_cast<char>(u >> 8));
    };
    if (c < 0x10000) {
      unit(c);
    } else {
      unit(0xd800 + ((c - 0x10000) >> 10));
      unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  }
  return bytes;
}

LiftedString::Encoding SimpleEncoding(StringEncoding encoding, uint32_t units) {
  if (encoding == StringEncoding::kUtf8) return LiftedString::Encoding::kUtf8;
  if (encoding == StringEncoding::kUtf16 || (units >> 31) != 0) {
    return LiftedString::Encoding::kUtf16;
  }
  return LiftedString::Encoding::kLatin1;
}

TEST(StringTest, TranscodesAndReallocatesAsTheSpecificationDoes) {
  for (const Vector& vector : kVectors) {
    Store store(&TestEngine());
    TestGuest source(&store, vector.source), target(&store, vector.target);
    const std::string bytes =
        Encode(vector.text, SimpleEncoding(vector.source, vector.source_units));
    std::memcpy(source.bytes() + 16, bytes.data(), bytes.size());
    CanonContext from = source.Context(), to = target.Context();

    LiftedString text;
    uint64_t address, units;
    ASSERT_TRUE(LocateString(from, 16, vector.source_units, &text)) << vector.text;
    ASSERT_TRUE(StoreString(to, text, &address, &units)) << vector.text;

    EXPECT_EQ(target.reallocs(), vector.reallocs) << vector.text;
    EXPECT_EQ(units, vector.target_units) << vector.text;
    const std::string expected =
        Encode(vector.text, SimpleEncoding(vector.target, vector.target_units));
    EXPECT_EQ(std::string(reinterpret_cast<char*>(target.bytes() + address), expected.size()),
              expected);
    EXPECT_TRUE(target.instance()->may_leave);
  }
}

// What stands at the end of memory, behind which nothing can be read, becomes the same text.
void ExpectTranscoded(TestGuest& source, TestGuest& target, absl::string_view text,
                      LiftedString::Encoding as) {
  const std::string bytes = Encode(text, as);
  const uint64_t at = source.options().memory->size_bytes() - bytes.size();
  std::memcpy(source.bytes() + at, bytes.data(), bytes.size());
  CanonContext from = source.Context(), to = target.Context();
  LiftedString lifted{.encoding = as, .bytes = source.bytes() + at};
  lifted.from_latin1_utf16 = source.options().encoding == StringEncoding::kLatin1Utf16;
  lifted.units = as == LiftedString::Encoding::kUtf16 ? bytes.size() / 2 : bytes.size();

  uint64_t address, units;
  ASSERT_TRUE(CheckEncoding(from, lifted)) << text;
  ASSERT_TRUE(StoreString(to, lifted, &address, &units)) << text;

  const std::string expected =
      Encode(text, SimpleEncoding(target.options().encoding, static_cast<uint32_t>(units)));
  EXPECT_EQ(std::string(reinterpret_cast<char*>(target.bytes() + address), expected.size()),
            expected);
}

// Texts are looked at and copied 32 units at a time: one other character anywhere, and any rest.
TEST(StringTest, BlocksAndWhatIsLeftOfThemAreTranscoded) {
  using Simple = LiftedString::Encoding;
  const std::pair<StringEncoding, Simple> sources[] = {
      {StringEncoding::kUtf8, Simple::kUtf8},
      {StringEncoding::kUtf16, Simple::kUtf16},
      {StringEncoding::kLatin1Utf16, Simple::kLatin1},
      {StringEncoding::kLatin1Utf16, Simple::kUtf16}};
  for (const auto& [encoding, as] : sources) {
    for (const StringEncoding other :
         {StringEncoding::kUtf8, StringEncoding::kUtf16, StringEncoding::kLatin1Utf16}) {
      Store store(&TestEngine());
      TestGuest source(&store, encoding), target(&store, other);
      target.set_realloc_result(1024);
      for (const size_t length : {0, 1, 31, 32, 33, 63, 64, 65, 100}) {
        for (size_t i = 0; i <= length; ++i) {
          for (const char* character : {"\x7f", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x98\x80"}) {
            if (as == Simple::kLatin1 && std::strlen(character) > 2) continue;
            std::string text = std::string(length, 'a');
            text.insert(i, character);
            ExpectTranscoded(source, target, text, as);
          }
        }
      }
    }
  }
}

TEST(StringTest, HostStringsMakeTheRoundTripThroughEveryEncoding) {
  for (StringEncoding encoding :
       {StringEncoding::kUtf8, StringEncoding::kUtf16, StringEncoding::kLatin1Utf16}) {
    for (const Vector& vector : kVectors) {
      Store store(&TestEngine());
      TestGuest guest(&store, encoding);
      CanonContext cx = guest.Context();

      uint64_t address, units;
      absl::string_view back;
      ASSERT_TRUE(LowerString(cx, vector.text, &address, &units));
      ASSERT_TRUE(LiftString(cx, address, units, &back));

      EXPECT_EQ(back, vector.text);
    }
  }
}

std::string LiftTrap(StringEncoding encoding, absl::string_view bytes, uint64_t address,
                     uint64_t units) {
  Store store(&TestEngine());
  TestGuest guest(&store, encoding);
  std::memcpy(guest.bytes(), bytes.data(), bytes.size());
  CanonContext cx = guest.Context();
  absl::string_view text;
  if (LiftString(cx, address, units, &text)) return "no trap";
  const vm::Trap trap = store.core().TakeTrap();
  EXPECT_EQ(trap.kind, vm::TrapKind::kCanonicalAbi);
  return trap.detail;
}

TEST(StringTest, BadRangesTrap) {
  constexpr StringEncoding kUtf8 = StringEncoding::kUtf8, kUtf16 = StringEncoding::kUtf16;
  const std::string out = "string pointer/length out of bounds of memory";

  EXPECT_EQ(LiftTrap(kUtf8, "", 65536, 0), "no trap");
  EXPECT_EQ(LiftTrap(kUtf8, "", 65537, 0), out);
  EXPECT_EQ(LiftTrap(kUtf8, "", 65536, 1), out);
  EXPECT_EQ(LiftTrap(kUtf8, "", 0xffffffff, 0xffffffff), out);
  EXPECT_EQ(LiftTrap(kUtf8, "", 0, uint64_t{1} << 28), out);
  // Bounds are in bytes, not units.
  EXPECT_EQ(LiftTrap(kUtf16, "", 65534, 1), "no trap");
  EXPECT_EQ(LiftTrap(kUtf16, "", 65534, 2), out);
  EXPECT_EQ(LiftTrap(kUtf16, "", 1, 0), "unaligned pointer");
  EXPECT_EQ(LiftTrap(kUtf16, "", 0, 0x80000000), out);
  EXPECT_EQ(LiftTrap(StringEncoding::kLatin1Utf16, "", 1, 0), "unaligned pointer");
  EXPECT_EQ(LiftTrap(StringEncoding::kLatin1Utf16, "", 65534, 0x80000002), out);
}

// Many strings may lie in one place, where they hold nothing but cost their checks.
TEST(StringTest, ViewsAreCharged) {
  Store store(&TestEngine(), {.call_bytes = 100});
  TestGuest guest(&store);
  CanonContext cx = guest.Context();
  absl::string_view text;

  EXPECT_TRUE(LiftString(cx, 0, 60, &text));
  EXPECT_TRUE(LiftString(cx, 0, 40, &text));
  EXPECT_TRUE(LiftString(cx, 0, 0, &text));
  EXPECT_FALSE(LiftString(cx, 0, 1, &text));
  EXPECT_EQ(store.core().TakeTrap().detail,
            "a call may not hand the host so many bytes: 1, with 0 left of 100");
}

// Where the guest's encoding is another, each text takes host memory; the empty one takes none.
TEST(StringTest, DecodedTextsAreChargedWithWhatHoldsThem) {
  Store store(&TestEngine(), {.call_bytes = 1000});
  TestGuest guest(&store, StringEncoding::kUtf16);
  CanonContext cx = guest.Context();
  absl::string_view text;

  for (int i = 0; i < 100; ++i) ASSERT_TRUE(LiftString(cx, 0, 0, &text));
  EXPECT_TRUE(cx.decoded.empty());
  int lifted = 0;
  while (LiftString(cx, 0, 1, &text)) ++lifted;
  EXPECT_LE(lifted * (sizeof(std::string) + sizeof(void*)), 1000u);
  EXPECT_EQ(store.core().TakeTrap().detail,
            "a call may not hand the host so many bytes: 67, with 62 left of 1000");
}

TEST(StringTest, IllFormedTextTraps) {
  constexpr StringEncoding kUtf8 = StringEncoding::kUtf8, kUtf16 = StringEncoding::kUtf16;
  const std::string invalid = "invalid utf-8 sequence", half = "incomplete utf-8 byte sequence";

  EXPECT_EQ(LiftTrap(kUtf8, "\xff", 0, 1), invalid);
  EXPECT_EQ(LiftTrap(kUtf8, "\xc0\x80", 0, 2), invalid);
  EXPECT_EQ(LiftTrap(kUtf8, "\xed\xa0\x80", 0, 3), invalid);
  EXPECT_EQ(LiftTrap(kUtf8, "\xf4\x90\x80\x80", 0, 4), invalid);
  EXPECT_EQ(LiftTrap(kUtf8, "a\xc3", 0, 2), half);
  EXPECT_EQ(LiftTrap(kUtf8, "\xf0\x9f\x98", 0, 3), half);
  EXPECT_EQ(LiftTrap(kUtf16, absl::string_view("\x00\xdc", 2), 0, 1), "unpaired surrogate found");
  EXPECT_EQ(LiftTrap(kUtf16, absl::string_view("\x00\xd8", 2), 0, 1), "unpaired surrogate found");
  EXPECT_EQ(LiftTrap(kUtf16, absl::string_view("\x00\xd8\x41\x00", 4), 0, 2),
            "unpaired surrogate found");
}

TEST(StringTest, EveryResultOfReallocIsChecked) {
  Store store(&TestEngine());
  TestGuest utf8(&store), utf16(&store, StringEncoding::kUtf16);
  uint64_t address, units;

  utf8.set_realloc_result(65536);
  CanonContext cx = utf8.Context();
  EXPECT_TRUE(LowerString(cx, "", &address, &units));
  EXPECT_FALSE(LowerString(cx, "a", &address, &units));
  EXPECT_EQ(store.core().TakeTrap().detail, "realloc return: beyond end of memory");
  utf8.set_realloc_result(65537);
  EXPECT_FALSE(LowerString(cx, "", &address, &units));
  EXPECT_EQ(store.core().TakeTrap().detail, "realloc return: beyond end of memory");
  utf16.set_realloc_result(3);
  CanonContext other = utf16.Context();
  EXPECT_FALSE(LowerString(other, "", &address, &units));
  EXPECT_EQ(store.core().TakeTrap().detail, "realloc return: result not aligned");
}

// A source that realloc changes under the copy: the target must hold whatever comes.
TEST(StringTest, SourceThatGrowsWhileItIsCopiedTraps) {
  Store store(&TestEngine());
  TestGuest source(&store, StringEncoding::kUtf16), target(&store);
  CanonContext from = source.Context(), to = target.Context();
  LiftedString text;
  uint64_t address, units;
  ASSERT_TRUE(LocateString(from, 0, 8, &text));
  for (int i = 0; i < 16; i += 2) {
    source.bytes()[i] = 0x00;
    source.bytes()[i + 1] = 0xdc;
  }

  EXPECT_FALSE(StoreString(to, text, &address, &units));

  EXPECT_EQ(store.core().TakeTrap().detail, "unpaired surrogate found");
}

}  // namespace
}  // namespace tenon::abi
