// A table of references, each one slot wide. Guests decide how large it gets, so its memory is
// asked for in a way that can fail, and null entries take none until they are written.
// core: #table-instances
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include "vm/base/status.h"
#include "vm/runtime/slot.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

class TableInstance {
 public:
  // ErrorKind::kLimit when the minimum exceeds kMaxTableEntries or the host has no memory left.
  static Result<std::unique_ptr<TableInstance>> Create(const TableType& type, Slot init);

  const TableType& type() const { return type_; }
  TableType current_type() const;
  uint64_t size() const { return size_; }
  // Moves when the table grows.
  Slot* data() { return entries_.get(); }

  // The size before, or nothing when the limit or the host refuses.
  std::optional<uint64_t> Grow(uint64_t delta, Slot init);

 private:
  struct Free {
    void operator()(Slot* entries) const { std::free(entries); }
  };

  explicit TableInstance(const TableType& type) : type_(type) {}
  bool Reserve(uint64_t entries);

  TableType type_;
  std::unique_ptr<Slot[], Free> entries_;
  uint64_t size_ = 0;
  uint64_t capacity_ = 0;
};

}  // namespace tenon::vm
