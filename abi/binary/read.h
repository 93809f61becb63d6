// Reading of the pieces that definitions are made of. Each function returns false and leaves the
// failure in the reader (sticky). Recursion (types in types) is bounded by `depth`, which counts
// towards kMaxNestingDepth. abi: Binary.md
#pragma once

#include <algorithm>
#include <new>

#include "abi/syntax/component.h"
#include "absl/base/attributes.h"
#include "vm/base/byte_reader.h"

namespace tenon::abi {

inline constexpr uint8_t kDeclType = 0x01;

// A reader of the root component's bytes with the arena for what is made of them.
class SyntaxReader : public ByteReader {
 public:
  SyntaxReader(absl::Span<const uint8_t> bytes, uint64_t offset, uint64_t* allowance,
               syntax::Arena& arena)
      : ByteReader(bytes, offset, allowance), arena_(arena) {}

  syntax::Arena& arena() { return arena_; }
  // One for what follows in `bytes`, a part of this one's.
  SyntaxReader Part(absl::Span<const uint8_t> bytes, uint64_t offset) {
    return SyntaxReader(bytes, offset, allowance(), arena_);
  }
  // Null, and a failure, when the component may not take that much memory.
  template <typename T>
  T* New() {
    return Charge(sizeof(T)) ? arena_.New<T>() : nullptr;
  }
  // The byte that says which form something has: at most `last`. `what` is what it introduces.
  bool ReadForm(uint8_t last, const char* what, uint8_t* out) {
    const uint64_t where = offset();
    return ReadByte(out) && (*out <= last || FailForm(*out, what, where));
  }
  ABSL_ATTRIBUTE_COLD bool FailForm(uint8_t byte, absl::string_view what, uint64_t where);

 private:
  syntax::Arena& arena_;
};

// A view of the bytes read.
bool ReadName(SyntaxReader& reader, absl::string_view* out);
bool ReadCount(SyntaxReader& reader, uint32_t limit, const char* what, uint32_t* out);
// `what` the sort is of, for messages.
bool ReadSort(SyntaxReader& reader, Sort* out, const char* what = "component external kind");
bool ReadCoreSort(SyntaxReader& reader, Sort* out, const char* what = "external kind");
bool ReadSortIndex(SyntaxReader& reader, SortIndex* out);
bool ReadExternName(SyntaxReader& reader, syntax::Name* out);

// Reads `vec(item)`: read_item(item*) for each. The items' memory is charged before it is taken, so
// that a declared count takes no more of it than the file's size allows. An item is a byte or more:
// when the count is larger than what is left, the one after as many items fails.
template <typename T, typename ReadItem>
bool ReadVec(SyntaxReader& reader, uint32_t limit, const char* what, absl::Span<const T>* out,
             ReadItem read_item) {
  uint32_t count = 0;
  if (!ReadCount(reader, limit, what, &count)) return false;
  const size_t possible = std::min<size_t>(count, reader.remaining() + 1);
  if (!reader.Charge(possible * sizeof(T))) return false;
  T* const items = reader.arena().Allocate<T>(possible);
  for (size_t i = 0; i < possible; ++i) {
    if (!read_item(new (&items[i]) T())) return false;
  }
  *out = {items, possible};
  return possible == count || reader.Fail("unexpected end");
}

// read_types.cc
bool ReadValType(SyntaxReader& reader, syntax::ValType* out);
bool ReadResultList(SyntaxReader& reader, std::optional<syntax::ValType>* out);
bool ReadExternType(SyntaxReader& reader, syntax::ExternType* out);
bool ReadAlias(SyntaxReader& reader, syntax::Alias* out);
bool ReadTypeDef(SyntaxReader& reader, int depth, syntax::TypeDef* out);

// read_core_types.cc
bool ReadCoreValType(SyntaxReader& reader, vm::ValType* out);
bool ReadCoreTypeDef(SyntaxReader& reader, int depth, syntax::CoreTypeDef* out);

// read_canon.cc
bool ReadCanon(SyntaxReader& reader, syntax::Canon* out);

}  // namespace tenon::abi
