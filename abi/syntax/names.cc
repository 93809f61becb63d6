#include "abi/syntax/names.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "abi/syntax/semver.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tenon::abi {
namespace {

// In order, to be searched.
constexpr absl::string_view kWitKeywords[] = {
    "as",  "async",  "bool",   "borrow",  "char",   "constructor", "enum",    "export",    "f32",
    "f64", "flags",  "from",   "func",    "future", "import",      "include", "interface", "list",
    "map", "option", "own",    "package", "record", "resource",    "result",  "s16",       "s32",
    "s64", "s8",     "static", "stream",  "string", "tuple",       "type",    "u16",       "u32",
    "u64", "u8",     "use",    "variant", "with",   "world"};

// What a character may be in a label; nothing but '-' has none of these.
enum CharClass : uint8_t { kLower = 1, kUpper = 2, kDigit = 4 };

constexpr std::array<uint8_t, 256> kCharClasses = [] {
  std::array<uint8_t, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = kLower;
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] = kUpper;
  for (int c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  return classes;
}();

// `words` of the grammar when `allow_upper` is false, else `label`.
bool IsKebab(absl::string_view text, bool allow_upper) {
  if (text.empty() || kCharClasses[static_cast<uint8_t>(text[0])] == kDigit) return false;
  uint8_t all = 0, fragment = 0;  // classes seen
  for (char c : text) {
    const uint8_t char_class = kCharClasses[static_cast<uint8_t>(c)];
    if (char_class == 0) {
      if (c != '-' || fragment == 0) return false;
      fragment = 0;
      continue;
    }
    fragment |= char_class;
    all |= char_class;
    if ((fragment & kLower) && (fragment & kUpper)) return false;
  }
  return fragment != 0 && (allow_upper || !(all & kUpper));
}

std::optional<ExternName> ParseInterfaceName(absl::string_view text) {
  ExternName name;
  name.kind = ExternName::Kind::kInterface;
  const size_t at = text.find('@');
  name.interface = text.substr(0, at);
  if (at != absl::string_view::npos) {
    name.version = text.substr(at + 1);
    if (!ParseSemver(name.version) && !IsCanonicalVersion(name.version)) return std::nullopt;
  }
  const size_t colon = name.interface.find(':');
  const size_t slash = name.interface.find('/');
  if (colon == absl::string_view::npos || slash == absl::string_view::npos || slash < colon) {
    return std::nullopt;
  }
  // Nested namespaces and packages are a gated feature: exactly one of each.
  if (!IsKebab(name.interface.substr(0, colon), false) ||
      !IsKebab(name.interface.substr(colon + 1, slash - colon - 1), false) ||
      !IsKebab(name.interface.substr(slash + 1), true)) {
    return std::nullopt;
  }
  return name;
}

// "resource.func" after [method] or [static].
std::optional<ExternName> ParseMember(ExternName::Kind kind, absl::string_view text) {
  const size_t dot = text.find('.');
  if (dot == absl::string_view::npos) return std::nullopt;
  ExternName name;
  name.kind = kind;
  name.resource = text.substr(0, dot);
  name.label = text.substr(dot + 1);
  if (!IsLabel(name.resource) || !IsLabel(name.label)) return std::nullopt;
  return name;
}

}  // namespace

bool IsWitKeyword(absl::string_view word) {
  return std::binary_search(std::begin(kWitKeywords), std::end(kWitKeywords), word);
}

namespace {

// The reason why what stands before the first of `ends` is no label, or words; nothing if it is.
// Removes it from `text`.
std::string TakeKebab(absl::string_view ends, bool allow_upper, absl::string_view* text) {
  const absl::string_view part = text->substr(0, text->find_first_of(ends));
  text->remove_prefix(part.size());
  return IsKebab(part, allow_upper) ? "" : absl::StrCat("`", part, "` is not in kebab case");
}

std::string WhyNoInterfaceName(absl::string_view text) {
  if (std::string reason = TakeKebab(":", false, &text); !reason.empty()) return reason;
  text.remove_prefix(1);
  if (std::string reason = TakeKebab("/:@", false, &text); !reason.empty()) return reason;
  if (!absl::ConsumePrefix(&text, "/")) return "expected `/` after package name";
  if (std::string reason = TakeKebab("/@", true, &text); !reason.empty()) return reason;
  if (absl::ConsumePrefix(&text, "@")) return WhyNoSemver(text);
  return absl::StrCat("trailing characters found: `", text, "`");
}

std::string WhyNoMember(absl::string_view text) {
  if (!absl::StrContains(text, '.')) return "failed to find `.` character";
  std::string reason = TakeKebab(".", true, &text);
  if (!reason.empty()) return reason;
  text.remove_prefix(1);
  return TakeKebab("", true, &text);
}

}  // namespace

std::string WhyNoExternName(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "[method]") || absl::ConsumePrefix(&text, "[static]")) {
    return WhyNoMember(text);
  }
  const bool is_constructor = absl::ConsumePrefix(&text, "[constructor]");
  if (!is_constructor && absl::StrContains(text, ':')) return WhyNoInterfaceName(text);
  return TakeKebab("", true, &text);
}

bool IsLabel(absl::string_view text) { return IsKebab(text, true); }

std::optional<ExternName> ParseExternName(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "[method]")) return ParseMember(ExternName::Kind::kMethod, text);
  if (absl::ConsumePrefix(&text, "[static]")) return ParseMember(ExternName::Kind::kStatic, text);
  ExternName name;
  if (absl::ConsumePrefix(&text, "[constructor]")) {
    if (!IsLabel(text)) return std::nullopt;
    name.kind = ExternName::Kind::kConstructor;
    name.resource = text;
    return name;
  }
  if (absl::StrContains(text, ':')) return ParseInterfaceName(text);
  if (!IsLabel(text)) return std::nullopt;
  name.label = text;
  return name;
}

bool IsInterfaceName(absl::string_view text) {
  const std::optional<ExternName> name = ParseExternName(text);
  return name && name->kind == ExternName::Kind::kInterface;
}

absl::string_view UniqueForm(const ExternName& parsed, absl::string_view text) {
  if (parsed.kind != ExternName::Kind::kMethod && parsed.kind != ExternName::Kind::kStatic) {
    return text;
  }
  if (absl::EqualsIgnoreCase(parsed.resource, parsed.label)) return parsed.label;
  return text.substr(text.find(']') + 1);
}

}  // namespace tenon::abi
