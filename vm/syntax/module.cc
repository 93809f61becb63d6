#include "vm/syntax/module.h"

#include <algorithm>

namespace tenon::vm {

std::optional<SourceLocation> Module::Locate(uint64_t offset) const {
  const auto next = std::ranges::upper_bound(positions, offset, {}, &TextPosition::offset);
  if (next == positions.begin()) return std::nullopt;
  const TextPosition& at = *(next - 1);
  return SourceLocation{at.text_offset, at.line, at.column};
}

}  // namespace tenon::vm
