#include "jit/image/positions.h"

#include <algorithm>
#include <utility>

#include "vm/base/leb128.h"

namespace tenon::jit {

void ObjectPositions::Add(const FunctionRows& function) {
  funcs.push_back(static_cast<uint32_t>(rows.size()));
  AppendVarU32(function.size, &rows);
  AppendVarU32(function.func ? function.func->value() + 1 : 0, &rows);
  if (function.func) AppendVarU32(function.module, &rows);
  AppendVarU32(function.gap, &rows);
  AppendVarU32(function.saved_context, &rows);
  AppendVarU32(static_cast<uint32_t>(function.inlined.size()), &rows);
  for (const vm::PositionReader::Inlined& inlined : function.inlined) {
    AppendVarU32(inlined.func.value(), &rows);
    AppendVarU32(inlined.call, &rows);
    AppendVarU32(inlined.outside, &rows);
  }
  AppendVarU32(static_cast<uint32_t>(function.rows.size()), &rows);
  vm::PositionReader::Row last;
  for (const vm::PositionReader::Row& row : function.rows) {
    const uint32_t frame_changes = row.frame != last.frame ? 1 : 0;
    const uint32_t inlined_changes = row.inlined != last.inlined ? 2 : 0;
    AppendVarU32((row.code - last.code) << 2 | inlined_changes | frame_changes, &rows);
    if (frame_changes != 0) AppendVarU32(row.frame, &rows);
    if (inlined_changes != 0) AppendVarU32(row.inlined, &rows);
    AppendVarS64(int64_t{row.offset} - int64_t{last.offset}, &rows);
    last = row;
  }
}

void ObjectPositions::Append(const ObjectPositions& next) {
  const auto begin = static_cast<uint32_t>(rows.size());
  for (const uint32_t func : next.funcs) funcs.push_back(begin + func);
  rows.insert(rows.end(), next.rows.begin(), next.rows.end());
}

// Functions that more objects than one have are in the image once. Of what it lacks the code is 0.
size_t FinishPositions(const ObjectPositions& positions, absl::Span<vm::FuncPositions> table,
                       std::vector<uint8_t>* rows) {
  TENON_CHECK(table.size() == positions.funcs.size());
  for (size_t i = 0; i < table.size(); ++i) table[i].rows = static_cast<uint32_t>(i);
  const auto key = [](const vm::FuncPositions& func) { return std::pair(func.code, func.rows); };
  std::sort(table.begin(), table.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  size_t count = 0;
  for (const vm::FuncPositions& func : table) {
    if (func.code == 0 || (count != 0 && table[count - 1].code == func.code)) continue;
    const uint32_t begin = positions.funcs[func.rows];
    const size_t end = func.rows + 1 < positions.funcs.size() ? positions.funcs[func.rows + 1]
                                                              : positions.rows.size();
    table[count++] = {func.code, static_cast<uint32_t>(rows->size())};
    rows->insert(rows->end(), positions.rows.begin() + begin, positions.rows.begin() + end);
  }
  return count;
}

}  // namespace tenon::jit
