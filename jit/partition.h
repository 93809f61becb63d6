// A module divided into parts, each of which is compiled by itself: one LLVM context and module, so
// that all cores have work and no analysis sees more than a part.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/compile.h"
#include "jit/lower/survey.h"

namespace tenon::jit {

struct Partition {
  std::vector<vm::FuncIdx> funcs;  // neighbours
  uint64_t bytes = 0;              // of their bodies
  OptLevel level = OptLevel::k2;   // that they are compiled at
};

// All functions that the module defines, in order. How they are divided depends on the module and
// the level alone: neighbours come of one source file mostly, and call each other. A function so
// large that passes which are not linear would take minutes is alone, and compiled at a lower
// level.
std::vector<Partition> Divide(const vm::ResolvedModule& module, const Survey& survey,
                              OptLevel level);

}  // namespace tenon::jit
