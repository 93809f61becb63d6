#include "vm/runtime/table.h"

#include <algorithm>
#include <new>

#include "vm/syntax/limits.h"

namespace tenon::vm {

Result<std::unique_ptr<TableInstance>> TableInstance::Create(const TableType& type, Slot init) {
  if (type.limits.min > kMaxTableEntries) {
    return Fail(ErrorKind::kLimit, "table minimum exceeds the limit of 10,000,000 entries");
  }
  std::unique_ptr<TableInstance> table(new TableInstance(type));
  table->elements_.assign(type.limits.min, init);
  return table;
}

TableType TableInstance::current_type() const {
  TableType type = type_;
  type.limits.min = size();
  return type;
}

std::optional<uint64_t> TableInstance::Grow(uint64_t delta, Slot init) {
  const uint64_t before = size();
  uint64_t max = kMaxTableEntries;
  if (type_.limits.has_max) max = std::min(max, type_.limits.max);
  if (before > max || delta > max - before) return std::nullopt;
  elements_.resize(before + delta, init);
  return before;
}

}  // namespace tenon::vm
