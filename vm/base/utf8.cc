#include "vm/base/utf8.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"

namespace tenon {
namespace {

bool IsContinuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

// Length of the well-formed sequence at `p` (of `left` bytes, left > 0), or 0.
size_t SequenceLength(const uint8_t* p, size_t left) {
  const uint8_t b0 = p[0];
  if (b0 < 0x80) return 1;
  if (b0 < 0xc2) return 0;
  if (b0 < 0xe0) return left >= 2 && IsContinuation(p[1]) ? 2 : 0;
  if (b0 < 0xf0) {
    if (left < 3 || !IsContinuation(p[1]) || !IsContinuation(p[2])) return 0;
    if (b0 == 0xe0 && p[1] < 0xa0) return 0;   // overlong
    if (b0 == 0xed && p[1] >= 0xa0) return 0;  // surrogate
    return 3;
  }
  if (b0 > 0xf4 || left < 4) return 0;
  if (!IsContinuation(p[1]) || !IsContinuation(p[2]) || !IsContinuation(p[3])) return 0;
  if (b0 == 0xf0 && p[1] < 0x90) return 0;   // overlong
  if (b0 == 0xf4 && p[1] >= 0x90) return 0;  // above U+10FFFF
  return 4;
}

struct Range {
  uint32_t first, last;
};

bool IsIn(absl::Span<const Range> ranges, uint32_t code_point) {
  for (const Range& range : ranges) {
    if (code_point >= range.first && code_point <= range.last) return true;
  }
  return false;
}

// Of the few bytes at the end of a text.
bool IsAscii(const uint8_t* p, size_t left) {
  uint8_t seen = 0;
  for (size_t i = 0; i < left; ++i) seen |= p[i];
  return seen < 0x80;
}

}  // namespace

bool IsValidUtf8(absl::string_view bytes) {
  const auto* p = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t left = bytes.size();
  while (left > 0) {
    if (left >= 8) {
      uint64_t word;
      std::memcpy(&word, p, sizeof word);
      if ((word & 0x8080808080808080u) == 0) {
        p += 8;
        left -= 8;
        continue;
      }
    } else if (IsAscii(p, left)) {
      return true;
    }
    const size_t length = SequenceLength(p, left);
    if (length == 0) return false;
    p += length;
    left -= length;
  }
  return true;
}

void AppendUtf8(uint32_t code_point, std::string* out) {
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out->push_back(static_cast<char>(0xc0 | (code_point >> 6)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3f)));
  } else if (code_point < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | (code_point >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3f)));
  } else {
    out->push_back(static_cast<char>(0xf0 | (code_point >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code_point >> 12) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3f)));
  }
}

uint32_t DecodeUtf8(absl::string_view bytes, uint32_t* length) {
  const auto* p = reinterpret_cast<const uint8_t*>(bytes.data());
  if (p[0] < 0x80) {
    *length = 1;
    return p[0];
  }
  if (p[0] < 0xe0) {
    *length = 2;
    return ((p[0] & 0x1fu) << 6) | (p[1] & 0x3fu);
  }
  if (p[0] < 0xf0) {
    *length = 3;
    return ((p[0] & 0x0fu) << 12) | ((p[1] & 0x3fu) << 6) | (p[2] & 0x3fu);
  }
  *length = 4;
  return ((p[0] & 0x07u) << 18) | ((p[1] & 0x3fu) << 12) | ((p[2] & 0x3fu) << 6) | (p[3] & 0x3fu);
}

bool IsControl(uint32_t code_point) {
  static constexpr Range kControls[] = {
      {0x00, 0x1f},      // C0
      {0x7f, 0x9f},      // DEL, C1
      {0x061c, 0x061c},  // Arabic letter mark
      {0x200e, 0x200f},  // left-to-right and right-to-left mark
      {0x202a, 0x202e},  // embeddings and overrides
      {0x2066, 0x2069},  // isolates
  };
  return IsIn(kControls, code_point);
}

uint32_t ColumnsOf(uint32_t code_point) {
  static constexpr Range kJoining[] = {
      {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},  {0x064b, 0x065f}, {0x0e34, 0x0e3a},
      {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},  {0x200b, 0x200d}, {0x20d0, 0x20ff},
      {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff}};
  static constexpr Range kWide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                                    {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                                    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                                    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff},
                                    {0x20000, 0x3fffd}};
  if (IsIn(kJoining, code_point)) return 0;
  return IsIn(kWide, code_point) ? 2 : 1;
}

std::string EscapeControls(absl::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    size_t length = SequenceLength(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    if (length == 0) {
      absl::StrAppendFormat(&escaped, "\\%02x", static_cast<uint8_t>(text[0]));
      length = 1;
    } else {
      uint32_t unused;
      const uint32_t c = DecodeUtf8(text, &unused);
      if (IsControl(c)) {
        absl::StrAppendFormat(&escaped, "\\u{%x}", c);
      } else {
        absl::StrAppend(&escaped, text.substr(0, length));
      }
    }
    text.remove_prefix(length);
  }
  return escaped;
}

}  // namespace tenon
