#include "cli/quantity.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace tenon::cli {
namespace {

struct Unit {
  absl::string_view name;
  uint64_t factor;
};

constexpr Unit kSizes[] = {{"", 1}, {"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}};
constexpr Unit kTimes[] = {
    {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};
constexpr uint64_t kYear = 365 * 24 * 3'600'000'000'000;

// Nothing when it is no number with one of the units, or more than 64 bits hold.
std::optional<uint64_t> Parse(absl::string_view text, absl::Span<const Unit> units) {
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  uint64_t number;
  if (!absl::SimpleAtoi(text.substr(0, digits), &number)) return std::nullopt;
  const std::string name = absl::AsciiStrToLower(text.substr(digits));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (number > UINT64_MAX / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

std::string SizeName(uint64_t bytes) {
  size_t unit = 0;
  while (unit + 1 < std::size(kSizes) && bytes != 0 && bytes % kSizes[unit + 1].factor == 0) ++unit;
  return absl::StrCat(bytes / kSizes[unit].factor, absl::AsciiStrToUpper(kSizes[unit].name));
}

}  // namespace

Result<uint64_t> ParseSize(absl::string_view text, uint64_t least, uint64_t most) {
  const std::optional<uint64_t> bytes = Parse(text, kSizes);
  if (bytes && *bytes >= least && *bytes <= most) return *bytes;
  return Fail(ErrorKind::kUsage,
              absl::StrCat("expected a size from ", SizeName(least), " to ", SizeName(most),
                           " such as 65536, 512K, 64M or 1G, got '", text, "'"));
}

Result<uint64_t> ParseDuration(absl::string_view text) {
  const std::optional<uint64_t> time = Parse(text, kTimes);
  if (time && *time > 0 && *time <= kYear) return *time;
  return Fail(
      ErrorKind::kUsage,
      absl::StrCat("expected a time above 0 such as 500ms, 2s, 1m or 1h, got '", text, "'"));
}

}  // namespace tenon::cli
