#include "abi/syntax/semver.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlphanumeric(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}
bool IsNumeric(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// A number without leading zeros. Most have one digit, and every import has three numbers.
bool ParseNumber(absl::string_view text, uint64_t* out) {
  if (text.size() == 1 && IsDigit(text[0])) {
    *out = static_cast<uint64_t>(text[0] - '0');
    return true;
  }
  return IsNumeric(text) && text[0] != '0' && absl::SimpleAtoi(text, out);
}

// Takes what stands before the next `separator`, or everything.
absl::string_view TakeUntil(char separator, absl::string_view* text) {
  const size_t end = text->find(separator);
  const absl::string_view head = text->substr(0, end);
  *text = end == absl::string_view::npos ? absl::string_view() : text->substr(end + 1);
  return head;
}

bool AreIdentifiers(absl::string_view text, bool leading_zeros) {
  while (true) {
    const size_t dot = text.find('.');
    const absl::string_view part = text.substr(0, dot);
    if (part.empty() || !std::all_of(part.begin(), part.end(), IsAlphanumeric)) return false;
    if (!leading_zeros && IsNumeric(part) && part.size() > 1 && part[0] == '0') return false;
    if (dot == absl::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::strong_ordering CompareIdentifiers(absl::string_view a, absl::string_view b) {
  const bool a_number = IsNumeric(a), b_number = IsNumeric(b);
  if (a_number != b_number) {
    return a_number ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (a_number && a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering ComparePrerelease(absl::string_view a, absl::string_view b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();  // a release follows its prereleases
  while (!a.empty() && !b.empty()) {
    const auto order = CompareIdentifiers(TakeUntil('.', &a), TakeUntil('.', &b));
    if (order != 0) return order;
  }
  return b.empty() <=> a.empty();
}

}  // namespace

std::optional<Semver> ParseSemver(absl::string_view text) {
  Semver version;
  const size_t plus = text.find('+');
  if (plus != absl::string_view::npos) {
    version.build = text.substr(plus + 1);
    if (!AreIdentifiers(version.build, true)) return std::nullopt;
    text = text.substr(0, plus);
  }
  const size_t minus = text.find('-');
  if (minus != absl::string_view::npos) {
    version.prerelease = text.substr(minus + 1);
    if (!AreIdentifiers(version.prerelease, false)) return std::nullopt;
    text = text.substr(0, minus);
  }
  if (std::count(text.begin(), text.end(), '.') != 2) return std::nullopt;
  if (!ParseNumber(TakeUntil('.', &text), &version.major) ||
      !ParseNumber(TakeUntil('.', &text), &version.minor) || !ParseNumber(text, &version.patch)) {
    return std::nullopt;
  }
  return version;
}

namespace {

std::string WhyNoIdentifiers(absl::string_view text, absl::string_view what) {
  while (true) {
    const size_t dot = text.find('.');
    const absl::string_view part = text.substr(0, dot);
    if (part.empty()) return absl::StrCat("empty identifier segment in ", what);
    if (!std::all_of(part.begin(), part.end(), IsAlphanumeric)) {
      return absl::StrCat("unexpected character in ", what);
    }
    if (dot == absl::string_view::npos) return absl::StrCat("leading zero in ", what);
    text.remove_prefix(dot + 1);
  }
}

std::string UnexpectedIn(absl::string_view text, absl::string_view where) {
  if (text.empty()) return absl::StrCat("unexpected end of input ", where);
  uint32_t length;
  DecodeUtf8(text, &length);
  return absl::StrCat("unexpected character '", text.substr(0, length), "' ", where);
}

}  // namespace

std::string WhyNoSemver(absl::string_view text) {
  if (text.empty()) return "empty string, expected a semver version";
  for (const absl::string_view part : {"major", "minor", "patch"}) {
    if (part != "major" && !absl::ConsumePrefix(&text, ".")) {
      return UnexpectedIn(text, absl::StrCat("in front of the ", part, " version number"));
    }
    const size_t digits = std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin();
    uint64_t number;
    if (digits == 0) {
      return UnexpectedIn(text, absl::StrCat("while parsing ", part, " version number"));
    }
    if (!ParseNumber(text.substr(0, digits), &number)) {
      return absl::StrCat(text[0] == '0' ? "invalid leading zero in " : "number too large for ",
                          part, " version number");
    }
    text.remove_prefix(digits);
  }
  const size_t plus = text.find('+');
  absl::string_view prerelease = text.substr(0, plus);
  if (absl::ConsumePrefix(&prerelease, "-") && !AreIdentifiers(prerelease, false)) {
    return WhyNoIdentifiers(prerelease, "pre-release identifier");
  }
  if (plus != absl::string_view::npos) {
    return WhyNoIdentifiers(text.substr(plus + 1), "build metadata");
  }
  return UnexpectedIn(text, "after patch version number");
}

std::strong_ordering Compare(const Semver& a, const Semver& b) {
  if (a.major != b.major) return a.major <=> b.major;
  if (a.minor != b.minor) return a.minor <=> b.minor;
  if (a.patch != b.patch) return a.patch <=> b.patch;
  return ComparePrerelease(a.prerelease, b.prerelease);
}

bool IsCanonicalVersion(absl::string_view text) {
  uint64_t parts[3] = {};
  int count = 0;
  while (true) {
    const size_t dot = text.find('.');
    if (count == 3 || !ParseNumber(text.substr(0, dot), &parts[count++])) return false;
    if (dot == absl::string_view::npos) break;
    text.remove_prefix(dot + 1);
  }
  if (count == 1) return parts[0] > 0;
  if (count == 2) return parts[0] == 0 && parts[1] > 0;
  return parts[0] == 0 && parts[1] == 0;
}

std::optional<std::string> AlternateKey(absl::string_view extern_name) {
  const size_t at = extern_name.rfind('@');
  if (at == absl::string_view::npos) return std::nullopt;
  const absl::string_view name = extern_name.substr(0, at);
  const absl::string_view text = extern_name.substr(at + 1);
  const std::optional<Semver> version = ParseSemver(text);
  if (!version) {
    const bool on_track = IsCanonicalVersion(text) && std::count(text.begin(), text.end(), '.') < 2;
    return on_track ? std::optional(std::string(extern_name)) : std::nullopt;
  }
  if (!version->prerelease.empty()) return std::nullopt;
  if (version->major > 0) return absl::StrCat(name, "@", version->major);
  if (version->minor > 0) return absl::StrCat(name, "@0.", version->minor);
  return std::nullopt;
}

int CompareVersions(absl::string_view a, absl::string_view b) {
  const auto parse = [](absl::string_view name) {
    const size_t at = name.rfind('@');
    return at == absl::string_view::npos ? std::nullopt : ParseSemver(name.substr(at + 1));
  };
  const std::optional<Semver> left = parse(a), right = parse(b);
  if (!left || !right) return static_cast<int>(left.has_value()) - right.has_value();
  const auto order = Compare(*left, *right);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace tenon::abi
