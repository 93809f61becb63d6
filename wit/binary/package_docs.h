// What a package's binary form says besides types: documentation and gates, as JSON in the custom
// section `package-docs`, whose members are those that other tools write and read. Members that are
// not known are passed over, as are names that the package does not have.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

inline constexpr char kPackageDocsSection[] = "package-docs";

// The section's content; nothing where there is nothing to say.
std::vector<uint8_t> EncodePackageDocs(const Packages& packages, PackageIdx package);

// Gives the package and what it has the documentation and gates of a section's content.
// kMalformed if that is not JSON behind a version that is known.
Status ApplyPackageDocs(absl::Span<const uint8_t> content, PackageIdx package, Packages& packages);

}  // namespace tenon::wit
