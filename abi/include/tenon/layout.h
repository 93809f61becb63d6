// Size, alignment and number of flat values of component types. abi: "Alignment", "Element Size",
// "Flattening".
//
// All is constexpr and knows only sizes, so that compile-time descriptors of C++ types and the
// run-time layout of component types share one set of rules; and the scalars that stand there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tenon::abi {

inline constexpr size_t kMaxFlatParams = 16;
inline constexpr size_t kMaxFlatAsyncParams = 4;
inline constexpr size_t kMaxFlatResults = 1;
inline constexpr uint64_t kMaxStringByteLength = (uint64_t{1} << 28) - 1;
inline constexpr uint64_t kMaxListByteLength = (uint64_t{1} << 28) - 1;

struct Layout {
  uint32_t size = 0;
  uint32_t align = 1;
  uint32_t flat = 0;  // flat values, as if there were no limit
  constexpr bool operator==(const Layout&) const = default;
};

constexpr uint32_t AlignTo(uint32_t offset, uint32_t align) {
  return (offset + align - 1) & ~(align - 1);
}

constexpr Layout ScalarLayout(uint32_t bytes) { return {bytes, bytes, 1}; }
// A string or a list.
constexpr Layout PointerPairLayout(uint32_t pointer_bytes) {
  return {2 * pointer_bytes, pointer_bytes, 2};
}

// Builds a record: Place every field, then Finish.
class RecordLayout {
 public:
  // The field's offset.
  constexpr uint32_t Place(Layout field) {
    const uint32_t offset = AlignTo(layout_.size, field.align);
    layout_.size = offset + field.size;
    layout_.align = std::max(layout_.align, field.align);
    layout_.flat += field.flat;
    return offset;
  }
  constexpr uint32_t flat_so_far() const { return layout_.flat; }
  constexpr Layout Finish() const {
    return {AlignTo(layout_.size, layout_.align), layout_.align, layout_.flat};
  }

 private:
  Layout layout_;
};

// Bytes of the discriminant of a variant with n cases. abi: discriminant_type
constexpr uint32_t DiscriminantBytes(uint32_t cases) {
  return cases <= (1u << 8) ? 1 : cases <= (1u << 16) ? 2 : 4;
}

// Builds a variant, option, result or enum: Place every payload, then Finish. All payloads stand at
// payload_offset() and, when flat, behind the discriminant.
class VariantLayout {
 public:
  constexpr explicit VariantLayout(uint32_t cases) : discriminant_(DiscriminantBytes(cases)) {}
  constexpr void Place(Layout payload) {
    size_ = std::max(size_, payload.size);
    align_ = std::max(align_, payload.align);
    flat_ = std::max(flat_, payload.flat);
  }
  constexpr uint32_t discriminant_bytes() const { return discriminant_; }
  constexpr uint32_t payload_offset() const { return AlignTo(discriminant_, align_); }
  constexpr Layout Finish() const {
    const uint32_t align = std::max(discriminant_, align_);
    return {AlignTo(payload_offset() + size_, align), align, 1 + flat_};
  }

 private:
  uint32_t discriminant_;
  uint32_t size_ = 0;
  uint32_t align_ = 1;
  uint32_t flat_ = 0;
};

// Bytes of flags with n labels (1 to 32).
constexpr uint32_t FlagsBytes(uint32_t labels) { return labels <= 8 ? 1 : labels <= 16 ? 2 : 4; }

// Little-endian scalars of guest memory; the range was checked.
template <typename T>
inline T LoadScalar(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename T>
inline void StoreScalar(uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// Discriminants and flags: 1, 2 or 4 bytes in memory, an i32 when flat.
inline uint32_t LoadDiscriminant(const uint8_t* from, uint32_t bytes) {
  if (bytes == 1) return *from;
  if (bytes == 2) return LoadScalar<uint16_t>(from);
  return LoadScalar<uint32_t>(from);
}
inline void StoreDiscriminant(uint8_t* to, uint32_t bytes, uint32_t value) {
  if (bytes == 1) return StoreScalar(to, static_cast<uint8_t>(value));
  if (bytes == 2) return StoreScalar(to, static_cast<uint16_t>(value));
  StoreScalar(to, value);
}

}  // namespace tenon::abi
