// The layouts of component types at run time, by the rules of <tenon/layout.h>. abi: "Alignment",
// "Element Size", "Flattening".
#pragma once

#include <tenon/layout.h>  // IWYU pragma: export

#include <cstdint>

#include "abi/types/type_table.h"
#include "absl/container/flat_hash_map.h"

namespace tenon::abi {

// The layouts of the types of a table in memories of one pointer width, each computed once.
class LayoutTable {
 public:
  LayoutTable(const TypeTable* types, uint32_t pointer_bytes)
      : types_(types), pointer_bytes_(pointer_bytes) {}

  uint32_t pointer_bytes() const { return pointer_bytes_; }
  // No type (the payload of a case without one) takes no place.
  Layout Get(ValType type);
  // Of a variant, option, result or enum.
  VariantLayout GetVariant(ValType type);
  // All parameters of a function as one tuple.
  Layout Params(const FuncType& type);

 private:
  Layout Compute(ValType type);

  const TypeTable* types_;
  uint32_t pointer_bytes_;
  absl::flat_hash_map<uint32_t, Layout> memo_;
};

}  // namespace tenon::abi
