#include "vm/runtime/trap.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tenon::vm {

std::string Trap::Message() const {
  if (detail.empty()) return TrapText(kind);
  // The suite's text goes on with the element's index.
  const char* separator = kind == TrapKind::kUninitializedElement ? " " : ": ";
  return absl::StrCat(TrapText(kind), separator, detail);
}

std::string FormatTrap(const Trap& trap) {
  std::string text = trap.Message();
  int number = 0;
  for (const Frame& frame : trap.backtrace) {
    absl::StrAppendFormat(&text, "\n  %2d: 0x%06x  ", number++, frame.offset);
    if (!frame.module.empty()) absl::StrAppend(&text, frame.module, "!");
    if (frame.function.empty()) {
      absl::StrAppend(&text, "<function ", frame.func.value(), ">");
    } else {
      absl::StrAppend(&text, frame.function);
    }
  }
  if (trap.truncated) absl::StrAppend(&text, "\n  ... more frames");
  return text;
}

}  // namespace tenon::vm
