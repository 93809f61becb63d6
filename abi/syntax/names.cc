#include "abi/syntax/names.h"

#include "abi/syntax/semver.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace tenon::abi {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// `words` of the grammar when `allow_upper` is false, else `label`.
bool IsKebab(absl::string_view text, bool allow_upper) {
  bool first = true;
  while (true) {
    const size_t end = text.find('-');
    const absl::string_view fragment = text.substr(0, end);
    if (fragment.empty() || (first && IsDigit(fragment[0]))) return false;
    bool lower = false, upper = false;
    for (char c : fragment) {
      if (!IsLower(c) && !IsUpper(c) && !IsDigit(c)) return false;
      lower |= IsLower(c);
      upper |= IsUpper(c);
    }
    if ((lower && upper) || (upper && !allow_upper)) return false;
    if (end == absl::string_view::npos) return true;
    text.remove_prefix(end + 1);
    first = false;
  }
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

std::string UniqueForm(absl::string_view extern_name) {
  std::string form;
  const std::optional<ExternName> name = ParseExternName(extern_name);
  if (name &&
      (name->kind == ExternName::Kind::kMethod || name->kind == ExternName::Kind::kStatic)) {
    if (absl::EqualsIgnoreCase(name->resource, name->label)) {
      return absl::AsciiStrToLower(name->label);
    }
    extern_name.remove_prefix(extern_name.find(']') + 1);
  }
  return absl::AsciiStrToLower(extern_name);
}

}  // namespace tenon::abi
