#include "cli/feature_advice.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "vm/syntax/features.h"

namespace tenon::cli {

absl::string_view FlagThatIsOff(absl::string_view message) {
  const bool is_off = absl::ConsumeSuffix(&message, " is off");
  const size_t space = message.rfind(' ');
  if (space == absl::string_view::npos) return "";
  const absl::string_view flag = message.substr(space + 1);
  if (!is_off && !absl::EndsWith(message.substr(0, space), " needs")) return "";
  return vm::Features().Apply(flag) ? flag : "";
}

std::string FeatureAdvice(absl::string_view message) {
  const absl::string_view flag = FlagThatIsOff(message.substr(0, message.find(" (at offset ")));
  return flag.empty() ? "" : absl::StrCat("; '--features ", flag, "' switches it on");
}

}  // namespace tenon::cli
