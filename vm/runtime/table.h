// A table of references, each one slot wide. core: #table-instances
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
  // ErrorKind::kLimit when the minimum exceeds kMaxTableEntries.
  static Result<std::unique_ptr<TableInstance>> Create(const TableType& type, Slot init);

  const TableType& type() const { return type_; }
  TableType current_type() const;
  uint64_t size() const { return size_; }
  Slot* data() { return elements_.get(); }

  // The size before, or nothing when the limit or the host refuses.
  std::optional<uint64_t> Grow(uint64_t delta, Slot init);

 private:
  explicit TableInstance(const TableType& type) : type_(type) {}
  // False when the host has no memory: the guest decides the size, so that is no end of the process.
  bool Resize(uint64_t size, Slot init);

  struct Free {
    void operator()(Slot* elements) const { std::free(elements); }
  };
  TableType type_;
  std::unique_ptr<Slot[], Free> elements_;
  uint64_t size_ = 0;
};

}  // namespace tenon::vm
