#include "cli/wit_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/input_file.h"
#include "vm/sys/input_file.h"
#include "wit/syntax/limits.h"

namespace tenon::cli {
namespace {

namespace fs = std::filesystem;
using Groups = std::vector<wit::SourceGroup>;

using Paths = std::expected<std::vector<fs::path>, PathFailure>;

// What is in a folder, in the order of names; nothing if there is no such folder.
Paths EntriesOf(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  fs::directory_iterator each(folder, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    entries.push_back(each->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return std::unexpected(PathFailure{folder.string(), Error(ErrorKind::kIo, error.message())});
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool IsText(const fs::path& path) { return path.extension() == ".wit"; }

// Refuses what would be read for ever, or would wait for someone who writes it.
std::expected<bool, PathFailure> IsWitFile(const fs::path& path) {
  if (!IsText(path)) return false;
  std::error_code error;
  switch (fs::status(path, error).type()) {
    case fs::file_type::directory: return false;
    case fs::file_type::block:
    case fs::file_type::character:
    case fs::file_type::fifo:
    case fs::file_type::socket:
      return std::unexpected(
          PathFailure{path.string(), Error(ErrorKind::kIo, "this is no regular file")});
    default: return true;  // reading tells what is wrong with it
  }
}

Paths WitFilesIn(const fs::path& folder) {
  TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> entries, EntriesOf(folder));
  std::vector<fs::path> files;
  for (const fs::path& entry : entries) {
    TENON_ASSIGN_OR_RETURN(const bool is_file, IsWitFile(entry));
    if (is_file) files.push_back(entry);
  }
  return files;
}

// Folders of packages: the one itself, or those in it but `deps`.
Paths PackageFolders(const fs::path& folder) {
  TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> files, WitFilesIn(folder));
  if (!files.empty()) return {{folder}};
  TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> entries, EntriesOf(folder));
  std::vector<fs::path> folders;
  for (const fs::path& entry : entries) {
    if (entry.filename() == "deps" || !IsFolder(entry)) continue;
    TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> inner, WitFilesIn(entry));
    if (!inner.empty()) folders.push_back(entry);
  }
  return folders;
}

class Reader {
 public:
  std::expected<Groups, PathFailure> Read(const std::string& path,
                                          const std::vector<std::string>& deps) {
    if (!IsFolder(path)) {
      TENON_RETURN_IF_ERROR(AddGroup({path}, true));
    } else {
      TENON_RETURN_IF_ERROR(ReadFolder(path));
    }
    for (const std::string& folder : deps) {
      if (!IsFolder(folder)) {
        return std::unexpected(PathFailure{folder, Error(ErrorKind::kIo, "this is no folder")});
      }
      TENON_RETURN_IF_ERROR(ReadDependencies(folder));
    }
    return std::move(groups_);
  }

 private:
  using Done = std::expected<void, PathFailure>;

  Done ReadFolder(const std::string& path) {
    TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> folders, PackageFolders(path));
    if (folders.empty()) {
      return std::unexpected(PathFailure{
          path, Error(ErrorKind::kIo, "there are no .wit files in it, nor in the folders in it")});
    }
    for (const fs::path& folder : folders) {
      TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> files, WitFilesIn(folder));
      TENON_RETURN_IF_ERROR(AddGroup(files, true));
      if (folder != path) TENON_RETURN_IF_ERROR(ReadDependencies(folder / "deps"));
    }
    return ReadDependencies(fs::path(path) / "deps");
  }

  Done ReadDependencies(const fs::path& deps) {
    TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> entries, EntriesOf(deps));
    for (const fs::path& entry : entries) {
      if (IsFolder(entry)) {
        TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> files, WitFilesIn(entry));
        if (!files.empty()) TENON_RETURN_IF_ERROR(AddGroup(files, false));
        continue;
      }
      TENON_ASSIGN_OR_RETURN(const bool is_file, IsWitFile(entry));
      if (is_file) TENON_RETURN_IF_ERROR(AddGroup({entry}, false));
    }
    return {};
  }

  Done AddGroup(const std::vector<fs::path>& files, bool is_root) {
    wit::SourceGroup& group = groups_.emplace_back();
    group.is_root = is_root;
    for (const fs::path& file : files) {
      auto bytes = ReadWitFile(file.string());
      if (!bytes) return std::unexpected(PathFailure{file.string(), std::move(bytes).error()});
      if (IsText(file) && (size_ += bytes->size()) > wit::kMaxWitBytesTogether) {
        return std::unexpected(PathFailure{
            file.string(),
            Error(ErrorKind::kLimit, absl::StrCat("with it there are more than ",
                                                  wit::kMaxWitBytesTogether, " bytes of WIT"))});
      }
      group.files.push_back({file.string(), std::string(bytes->begin(), bytes->end())});
    }
    return {};
  }

  Groups groups_;
  size_t size_ = 0;  // of texts
};

}  // namespace

Result<std::vector<uint8_t>> ReadWitFile(const std::string& path) {
  return IsText(path) ? vm::sys::ReadInputFile(path, wit::kMaxWitBytes) : ReadInputFile(path);
}

std::expected<Groups, PathFailure> ReadWit(const std::string& path,
                                           const std::vector<std::string>& deps) {
  return Reader().Read(path, deps);
}

std::expected<std::vector<std::string>, PathFailure> FindWitFiles(const std::string& path) {
  if (!IsFolder(path)) return {{path}};
  std::vector<std::string> found;
  TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> folders, PackageFolders(path));
  for (const fs::path& folder : folders) {
    TENON_ASSIGN_OR_RETURN(const std::vector<fs::path> files, WitFilesIn(folder));
    for (const fs::path& file : files) found.push_back(file.string());
  }
  return found;
}

}  // namespace tenon::cli
