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

HeapKind TopOf(ValType type, const vm::Store& store) {
  return store.engine().types().Top(type.heap()).kind();
}

// A null of a kind: any null of the same hierarchy, since the static type may be a supertype.
bool MatchesNull(const ResultPattern& pattern, ValType type, const Slot* slot,
                 const vm::Store& store) {
  if (slot->bits != 0) return false;
  return pattern.type.is_bot() || TopOf(pattern.type, store) == TopOf(type, store);
}

// The least abstract type of what a reference that is not null refers to; `type` is its static one.
HeapKind KindOf(ValType type, const Slot* slot, const vm::Store& store) {
  const HeapKind top = TopOf(type, store);
  return top == HeapKind::kAny ? store.HeapKindOf(vm::ReadSlot<vm::Ref>(slot)) : top;
}

bool MatchesKind(const ResultPattern& pattern, ValType type, const Slot* slot,
                 const vm::Store& store) {
  if (slot->bits == 0) return false;
  return store.engine().types().Matches(vm::HeapType(KindOf(type, slot, store)),
                                        pattern.type.heap());
}

bool MatchesHost(const ResultPattern& pattern, ValType type, const Slot* slot,
                 const vm::Store& store) {
  const HeapKind top = TopOf(type, store);
  if (top != TopOf(pattern.type, store)) return false;
  return store.HostValueOf(vm::ReadSlot<vm::Ref>(slot)) == pattern.host_value;
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

std::string ReferenceText(ValType type, const Slot* slot, const vm::Store& store) {
  if (slot->bits == 0) return absl::StrCat("ref.null ", ToString(type.heap()));
  const HeapKind kind = KindOf(type, slot, store);
  const bool is_func = kind == HeapKind::kFunc;
  const auto host_value = is_func ? std::nullopt : store.HostValueOf(vm::ReadSlot<vm::Ref>(slot));
  if (!host_value) return absl::StrCat("ref.", ToString(vm::HeapType(kind)));
  return absl::StrCat(kind == HeapKind::kExtern ? "ref.extern " : "ref.host ", *host_value);
}

}  // namespace

bool Matches(const ResultPattern& pattern, ValType type, const Slot* slot, const vm::Store& store) {
  switch (pattern.kind) {
    case ResultPattern::Kind::kNumber: return MatchesNumber(pattern, type, slot);
    case ResultPattern::Kind::kNull:
      return type.is_ref() && MatchesNull(pattern, type, slot, store);
    case ResultPattern::Kind::kKind:
      return type.is_ref() && MatchesKind(pattern, type, slot, store);
    case ResultPattern::Kind::kHost:
      return type.is_ref() && MatchesHost(pattern, type, slot, store);
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
    case ResultPattern::Kind::kKind: return absl::StrCat("ref.", ToString(pattern.type.heap()));
    case ResultPattern::Kind::kHost:
      return absl::StrCat(pattern.type.heap() == HeapKind::kExtern ? "ref.extern " : "ref.host ",
                          pattern.host_value);
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
  if (type.is_ref()) return ReferenceText(type, slot, store);
  if (type == ValType::kV128) {
    return absl::StrFormat("v128.const i64x2 0x%x 0x%x", slot[0].bits, slot[1].bits);
  }
  const bool is_wide = type == ValType::kI64 || type == ValType::kF64;
  return absl::StrFormat("%s 0x%x", NumberName(type),
                         is_wide ? slot->bits : uint64_t{vm::ReadSlot<uint32_t>(slot)});
}

}  // namespace tenon::cli
