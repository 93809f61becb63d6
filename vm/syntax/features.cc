#include "vm/syntax/features.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "vm/base/near_match.h"

namespace tenon::vm {
namespace {

constexpr absl::string_view kFlags[] = {
#define FEATURE(name, flag, on) flag,
#include "vm/syntax/features.def"
};
constexpr Feature kFeatures[] = {
#define FEATURE(name, flag, on) Feature::k##name,
#include "vm/syntax/features.def"
};

Status UnknownFlag(absl::string_view flag) {
  const absl::string_view near = NearMatch(flag, kFlags);
  const std::string advice = near.empty()
                                 ? absl::StrCat("expected some of ", absl::StrJoin(kFlags, ", "))
                                 : absl::StrCat("did you mean '", near, "'?");
  return Fail(ErrorKind::kUsage, absl::StrCat("unknown feature '", flag, "'; ", advice));
}

}  // namespace

Status Features::Apply(absl::string_view list) {
  for (absl::string_view flag : absl::StrSplit(list, ',')) {
    const bool on = !absl::ConsumePrefix(&flag, "-");
    const auto* found = std::find(std::begin(kFlags), std::end(kFlags), flag);
    if (found == std::end(kFlags)) return UnknownFlag(flag);
    Set(kFeatures[found - kFlags], on);
  }
  return {};
}

std::string Features::ListFrom(const Features& others) const {
  std::string list;
  for (size_t i = 0; i < std::size(kFeatures); ++i) {
    if (Has(kFeatures[i]) == others.Has(kFeatures[i])) continue;
    absl::StrAppend(&list, list.empty() ? "" : ",", Has(kFeatures[i]) ? "" : "-", kFlags[i]);
  }
  return list;
}

}  // namespace tenon::vm
