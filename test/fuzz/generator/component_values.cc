#include "test/fuzz/generator/component_values.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "abi/syntax/limits.h"
#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

using K = TypeKind;

// An error context has no values.
constexpr uint32_t kPrimitives = static_cast<uint32_t>(K::kString) + 1;
constexpr K kCompounds[] = {K::kRecord, K::kVariant, K::kList,   K::kTuple,     K::kFlags,
                            K::kEnum,   K::kOption,  K::kResult, K::kFixedList, K::kMap};
constexpr K kKeys[] = {K::kBool, K::kS8,  K::kU8,  K::kS16,  K::kU16,   K::kS32,
                       K::kU32,  K::kS64, K::kU64, K::kChar, K::kString};
constexpr uint32_t kItems = 400;       // of a value
constexpr uint32_t kManyCases = 600;   // their discriminant takes two bytes
constexpr uint32_t kManyMembers = 20;  // more than are passed flat

// The first `count` labels: words of every form, then numbered ones.
std::vector<absl::string_view> Labels(uint32_t count) {
  static const std::vector<std::string>& all = *[] {
    auto* labels = new std::vector<std::string>{"a", "ok", "two-words", "UP3", "none"};
    while (labels->size() < kManyCases) labels->push_back(absl::StrCat("n", labels->size()));
    return labels;
  }();
  return {all.begin(), all.begin() + count};
}

template <typename T>
uint64_t Narrow(uint64_t bits) {
  return static_cast<uint64_t>(static_cast<T>(bits));
}

// Any bits as a value of the type.
uint64_t Fit(K kind, uint64_t bits) {
  switch (kind) {
    case K::kBool: return bits & 1;
    case K::kS8: return Narrow<int8_t>(bits);
    case K::kU8: return Narrow<uint8_t>(bits);
    case K::kS16: return Narrow<int16_t>(bits);
    case K::kU16: return Narrow<uint16_t>(bits);
    case K::kS32: return Narrow<int32_t>(bits);
    case K::kU32: return Narrow<uint32_t>(bits);
    case K::kF32: return (bits & 0x7fff'ffff) > 0x7f80'0000 ? 0x7fc0'0000 : Narrow<uint32_t>(bits);
    case K::kF64:
      return (bits & 0x7fff'ffff'ffff'ffff) > 0x7ff0'0000'0000'0000 ? 0x7ff8'0000'0000'0000 : bits;
    case K::kChar: bits %= 0x110000; return bits >= 0xd800 && bits <= 0xdfff ? bits - 0x800 : bits;
    default: return bits;
  }
}

bool IsSum(K kind) { return kind == K::kVariant || kind == K::kResult; }

}  // namespace

void ComponentValues::AddHandles(ResourceId resource, std::function<uint32_t()> rep) {
  resource_ = resource;
  rep_ = std::move(rep);
}

ValType ComponentValues::Type(int depth) {
  if (resource_ && choices_.OneIn(8)) return Handle(choices_.OneIn(2) ? K::kBorrow : K::kOwn);
  if (depth == 0 || nodes_left_ == 0 || !choices_.OneIn(2)) {
    return static_cast<K>(choices_.Below(kPrimitives));
  }
  return Compound(choices_.Of(kCompounds), depth);
}

std::vector<ValType> ComponentValues::Params() {
  static constexpr uint32_t kCounts[] = {0, 1, 1, 2, 2, 3, 4, kManyMembers};
  const uint32_t most = choices_.Of(kCounts);
  std::vector<ValType> params(most == kManyMembers ? choices_.Below(most + 1) : most);
  for (ValType& param : params) param = Type(choices_.Below(5));
  return params;
}

ValType ComponentValues::Result(const std::vector<ValType>& params) {
  std::vector<ValType> all;
  for (const ValType param : params) {
    if (!types_.Facts(param).has_borrow) all.push_back(param);
  }
  if (all.empty() || choices_.OneIn(8)) return ValType();
  return choices_.OneIn(2) ? choices_.Of(all) : Tuple(std::move(all));
}

ValType ComponentValues::Tuple(std::vector<ValType> members) {
  TypeDef def;
  def.kind = K::kTuple;
  def.types = std::move(members);
  return *types_.Intern(std::move(def));
}

ValType ComponentValues::Handle(K kind) {
  return *types_.Intern(TypeDef{kind, {}, {}, *resource_});
}

ValType ComponentValues::Compound(K kind, int depth) {
  TypeDef def;
  def.kind = kind;
  const uint32_t count = MemberCount(kind);
  nodes_left_ -= std::min(nodes_left_, count);
  if (kind == K::kRecord || kind == K::kVariant || kind == K::kFlags || kind == K::kEnum) {
    def.labels = Labels(count);
  }
  if (kind == K::kFlags || kind == K::kEnum) return *types_.Intern(std::move(def));
  if (kind == K::kMap) {
    def.types = {Tuple({choices_.Of(kKeys), Type(depth - 1)})};
    return *types_.Intern(std::move(def));
  }
  for (uint32_t i = 0; i < count; ++i) {
    const bool is_none = IsSum(kind) && (nodes_left_ == 0 || choices_.OneIn(3));
    def.types.push_back(is_none ? ValType() : Type(depth - 1));
  }
  if (kind == K::kFixedList) {
    // Short, since all elements have a value and types nest.
    const bool may_be_long = IsPrimitive(def.types[0].kind()) && choices_.OneIn(8);
    def.length = 1 + choices_.Below(may_be_long ? kManyMembers : 3);
  }
  return *types_.Intern(std::move(def));
}

uint32_t ComponentValues::MemberCount(K kind) {
  if (kind == K::kList || kind == K::kOption || kind == K::kFixedList || kind == K::kMap) return 1;
  if (kind == K::kResult) return 2;
  if (!choices_.OneIn(8)) return 1 + choices_.Below(5);
  const bool has_members = kind == K::kRecord || kind == K::kTuple;
  return 1 + choices_.Below(kind == K::kFlags ? kMaxFlags
                            : has_members     ? kManyMembers
                                              : kManyCases);
}

Value ComponentValues::Of(ValType type) {
  items_left_ = kItems;
  return Part(type);
}

Value ComponentValues::Part(ValType type) {
  items_left_ -= std::min(items_left_, 1u);
  if (type.kind() == K::kString) return Value::Text(Text());
  if (IsPrimitive(type.kind())) return Value::Bits(Scalar(type.kind()));
  const TypeDef& def = types_.Get(type);
  Value value;
  switch (def.kind) {
    case K::kOwn:
    case K::kBorrow: return Value::Bits(rep_());
    case K::kFlags: return Value::Bits(choices_.Bits(4) & ((1ull << def.labels.size()) - 1));
    case K::kList:
    case K::kMap: {
      const uint32_t count = choices_.Below(choices_.OneIn(8) ? 40 : 4);
      for (uint32_t i = 0; i < count && items_left_ > 0; ++i) {
        value.items.push_back(Part(def.types[0]));
      }
      return value;
    }
    case K::kRecord:
    case K::kTuple:
    case K::kFixedList:
      for (uint32_t i = 0; i < PartCount(def); ++i) value.items.push_back(Part(PartAt(def, i)));
      return value;
    default: break;
  }
  value.bits = choices_.Below(CaseCount(def));
  const ValType payload = CasePayload(def, static_cast<uint32_t>(value.bits));
  if (payload.has_value()) value.items.push_back(Part(payload));
  return value;
}

// Small numbers, of either sign, those around powers of two, and any.
uint64_t ComponentValues::Scalar(K kind) {
  switch (choices_.Below(4)) {
    case 0: return Fit(kind, choices_.Bits(1));
    case 1: return Fit(kind, ~choices_.Bits(1));
    case 2: return Fit(kind, (uint64_t{1} << choices_.Below(64)) - choices_.Below(2));
    default: return Fit(kind, choices_.Bits(8));
  }
}

// One text in eight is long; what its characters are below decides how it is encoded.
std::string ComponentValues::Text() {
  static constexpr uint32_t kBounds[] = {0x80, 0x100, 0x800, 0x10000, 0x110000};
  const uint32_t length = choices_.Below(choices_.OneIn(8) ? 300 : 8);
  const uint32_t bound = choices_.Of(kBounds);
  std::string text;
  for (uint32_t i = 0; i < length; ++i) {
    const uint32_t own_bound = choices_.OneIn(4) ? bound : kBounds[0];
    AppendUtf8(static_cast<uint32_t>(Fit(K::kChar, choices_.Bits(3) % own_bound)), &text);
  }
  return text;
}

}  // namespace tenon::abi
