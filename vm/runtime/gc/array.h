// What the instructions on whole arrays mean, for all tiers: checked in 64-bit arithmetic, with a
// look meanwhile whether the store must end. Elements with references are moved like any others,
// since objects never move. core: #exec-array-new, #exec-array-fill, #exec-array-copy
#pragma once

#include <expected>
#include <optional>

#include "absl/types/span.h"
#include "vm/runtime/context.h"
#include "vm/runtime/gc/layout.h"
#include "vm/sem/trap.h"

namespace tenon::vm {

// New arrays; kOutOfMemory when there is no room for one. What the slots refer to must be kept.
// All elements become the value in the slot; zero without one.
std::expected<Ref, TrapKind> NewFilledArray(RunBlock& run, const Layout& layout, const Slot* value,
                                            uint32_t length);
// From bytes of a data segment, and from an element segment.
std::expected<Ref, TrapKind> NewArrayOfData(RunBlock& run, const Layout& layout,
                                            absl::Span<const uint8_t> segment, uint32_t offset,
                                            uint32_t length);
std::expected<Ref, TrapKind> NewArrayOfElem(RunBlock& run, const Layout& layout,
                                            absl::Span<const Slot> segment, uint32_t offset,
                                            uint32_t length);

// Each does nothing when it traps.
std::optional<TrapKind> FillArray(RunBlock& run, Ref array, uint32_t start, const Slot* value,
                                  uint32_t count);
std::optional<TrapKind> CopyArray(RunBlock& run, Ref to, uint32_t target, Ref from, uint32_t source,
                                  uint32_t count);
std::optional<TrapKind> InitArrayFromData(RunBlock& run, Ref array, uint32_t start,
                                          absl::Span<const uint8_t> segment, uint32_t offset,
                                          uint32_t count);
std::optional<TrapKind> InitArrayFromElem(RunBlock& run, Ref array, uint32_t start,
                                          absl::Span<const Slot> segment, uint32_t offset,
                                          uint32_t count);

// Elements from slots that stand one behind the other.
void StoreElements(uint8_t* array, const Layout& layout, uint64_t start, const Slot* slots,
                   uint64_t count);

}  // namespace tenon::vm
