// The types of wasi:filesystem/types as they cross to the guest: labels in the order of the WIT.
// Values arrive checked by the canonical ABI: no flag or case is out of range.
#pragma once

#include <cstdint>
#include <tuple>
#include <variant>

#include "abi/canon/typed.h"
#include "wasi/clocks/datetime.h"
#include "wasi/filesystem/descriptor.h"
#include "wasi/os/directory_stream.h"
#include "wasi/os/error_code.h"
#include "wasi/os/file.h"

namespace tenon::wasi {

// Flags arrive as numbers; the bits are those of DescriptorFlags and OpenFlags.
enum class GuestDescriptorFlags : uint8_t {};
enum class GuestOpenFlags : uint8_t {};
enum class GuestPathFlags : uint8_t { kSymlinkFollow = 1 };

inline DescriptorFlags FromGuest(GuestDescriptorFlags flags) {
  return DescriptorFlags{static_cast<uint8_t>(flags)};
}
inline OpenFlags FromGuest(GuestOpenFlags flags) { return OpenFlags{static_cast<uint8_t>(flags)}; }
inline FollowFinal FromGuest(GuestPathFlags flags) {
  return flags == GuestPathFlags::kSymlinkFollow ? FollowFinal::kYes : FollowFinal::kNo;
}

struct GuestNewTimestamp : std::variant<std::monostate, std::monostate, Datetime> {
  using Cases = std::variant<std::monostate, std::monostate, Datetime>;
  using Cases::Cases;
};

inline NewTimestamp FromGuest(const GuestNewTimestamp& time) {
  const Datetime* timestamp = std::get_if<2>(&time);
  return NewTimestamp{static_cast<NewTimestamp::Kind>(time.index()),
                      timestamp != nullptr ? *timestamp : Datetime{}};
}

}  // namespace tenon::wasi

namespace tenon {

template <>
struct EnumOf<wasi::ErrorCode> {
  static constexpr const char* kLabels[] = {
#define ERROR_CODE(name, wit_name, number) wit_name,
#include "wasi/os/error_codes.def"
  };
};

template <>
struct EnumOf<wasi::FileType> {
  static constexpr const char* kLabels[] = {"unknown",      "block-device", "character-device",
                                            "directory",    "fifo",         "symbolic-link",
                                            "regular-file", "socket"};
};

template <>
struct EnumOf<wasi::Advice> {
  static constexpr const char* kLabels[] = {"normal",    "sequential", "random",
                                            "will-need", "dont-need",  "no-reuse"};
};

template <>
struct FlagsOf<wasi::GuestDescriptorFlags> {
  static constexpr const char* kLabels[] = {"read",
                                            "write",
                                            "file-integrity-sync",
                                            "data-integrity-sync",
                                            "requested-write-sync",
                                            "mutate-directory"};
};

template <>
struct FlagsOf<wasi::GuestOpenFlags> {
  static constexpr const char* kLabels[] = {"create", "directory", "exclusive", "truncate"};
};

template <>
struct FlagsOf<wasi::GuestPathFlags> {
  static constexpr const char* kLabels[] = {"symlink-follow"};
};

template <>
struct VariantOf<wasi::GuestNewTimestamp> {
  using Cases = wasi::GuestNewTimestamp::Cases;
  static constexpr const char* kLabels[] = {"no-change", "now", "timestamp"};
};

template <>
struct RecordOf<wasi::FileStat> {
  using Stat = wasi::FileStat;
  static constexpr auto kFields = std::make_tuple(
      Field("type", &Stat::type), Field("link-count", &Stat::link_count),
      Field("size", &Stat::size), Field("data-access-timestamp", &Stat::data_access_timestamp),
      Field("data-modification-timestamp", &Stat::data_modification_timestamp),
      Field("status-change-timestamp", &Stat::status_change_timestamp));
};

template <>
struct RecordOf<wasi::MetadataHashValue> {
  static constexpr auto kFields = std::make_tuple(Field("lower", &wasi::MetadataHashValue::lower),
                                                  Field("upper", &wasi::MetadataHashValue::upper));
};

template <>
struct RecordOf<wasi::DirectoryEntry> {
  static constexpr auto kFields = std::make_tuple(Field("type", &wasi::DirectoryEntry::type),
                                                  Field("name", &wasi::DirectoryEntry::name));
};

}  // namespace tenon
