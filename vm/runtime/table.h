// A table of references, each one slot wide. Guests decide how large it gets, so its memory is
// asked for in a way that can fail, and null entries take none until they are written.
// core: #table-instances
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include "vm/base/status.h"
#include "vm/runtime/slot.h"
#include "vm/runtime/store_limits.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

class TableInstance {
 public:
  // ErrorKind::kLimit when the minimum exceeds kMaxTableEntries or the host has no memory left.
  // `entries_left` is what all tables of the store may still hold; it outlives the table and tells
  // its store.
  static Result<std::unique_ptr<TableInstance>> Create(const TableType& type, Slot init,
                                                       Allowance* entries_left);

  TableInstance(const TableInstance&) = delete;
  TableInstance& operator=(const TableInstance&) = delete;
  ~TableInstance() { std::free(entries_); }

  const TableType& type() const { return type_; }
  TableType current_type() const;
  const Allowance* entries_left() const { return entries_left_; }
  uint64_t size() const { return size_; }
  // Moves when the table grows.
  Slot* data() { return entries_; }

  // The size before, or nothing when a limit or the host refuses.
  std::optional<uint64_t> Grow(uint64_t delta, Slot init);

 private:
  TableInstance(const TableType& type, Allowance* entries_left)
      : type_(type), entries_left_(entries_left) {}
  bool Reserve(uint64_t entries);
  friend struct TableFields;

  TableType type_;
  Slot* entries_ = nullptr;  // of malloc
  uint64_t size_ = 0;
  uint64_t capacity_ = 0;
  Allowance* entries_left_;
};

struct TableFields {
#define TABLE_FIELD(type, name, offset) static_assert(offsetof(TableInstance, name) == offset);
#include "vm/runtime/vmctx.def"
};

}  // namespace tenon::vm
