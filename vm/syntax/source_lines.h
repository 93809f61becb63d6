// Where in its source code was written, as line tables of DWARF say (custom section .debug_line,
// versions 2 to 5; DWARF 5, "6.2 Line Number Information"), whose addresses are offsets in the code
// section's contents. Reading is lenient: a table that makes no sense says nothing. What is found
// is the innermost place alone: which calls were inlined would be in .debug_info.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

struct SourceLine {
  std::string file;     // as the table has it, relative to the compiler's folder; empty: not known
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1; 0: not known
};

// Of many instructions.
struct SourcePlaces {
  struct Place {
    uint32_t file = 0;
    uint32_t line = 0, column = 0;  // as in SourceLine; line 0: nothing is known
  };
  std::deque<std::string> files;  // as in SourceLine, each once; kMaxFileNames at most
  std::vector<Place> places;      // in the order of what was asked for
};

// Of the instructions at those offsets in the module's bytes. Reads all tables, once: in time that
// is linear in their size and nearly so in the number of offsets, in memory of the latter and of
// files' names alone. Where these would be too many (file_table.h) the rest has no place.
SourcePlaces FindSourcePlaces(const Module& module, absl::Span<const uint32_t> offsets);
std::vector<SourceLine> FindSourceLines(const Module& module, absl::Span<const uint32_t> offsets);

}  // namespace tenon::vm
