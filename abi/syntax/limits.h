// Implementation limits on components. Beyond one, decoding or validation fails with
// ErrorKind::kLimit and a text that names it.
#pragma once

#include <cstdint>

namespace tenon::abi {

// Bytes that the decoded form of a whole component may take, its own bytes not counted: a base, and
// so many for each of its bytes. Counts have limits of their own, but sections may repeat.
inline constexpr uint64_t kMaxDecodedBase = uint64_t{16} << 20;
inline constexpr uint64_t kMaxDecodedFactor = 32;

inline constexpr uint32_t kMaxNestingDepth = 100;    // components, component and instance types
inline constexpr uint32_t kMaxTypeDepth = 100;       // nesting of value types
inline constexpr uint32_t kMaxTypeSize = 1'000'000;  // nodes of a type, written out as a tree
// Items of all component-level types made: an import takes a copy of its type's. At most so many,
// and no more than a base and one for every few bytes of the component.
inline constexpr uint64_t kMaxTypeItems = 3'000'000;
inline constexpr uint64_t kTypeItemsBase = 200'000;
inline constexpr uint64_t kBytesPerTypeItem = 4;
inline constexpr uint32_t kMaxTypes = 1'000'000;  // each index space of types, and interned types
inline constexpr uint32_t kMaxFunctions = 1'000'000;
inline constexpr uint32_t kMaxImports = 1'000'000;
inline constexpr uint32_t kMaxExports = 1'000'000;
inline constexpr uint64_t kMaxMatchingWork = 50'000'000;  // items looked at while comparing types
inline constexpr uint32_t kMaxModules = 1'000;            // each of these per component definition
inline constexpr uint32_t kMaxComponents = 1'000;
inline constexpr uint32_t kMaxInstances = 1'000;
inline constexpr uint32_t kMaxFields = 10'000;  // record fields, variant and enum cases
inline constexpr uint32_t kMaxFlags = 32;       // abi: the format's own rule
inline constexpr uint32_t kMaxParams = 1'000;

// The flattened instantiation plan of a whole component, nested instances written out.
inline constexpr uint32_t kMaxPlanInstances = 10'000;  // core and component instances, each
// Definitions and items visited while flattening: what one byte declares may be instantiated again
// and again. At most so many, and no more than a base and one for every few bytes of the component.
inline constexpr uint64_t kMaxPlanSteps = 1'000'000;
inline constexpr uint64_t kPlanStepsBase = 100'000;
inline constexpr uint64_t kBytesPerPlanStep = 4;
inline constexpr uint32_t kMaxInstantiationDepth = 100;

inline constexpr uint32_t kContextSlots = 2;  // abi: "canon context.get"

// abi: "Element Size". Every value type is smaller than this in a 64-bit memory.
inline constexpr uint64_t kMaxElementSize = uint64_t{1} << 28;
// So is any list of parameters: no node of a type takes more than a 64-bit pair of address and
// length, and their number has a limit.
static_assert(uint64_t{kMaxTypeSize} * 16 < kMaxElementSize);

}  // namespace tenon::abi
