// Text on its way out: a buffer that is handed on when it is large, so that what is printed is
// never held as a whole.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::vm {

// Takes the next piece of a text.
using TextSink = absl::FunctionRef<Status(absl::string_view piece)>;

class TextOutput {
 public:
  explicit TextOutput(TextSink sink) : sink_(sink) {}

  // To append to.
  std::string& text() { return buffer_; }

  // How deep the text stands in another; new lines begin there.
  void set_margin(size_t levels) { margin_ = levels; }

  // Ends a line and indents the next. Lines that nest very deep are not indented any further: the
  // text would grow with the square of the depth.
  void NewLine(size_t depth) {
    constexpr size_t kMaxDepth = 40;
    HandOnIfLarge();
    buffer_.push_back('\n');
    buffer_.append(2 * std::min(margin_ + depth, kMaxDepth), ' ');
  }

  // Within a long line.
  void HandOnIfLarge() {
    if (buffer_.size() >= kPieceBytes) HandOn();
  }

  // The sink's first failure; nothing is handed on after it.
  bool ok() const { return status_.has_value(); }
  Status Finish() {
    HandOn();
    return std::move(status_);
  }

 private:
  static constexpr size_t kPieceBytes = 64 * 1024;

  void HandOn() {
    if (ok() && !buffer_.empty()) status_ = sink_(buffer_);
    buffer_.clear();
  }

  TextSink sink_;
  std::string buffer_;
  size_t margin_ = 0;
  Status status_;
};

// `bytes` as a string literal. Control characters are escaped, and with kBytes what is not ASCII.
enum class StringForm : uint8_t { kUtf8, kBytes };
void AppendString(absl::string_view bytes, StringForm form, std::string* out);
// Bytes as string literals: few stand in the line, more in lines of their own.
void AppendData(absl::Span<const uint8_t> bytes, size_t depth, TextOutput* out);

}  // namespace tenon::vm
