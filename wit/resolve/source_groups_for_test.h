// Sources for tests: a text as a root package, and what becomes of it. A failure is written as
// "file:line:column: message", as users see it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "wit/resolve/print.h"
#include "wit/resolve/resolve.h"

namespace tenon::wit {

inline SourceGroup Root(std::vector<SourceFile> files) { return {std::move(files), true}; }
inline SourceGroup Dependency(absl::string_view text) {
  return {{{"dep.wit", std::string(text)}}, false};
}

// The packages as WIT, or the error.
inline std::string Outcome(const std::vector<SourceGroup>& groups, const FeatureChoice& choice = {},
                           bool with_dependencies = false) {
  const Resolved<Packages> packages = Resolve(groups, choice);
  if (packages) return PrintPackages(*packages, with_dependencies);
  const Failure& failure = packages.error();
  return absl::StrCat(failure.file == nullptr ? "" : failure.file->path, ":",
                      failure.error.ToString());
}
inline std::string Outcome(absl::string_view text, const FeatureChoice& choice = {}) {
  return Outcome({Root({{"x", std::string(text)}})}, choice);
}

}  // namespace tenon::wit
