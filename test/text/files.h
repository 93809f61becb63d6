// The files that the round trips go over: those below a directory, and what is in them. Both say
// nothing of what cannot be read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tenon {

// In their names' order; none where there is no such directory.
inline std::vector<std::string> FilesBelow(const std::filesystem::path& directory,
                                           absl::string_view extension) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, error)) {
    if (entry.path().extension() == std::string(extension)) files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

inline std::vector<uint8_t> Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace tenon
