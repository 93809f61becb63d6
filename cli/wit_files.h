// WIT from files and folders. A file is a package with those nested in it; a folder's *.wit files
// are one, those below its `deps` are others; in a folder without any each folder is a package.
// wit: "Filesystem structure"
#pragma once

#include <string>
#include <vector>

#include "vm/base/status.h"
#include "wit/resolve/resolve.h"

namespace tenon::cli {

// An error and the path it is about.
struct PathFailure {
  std::string path;
  Error error;
};

// The bytes of a file: at most wit::kMaxWitBytes where its name ends in ".wit"; others may be
// binaries. Errors as those of ReadInputFile.
Result<std::vector<uint8_t>> ReadWitFile(const std::string& path);

// What `path` stands for, and its dependencies: those in its folders `deps`, and the files and
// folders in those that the second names. Files are in the order of their names.
std::expected<std::vector<wit::SourceGroup>, PathFailure> ReadWit(
    const std::string& path, const std::vector<std::string>& deps);

// The *.wit files that `path` stands for itself, without dependencies.
std::expected<std::vector<std::string>, PathFailure> FindWitFiles(const std::string& path);

}  // namespace tenon::cli
