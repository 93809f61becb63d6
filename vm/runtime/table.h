// A table of references, each one slot wide. core: #table-instances
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "vm/base/status.h"
#include "vm/runtime/slot.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

class TableInstance {
 public:
  // ErrorKind::kLimit when the minimum exceeds kMaxTableEntries.
  static Result<std::unique_ptr<TableInstance>> Create(const TableType& type, Slot init);

  const TableType& type() const { return type_; }
  TableType current_type() const;
  uint64_t size() const { return elements_.size(); }
  Slot* data() { return elements_.data(); }

  // The size before, or nothing when the limit or the host refuses.
  std::optional<uint64_t> Grow(uint64_t delta, Slot init);

 private:
  explicit TableInstance(const TableType& type) : type_(type) {}
  TableType type_;
  std::vector<Slot> elements_;
};

}  // namespace tenon::vm
