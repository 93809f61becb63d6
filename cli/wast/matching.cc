#include "cli/wast/matching.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tenon::cli {
namespace {

using vm::HeapKind;
using vm::Slot;
using vm::ValType;

// core: #canonical-nan, #arithmetic-nan. Both may have either sign.
bool IsNan(LanePattern::Kind kind, uint64_t bits, int lane_bytes) {
  const uint64_t canonical =
      lane_bytes == 4 ? uint64_t{0x7fc0'0000} : uint64_t{0x7ff8'0000'0000'0000};
  const uint64_t sign = uint64_t{1} << (lane_bytes * 8 - 1);
  if (kind == LanePattern::Kind::kCanonicalNan) return (bits & ~sign) == canonical;
  return (bits & canonical) == canonical;
}

bool MatchesNumber(const ResultPattern& pattern, ValType type, const Slot* slot) {
  if (pattern.type != type) return false;
  uint8_t bytes[16] = {};
  std::memcpy(bytes, slot, pattern.lane_bytes * pattern.lanes.size());
  for (size_t i = 0; i < pattern.lanes.size(); ++i) {
    const LanePattern& lane = pattern.lanes[i];
    uint64_t bits = 0;
    std::memcpy(&bits, bytes + i * pattern.lane_bytes, pattern.lane_bytes);
    const bool fits = lane.kind == LanePattern::Kind::kBits
                          ? bits == lane.bits
                          : IsNan(lane.kind, bits, pattern.lane_bytes);
    if (!fits) return false;
  }
  return true;
}

bool IsFunc(ValType type) {
  const HeapKind kind = type.heap().kind();
  // Without garbage-collected types every concrete type is a function's.
  return kind == HeapKind::kFunc || kind == HeapKind::kNoFunc || kind == HeapKind::kConcrete;
}

bool IsExtern(ValType type) {
  const HeapKind kind = type.heap().kind();
  return kind == HeapKind::kExtern || kind == HeapKind::kNoExtern;
}

// An extern reference takes the low half of its slot only.
bool IsNull(ValType type, const Slot* slot) {
  return IsExtern(type) ? vm::ReadSlot<uint32_t>(slot) == 0 : slot->bits == 0;
}

// A null of a kind: any null of the same hierarchy, since the static type may be a supertype.
bool MatchesNull(const ResultPattern& pattern, ValType type, const Slot* slot) {
  if (!IsNull(type, slot)) return false;
  if (pattern.type.is_bot()) return true;
  return IsFunc(pattern.type) == IsFunc(type) && IsExtern(pattern.type) == IsExtern(type);
}

const char* NumberName(ValType type) {
  switch (type.kind()) {
    case ValType::Kind::kI32: return "i32.const";
    case ValType::Kind::kI64: return "i64.const";
    case ValType::Kind::kF32: return "f32.const";
    case ValType::Kind::kF64: return "f64.const";
    case ValType::Kind::kV128: return "v128.const";
    case ValType::Kind::kBot:
    case ValType::Kind::kRef: break;
  }
  return "?";
}

std::string LaneText(const LanePattern& lane) {
  switch (lane.kind) {
    case LanePattern::Kind::kBits: return absl::StrFormat("0x%x", lane.bits);
    case LanePattern::Kind::kCanonicalNan: return "nan:canonical";
    case LanePattern::Kind::kArithmeticNan: return "nan:arithmetic";
  }
  return "?";
}

std::string NumberText(const ResultPattern& pattern) {
  std::string text = NumberName(pattern.type);
  if (pattern.type == ValType::kV128) {
    absl::StrAppend(&text, " i", pattern.lane_bytes * 8, "x", pattern.lanes.size());
  }
  for (const LanePattern& lane : pattern.lanes) absl::StrAppend(&text, " ", LaneText(lane));
  return text;
}

}  // namespace

bool Matches(const ResultPattern& pattern, ValType type, const Slot* slot,
             const vm::Store& store) {
  switch (pattern.kind) {
    case ResultPattern::Kind::kNumber: return MatchesNumber(pattern, type, slot);
    case ResultPattern::Kind::kNull: return type.is_ref() && MatchesNull(pattern, type, slot);
    case ResultPattern::Kind::kExtern: {
      if (!type.is_ref() || !IsExtern(type) || IsNull(type, slot)) return false;
      return !pattern.has_host_value ||
             store.ExternRefValue(vm::ReadSlot<uint32_t>(slot)) == pattern.host_value;
    }
    case ResultPattern::Kind::kFunc: return type.is_ref() && IsFunc(type) && !IsNull(type, slot);
    case ResultPattern::Kind::kEither:
      for (const ResultPattern& alternative : pattern.alternatives) {
        if (Matches(alternative, type, slot, store)) return true;
      }
      return false;
  }
  return false;
}

std::string ToString(const ResultPattern& pattern) {
  switch (pattern.kind) {
    case ResultPattern::Kind::kNumber: return NumberText(pattern);
    case ResultPattern::Kind::kNull:
      if (pattern.type.is_bot()) return "ref.null";
      return absl::StrCat("ref.null ", ToString(pattern.type.heap()));
    case ResultPattern::Kind::kExtern:
      if (!pattern.has_host_value) return "ref.extern";
      return absl::StrCat("ref.extern ", pattern.host_value);
    case ResultPattern::Kind::kFunc: return "ref.func";
    case ResultPattern::Kind::kEither: {
      std::string text = "either";
      for (const ResultPattern& alternative : pattern.alternatives) {
        absl::StrAppend(&text, " (", ToString(alternative), ")");
      }
      return text;
    }
  }
  return "?";
}

std::string ToString(ValType type, const Slot* slot, const vm::Store& store) {
  if (type.is_ref()) {
    if (IsNull(type, slot)) return absl::StrCat("ref.null ", ToString(type.heap()));
    if (!IsExtern(type)) return "ref.func";
    return absl::StrCat("ref.extern ", store.ExternRefValue(vm::ReadSlot<uint32_t>(slot)));
  }
  if (type == ValType::kV128) {
    return absl::StrFormat("v128.const i64x2 0x%x 0x%x", slot[0].bits, slot[1].bits);
  }
  const bool is_wide = type == ValType::kI64 || type == ValType::kF64;
  return absl::StrFormat("%s 0x%x", NumberName(type),
                         is_wide ? slot->bits : uint64_t{vm::ReadSlot<uint32_t>(slot)});
}

}  // namespace tenon::cli
