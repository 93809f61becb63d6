#include "abi/runtime/handle_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

std::unexpected<std::string> WrongType(uint32_t index, const ResourceType* expected,
                                       const ResourceType* found) {
  const char* expected_kind = expected->is_host() ? "host-defined" : "guest-defined";
  if (found == nullptr) {
    return std::unexpected(absl::StrCat("handle index ", index,
                                        " used with the wrong type, expected ", expected_kind,
                                        " resource but found none"));
  }
  const char* found_kind = found->is_host() ? "host-defined" : "guest-defined";
  return std::unexpected(absl::StrCat(
      "handle index ", index, " used with the wrong type, expected ", expected_kind,
      " resource but found ", expected->is_host() == found->is_host() ? "a different " : "",
      found_kind, " resource"));
}

}  // namespace

HandleTable::HandleTable(uint32_t limit, vm::Allowance* left)
    : limit_(std::min(limit, kMaxLength)), left_(left), entries_(1) {}

HandleTable::~HandleTable() {
  if (!has_objects_) return;
  for (const Handle& handle : entries_) {
    if (handle.kind == Handle::Kind::kObject) delete handle.object;
  }
}

HandleTable::OrDetail<uint32_t> HandleTable::AddObject(std::unique_ptr<AsyncObject> object) {
  Handle handle;
  handle.kind = Handle::Kind::kObject;
  handle.object = object.get();
  OrDetail<uint32_t> added = Add(handle);
  if (!added) return added;
  has_objects_ = true;
  if (object->is_waitable()) static_cast<Waitable&>(*object).handle = *added;
  object.release();
  return added;
}

AsyncObject* HandleTable::FindObject(uint32_t index) const {
  if (index >= entries_.size() || entries_[index].kind != Handle::Kind::kObject) return nullptr;
  return entries_[index].object;
}

std::unique_ptr<AsyncObject> HandleTable::TakeObject(uint32_t index) {
  std::unique_ptr<AsyncObject> object(FindObject(index));
  Free(index);
  return object;
}

HandleTable::OrDetail<uint32_t> HandleTable::Add(const Handle& handle) {
  if (!free_.empty()) {
    const uint32_t index = free_.back();
    free_.pop_back();
    entries_[index] = handle;
    return index;
  }
  if (entries_.size() > limit_) {
    return std::unexpected(absl::StrCat("handle table is full (", limit_, " handles)"));
  }
  if (!left_->Take(1)) return std::unexpected("all handle tables of the store are full");
  entries_.push_back(handle);
  return static_cast<uint32_t>(entries_.size() - 1);
}

HandleTable::OrDetail<Handle*> HandleTable::Get(uint32_t index, const ResourceType* type) {
  if (index >= entries_.size() || entries_[index].kind == Handle::Kind::kFree) {
    return std::unexpected(absl::StrCat("unknown handle index ", index));
  }
  Handle& handle = entries_[index];
  if (handle.type != type) return WrongType(index, type, handle.type);
  return &handle;
}

HandleTable::OrDetail<uint32_t> HandleTable::TakeOwned(uint32_t index, const ResourceType* type) {
  OrDetail<Handle*> handle = Get(index, type);
  if (!handle) return std::unexpected(std::move(handle).error());
  if ((*handle)->num_lends != 0) {
    return std::unexpected("cannot remove owned resource while borrowed");
  }
  if (!(*handle)->own) return std::unexpected("cannot lift own resource from a borrow");
  const uint32_t rep = (*handle)->rep;
  Free(index);
  return rep;
}

HandleTable::OrDetail<Handle> HandleTable::Remove(uint32_t index, const ResourceType* type) {
  OrDetail<Handle*> handle = Get(index, type);
  if (!handle) return std::unexpected(std::move(handle).error());
  if ((*handle)->num_lends != 0) {
    return std::unexpected("cannot remove owned resource while borrowed");
  }
  const Handle removed = **handle;
  Free(index);
  return removed;
}

void HandleTable::Free(uint32_t index) {
  entries_[index] = Handle{};
  free_.push_back(index);
}

}  // namespace tenon::abi
