// A trap: how a guest's execution ended, and where. core: #trap
// A plain value that outlives the store it came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/sem/trap.h"
#include "vm/syntax/source_lines.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

class Instance;

// One wasm frame, innermost first in a backtrace.
struct Frame {
  std::string module;  // the instance's name, or the module's; may be empty
  FuncIdx func;
  std::string function;                // from the name section; may be empty
  uint32_t offset = 0;                 // of the instruction, in the module's bytes
  const Instance* instance = nullptr;  // good as long as its store
  SourceLine source;                   // where the module's DWARF has the instruction, if it has
};

struct Trap {
  TrapKind kind = TrapKind::kUnreachable;
  std::string detail;  // what the host or the canonical ABI had to say; may be empty
  std::string about;   // "in the result of \"f\"": of which value; may be empty
  int exit_code = 0;   // kExit only
  std::vector<Frame> backtrace;
  bool truncated = false;  // more frames than kMaxBacktraceFrames

  // The suite's text, then the detail and what it is about: "canonical ABI violation: string length
  // out of bounds, in parameter \"s\" of \"f\"".
  std::string Message() const;
};

inline constexpr size_t kMaxBacktraceFrames = 100;

// A line a frame, each after a line break; calls that repeat are counted. What a guest named is
// escaped.
std::string FormatBacktrace(const Trap& trap);

}  // namespace tenon::vm
