#include "vm/base/caret.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"

namespace tenon {
namespace {

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

// How many bytes the character at the start takes; 0 when it is not UTF-8.
size_t CharacterSize(absl::string_view text) {
  for (size_t size = 1; size <= 4 && size <= text.size(); ++size) {
    if (IsValidUtf8(text.substr(0, size))) return size;
  }
  return 0;
}

struct Shown {
  std::string text;
  size_t width = 0;
};

Shown Show(absl::string_view line) {
  Shown shown;
  for (size_t at = 0; at < line.size();) {
    const size_t size = CharacterSize(line.substr(at));
    uint32_t length;
    const uint32_t code_point = size == 0 ? 0 : DecodeUtf8(line.substr(at), &length);
    if (size == 0 || IsControl(code_point)) {
      shown.text += size == 0 ? '?' : ' ';
      ++shown.width;
    } else {
      absl::StrAppend(&shown.text, line.substr(at, size));
      shown.width += ColumnsOf(code_point);
    }
    at += std::max<size_t>(size, 1);
  }
  return shown;
}

}  // namespace

std::string CaretLines(absl::string_view text, const Error& error) {
  constexpr size_t kMaxBefore = 60, kMaxAfter = 30;  // bytes around the caret
  if (!error.where() || !error.where()->is_text()) return "";
  const size_t caret = std::min<size_t>(error.where()->offset, text.size());
  const size_t start = caret - std::min<size_t>(caret, error.where()->column - 1);
  const size_t end = std::min(text.find_first_of("\r\n", caret), text.size());
  size_t first = caret - std::min(caret - start, kMaxBefore);
  size_t last = caret + std::min(end - caret, kMaxAfter);
  while (first > start && IsContinuation(text[first])) --first;
  while (last < end && IsContinuation(text[last])) ++last;

  const absl::string_view dots = first == start ? "  " : "  ...";
  const Shown before = Show(text.substr(first, caret - first));
  const Shown after = Show(text.substr(caret, last - caret));
  return absl::StrCat(dots, before.text, after.text, last < end ? "..." : "", "\n",
                      std::string(dots.size() + before.width, ' '), "^");
}

}  // namespace tenon
