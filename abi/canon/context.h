// The context of lifting and lowering: whose memory, which encoding, which handle table.
// abi: "Lifting and Lowering Context".
//
// Everything that touches guest memory goes through the checked calls below, with 64-bit byte
// arithmetic. Addresses, not pointers, are kept across Realloc. Functions return false after they
// have set a trap.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "abi/canon/layout.h"
#include "abi/runtime/component_instance.h"
#include "abi/valid/plan.h"
#include "absl/base/attributes.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "vm/runtime/memory.h"
#include "vm/runtime/store.h"

namespace tenon::abi {

class Store;

inline constexpr uint32_t kUnknownPlace = UINT32_MAX;

// Canonical options, bound to an instance's memory and functions.
struct CanonOptions {
  StringEncoding encoding = StringEncoding::kUtf8;
  bool memory64 = false;
  vm::Memory* memory = nullptr;
  const vm::Func* realloc = nullptr;
  const vm::Func* post_return = nullptr;

  uint32_t pointer_bytes() const { return memory64 ? 8 : 4; }
};

// Which resource type of a guest each C++ tag stands for in a function (guest_resource.h).
using GuestTypes = absl::InlinedVector<std::pair<const void*, const ResourceType*>, 1>;

struct CanonContext {
  CanonContext(Store* s, ComponentInstance* i, const CanonOptions* o, CallScope* c)
      : store(s), instance(i), options(o), scope(c) {}
  // Of one call, with which what was charged goes back.
  CanonContext(const CanonContext&) = delete;
  CanonContext& operator=(const CanonContext&) = delete;
  ~CanonContext() {
    if (charged != 0) ReturnCharged();
  }

  Store* store;
  ComponentInstance* instance;
  const CanonOptions* options;
  CallScope* scope;
  bool fused = false;    // guest to guest; matters for messages alone
  uint64_t charged = 0;  // bytes the host holds or has read for this call
  uint64_t copied = 0;   // bytes copied into this memory in this call
  // Where among the parameters a value was that could not be lifted, or lowered (blame.h).
  uint32_t failed_at = kUnknownPlace;
  const GuestTypes* guest_types = nullptr;
  // What string views point to when the guest's encoding is not UTF-8.
  std::vector<std::unique_ptr<std::string>> decoded;

  // Records a canonical ABI trap; always false.
  ABSL_ATTRIBUTE_COLD bool Trap(absl::string_view detail);
  // Records a trap of another kind; always false.
  ABSL_ATTRIBUTE_COLD bool Trap(vm::TrapKind kind, absl::string_view detail);
  // The type that a tag stands for; the function's type has been matched.
  const ResourceType* GuestType(const void* tag) const;
  // Takes what the host holds or reads, of a size the guest decides, out of what the calls under
  // way in the store may have together: they nest.
  bool Charge(uint64_t bytes);
  // Counts bytes copied into this memory from another's. No copy that keeps its parts apart exceeds
  // the bound, which follows from the memory's size: lists whose elements all lie in one place do.
  bool ChargeCopy(uint64_t bytes);
  // False, with a trap, once the store's guests must end: for loops that run no guest code.
  bool MayGoOn();

  // Checks alignment, then bounds; `what` is the detail of an access out of bounds.
  bool CheckRange(uint64_t address, uint64_t size, uint32_t align, absl::string_view what);
  // A pointer to a range that CheckRange has passed. Do not keep it across Realloc.
  uint8_t* At(uint64_t address) const { return options->memory->base() + address; }

  // Calls the guest's realloc, with may_leave false, and checks its result for alignment and
  // bounds, every time and for size 0 too. `what` is as for CheckRange, where the call is fused.
  bool Realloc(uint64_t old_address, uint64_t old_size, uint32_t align, uint64_t new_size,
               absl::string_view what, uint64_t* address);

 private:
  ABSL_ATTRIBUTE_COLD bool TooManyBytes(uint64_t bytes);
  ABSL_ATTRIBUTE_COLD bool CopiesTooMuch(uint64_t most);
  void ReturnCharged();
};

// abi: "Loading" of list and string ranges. The detail texts are the official suite's.
bool CheckList(CanonContext& cx, uint64_t address, uint64_t length, uint32_t element_size,
               uint32_t align);

// abi: "convert_i32_to_char"
bool CheckChar(CanonContext& cx, uint32_t code_point);
bool BadDiscriminant(CanonContext& cx);

// abi: lift_own, lift_borrow, lower_own, lower_borrow, on representations.
bool LiftOwn(CanonContext& cx, uint32_t index, const ResourceType* type, uint32_t* rep);
bool LiftBorrow(CanonContext& cx, uint32_t index, const ResourceType* type, uint32_t* rep);
bool LowerOwn(CanonContext& cx, uint32_t rep, const ResourceType* type, uint32_t* index);
bool LowerBorrow(CanonContext& cx, uint32_t rep, const ResourceType* type, uint32_t* index);

inline constexpr absl::string_view kListOutOfBounds = "list content out-of-bounds";
inline constexpr absl::string_view kTooManyBytes = "a call may not hand the host so many bytes";

}  // namespace tenon::abi
