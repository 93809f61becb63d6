// The only way to read a guest's bytes: every read is checked, and the first failure is kept with
// its offset (sticky), so callers test a bool and fetch the Error once. core: #binary
//
// Invariant: pos_ <= end_. Offsets in errors are absolute.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon {

class ByteReader {
 public:
  // Borrows `bytes`; `base_offset` is where they stand in the whole input. `allowance` is how many
  // bytes what is made of the input may still take; readers of its parts share it.
  explicit ByteReader(absl::Span<const uint8_t> bytes, uint64_t base_offset = 0,
                      uint64_t* allowance = nullptr)
      : pos_(bytes.data()),
        end_(pos_ + bytes.size()),
        bias_(base_offset - reinterpret_cast<uintptr_t>(pos_)),
        allowance_(allowance) {}

  size_t remaining() const { return static_cast<size_t>(end_ - pos_); }
  bool at_end() const { return pos_ == end_; }
  uint64_t offset() const { return bias_ + reinterpret_cast<uintptr_t>(pos_); }
  const uint8_t* position() const { return pos_; }

  bool ok() const { return ok_; }
  // Valid when !ok().
  Error error() const { return Error(kind_, message_, SourceLocation{error_offset_, 0, 0}); }
  std::unexpected<Error> TakeFailure() const { return std::unexpected<Error>(error()); }

  // Records a failure at `where` (the current offset unless given) if none is recorded yet.
  bool Fail(absl::string_view message) { return FailAt(ErrorKind::kMalformed, message, offset()); }
  ABSL_ATTRIBUTE_COLD bool FailAt(ErrorKind kind, absl::string_view message, uint64_t where) {
    if (ok_) {
      ok_ = false;
      kind_ = kind;
      message_.assign(message.data(), message.size());
      error_offset_ = where;
    }
    return false;
  }

  bool ReadByte(uint8_t* out) {
    if (pos_ == end_) return Fail("unexpected end");
    *out = *pos_++;
    return true;
  }
  // The next byte without consuming it, or -1 at the end.
  int PeekByte() const { return pos_ == end_ ? -1 : *pos_; }

  bool ReadVarU32(uint32_t* out) {
    if (pos_ != end_ && *pos_ < 0x80) {
      *out = *pos_++;
      return true;
    }
    return ReadVarSlow<uint32_t>(out);
  }
  bool ReadVarU64(uint64_t* out) { return ReadVarSlow<uint64_t>(out); }
  bool ReadVarS32(int32_t* out) { return ReadVarSlow<int32_t>(out); }
  // A 33-bit signed integer: block types and heap types.
  bool ReadVarS33(int64_t* out) { return ReadVarSlow<int64_t, 33>(out); }
  bool ReadVarS64(int64_t* out) { return ReadVarSlow<int64_t>(out); }

  // Little-endian fixed width, for floats and v128 lanes.
  template <typename T>
  bool ReadFixed(T* out) {
    if (remaining() < sizeof(T)) return Fail("unexpected end");
    std::memcpy(out, pos_, sizeof(T));
    pos_ += sizeof(T);
    return true;
  }

  bool ReadBytes(size_t count, absl::Span<const uint8_t>* out) {
    if (remaining() < count) return Fail("unexpected end");
    *out = absl::MakeConstSpan(pos_, count);
    pos_ += count;
    return true;
  }
  bool Skip(size_t count) {
    absl::Span<const uint8_t> ignored;
    return ReadBytes(count, &ignored);
  }

  uint64_t* allowance() const { return allowance_; }
  // To be called before something is made of what was read: a byte can stand for a large item.
  bool Charge(uint64_t bytes) {
    if (allowance_ == nullptr) return true;
    if (bytes > *allowance_) {
      return FailAt(ErrorKind::kLimit, "too many definitions for a file of this size", offset());
    }
    *allowance_ -= bytes;
    return true;
  }

  // A declared count never drives allocation: how many items of at least
  // `smallest_item` bytes can still follow.
  size_t Reservable(uint32_t declared_count, size_t smallest_item) const {
    const size_t possible = remaining() / smallest_item;
    return declared_count < possible ? declared_count : possible;
  }

 private:
  // Reads an integer of `kBits` bits. core: #binary-int: at most ceil(kBits/7) bytes
  // ("integer representation too long"), unused bits of the last byte zero, or copies of the sign
  // ("integer too large").
  template <typename T, int kBits = sizeof(T) * 8>
  bool ReadVarSlow(T* out) {
    constexpr int kMaxBytes = (kBits + 6) / 7;
    constexpr int kLastBits = kBits - 7 * (kMaxBytes - 1);  // payload bits of the last byte
    uint64_t value = 0;
    int shift = 0;
    for (int i = 0; i < kMaxBytes; ++i) {
      if (pos_ == end_) return Fail("unexpected end");
      const uint8_t byte = *pos_;
      if (i == kMaxBytes - 1) {
        if (byte & 0x80) return Fail("integer representation too long");
        if (!LastByteFits<std::is_signed_v<T>, kLastBits>(byte)) return Fail("integer too large");
      }
      ++pos_;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      shift += 7;
      if (!(byte & 0x80)) {
        if constexpr (std::is_signed_v<T>) {
          if (shift < 64 && (byte & 0x40)) value |= ~uint64_t{0} << shift;
        }
        *out = static_cast<T>(value);
        return true;
      }
    }
    return Fail("integer representation too long");
  }

  template <bool kSigned, int kLastBits>
  static bool LastByteFits(uint8_t byte) {
    if constexpr (!kSigned) {
      return (byte >> kLastBits) == 0;
    } else {
      const int top = static_cast<int8_t>(byte << 1) >> kLastBits;  // sign-extended 7-bit payload
      return top == 0 || top == -1;
    }
  }

  const uint8_t* pos_;
  const uint8_t* end_;
  uint64_t bias_;  // from an address to the offset it stands for
  bool ok_ = true;
  ErrorKind kind_ = ErrorKind::kMalformed;
  uint64_t error_offset_ = 0;
  std::string message_;
  uint64_t* allowance_ = nullptr;
};

}  // namespace tenon
