#include "vm/runtime/table.h"

#include <algorithm>

#include "vm/syntax/limits.h"

namespace tenon::vm {

Result<std::unique_ptr<TableInstance>> TableInstance::Create(const TableType& type, Slot init) {
  if (type.limits.min > kMaxTableEntries) {
    return Fail(ErrorKind::kLimit, "table minimum exceeds the limit of 10,000,000 entries");
  }
  std::unique_ptr<TableInstance> table(new TableInstance(type));
  if (!table->Resize(type.limits.min, init)) {
    return Fail(ErrorKind::kLimit, "out of memory for a table");
  }
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
  if (!Resize(before + delta, init)) return std::nullopt;
  return before;
}

bool TableInstance::Resize(uint64_t size, Slot init) {
  if (size == size_) return true;
  void* grown = std::realloc(elements_.get(), size * sizeof(Slot));
  if (grown == nullptr) return false;
  (void)elements_.release();
  elements_.reset(static_cast<Slot*>(grown));
  std::fill(data() + size_, data() + size, init);
  size_ = size;
  return true;
}

}  // namespace tenon::vm
