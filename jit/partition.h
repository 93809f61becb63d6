// A module divided into parts, each of which is compiled by itself: one LLVM context and module, so
// that all cores have work and no analysis sees more than a part.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/compile.h"

namespace tenon::jit {

struct Partition {
  std::vector<vm::FuncIdx> funcs;  // neighbours
  uint64_t bytes = 0;              // of their bodies
};

// All functions that the module defines, in order. How they are divided depends on the module
// alone: neighbours come of one source file mostly, and call each other.
std::vector<Partition> Divide(const vm::ResolvedModule& module);

}  // namespace tenon::jit
