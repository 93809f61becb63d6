// Packages of WIT from whatever a path stands for: texts in files and folders, a package as a
// component binary, the world of a component, the one that a core module was made for. What is
// wrong is told on standard error, as text or JSON; all that is left then is the exit code.
#pragma once

#include <expected>
#include <string>

#include "wit/binary/decode.h"
#include "wit/resolve/resolve.h"

namespace tenon::cli {

template <typename T>
using OrExitCode = std::expected<T, int>;

// `deps` are folders with more packages.
OrExitCode<wit::DecodedWit> LoadWit(const std::string& path, const std::vector<std::string>& deps,
                                    const wit::FeatureChoice& features,
                                    bool errors_as_json = false);
// By the name that --world gave, or the only one.
OrExitCode<wit::WorldIdx> ChooseWorld(const wit::DecodedWit& wit, const std::string& path,
                                      const std::string& name, bool errors_as_json = false);

}  // namespace tenon::cli
