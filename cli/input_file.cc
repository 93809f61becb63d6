#include "cli/input_file.h"

#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "vm/syntax/limits.h"
#include "vm/sys/input_file.h"
#include "vm/text/lexer.h"

namespace tenon::cli {
namespace {

constexpr uint8_t kMagic[] = {0, 'a', 's', 'm'};
constexpr uint8_t kElfMagic[] = {0x7f, 'E', 'L', 'F'};
constexpr uint8_t kModuleVersion[] = {1, 0, 0, 0};
constexpr uint8_t kComponentVersion[] = {13, 0, 1, 0};  // version 13, layer 1
constexpr uint8_t kByteOrderMark[] = {0xef, 0xbb, 0xbf};
constexpr size_t kPreambleSize = sizeof kMagic + sizeof kModuleVersion;
constexpr size_t kLookedAt = 1024;  // of what may be a text, for bytes that no text has

bool BeginsWith(absl::Span<const uint8_t> bytes, absl::Span<const uint8_t> with) {
  return bytes.subspan(0, with.size()) == with;
}

absl::string_view AsText(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A lexical error at the very beginning is the text's if a parenthesis or comment begins there.
bool IsTextThatFails(absl::string_view text) {
  text = absl::StripLeadingAsciiWhitespace(text);
  return absl::StartsWith(text, "(") || absl::StartsWith(text, ";;");
}

}  // namespace

Result<std::vector<uint8_t>> ReadInputFile(const std::string& path) {
  // The guest keeps the standard input, which then is at its end.
  if (path == "-") return vm::sys::ReadInput(STDIN_FILENO, vm::kMaxModuleBytes);
  return vm::sys::ReadInputFile(path, vm::kMaxModuleBytes);
}

InputKind KindOf(absl::Span<const uint8_t> bytes) {
  if (bytes.size() >= kPreambleSize && BeginsWith(bytes, kMagic)) {
    const absl::Span<const uint8_t> version = bytes.subspan(sizeof kMagic);
    if (BeginsWith(version, kComponentVersion)) return InputKind::kComponent;
    if (BeginsWith(version, kModuleVersion)) return InputKind::kCoreModule;
  }
  const absl::string_view text = AsText(bytes);
  switch (vm::Lexer(text).Peek().kind) {
    case vm::TokenKind::kEnd: return InputKind::kEmpty;
    case vm::TokenKind::kLeftParen:
    case vm::TokenKind::kAnnotation: return InputKind::kText;
    case vm::TokenKind::kError:
      if (IsTextThatFails(text)) return InputKind::kText;
      break;
    default: break;
  }
  const bool has_zero = absl::StrContains(text.substr(0, kLookedAt), '\0');
  return has_zero ? InputKind::kOtherBinary : InputKind::kOtherText;
}

std::string WhyUnreadable(absl::Span<const uint8_t> bytes) {
  if (bytes.empty()) return "the file is empty";
  if (KindOf(bytes) == InputKind::kEmpty) {
    return "the file holds nothing but white space and comments";
  }
  if (BeginsWith(bytes, kByteOrderMark)) {
    return "it begins with a byte-order mark, which the text format does not have";
  }
  if (BeginsWith(bytes, kElfMagic)) {
    return "not WebAssembly but machine code; 'tenon run' takes what 'tenon compile' made by its "
           "name, which must end in .tenon";
  }
  if (!BeginsWith(bytes, kMagic)) {
    return "not WebAssembly: it begins neither with \"\\0asm\", as a binary does, nor with \"(\", "
           "as a text";
  }
  if (bytes.size() < kPreambleSize) {
    return "a WebAssembly binary that ends within its first eight bytes";
  }
  return absl::StrCat("unknown binary version ", bytes[4] | bytes[5] << 8, " of layer ",
                      bytes[6] | bytes[7] << 8,
                      "; known are 1 of layer 0 (core modules) and 13 of "
                      "layer 1 (components)");
}

}  // namespace tenon::cli
