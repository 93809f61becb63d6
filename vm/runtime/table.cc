#include "vm/runtime/table.h"

#include <algorithm>

#include "vm/syntax/limits.h"

namespace tenon::vm {

Result<std::unique_ptr<TableInstance>> TableInstance::Create(const TableType& type, Slot init,
                                                             Allowance* entries_left) {
  if (type.limits.min > kMaxTableEntries) {
    return Fail(ErrorKind::kLimit, "table minimum exceeds the limit of 10,000,000 entries");
  }
  const uint64_t size = type.limits.min;
  if (!entries_left->Take(size)) {
    return Fail(ErrorKind::kLimit, "table minimum exceeds what is left for all tables");
  }
  std::unique_ptr<TableInstance> table(new TableInstance(type, entries_left));
  // Zeroed by the host, which gives no memory to pages that nobody has written.
  table->entries_ = static_cast<Slot*>(std::calloc(std::max<uint64_t>(size, 1), sizeof(Slot)));
  if (table->entries_ == nullptr) return Fail(ErrorKind::kLimit, "no memory left for a table");
  table->size_ = table->capacity_ = size;
  if (init.bits != 0) std::fill_n(table->data(), size, init);
  return table;
}

TableType TableInstance::current_type() const {
  TableType type = type_;
  type.limits.min = size();
  return type;
}

bool TableInstance::Reserve(uint64_t entries) {
  if (entries <= capacity_) return true;
  const uint64_t capacity = std::min(std::max(entries, 2 * capacity_), kMaxTableEntries);
  void* moved = std::realloc(entries_, capacity * sizeof(Slot));
  if (moved == nullptr) return false;
  entries_ = static_cast<Slot*>(moved);
  capacity_ = capacity;
  return true;
}

std::optional<uint64_t> TableInstance::Grow(uint64_t delta, Slot init) {
  const uint64_t before = size();
  uint64_t max = kMaxTableEntries;
  if (type_.limits.has_max) max = std::min(max, type_.limits.max);
  if (before > max || delta > max - before || !entries_left_->Take(delta)) return std::nullopt;
  if (!Reserve(before + delta)) {
    entries_left_->Return(delta);
    return std::nullopt;
  }
  std::fill_n(data() + before, delta, init);
  size_ = before + delta;
  return before;
}

}  // namespace tenon::vm
