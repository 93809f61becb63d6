// Where compiled code was written, for tools outside of the process: by the DWARF of the guest's
// modules, as far as the image tells which instructions its code was made of.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "cli/code_names.h"
#include "vm/artifact/image.h"

namespace tenon::cli {

// Code from here on, to where the next begins.
struct CodeLine {
  const uint8_t* code;
  uint32_t file;          // in CodeLines::files
  uint32_t line, column;  // from 1; line 0: nothing is known
};

struct CodeLines {
  std::deque<std::string> files;  // vm::kMaxFileNames at most
  std::vector<CodeLine> lines;    // in order of their code; none where no module has DWARF
};

// Of the image, whose modules these are. What stands in a function before its first known line is
// of that; where it ends nothing is known.
CodeLines LinesOf(const vm::artifact::Image& image, ModuleSpan modules);

}  // namespace tenon::cli
