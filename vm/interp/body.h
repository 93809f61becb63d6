// A translated body: interpreter code and what traps and backtraces need to know about it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "vm/interp/word.h"
#include "vm/runtime/func.h"

namespace tenon::vm::interp {

// Where an instruction that can trap or call came from. Sorted by word.
struct CodePosition {
  uint32_t word = 0;    // of the instruction, from the body's start
  uint32_t offset = 0;  // in the module's bytes
};

struct Body {
  std::unique_ptr<Word[]> code;
  uint32_t size = 0;  // in words
  uint32_t link = 0;  // slot of the frame's link
  std::vector<CodePosition> positions;
  const FuncCode* function = nullptr;

  // The module offset of the instruction that `ip` stands on, or just behind for a return address.
  uint32_t OffsetOf(const Word* ip, bool is_return_address) const;
};

// Finds bodies by code address, for backtraces. Thread-safe; bodies are added when translated and
// removed with their module.
void RegisterBody(const Body* body);
void UnregisterBody(const Body* body);
const Body* FindBody(const Word* ip);

}  // namespace tenon::vm::interp
