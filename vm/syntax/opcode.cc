#include "vm/syntax/opcode.h"

#include <array>

#include "absl/container/flat_hash_map.h"

namespace tenon::vm {

constexpr OpcodeInfo kOpcodeTable[kOpcodeCount] = {
#define OP(name, text, prefix, code, immediate, signature, traits, feature) \
  {text, prefix, code, ImmediateKind::k##immediate, signature, traits, Feature::k##feature},
#include "vm/syntax/opcodes_core.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature) \
  {text, prefix, code, ImmediateKind::k##immediate, signature, traits, Feature::k##feature},
#include "vm/syntax/opcodes_simd.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature) \
  {text, prefix, code, ImmediateKind::k##immediate, signature, traits, Feature::k##feature},
#include "vm/syntax/opcodes_atomic.def"
};

namespace {

constexpr uint16_t kNoOpcode = 0xffff;

// One table a prefix, indexed by code. Built at compile time.
template <uint8_t kPrefix, int kSize>
constexpr std::array<uint16_t, kSize> CodeTable() {
  std::array<uint16_t, kSize> table{};
  table.fill(kNoOpcode);
  for (int i = 0; i < kOpcodeCount; ++i) {
    if (kOpcodeTable[i].prefix == kPrefix) table[kOpcodeTable[i].code] = static_cast<uint16_t>(i);
  }
  return table;
}

constexpr auto kOneByte = CodeTable<0x00, 256>();
constexpr auto kPrefixFb = CodeTable<0xfb, 32>();
constexpr auto kPrefixFc = CodeTable<0xfc, 32>();
constexpr auto kPrefixFd = CodeTable<0xfd, 512>();
constexpr auto kPrefixFe = CodeTable<0xfe, 128>();

template <size_t kSize>
std::optional<Opcode> Lookup(const std::array<uint16_t, kSize>& table, uint32_t code) {
  if (code >= kSize || table[code] == kNoOpcode) return std::nullopt;
  return static_cast<Opcode>(table[code]);
}

}  // namespace

std::optional<Opcode> FindOpcode(uint8_t prefix, uint32_t code) {
  switch (prefix) {
    case 0x00: return Lookup(kOneByte, code);
    case 0xfb: return Lookup(kPrefixFb, code);
    case 0xfc: return Lookup(kPrefixFc, code);
    case 0xfd: return Lookup(kPrefixFd, code);
    case 0xfe: return Lookup(kPrefixFe, code);
    default: return std::nullopt;
  }
}

std::optional<Opcode> FindOpcode(absl::string_view text) {
  static const auto& names = *[] {
    auto* map = new absl::flat_hash_map<absl::string_view, Opcode>();
    for (int i = 0; i < kOpcodeCount; ++i) {
      map->try_emplace(kOpcodeTable[i].text, static_cast<Opcode>(i));
    }
    return map;
  }();
  const auto found = names.find(text);
  if (found == names.end()) return std::nullopt;
  return found->second;
}

}  // namespace tenon::vm
