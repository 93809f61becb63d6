// The handle table of a component instance. abi: "Table State", "Resource State".
//
// One table holds every kind of entry (resources now; waitables, sets and error contexts when they
// come). Index 0 is never given out; freed indices are reused last freed first, as the
// specification demands. Entries lie outside the guest's reach and carry the address of their type.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "abi/runtime/resource_type.h"
#include "vm/runtime/store_limits.h"

namespace tenon::abi {

struct CallScope;

struct Handle {
  enum class Kind : uint8_t { kFree, kResource };
  Kind kind = Kind::kFree;
  bool own = false;
  uint32_t rep = 0;
  uint32_t num_lends = 0;  // calls under way that were lent this handle
  const ResourceType* type = nullptr;
  CallScope* borrow_scope = nullptr;  // of a borrow: the call that must drop it before it returns
};

class HandleTable {
 public:
  static constexpr uint32_t kMaxLength = (uint32_t{1} << 28) - 1;
  // What an operation that traps says.
  template <typename T>
  using OrDetail = std::expected<T, std::string>;

  // `left` is what the tables of the store may still hold together.
  HandleTable(uint32_t limit, vm::Allowance* left);

  OrDetail<uint32_t> Add(const Handle& handle);
  // The pointer is good until the table is next added to.
  OrDetail<Handle*> Get(uint32_t index, const ResourceType* type);
  // abi: lift_own. The representation of an owned handle, which is removed.
  OrDetail<uint32_t> TakeOwned(uint32_t index, const ResourceType* type);
  // abi: canon_resource_drop. Removes an owned or borrowed handle that is not lent.
  OrDetail<Handle> Remove(uint32_t index, const ResourceType* type);
  void ReturnLoan(uint32_t index) { --entries_[index].num_lends; }

  uint32_t limit() const { return limit_; }
  uint32_t size() const { return static_cast<uint32_t>(entries_.size() - 1 - free_.size()); }

 private:
  void Free(uint32_t index);

  uint32_t limit_;
  vm::Allowance* left_;
  std::vector<Handle> entries_;
  std::vector<uint32_t> free_;
};

}  // namespace tenon::abi
