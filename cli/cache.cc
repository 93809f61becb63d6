#include "cli/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/output_file.h"
#include "vm/artifact/format.h"
#include "vm/artifact/image.h"
#include "vm/base/utf8.h"
#include "vm/sys/cpu.h"
#include "vm/sys/file.h"

namespace tenon::cli {
namespace {

constexpr mode_t kOursAlone = 0700;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600;
constexpr int64_t kStale = 24 * kHour;  // temporary files, that nobody finished

int64_t Nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

int64_t Now() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return Nanoseconds(now);
}

// What is remembered of a file.
struct Known {
  uint64_t size;
  int64_t modified, changed;
  vm::sys::Sha256Digest digest;

  explicit Known(const struct stat& file)
      : size(static_cast<uint64_t>(file.st_size)),
        modified(Nanoseconds(file.st_mtim)),
        changed(Nanoseconds(file.st_ctim)),
        digest() {}
};
static_assert(sizeof(Known) == 56);

std::string FolderPath() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0') {
    return *cache == '/' ? absl::StrCat(cache, "/tenon") : "";  // a relative one counts as none
  }
  const char* const home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? absl::StrCat(home, "/.cache/tenon") : "";
}

// With those above it, as the XDG specification wants them.
bool MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), kOursAlone) == 0) return true;
  if (errno == EEXIST) return true;
  const size_t slash = path.rfind('/');
  return errno == ENOENT && slash != 0 && slash != path.npos && MakeFolder(path.substr(0, slash)) &&
         mkdir(path.c_str(), kOursAlone) == 0;
}

bool IsOursAlone(const std::string& path) {
  struct stat folder;
  return lstat(path.c_str(), &folder) == 0 && S_ISDIR(folder.st_mode) &&
         folder.st_uid == geteuid() && (folder.st_mode & 077) == 0;
}

// Calls with the name and status of each file of a folder.
template <typename F>
void ForEach(const std::string& folder, F call) {
  DIR* const directory = opendir(folder.c_str());
  if (directory == nullptr) return;
  while (const dirent* entry = readdir(directory)) {
    struct stat status;
    if (fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode)) {
      call(std::string(entry->d_name), status);
    }
  }
  closedir(directory);
}

// It is no good that the file says nothing of its last use: most file systems do not keep it.
void MarkUsed(const std::string& path, const struct stat& file) {
  if (Now() / kSecond - file.st_mtim.tv_sec > kHour) utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
}

}  // namespace

std::optional<Cache> Cache::Open(bool make) {
  const std::string folder = FolderPath();
  if (folder.empty() || (make && !MakeFolder(folder)) || !IsOursAlone(folder)) return std::nullopt;
  return Cache(folder);
}

std::string Cache::KnownPath(const struct stat& file) const {
  return absl::StrCat(folder_, "/known/", file.st_dev, "-", file.st_ino);
}

std::optional<vm::sys::Sha256Digest> Cache::KnownDigest(const struct stat& file) const {
  const int fd = open(KnownPath(file).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return std::nullopt;
  const Known now(file);
  Known then(file);
  const bool is_whole = read(fd, &then, sizeof then) == sizeof then;
  close(fd);
  if (!is_whole || then.size != now.size || then.modified != now.modified ||
      then.changed != now.changed) {
    return std::nullopt;
  }
  return then.digest;
}

void Cache::Remember(const struct stat& file, const vm::sys::Sha256Digest& digest) const {
  Known known(file);
  if (Now() - std::max(known.modified, known.changed) < 2 * kSecond) return;
  known.digest = digest;
  MakeFolder(absl::StrCat(folder_, "/known"));
  (void)WriteFile(KnownPath(file), {reinterpret_cast<const char*>(&known), sizeof known}, 0600);
}

std::string Cache::PathOf(const vm::sys::Sha256Digest& source, const EngineOptions& options) const {
  const uint64_t numbers[] = {static_cast<uint64_t>(options.bounds), options.features.rep(),
                              vm::sys::CpuFeatures()};
  const absl::string_view build = vm::artifact::BuildId();
  vm::sys::Sha256 hash;
  hash.Add(source);
  hash.Add({reinterpret_cast<const uint8_t*>(build.data()), build.size()});
  hash.Add({reinterpret_cast<const uint8_t*>(numbers), sizeof numbers});
  const vm::sys::Sha256Digest key = hash.Finish();
  constexpr size_t kKeyBytes = 20;
  return absl::StrCat(folder_, "/",
                      absl::BytesToHexString(
                          absl::string_view(reinterpret_cast<const char*>(key.data()), kKeyBytes)),
                      ".tenon");
}

std::shared_ptr<const vm::artifact::Image> Cache::Find(const vm::sys::Sha256Digest& source,
                                                       const EngineOptions& options) const {
  const std::string path = PathOf(source, options);
  auto file = vm::sys::File::Open(path);
  if (!file) return nullptr;
  struct stat status;
  if (fstat(file->descriptor(), &status) != 0 || status.st_uid != geteuid()) return nullptr;
  auto image = vm::artifact::Image::Map(std::move(*file));
  const bool is_damaged =
      !image && image.error().kind() != ErrorKind::kLimit && image.error().kind() != ErrorKind::kIo;
  const bool is_others =
      image && std::memcmp((*image)->header().source_digest, source.data(), source.size()) != 0;
  if (is_damaged || is_others) unlink(path.c_str());  // it is compiled again
  if (!image || is_others) return nullptr;
  MarkUsed(path, status);
  return std::move(*image);
}

int Cache::Lock(const std::string& path) const {
  const std::string lock = absl::StrCat(path.substr(0, path.rfind('.')), ".lock");
  const int fd = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat status;
  if (fd < 0 ||
      (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &status) == 0 && status.st_size == 0)) {
    return fd;
  }
  close(fd);
  return -1;
}

void Cache::MarkFailed(int lock) { (void)!write(lock, "failed\n", 7); }

bool Cache::IsSame(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         Nanoseconds(a.st_mtim) == Nanoseconds(b.st_mtim) &&
         Nanoseconds(a.st_ctim) == Nanoseconds(b.st_ctim);
}

std::vector<Cache::Entry> Cache::List() const {
  std::vector<Entry> entries;
  ForEach(folder_, [&](std::string name, const struct stat& file) {
    if (!absl::EndsWith(name, ".tenon")) return;
    entries.push_back({std::move(name), static_cast<uint64_t>(file.st_size), file.st_mtim.tv_sec});
  });
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.used != b.used ? a.used < b.used : a.name < b.name;
  });
  return entries;
}

void Cache::Trim(uint64_t most_bytes) const {
  uint64_t bytes = 0;
  const std::vector<Entry> entries = List();
  for (const Entry& entry : entries) bytes += entry.bytes;
  for (const Entry& entry : entries) {
    if (bytes <= most_bytes) break;
    unlink(absl::StrCat(folder_, "/", entry.name).c_str());
    bytes -= entry.bytes;
  }
  const int64_t now = Now() / kSecond;
  for (const absl::string_view sub : {"/", "/known/"}) {
    ForEach(absl::StrCat(folder_, sub), [&](const std::string& name, const struct stat& file) {
      const bool is_entry = absl::EndsWith(name, ".tenon");
      const int64_t most = sub == "/" ? kStale : 30 * kStale;
      if (!is_entry && now - file.st_mtim.tv_sec > most) {
        unlink(absl::StrCat(folder_, sub, name).c_str());
      }
    });
  }
}

void Cache::Clear() const {
  for (const absl::string_view sub : {"/known/", "/"}) {
    ForEach(absl::StrCat(folder_, sub), [&](const std::string& name, const struct stat&) {
      unlink(absl::StrCat(folder_, sub, name).c_str());
    });
  }
}

int CacheCommand(const CacheOptions& options) {
  const std::optional<Cache> cache = Cache::Open(/*make=*/false);
  if (options.clear) {
    if (cache) cache->Clear();
    return 0;
  }
  uint64_t bytes = 0;
  const std::vector<Cache::Entry> entries = cache ? cache->List() : std::vector<Cache::Entry>();
  for (const Cache::Entry& entry : entries) {
    char day[32];
    const time_t used = entry.used;
    tm parts;
    std::strftime(day, sizeof day, "%Y-%m-%d %H:%M", gmtime_r(&used, &parts));
    PutText(absl::StrCat(day, "  ", entry.bytes, "  ", entry.name, "\n"));
    bytes += entry.bytes;
  }
  PutText(absl::StrCat(entries.size(), entries.size() == 1 ? " file, " : " files, ", bytes,
                       " bytes", cache ? absl::StrCat(" in ", EscapeControls(cache->folder())) : "",
                       "\n"));
  return 0;
}

}  // namespace tenon::cli
