// The handle table of a component instance. abi: "Table State", "Resource State".
//
// One table holds every kind of entry: resources, and the objects of async, which it owns. Index 0
// is never given out; freed indices are reused last freed first, as the specification demands.
// Entries lie outside the guest's reach; those of resources carry the address of their type.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "abi/runtime/async/waitable.h"
#include "abi/runtime/resource_type.h"
#include "vm/runtime/store_limits.h"

namespace tenon::abi {

struct CallScope;

struct Handle {
  enum class Kind : uint8_t { kFree, kResource, kObject };
  Kind kind = Kind::kFree;
  bool own = false;
  uint32_t rep = 0;
  uint32_t num_lends = 0;              // calls under way that were lent this handle
  const ResourceType* type = nullptr;  // of a resource only
  union {
    CallScope* borrow_scope = nullptr;  // of a borrow: the call that must drop it before it returns
    AsyncObject* object;                // kObject
  };
};

class HandleTable {
 public:
  static constexpr uint32_t kMaxLength = (uint32_t{1} << 28) - 1;
  // What an operation that traps says.
  template <typename T>
  using OrDetail = std::expected<T, std::string>;

  // `left` is what the tables of the store may still hold together.
  HandleTable(uint32_t limit, vm::Allowance* left);
  ~HandleTable();
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;

  OrDetail<uint32_t> Add(const Handle& handle);
  // The pointer is good until the table is next added to.
  OrDetail<Handle*> Get(uint32_t index, const ResourceType* type);
  // abi: lift_own. The representation of an owned handle, which is removed.
  OrDetail<uint32_t> TakeOwned(uint32_t index, const ResourceType* type);
  // abi: canon_resource_drop. Removes an owned or borrowed handle that is not lent.
  OrDetail<Handle> Remove(uint32_t index, const ResourceType* type);
  void ReturnLoan(uint32_t index) { --entries_[index].num_lends; }

  OrDetail<uint32_t> AddObject(std::unique_ptr<AsyncObject> object);
  // Null when there is none, or it is of another kind.
  AsyncObject* FindObject(uint32_t index) const;
  template <typename T>
  T* Find(uint32_t index) const {
    AsyncObject* const object = FindObject(index);
    return object == nullptr || object->kind() != T::kKind ? nullptr : static_cast<T*>(object);
  }
  // There is one.
  std::unique_ptr<AsyncObject> TakeObject(uint32_t index);
  bool IsTaken(uint32_t index) const {
    return index < entries_.size() && entries_[index].kind != Handle::Kind::kFree;
  }

  uint32_t limit() const { return limit_; }
  uint32_t size() const { return static_cast<uint32_t>(entries_.size() - 1 - free_.size()); }

 private:
  void Free(uint32_t index);

  uint32_t limit_;
  vm::Allowance* left_;
  std::vector<Handle> entries_;
  std::vector<uint32_t> free_;
  bool has_objects_ = false;  // or had
};

}  // namespace tenon::abi
