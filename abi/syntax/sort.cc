#include "abi/syntax/sort.h"

namespace tenon::abi {

const char* SortName(Sort sort) {
  static constexpr const char* kNames[kSortCount] = {
      "func",      "value",       "type",         "component",   "instance",
      "core func", "core table",  "core memory",  "core global", "core tag",
      "core type", "core module", "core instance"};
  return kNames[static_cast<int>(sort)];
}

}  // namespace tenon::abi
