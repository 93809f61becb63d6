// Which way a conditional branch mostly goes, as the custom section of the branch-hinting proposal
// has it: for each function, where in its body the hinted instructions stand.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "vm/syntax/module.h"
#include "vm/syntax/opcode.h"

namespace tenon::vm {

inline constexpr absl::string_view kBranchHintSection = "metadata.code.branch_hint";

constexpr bool TakesBranchHint(Opcode op) { return op == Opcode::If || op == Opcode::BrIf; }

struct BranchHint {
  uint32_t offset = 0;  // of the opcode, from the start of the body
  bool is_likely = false;
};

struct FunctionHints {
  uint32_t func = 0;
  std::vector<BranchHint> hints;  // by offset
};

// The hints of a module whose bodies are well-formed, by function. Nothing when the section is not
// as the proposal wants it, or hints at what is no branch.
std::optional<std::vector<FunctionHints>> ReadBranchHints(const Module& module);

}  // namespace tenon::vm
