#include "abi/canon/context.h"

#include "abi/runtime/store.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {

bool CanonContext::Trap(absl::string_view detail) {
  return Trap(vm::TrapKind::kCanonicalAbi, detail);
}

bool CanonContext::Trap(vm::TrapKind kind, absl::string_view detail) {
  store->core().SetTrap(kind, detail);
  return false;
}

const ResourceType* CanonContext::GuestType(const void* tag) const {
  for (const auto& [bound, type] : *guest_types) {
    if (bound == tag) return type;
  }
  TENON_CHECK(false);
}

bool CanonContext::Charge(uint64_t bytes) {
  if (!store->call_bytes_left().Take(bytes)) return TooManyBytes(bytes);
  charged += bytes;
  return true;
}

bool CanonContext::TooManyBytes(uint64_t bytes) {
  return Trap(vm::TrapKind::kHost,
              absl::StrCat(kTooManyBytes, ": ", bytes, ", with ", store->call_bytes_left().left(),
                           " left of ", store->limits().call_bytes));
}

void CanonContext::ReturnCharged() { store->call_bytes_left().Return(charged); }

bool CanonContext::CopiesTooMuch(uint64_t most) {
  return Trap(absl::StrCat("a call copies more than the memory it copies to can hold: ", copied,
                           " bytes, at most ", most));
}

// Copies of fewer bytes need not ask whether the guest must end.
constexpr uint64_t kBytesBetweenLooks = 1 << 16;

bool CanonContext::ChargeCopy(uint64_t bytes) {
  copied += bytes;  // at most 2^28 a time
  // A copy may have half the size of its source: utf16 to latin1.
  const uint64_t most = 2 * options->memory->size_bytes() + store->limits().call_bytes;
  if (copied > most) return CopiesTooMuch(most);
  return bytes < kBytesBetweenLooks || MayGoOn();
}

bool CanonContext::MayGoOn() {
  if (!store->core().must_end()) return true;
  store->core().End();
  return false;
}

bool CanonContext::CheckRange(uint64_t address, uint64_t size, uint32_t align,
                              absl::string_view what) {
  if (address % align != 0) return Trap("unaligned pointer");
  if (!options->memory->Slice(address, size)) return Trap(what);
  return true;
}

bool CanonContext::Realloc(uint64_t old_address, uint64_t old_size, uint32_t align,
                           uint64_t new_size, absl::string_view what, uint64_t* address) {
  vm::Slot slots[4];
  if (options->memory64) {
    vm::WriteSlot<uint64_t>(&slots[0], old_address);
    vm::WriteSlot<uint64_t>(&slots[1], old_size);
    vm::WriteSlot<uint64_t>(&slots[2], align);
    vm::WriteSlot<uint64_t>(&slots[3], new_size);
  } else {
    vm::WriteSlot<uint32_t>(&slots[0], static_cast<uint32_t>(old_address));
    vm::WriteSlot<uint32_t>(&slots[1], static_cast<uint32_t>(old_size));
    vm::WriteSlot<uint32_t>(&slots[2], align);
    vm::WriteSlot<uint32_t>(&slots[3], static_cast<uint32_t>(new_size));
  }
  instance->may_leave = false;
  if (!store->core().InvokeOrTrap(*options->realloc, slots)) return false;
  instance->may_leave = true;
  *address = options->memory64 ? vm::ReadSlot<uint64_t>(slots) : vm::ReadSlot<uint32_t>(slots);
  if (fused) return CheckRange(*address, new_size, align, what);
  if (*address % align != 0) return Trap("realloc return: result not aligned");
  if (!options->memory->Slice(*address, new_size)) {
    return Trap("realloc return: beyond end of memory");
  }
  return true;
}

bool CheckList(CanonContext& cx, uint64_t address, uint64_t length, uint32_t element_size,
               uint32_t align) {
  // Both factors fit 64 bits together only when the length is small; test it first.
  if (length > kMaxListByteLength || length * element_size > kMaxListByteLength) {
    return cx.Trap(kListOutOfBounds);
  }
  return cx.CheckRange(address, length * element_size, align, kListOutOfBounds);
}

bool CheckChar(CanonContext& cx, uint32_t code_point) {
  if (code_point >= 0x110000 || (code_point >= 0xd800 && code_point <= 0xdfff)) {
    return cx.Trap("invalid `char` bit pattern");
  }
  return true;
}

bool BadDiscriminant(CanonContext& cx) { return cx.Trap("invalid variant discriminant"); }

bool LiftOwn(CanonContext& cx, uint32_t index, const ResourceType* type, uint32_t* rep) {
  HandleTable::OrDetail<uint32_t> taken = cx.instance->handles.TakeOwned(index, type);
  if (!taken) return cx.Trap(taken.error());
  *rep = *taken;
  return true;
}

bool LiftBorrow(CanonContext& cx, uint32_t index, const ResourceType* type, uint32_t* rep) {
  HandleTable::OrDetail<Handle*> handle = cx.instance->handles.Get(index, type);
  if (!handle) return cx.Trap(handle.error());
  if (!cx.Charge(sizeof(CallScope::Loan))) return false;  // one handle may be lent again and again
  ++(*handle)->num_lends;
  cx.scope->loans.push_back({cx.instance, index});
  *rep = (*handle)->rep;
  return true;
}

bool LowerOwn(CanonContext& cx, uint32_t rep, const ResourceType* type, uint32_t* index) {
  Handle handle;
  handle.kind = Handle::Kind::kResource;
  handle.own = true;
  handle.rep = rep;
  handle.type = type;
  HandleTable::OrDetail<uint32_t> added = cx.instance->handles.Add(handle);
  if (!added) return cx.Trap(added.error());
  *index = *added;
  return true;
}

bool LowerBorrow(CanonContext& cx, uint32_t rep, const ResourceType* type, uint32_t* index) {
  if (type->impl == cx.instance) {
    *index = rep;
    return true;
  }
  Handle handle;
  handle.kind = Handle::Kind::kResource;
  handle.rep = rep;
  handle.type = type;
  handle.borrow_scope = cx.scope;
  HandleTable::OrDetail<uint32_t> added = cx.instance->handles.Add(handle);
  if (!added) return cx.Trap(added.error());
  ++cx.scope->num_borrows;
  *index = *added;
  return true;
}

}  // namespace tenon::abi
