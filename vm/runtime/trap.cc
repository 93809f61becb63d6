#include "vm/runtime/trap.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "vm/base/utf8.h"

namespace tenon::vm {
namespace {

bool IsSameCall(const Frame& a, const Frame& b) {
  return a.func == b.func && a.offset == b.offset && a.module == b.module;
}

}  // namespace

std::string Trap::Message() const {
  std::string message = TrapText(kind);
  // The suite's text goes on with the element's index.
  const char* separator = kind == TrapKind::kUninitializedElement ? " " : ": ";
  if (!detail.empty()) absl::StrAppend(&message, separator, detail);
  if (!about.empty()) absl::StrAppend(&message, ", ", about);
  return message;
}

std::string FormatBacktrace(const Trap& trap) {
  std::string text;
  for (size_t i = 0; i < trap.backtrace.size();) {
    const Frame& frame = trap.backtrace[i];
    absl::StrAppendFormat(&text, "\n  %2d: 0x%06x  ", i, frame.offset);
    if (!frame.module.empty()) absl::StrAppend(&text, EscapeControls(frame.module), "!");
    if (frame.function.empty()) {
      absl::StrAppend(&text, "<function ", frame.func.value(), ">");
    } else {
      absl::StrAppend(&text, EscapeControls(frame.function));
    }
    if (const SourceLine& source = frame.source; !source.file.empty()) {
      absl::StrAppend(&text, " at ", EscapeControls(source.file), ":", source.line);
      if (source.column != 0) absl::StrAppend(&text, ":", source.column);
    }
    const size_t first = i++;
    while (i < trap.backtrace.size() && IsSameCall(trap.backtrace[i], frame)) ++i;
    if (const size_t repeats = i - first - 1; repeats > 0) {
      absl::StrAppend(&text, "\n      ... the same ", repeats, " more times");
    }
  }
  if (trap.truncated) absl::StrAppend(&text, "\n  ... more frames");
  return text;
}

}  // namespace tenon::vm
