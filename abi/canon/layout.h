// The layouts of component types at run time, by the rules of <tenon/layout.h>. abi: "Alignment",
// "Element Size", "Flattening".
#pragma once

#include <tenon/layout.h>  // IWYU pragma: export

#include <cstdint>

#include "abi/types/type_table.h"
#include "absl/container/flat_hash_map.h"

namespace tenon::abi {

// What a type's values are: an address and a length; one of several cases with a payload or none.
constexpr bool IsPair(TypeKind kind) { return kind == TypeKind::kString || IsList(kind); }
constexpr bool IsSum(TypeKind kind) {
  return kind == TypeKind::kVariant || kind == TypeKind::kOption || kind == TypeKind::kResult;
}

// A scalar of 1, 2, 4 or 8 bytes in memory.
inline uint64_t LoadBits(const uint8_t* from, uint32_t bytes) {
  return bytes == 8 ? LoadScalar<uint64_t>(from) : LoadDiscriminant(from, bytes);
}
inline void StoreBits(uint8_t* to, uint32_t bytes, uint64_t bits) {
  if (bytes == 8) return StoreScalar(to, bits);
  StoreDiscriminant(to, bytes, static_cast<uint32_t>(bits));
}

// One of several values that stand one behind the other: its first flat value is the number `flat`
// of the whole's, and `offset` is where it stands in memory.
struct Part {
  uint32_t index;
  ValType type;
  uint32_t flat;
  uint32_t offset;
};

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

  // The parts of a product, or a function's parameters as one tuple's, until `visit(Part)` is
  // false: then false.
  template <typename Visit>
  bool ForEachPart(const TypeDef& def, Visit visit) {
    const auto type_at = [&](uint32_t index) { return PartAt(def, index); };
    return ForEach(PartCount(def), type_at, visit);
  }
  template <typename Visit>
  bool ForEachParam(const FuncType& type, Visit visit) {
    const auto type_at = [&](uint32_t index) { return type.params[index].second; };
    return ForEach(static_cast<uint32_t>(type.params.size()), type_at, visit);
  }

 private:
  template <typename TypeAt, typename Visit>
  bool ForEach(uint32_t count, TypeAt type_at, Visit visit) {
    RecordLayout places;
    for (uint32_t i = 0; i < count; ++i) {
      const ValType type = type_at(i);
      const uint32_t flat = places.flat_so_far();
      const uint32_t offset = places.Place(Get(type));
      if (!visit(Part{i, type, flat, offset})) return false;
    }
    return true;
  }

  Layout Compute(ValType type);

  const TypeTable* types_;
  uint32_t pointer_bytes_;
  absl::flat_hash_map<uint32_t, Layout> memo_;
};

}  // namespace tenon::abi
