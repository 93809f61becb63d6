// What there is to say of a file that `tenon compile` made: how it was compiled, from what, and how
// large its parts are. All of it comes from a file that may be damaged where no digest was
// compared.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "vm/artifact/image.h"
#include "vm/base/status.h"

namespace tenon::cli {

struct CompiledFile {
  std::string cpu;                 // "x86-64-v3", or the processor it was compiled on
  std::vector<std::string> needs;  // what the processor must have, by LLVM's names
  std::string level;               // "0" to "3", "s"
  std::string trap_policy;         // "component" or "precise"
  std::string bounds;              // "guard" or "explicit"
  std::string features;            // as --features has them; empty: those without it
  bool all_positions = false;      // -g
  std::string source_digest;       // SHA-256 of the file that was compiled
  uint64_t size = 0;               // of the file, in bytes
  uint64_t functions = 0, compiled = 0;
  std::vector<std::pair<std::string, uint64_t>> sections;  // by name, in bytes
};

Result<CompiledFile> Describe(const vm::artifact::Image& image);

}  // namespace tenon::cli
