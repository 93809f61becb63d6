// The seam between typed C++ code and the runtime: everything that the templates of these headers
// (abi.h, host.h, func.h) ask of it, as plain functions on types that stay the library's own.
// Embedders have no need of it. abi: "Lifting", "Lowering".
//
// Guest memory is reached by addresses that CheckRange, CheckList or Allocate has passed. A
// function that returns false has set a trap: whoever sees it returns at once.
#pragma once

#include <tenon/slot.h>
#include <tenon/type_kind.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace tenon::vm {
struct Func;
}

namespace tenon::abi {

class ComponentInstance;
struct CanonContext;

// A guest's resource type, by a number that no other of the process ever has: it tells of one whose
// store is gone too.
enum class GuestTypeId : uint64_t { kNone = 0 };

// A resource type at run time: its address is its identity. abi: "Resource State".
//
// A type that a component defines is made anew by each instantiation and owned by the instance. A
// type of the host is one object a C++ class (kHostResource), good for all stores.
struct ResourceType {
  ComponentInstance* impl = nullptr;        // null: the host implements it
  const vm::Func* destructor = nullptr;     // of a guest's type; null if it has none
  void (*destroy)(void* object) = nullptr;  // of a host's type
  GuestTypeId id = GuestTypeId::kNone;      // of a guest's

  constexpr bool is_host() const { return destroy != nullptr; }
};

template <typename T>
void DestroyHostObject(void* object) {
  delete static_cast<T*>(object);
}

// The resource type that the C++ class T implements.
template <typename T>
inline constexpr ResourceType kHostResource{nullptr, nullptr, &DestroyHostObject<T>};

// The address that stands for T among the resource types of guests.
template <typename T>
inline constexpr char kGuestTag = 0;

}  // namespace tenon::abi

namespace tenon::canon {

using Context = abi::CanonContext;

// A C++ type as the component type it stands for. Where a part may be no type at all, it is null.
struct TypeShape {
  abi::TypeKind kind;
  const char* const* labels = nullptr;  // of records, variants, enums and flags
  size_t label_count = 0;
  const TypeShape* const* parts = nullptr;  // as those of a definition: fields, cases, element
  size_t part_count = 0;
  const abi::ResourceType* resource = nullptr;  // of handles to the host's resources
  const void* guest_tag = nullptr;              // of handles to a guest's
  uint32_t length = 0;                          // of a fixed-length list
};

struct FuncShape {
  const TypeShape* const* params = nullptr;
  size_t param_count = 0;
  const TypeShape* result = nullptr;
};

// Records a trap of the host's; always false.
[[gnu::cold]] bool Trap(Context& cx, std::string_view message);
void Exit(Context& cx, int code);
bool IsTrapped(const Context& cx);
// Takes what the host holds, of a size the guest decides, out of the call's budget.
[[nodiscard]] bool Charge(Context& cx, uint64_t bytes);
// The call's deadline, in nanoseconds of CLOCK_MONOTONIC, UINT64_MAX for never; and as C++ has it,
// time_point::max() for never.
uint64_t Deadline(const Context& cx);
std::chrono::steady_clock::time_point DeadlineTime(const Context& cx);
bool MustEnd(const Context& cx);
// What Store::SetState was given, if its tag is this one; else null.
void* State(const Context& cx, const void* tag);

[[nodiscard]] bool CheckRange(Context& cx, uint64_t address, uint64_t size, uint32_t align,
                              std::string_view what);
// Do not keep it across a call that runs guest code.
uint8_t* At(const Context& cx, uint64_t address);
// Calls the guest's realloc for new memory.
[[nodiscard]] bool Allocate(Context& cx, uint64_t size, uint32_t align, uint64_t* address);
[[nodiscard]] bool CheckList(Context& cx, uint64_t address, uint64_t length, uint32_t element_size,
                             uint32_t align);
[[nodiscard]] bool CheckChar(Context& cx, uint32_t code_point);
[[gnu::cold]] bool BadDiscriminant(Context& cx);

// Strings: `units` is the tagged number of code units. The view is into guest memory, or into what
// the call keeps.
[[nodiscard]] bool LiftString(Context& cx, uint64_t address, uint64_t units,
                              std::string_view* text);
[[nodiscard]] bool LowerString(Context& cx, std::string_view text, uint64_t* address,
                               uint64_t* units);

// Handles to the host's objects: Take gives up the guest's ownership, Give makes a handle of an
// object whose owner the store becomes.
[[nodiscard]] bool Take(Context& cx, uint32_t index, const abi::ResourceType* type, void** object);
[[nodiscard]] bool Lend(Context& cx, uint32_t index, const abi::ResourceType* type, void** object);
[[nodiscard]] bool Give(Context& cx, void* object, const abi::ResourceType* type, uint32_t* index);
// The other way: the guest is lent an object that stays the host's, until the call ends.
[[nodiscard]] bool LendToGuest(Context& cx, void* object, const abi::ResourceType* type,
                               uint32_t* index);

// Handles to a guest's objects, by their representation. The type is the one that the function at
// hand has for the tag; lowering traps unless `type` is that one.
[[nodiscard]] bool LiftGuestOwn(Context& cx, uint32_t index, const void* tag,
                                abi::GuestTypeId* type, uint32_t* rep);
[[nodiscard]] bool LowerGuestOwn(Context& cx, abi::GuestTypeId type, uint32_t rep, const void* tag,
                                 uint32_t* index);
[[nodiscard]] bool LowerGuestBorrow(Context& cx, abi::GuestTypeId type, uint32_t rep,
                                    const void* tag, uint32_t* index);

}  // namespace tenon::canon
