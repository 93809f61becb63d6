// Value, heap and composite types of core WebAssembly 3.0. core: #syntax-types
//
// A concrete heap type carries an index. In a decoded Module it is an index into the module's own
// type section (TypeIdx); once validated it is an engine-wide canonical id (TypeId, see
// type_store.h). Which of the two is meant is a property of the structure that holds the type: only
// syntax/module.h holds the first kind, everything after validation the second.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "vm/base/index.h"

namespace tenon::vm {

using TypeIdx = Index<struct TypeIdxTag>;  // into a module's type section
using TypeId = Index<struct TypeIdTag>;    // into the engine's TypeStore
using FuncIdx = Index<struct FuncIdxTag>;
using TableIdx = Index<struct TableIdxTag>;
using MemoryIdx = Index<struct MemoryIdxTag>;
using GlobalIdx = Index<struct GlobalIdxTag>;
using TagIdx = Index<struct TagIdxTag>;
using ElemIdx = Index<struct ElemIdxTag>;
using DataIdx = Index<struct DataIdxTag>;
using LocalIdx = Index<struct LocalIdxTag>;

// Abstract heap types; kConcrete stands for an index. The order is not the binary code's. kBot is
// below all others and occurs in validation only, where a reference can't be reached.
enum class HeapKind : uint8_t {
  kFunc,
  kNoFunc,
  kExtern,
  kNoExtern,
  kAny,
  kEq,
  kI31,
  kStruct,
  kArray,
  kNone,
  kExn,
  kNoExn,
  kConcrete,
  kBot,
};

// core: #syntax-heaptype. Four bytes, compared as a whole.
class HeapType {
 public:
  constexpr HeapType() = default;
  constexpr HeapType(HeapKind kind) : bits_(static_cast<uint32_t>(kind)) {}  // NOLINT: implicit
  static constexpr HeapType Concrete(uint32_t index) {
    HeapType type(HeapKind::kConcrete);
    type.bits_ |= index << 4;
    return type;
  }

  constexpr HeapKind kind() const { return static_cast<HeapKind>(bits_ & 0xf); }
  constexpr bool is_concrete() const { return kind() == HeapKind::kConcrete; }
  constexpr uint32_t index() const { return bits_ >> 4; }
  constexpr bool operator==(const HeapType&) const = default;

 private:
  friend class ValType;
  uint32_t bits_ = 0;
};

// core: #syntax-valtype, and the bottom type of validation (#syntax-instrtype). Four bytes.
class ValType {
 public:
  enum class Kind : uint8_t { kBot, kI32, kI64, kF32, kF64, kV128, kRef };

  constexpr ValType() = default;  // bottom
  static constexpr ValType Ref(HeapType heap, bool nullable) {
    ValType type(Kind::kRef);
    type.bits_ |= (nullable ? 8u : 0u) | heap.bits_ << 4;
    return type;
  }

  constexpr Kind kind() const { return static_cast<Kind>(bits_ & 7); }
  constexpr bool is_bot() const { return bits_ == 0; }
  constexpr bool is_ref() const { return kind() == Kind::kRef; }
  constexpr bool is_num_or_vec() const { return !is_bot() && !is_ref(); }
  constexpr bool nullable() const { return (bits_ & 8) != 0; }
  constexpr HeapType heap() const {
    HeapType heap;
    heap.bits_ = bits_ >> 4;
    return heap;
  }
  // Locals of a defaultable type need no initialisation. core: #aux-defaultable
  constexpr bool is_defaultable() const { return !is_ref() || nullable(); }
  constexpr bool operator==(const ValType&) const = default;

  static const ValType kI32, kI64, kF32, kF64, kV128, kFuncRef, kExternRef;

 private:
  constexpr explicit ValType(Kind kind) : bits_(static_cast<uint32_t>(kind)) {}
  uint32_t bits_ = 0;  // bits 0-2 kind, 3 nullable, 4-7 heap kind, 8-31 heap index
};

inline constexpr ValType ValType::kI32{Kind::kI32};
inline constexpr ValType ValType::kI64{Kind::kI64};
inline constexpr ValType ValType::kF32{Kind::kF32};
inline constexpr ValType ValType::kF64{Kind::kF64};
inline constexpr ValType ValType::kV128{Kind::kV128};
inline constexpr ValType ValType::kFuncRef = ValType::Ref(HeapKind::kFunc, true);
inline constexpr ValType ValType::kExternRef = ValType::Ref(HeapKind::kExtern, true);

// Bytes of a value of the type in an interpreter slot, a global or a table: 8, and 16 for v128.
constexpr uint32_t SlotCount(ValType type) { return type.kind() == ValType::Kind::kV128 ? 2 : 1; }

// core: #syntax-storagetype
struct StorageType {
  enum class Packed : uint8_t { kNone, kI8, kI16 };
  ValType type;  // kI32 when packed
  Packed packed = Packed::kNone;
  bool operator==(const StorageType&) const = default;
};

// Packed storage takes and gives an i32.
struct FieldType {
  StorageType storage;
  bool is_mutable = false;
  bool is_packed() const { return storage.packed != StorageType::Packed::kNone; }
  bool operator==(const FieldType&) const = default;
};

struct FuncType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  bool operator==(const FuncType&) const = default;
};

// A SubType's supertype_count stops here.
inline constexpr uint32_t kManySupertypes = 2;

// core: #syntax-comptype, #syntax-subtype. Fields serve structs, and arrays (exactly one).
struct SubType {
  enum class Kind : uint8_t { kFunc, kStruct, kArray };
  Kind kind = Kind::kFunc;
  bool is_final = true;
  uint8_t supertype_count = 0;  // as declared; 3.0 allows at most one
  uint32_t supertype = 0;       // the last of them: a TypeIdx or TypeId, as above
  FuncType func;
  absl::InlinedVector<FieldType, 1> fields;  // as large as a vector, and no allocation for one
  // Whether all fields have a default value.
  bool is_defaultable() const;
  bool operator==(const SubType&) const = default;
};

// The address type of a memory or table (memory64 when kI64).
enum class AddressType : uint8_t { kI32, kI64 };
constexpr ValType ToValType(AddressType type) {
  return type == AddressType::kI64 ? ValType::kI64 : ValType::kI32;
}

struct Limits {
  uint64_t min = 0;
  uint64_t max = 0;  // meaningful when has_max
  bool has_max = false;
  bool operator==(const Limits&) const = default;
};

inline constexpr uint8_t kWasmPageLog2 = 16;

struct MemoryType {
  Limits limits;  // in pages
  AddressType address = AddressType::kI32;
  bool shared = false;
  uint8_t page_size_log2 = kWasmPageLog2;  // or 0, with custom-page-sizes
  bool operator==(const MemoryType&) const = default;
};

// The most pages that limits may name: as many as addresses reach, and no more than an address can
// count. core: #valid-limits
constexpr uint64_t MaxPages(const MemoryType& type) {
  const int bits = type.address == AddressType::kI64 ? 64 : 32;
  if (type.page_size_log2 == 0) return ~uint64_t{0} >> (64 - bits);
  return uint64_t{1} << (bits - type.page_size_log2);
}

struct TableType {
  Limits limits;  // in entries
  AddressType address = AddressType::kI32;
  ValType element = ValType::kFuncRef;
  bool operator==(const TableType&) const = default;
};

struct GlobalType {
  ValType type;
  bool is_mutable = false;
  bool operator==(const GlobalType&) const = default;
};

// Text forms for messages and printing: "i32", "(ref null func)", "[i32 i64]".
std::string ToString(ValType type);
std::string ToString(HeapType type);
std::string ToString(const std::vector<ValType>& types);
std::string ToString(const FuncType& type);  // "[i32 i64] -> [f32]"

}  // namespace tenon::vm
