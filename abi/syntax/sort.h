// What an index refers to: the component-level and core sorts, and a (sort, index) pair.
// abi: "Instance Definitions" (Binary.md)
#pragma once

#include <cstdint>

namespace tenon::abi {

enum class Sort : uint8_t {
  kFunc,
  kValue,
  kType,
  kComponent,
  kInstance,
  kCoreFunc,
  kCoreTable,
  kCoreMemory,
  kCoreGlobal,
  kCoreTag,
  kCoreType,
  kCoreModule,
  kCoreInstance,
};
inline constexpr int kSortCount = 13;

// "func", "core module", ...
const char* SortName(Sort sort);

struct SortIndex {
  Sort sort = Sort::kFunc;
  uint32_t index = 0;  // in the sort's index space
};

}  // namespace tenon::abi
