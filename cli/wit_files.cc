#include "cli/wit_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/input_file.h"

namespace tenon::cli {
namespace {

namespace fs = std::filesystem;
using Groups = std::vector<wit::SourceGroup>;

// What is in a folder, in the order of names; nothing if there is no such folder.
std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  fs::directory_iterator each(folder, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    entries.push_back(each->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::vector<fs::path> WitFilesIn(const fs::path& folder) {
  std::vector<fs::path> files = EntriesOf(folder);
  std::erase_if(files,
                [](const fs::path& path) { return path.extension() != ".wit" || IsFolder(path); });
  return files;
}

// Folders of packages: the one itself, or those in it but `deps`.
std::vector<fs::path> PackageFolders(const fs::path& folder) {
  if (!WitFilesIn(folder).empty()) return {folder};
  std::vector<fs::path> folders = EntriesOf(folder);
  std::erase_if(folders, [](const fs::path& path) {
    return path.filename() == "deps" || !IsFolder(path) || WitFilesIn(path).empty();
  });
  return folders;
}

class Reader {
 public:
  std::expected<Groups, PathFailure> Read(const std::string& path, const std::string& deps) {
    if (!IsFolder(path)) {
      TENON_RETURN_IF_ERROR(AddGroup({path}, true));
    } else {
      TENON_RETURN_IF_ERROR(ReadFolder(path));
    }
    if (!deps.empty() && !IsFolder(deps)) {
      return std::unexpected(PathFailure{deps, Error(ErrorKind::kIo, "this is no folder")});
    }
    if (!deps.empty()) TENON_RETURN_IF_ERROR(ReadDependencies(deps));
    return std::move(groups_);
  }

 private:
  using Done = std::expected<void, PathFailure>;

  Done ReadFolder(const std::string& path) {
    const std::vector<fs::path> folders = PackageFolders(path);
    if (folders.empty()) {
      return std::unexpected(PathFailure{
          path, Error(ErrorKind::kIo, "there are no .wit files in it, nor in the folders in it")});
    }
    for (const fs::path& folder : folders) {
      TENON_RETURN_IF_ERROR(AddGroup(WitFilesIn(folder), true));
      if (folder != path) TENON_RETURN_IF_ERROR(ReadDependencies(folder / "deps"));
    }
    return ReadDependencies(fs::path(path) / "deps");
  }

  Done ReadDependencies(const fs::path& deps) {
    for (const fs::path& entry : EntriesOf(deps)) {
      if (IsFolder(entry)) {
        const std::vector<fs::path> files = WitFilesIn(entry);
        if (!files.empty()) TENON_RETURN_IF_ERROR(AddGroup(files, false));
      } else if (entry.extension() == ".wit") {
        TENON_RETURN_IF_ERROR(AddGroup({entry}, false));
      }
    }
    return {};
  }

  Done AddGroup(const std::vector<fs::path>& files, bool is_root) {
    wit::SourceGroup& group = groups_.emplace_back();
    group.is_root = is_root;
    for (const fs::path& file : files) {
      auto bytes = ReadInputFile(file.string());
      if (!bytes) return std::unexpected(PathFailure{file.string(), std::move(bytes).error()});
      group.files.push_back({file.string(), std::string(bytes->begin(), bytes->end())});
    }
    return {};
  }

  Groups groups_;
};

}  // namespace

std::expected<Groups, PathFailure> ReadWit(const std::string& path, const std::string& deps) {
  return Reader().Read(path, deps);
}

std::vector<std::string> FindWitFiles(const std::string& path) {
  if (!IsFolder(path)) return {path};
  std::vector<std::string> found;
  for (const fs::path& folder : PackageFolders(path)) {
    for (const fs::path& file : WitFilesIn(folder)) found.push_back(file.string());
  }
  return found;
}

}  // namespace tenon::cli
