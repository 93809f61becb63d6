// Compiled files of components that were run before, under $XDG_CACHE_HOME/tenon, or
// ~/.cache/tenon: the user's folder alone, since they are native code; whoever can't have one does
// without and says nothing. Any number of processes use it at once: files come whole or not at all.
// KEY.tenon is a compiled file, KEY what was compiled, by whom, for what; KEY.lock is held while it
// is compiled; known/ has digests of files, by device and inode, good as long as size and times are
// the same.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "abi/api/reps.h"
#include "absl/types/span.h"
#include "vm/sys/sha256.h"

namespace tenon::cli {

class Cache {
 public:
  // The folder. Nothing: there is none, it is not the user's alone, or, with `make`, it can't be
  // made.
  static std::optional<Cache> Open(bool make);

  // The digest of the file at a path, if it is known still.
  std::optional<vm::sys::Sha256Digest> KnownDigest(const struct stat& file) const;
  // Remembers it. Of what has just been written, which may change within the same tick, it does
  // not.
  void Remember(const struct stat& file, const vm::sys::Sha256Digest& digest) const;

  // Where the file compiled for such an engine is, or would be.
  std::string PathOf(const vm::sys::Sha256Digest& source, const EngineOptions& options) const;
  // That file, if it is there and good.
  std::shared_ptr<const vm::artifact::Image> Find(const vm::sys::Sha256Digest& source,
                                                  const EngineOptions& options) const;
  // A descriptor to be held while that file is compiled; -1: somebody else compiles it, or it could
  // not be compiled not long ago.
  int Lock(const std::string& path) const;
  // Says that it could not be compiled, for as long as the lock's file is kept.
  static void MarkFailed(int lock);
  // Whether nothing happened to a file in between.
  static bool IsSame(const struct stat& before, const struct stat& after);

  struct Entry {
    std::string name;
    uint64_t bytes = 0;
    int64_t used = 0;  // seconds since 1970
  };
  std::vector<Entry> List() const;  // compiled files, the longest unused first
  // Removes what was not used for longest, until at most so many bytes are left.
  void Trim(uint64_t most_bytes) const;
  void Clear() const;
  const std::string& folder() const { return folder_; }

 private:
  explicit Cache(std::string folder) : folder_(std::move(folder)) {}
  std::string KnownPath(const struct stat& file) const;

  std::string folder_;
};

// What the cache may hold before another file is compiled.
inline constexpr uint64_t kMaxCacheBytes = uint64_t{1} << 30;

}  // namespace tenon::cli
