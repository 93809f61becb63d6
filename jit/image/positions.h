// Writes where code comes from: what vm/runtime/code_positions.h reads. An object file has, in
// section .tenon.positions, a FuncPositions for each function whose rows are still missing: they
// wait here, in the same order, until it is known which functions the linked image has.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "llvm/IR/Module.h"
#include "vm/base/status.h"
#include "vm/runtime/code_positions.h"

namespace tenon::jit {

inline constexpr char kPositionsSection[] = ".tenon.positions";

// Of one function.
struct FunctionRows {
  std::optional<vm::FuncIdx> func;
  uint32_t module = 0;
  uint32_t size = 0;
  uint32_t gap = 0;
  uint32_t saved_context = 0;
  std::vector<vm::PositionReader::Inlined> inlined;
  std::vector<vm::PositionReader::Row> rows;
};

struct ObjectPositions {
  std::vector<uint32_t> funcs;  // where the rows of each begin
  std::vector<uint8_t> rows;

  void Add(const FunctionRows& function);
  // Of the object that is linked next.
  void Append(const ObjectPositions& next);
};

// Completes the table of a linked image: the first of it becomes what the image has, sorted.
// Returns how many that are, and appends their rows.
size_t FinishPositions(const ObjectPositions& positions, absl::Span<vm::FuncPositions> table,
                       std::vector<uint8_t>* rows);

}  // namespace tenon::jit
