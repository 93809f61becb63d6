// Semantic versions and the matching of versioned interface names. abi: "Canonical Interface Name".
//
// Two versions are on one track when they may stand for each other: same major, or for 0.x the same
// minor. 0.0.x and prereleases stand for themselves alone.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tenon::abi {

// Prerelease and build borrow from the text that was parsed. Numbers that do not fit 64 bits are
// refused.
struct Semver {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  absl::string_view prerelease;
  absl::string_view build;
};

std::optional<Semver> ParseSemver(absl::string_view text);
// What is wrong with a text that is no version.
std::string WhyNoSemver(absl::string_view text);
// semver.org, rule 11: build metadata is ignored.
std::strong_ordering Compare(const Semver& a, const Semver& b);
// True for "1", "0.2", "0.0.3", "0.0.0": what is left of a version in a canonical interface name.
bool IsCanonicalVersion(absl::string_view text);

// The key under which a versioned name meets its compatible versions: "a:b/c@1.1.2" -> "a:b/c@1",
// "@0.2.7" -> "@0.2". Nothing for 0.0.x, prereleases, unversioned and malformed names; such names
// match exactly or not at all. A name that is canonical already is its own key.
std::optional<std::string> AlternateKey(absl::string_view extern_name);

// Among names with one alternate key: negative when `a` has the lower version.
int CompareVersions(absl::string_view a, absl::string_view b);

}  // namespace tenon::abi
