// <tenon/canon.h>: the runtime as the typed layer sees it.
#include <tenon/canon.h>

#include <optional>

#include "abi/canon/context.h"
#include "abi/canon/string.h"
#include "abi/runtime/store.h"
#include "vm/base/from_std.h"

namespace tenon::canon {
namespace {

// Null (and a trap) unless `found` is the type that this function has for the tag.
const abi::ResourceType* ExpectGuestType(Context& cx, abi::GuestTypeId found, const void* tag) {
  const abi::ResourceType* expected = cx.GuestType(tag);
  if (found == expected->id) return expected;
  Trap(cx, found == abi::GuestTypeId::kNone
               ? "the host passed a resource that it had given away"
               : "the host passed a resource of another type or instance");
  return nullptr;
}

}  // namespace

bool Trap(Context& cx, std::string_view message) {
  return cx.Trap(vm::TrapKind::kHost, FromStd(message));
}
void Exit(Context& cx, int code) { cx.store->core().SetExit(code); }
bool IsTrapped(const Context& cx) { return cx.store->core().trapped(); }
bool Charge(Context& cx, uint64_t bytes) { return cx.Charge(bytes); }
uint64_t Deadline(const Context& cx) { return cx.store->core().deadline(); }
std::chrono::steady_clock::time_point DeadlineTime(const Context& cx) {
  using TimePoint = std::chrono::steady_clock::time_point;  // of CLOCK_MONOTONIC
  const uint64_t instant = Deadline(cx);
  if (instant > static_cast<uint64_t>(std::chrono::nanoseconds::max().count())) {
    return TimePoint::max();
  }
  return TimePoint(std::chrono::nanoseconds(instant));
}
bool MustEnd(const Context& cx) { return cx.store->core().must_end(); }
void* State(const Context& cx, const void* tag) { return cx.store->user_state().Get(tag); }

bool CheckRange(Context& cx, uint64_t address, uint64_t size, uint32_t align,
                std::string_view what) {
  return cx.CheckRange(address, size, align, FromStd(what));
}
uint8_t* At(const Context& cx, uint64_t address) { return cx.At(address); }
bool Allocate(Context& cx, uint64_t size, uint32_t align, uint64_t* address) {
  return cx.Realloc(0, 0, align, size, abi::kListOutOfBounds, address);
}
bool CheckList(Context& cx, uint64_t address, uint64_t length, uint32_t element_size,
               uint32_t align) {
  return abi::CheckList(cx, address, length, element_size, align);
}
bool CheckChar(Context& cx, uint32_t code_point) { return abi::CheckChar(cx, code_point); }
bool BadDiscriminant(Context& cx) { return abi::BadDiscriminant(cx); }

bool LiftString(Context& cx, uint64_t address, uint64_t units, std::string_view* text) {
  absl::string_view lifted;
  if (!abi::LiftString(cx, address, units, &lifted)) return false;
  *text = std::string_view(lifted.data(), lifted.size());
  return true;
}
bool LowerString(Context& cx, std::string_view text, uint64_t* address, uint64_t* units) {
  return abi::LowerString(cx, FromStd(text), address, units);
}

bool Take(Context& cx, uint32_t index, const abi::ResourceType* type, void** object) {
  uint32_t rep;
  if (!abi::LiftOwn(cx, index, type, &rep)) return false;
  *object = cx.store->resources().Take(type, rep);
  return true;
}
bool Lend(Context& cx, uint32_t index, const abi::ResourceType* type, void** object) {
  uint32_t rep;
  if (!abi::LiftBorrow(cx, index, type, &rep)) return false;
  *object = cx.store->resources().Get(type, rep);
  return true;
}
bool Give(Context& cx, void* object, const abi::ResourceType* type, uint32_t* index) {
  if (object == nullptr) return Trap(cx, "the host gave away a null resource");
  const std::optional<uint32_t> rep = cx.store->resources().Add(type, object);
  if (!rep) return Trap(cx, "too many host resources");
  return abi::LowerOwn(cx, *rep, type, index);
}

bool LendToGuest(Context& cx, void* object, const abi::ResourceType* type, uint32_t* index) {
  if (object == nullptr) return Trap(cx, "the host lent a null resource");
  const std::optional<uint32_t> rep = cx.store->resources().Lend(type, object);
  if (!rep) return Trap(cx, "too many host resources");
  cx.scope->lent_objects.push_back(*rep);
  return abi::LowerBorrow(cx, *rep, type, index);
}

bool LiftGuestOwn(Context& cx, uint32_t index, const void* tag, abi::GuestTypeId* type,
                  uint32_t* rep) {
  const abi::ResourceType* expected = cx.GuestType(tag);
  *type = expected->id;
  return abi::LiftOwn(cx, index, expected, rep);
}
bool LowerGuestOwn(Context& cx, abi::GuestTypeId type, uint32_t rep, const void* tag,
                   uint32_t* index) {
  const abi::ResourceType* expected = ExpectGuestType(cx, type, tag);
  return expected != nullptr && abi::LowerOwn(cx, rep, expected, index);
}
bool LowerGuestBorrow(Context& cx, abi::GuestTypeId type, uint32_t rep, const void* tag,
                      uint32_t* index) {
  const abi::ResourceType* expected = ExpectGuestType(cx, type, tag);
  return expected != nullptr && abi::LowerBorrow(cx, rep, expected, index);
}

}  // namespace tenon::canon
