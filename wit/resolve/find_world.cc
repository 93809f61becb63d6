#include "wit/resolve/find_world.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wit/resolve/print.h"
#include "wit/resolve/sources.h"

namespace tenon::wit {
namespace {

std::string ListWorlds(const Packages& packages) {
  std::vector<std::string> names;
  for (const Package& package : packages.packages) {
    if (!package.is_root) continue;
    for (const WorldIdx world : package.worlds) names.push_back(NameOf(packages, world));
  }
  return names.empty() ? "there is none" : absl::StrCat("there is ", absl::StrJoin(names, ", "));
}

bool IsMeant(const Packages& packages, WorldIdx world, absl::string_view name) {
  const bool is_root = packages[packages[world].package].is_root;
  if (!absl::StrContains(name, ':')) {
    return is_root && (name.empty() || packages[world].name == name);
  }
  const std::string full = NameOf(packages, world);
  return full == name || absl::StartsWith(full, absl::StrCat(name, "@"));
}

}  // namespace

Result<WorldIdx> FindWorld(const Packages& packages, absl::string_view name) {
  std::vector<WorldIdx> found;
  std::vector<absl::string_view> names;
  for (uint32_t i = 0; i < packages.worlds.size(); ++i) {
    if (IsMeant(packages, WorldIdx(i), name)) found.push_back(WorldIdx(i));
    names.push_back(packages.worlds[i].name);
  }
  if (found.size() == 1) return found[0];
  if (name.empty()) {
    return Fail(ErrorKind::kInvalid, absl::StrCat("which world is meant? ", ListWorlds(packages)));
  }
  return Fail(
      ErrorKind::kInvalid,
      absl::StrCat(found.empty() ? "there is no world '" : "there are several worlds '", name, "'",
                   found.empty() ? DidYouMean(name, names) : "", "; ", ListWorlds(packages)));
}

}  // namespace tenon::wit
