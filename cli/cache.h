// Compiled files of components that were run before, under $XDG_CACHE_HOME/tenon, or
// ~/.cache/tenon: the user's folder alone, since they are native code; whoever can't have one does
// without and says nothing. KEY.tenon is a compiled file, KEY what was compiled, by whom, for what;
// KEY.lock is locked while it is compiled, and only who holds it may remove files of that key;
// known/ has digests of files, by device and inode, good as long as size and times are the same.
// Any number of processes use it at once: files come whole or not at all.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/api/reps.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cli/descriptor.h"
#include "vm/sys/file.h"
#include "vm/sys/sha256.h"

namespace tenon::cli {

// The right to compile a file of the cache, as long as it lives or a process has its descriptor.
class CacheLock {
 public:
  int descriptor() const { return file_.number(); }
  // Whether it could not be compiled in the background, not long ago.
  bool is_marked() const { return is_marked_; }
  void MarkFailed();
  void ClearMark();

 private:
  friend class Cache;
  CacheLock(Descriptor file, bool is_marked) : file_(std::move(file)), is_marked_(is_marked) {}

  Descriptor file_;
  bool is_marked_;
};

// The folder is opened once, checked, and used by its descriptor from then on, whatever becomes of
// its name.
class Cache {
 public:
  // The folder. Nothing: there is none, it is not the user's alone, or, with `make`, it can't be
  // made.
  static std::optional<Cache> Open(bool make);
  // Why there is none.
  static std::string WhyNone();

  // The digest of the file at a path, if it is known still.
  std::optional<vm::sys::Sha256Digest> KnownDigest(const struct stat& file) const;
  // Remembers it. Of what has just been written, which may change within the same tick, it does
  // not.
  void Remember(const struct stat& file, const vm::sys::Sha256Digest& digest) const;

  // The name in the folder of the file compiled for such an engine, whether it is there or not.
  static std::string NameOf(const vm::sys::Sha256Digest& source, const EngineOptions& options);
  // That file, if it is there and good: as far as a start reads it, or `in_all`.
  std::shared_ptr<const vm::artifact::Image> Find(const vm::sys::Sha256Digest& source,
                                                  const EngineOptions& options, bool in_all) const;
  // The lock of the file of that name. Nothing: somebody else has it, and `waits` is false, which
  // `is_held` is told, or there can't be one.
  std::optional<CacheLock> Lock(absl::string_view name, bool waits, bool* is_held = nullptr) const;
  // Keeps a copy of a compiled file under that name, whose lock the caller has. Where there is no
  // place for it, nothing changes.
  void Keep(absl::string_view name, const vm::sys::File& compiled) const;
  // Whether nothing happened to a file in between.
  static bool IsSame(const struct stat& before, const struct stat& after);

  struct Entry {
    std::string name;
    uint64_t bytes = 0;
    int64_t used = 0;  // seconds since 1970
  };
  std::vector<Entry> List() const;  // compiled files, the longest unused first
  // Removes what was not used for longest, until at most so many bytes are left, and what processes
  // left behind that ended. Nothing of what is being compiled.
  void Trim(uint64_t most_bytes) const;
  // All but what is being compiled.
  void Clear() const;
  const std::string& path() const { return path_; }
  int descriptor() const { return folder_.number(); }

 private:
  Cache(std::string path, Descriptor folder) : path_(std::move(path)), folder_(std::move(folder)) {}
  // Removes a file, and the lock of its key unless it is marked, but nothing while somebody
  // compiles that, nor, if `only` is not 0, what has another inode. Whether the file is gone.
  bool RemoveIdle(absl::string_view name, ino_t only = 0) const;

  std::string path_;  // to be shown
  Descriptor folder_;
};

// What the cache may hold before another file is compiled.
inline constexpr uint64_t kMaxCacheBytes = uint64_t{1} << 30;

}  // namespace tenon::cli
