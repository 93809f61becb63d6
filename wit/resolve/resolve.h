// Texts of WIT to Packages: files that belong together are a package, names find what they mean,
// and gates decide what is there. wit: "Name resolution", "Feature Gates", "Filesystem structure"
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "vm/base/status.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

struct SourceFile {
  std::string path;
  std::string text;
};

// The files of a folder, which are one package, and those nested in them.
struct SourceGroup {
  std::vector<SourceFile> files;
  bool is_root = false;  // else it is there for others
};

// Which unstable items are there. `@since` items are if their version is not beyond the package's.
struct FeatureChoice {
  std::vector<std::string> features;
  bool all = false;
};

// An error and the file it is in.
struct Failure {
  const SourceFile* file = nullptr;
  Error error;
};
template <typename T>
using Resolved = std::expected<T, Failure>;

// Errors are kMalformed, kInvalid or kLimit. A failure points into `groups`.
Resolved<Packages> Resolve(const std::vector<SourceGroup>& groups, const FeatureChoice& choice);

}  // namespace tenon::wit
