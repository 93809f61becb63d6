// Reading of the pieces that definitions are made of. Each function returns false and leaves the
// failure in the reader (sticky). Recursion (types in types) is bounded by `depth`, which counts
// towards kMaxNestingDepth. abi: Binary.md
#pragma once

#include <algorithm>
#include <vector>

#include "abi/syntax/component.h"
#include "vm/base/byte_reader.h"

namespace tenon::abi {

inline constexpr uint8_t kDeclType = 0x01;

// A view of the bytes read.
bool ReadName(ByteReader& reader, absl::string_view* out);
bool ReadCount(ByteReader& reader, uint32_t limit, const char* what, uint32_t* out);
bool ReadSort(ByteReader& reader, Sort* out);
bool ReadCoreSort(ByteReader& reader, Sort* out);
bool ReadSortIndex(ByteReader& reader, SortIndex* out);
bool ReadExternName(ByteReader& reader, syntax::Name* out);

// Reads `vec(item)`: read_item(item*) for each. Counts reserve a few items, or as much memory as
// there are bytes left: vectors nest, so that a byte may be counted on once for each level.
template <typename Vector, typename ReadItem>
bool ReadVec(ByteReader& reader, uint32_t limit, const char* what, Vector* out,
             ReadItem read_item) {
  uint32_t count = 0;
  if (!ReadCount(reader, limit, what, &count)) return false;
  constexpr size_t kFew = 8;
  constexpr size_t kItemBytes = sizeof(typename Vector::value_type);
  out->reserve(
      std::max(reader.Reservable(count, kItemBytes), std::min(reader.Reservable(count, 1), kFew)));
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.Charge(2 * kItemBytes) || !read_item(&out->emplace_back())) return false;
  }
  return true;
}

// read_types.cc
bool ReadValType(ByteReader& reader, syntax::ValType* out);
bool ReadResultList(ByteReader& reader, std::optional<syntax::ValType>* out);
bool ReadExternType(ByteReader& reader, syntax::ExternType* out);
bool ReadAlias(ByteReader& reader, syntax::Alias* out);
bool ReadTypeDef(ByteReader& reader, int depth, syntax::TypeDef* out);

// read_core_types.cc
bool ReadCoreValType(ByteReader& reader, vm::ValType* out);
bool ReadCoreTypeDef(ByteReader& reader, int depth, syntax::CoreTypeDef* out);

// read_canon.cc
bool ReadCanon(ByteReader& reader, syntax::Canon* out);

}  // namespace tenon::abi
