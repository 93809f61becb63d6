// Where in an input something stands: a byte offset, and for text also a line and column.
// A plain value: it does not hold on to the input.
#pragma once

#include <cstdint>

namespace tenon {

struct SourceLocation {
  uint64_t offset = 0;  // bytes from the start of the input
  uint32_t line = 0;    // 1-based; 0 when the input is binary
  uint32_t column = 0;  // 1-based, in bytes

  bool is_text() const { return line != 0; }
};

}  // namespace tenon
