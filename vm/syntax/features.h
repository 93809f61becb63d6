// The set of proposals switched on. One row of features.def a proposal.
// Features are read at run time; no proposal is compiled in or out.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::vm {

enum class Feature : uint8_t {
  kMvp,
#define FEATURE(name, flag, on) k##name,
#include "vm/syntax/features.def"
};

class Features {
 public:
  // No proposal's number.
  static constexpr uint8_t kNobodyHas = 63;

  // The defaults of features.def: core 3.0.
  constexpr Features() {
#define FEATURE(name, flag, on) Set(Feature::k##name, on);
#include "vm/syntax/features.def"
  }

  // All that is known, the proposals beyond core 3.0 too.
  static constexpr Features All() {
    Features features;
#define FEATURE(name, flag, on) features.Set(Feature::k##name, true);
#include "vm/syntax/features.def"
    return features;
  }

  constexpr bool Has(Feature feature) const { return (bits_ >> static_cast<int>(feature)) & 1; }
  // A bit a proposal, by its number; for comparing.
  constexpr uint64_t bits() const { return bits_; }
  // Switches by their flags: "simd,-multi-memory" is one on and one off. kUsage: an unknown flag.
  Status Apply(absl::string_view list);
  // The list that makes these of others.
  std::string ListFrom(const Features& others) const;
  constexpr void Set(Feature feature, bool on) {
    const uint64_t bit = uint64_t{1} << static_cast<int>(feature);
    bits_ = on ? bits_ | bit : bits_ & ~bit;
  }

 private:
  uint64_t bits_ = 1;  // kMvp
};

// The flag's name: "simd".
constexpr const char* FeatureName(Feature feature) {
  constexpr const char* kNames[] = {
      "mvp",
#define FEATURE(name, flag, on) flag,
#include "vm/syntax/features.def"
  };
  return kNames[static_cast<int>(feature)];
}

}  // namespace tenon::vm
