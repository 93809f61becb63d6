#include "vm/text/text_output.h"

#include "absl/strings/ascii.h"

namespace tenon::vm {
namespace {

void AppendEscaped(uint8_t byte, std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out->push_back('\\');
  out->push_back(kDigits[byte >> 4]);
  out->push_back(kDigits[byte & 15]);
}

}  // namespace

void AppendString(absl::string_view bytes, StringForm form, std::string* out) {
  out->push_back('"');
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    // U+0080 to U+009F are control characters as well.
    const bool is_c1 =
        byte == 0xc2 && i + 1 < bytes.size() && static_cast<uint8_t>(bytes[i + 1]) < 0xa0;
    if (byte == '"' || byte == '\\') {
      out->push_back('\\');
      out->push_back(bytes[i]);
    } else if (absl::ascii_isprint(byte)) {
      out->push_back(bytes[i]);
    } else if (byte < 0x80 || form == StringForm::kBytes || is_c1) {
      AppendEscaped(byte, out);
      if (is_c1) AppendEscaped(static_cast<uint8_t>(bytes[++i]), out);
    } else {
      out->push_back(bytes[i]);
    }
  }
  out->push_back('"');
}

void AppendData(absl::Span<const uint8_t> bytes, size_t depth, TextOutput* out) {
  constexpr size_t kLineBytes = 64;
  const absl::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (size_t at = 0; at < rest.size(); at += kLineBytes) {
    if (rest.size() > kLineBytes) {
      out->NewLine(depth);
    } else {
      out->text() += ' ';
    }
    AppendString(rest.substr(at, kLineBytes), StringForm::kBytes, &out->text());
  }
}

}  // namespace tenon::vm
