#include "cli/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/sendfile.h>
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

namespace tenon::cli {
namespace {

constexpr mode_t kOursAlone = 0700;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
constexpr char kEnding[] = ".tenon";

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
  // A relative one counts as none.
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return absl::StrCat(cache, "/tenon");
  }
  const char* const home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? absl::StrCat(home, "/.cache/tenon") : "";
}

// With those above it, as the XDG specification wants them. Another process may be first.
bool MakeFolder(const std::string& path) {
  const auto make = [&path] { return mkdir(path.c_str(), kOursAlone) == 0 || errno == EEXIST; };
  if (make()) return true;
  const size_t slash = path.rfind('/');
  return errno == ENOENT && slash != 0 && slash != path.npos && MakeFolder(path.substr(0, slash)) &&
         make();
}

// The folder that is there now, if it is the user's alone.
Descriptor OpenFolder(const std::string& path) {
  Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status;
  const bool is_ours = folder && fstat(folder.number(), &status) == 0 &&
                       status.st_uid == geteuid() && (status.st_mode & 077) == 0;
  return is_ours ? std::move(folder) : Descriptor();
}

constexpr char kKnown[] = "known";
constexpr char kThis[] = ".";

// Calls with the name and status of each file of the folder, or of one in it.
template <typename F>
void ForEach(int folder, const char* sub, F call) {
  Descriptor opened(openat(folder, sub, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  DIR* const directory = opened ? fdopendir(opened.number()) : nullptr;
  if (directory == nullptr) return;
  opened.Release();  // it is the stream's
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
void MarkUsed(int fd, const struct stat& file) {
  if (Now() / kSecond - file.st_mtim.tv_sec > kHour) futimens(fd, nullptr);
}

std::string KnownName(const struct stat& file) {
  return absl::StrCat(kKnown, "/", file.st_dev, "-", file.st_ino);
}

// Of any file of a key.
std::string LockName(absl::string_view name) {
  return absl::StrCat(name.substr(0, name.find('.')), ".lock");
}

bool LockWhole(int fd, bool waits) {
  while (flock(fd, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

bool CopyAll(const vm::sys::File& from, int to) {
  const Result<uint64_t> size = from.Size();
  off_t done = 0;
  while (size && static_cast<uint64_t>(done) < *size) {
    const ssize_t copied =
        sendfile(to, from.descriptor(), &done, *size - static_cast<uint64_t>(done));
    if (copied == 0 || (copied < 0 && errno != EINTR)) return false;
  }
  return size.has_value();
}

}  // namespace

void CacheLock::MarkFailed() { (void)!write(file_.number(), "failed\n", 7); }

void CacheLock::ClearMark() {
  if (ftruncate(file_.number(), 0) == 0) is_marked_ = false;
}

std::optional<Cache> Cache::Open(bool make) {
  std::string path = FolderPath();
  if (path.empty() || (make && !MakeFolder(path))) return std::nullopt;
  Descriptor folder = OpenFolder(path);
  if (!folder) return std::nullopt;
  return Cache(std::move(path), std::move(folder));
}

std::string Cache::WhyNone() {
  const std::string path = FolderPath();
  if (path.empty()) return "neither XDG_CACHE_HOME nor HOME names a folder";
  struct stat status;
  if (lstat(path.c_str(), &status) != 0) return absl::StrCat(path, ": ", std::strerror(errno));
  return absl::StrCat(path, " is not a folder of this user's alone");
}

std::optional<vm::sys::Sha256Digest> Cache::KnownDigest(const struct stat& file) const {
  const Descriptor known(
      openat(descriptor(), KnownName(file).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!known) return std::nullopt;
  const Known now(file);
  Known then(file);
  if (read(known.number(), &then, sizeof then) != sizeof then || then.size != now.size ||
      then.modified != now.modified || then.changed != now.changed) {
    return std::nullopt;
  }
  return then.digest;
}

void Cache::Remember(const struct stat& file, const vm::sys::Sha256Digest& digest) const {
  Known known(file);
  if (Now() - std::max(known.modified, known.changed) < 2 * kSecond) return;
  known.digest = digest;
  mkdirat(descriptor(), kKnown, kOursAlone);
  const std::string name = KnownName(file);
  const std::string temporary = absl::StrCat(name, ".", getpid(), ".", Now());
  const Descriptor written(openat(descriptor(), temporary.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!written) return;
  if (write(written.number(), &known, sizeof known) != sizeof known ||
      renameat(descriptor(), temporary.c_str(), descriptor(), name.c_str()) != 0) {
    unlinkat(descriptor(), temporary.c_str(), 0);
  }
}

std::string Cache::NameOf(const vm::sys::Sha256Digest& source, const EngineOptions& options) {
  const uint64_t numbers[] = {static_cast<uint64_t>(options.bounds), options.features.rep(),
                              vm::sys::CpuFeatures()};
  const absl::string_view build = vm::artifact::BuildId();
  vm::sys::Sha256 hash;
  hash.Add(source);
  hash.Add({reinterpret_cast<const uint8_t*>(build.data()), build.size()});
  hash.Add({reinterpret_cast<const uint8_t*>(numbers), sizeof numbers});
  const vm::sys::Sha256Digest key = hash.Finish();
  constexpr size_t kKeyBytes = 20;
  return absl::StrCat(absl::BytesToHexString(
                          absl::string_view(reinterpret_cast<const char*>(key.data()), kKeyBytes)),
                      kEnding);
}

std::shared_ptr<const vm::artifact::Image> Cache::Find(const vm::sys::Sha256Digest& source,
                                                       const EngineOptions& options,
                                                       bool in_all) const {
  const std::string name = NameOf(source, options);
  auto file = vm::sys::File::OpenIn(descriptor(), name);
  if (!file) return nullptr;
  struct stat status;
  if (fstat(file->descriptor(), &status) != 0 || status.st_uid != geteuid()) return nullptr;
  auto image = vm::artifact::Image::Map(std::move(*file));
  if (image && in_all) {
    if (Status whole = (*image)->Verify(); !whole)
      image = std::unexpected(std::move(whole).error());
  }
  const bool is_damaged =
      !image && image.error().kind() != ErrorKind::kLimit && image.error().kind() != ErrorKind::kIo;
  const bool is_others =
      image && std::memcmp((*image)->header().source_digest, source.data(), source.size()) != 0;
  if (is_damaged || is_others) RemoveIdle(name, status.st_ino);  // it is compiled again
  if (!image || is_others) return nullptr;
  MarkUsed((*image)->file().descriptor(), status);
  return std::move(*image);
}

std::optional<CacheLock> Cache::Lock(absl::string_view name, bool waits, bool* is_held) const {
  for (;;) {
    Descriptor file(openat(descriptor(), LockName(name).c_str(),
                           O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct stat status;
    if (!file) return std::nullopt;
    if (!LockWhole(file.number(), waits)) {
      if (is_held != nullptr) *is_held = errno == EWOULDBLOCK;
      return std::nullopt;
    }
    if (fstat(file.number(), &status) != 0) return std::nullopt;
    // Who had it may have removed it: then the next one locks another.
    const bool is_marked = status.st_size != 0 && Now() / kSecond - status.st_mtim.tv_sec <= kDay;
    if (status.st_nlink != 0) return CacheLock(std::move(file), is_marked);
  }
}

void Cache::Keep(absl::string_view name, const vm::sys::File& compiled) const {
  const std::string temporary = absl::StrCat(name, ".tmp");
  unlinkat(descriptor(), temporary.c_str(), 0);  // of somebody who had the lock and was ended
  const Descriptor written(openat(descriptor(), temporary.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!written) return;
  // A name that outlives what it names, in a crash of the machine, would be run.
  if (!CopyAll(compiled, written.number()) || !vm::sys::WriteThrough(written.number()) ||
      renameat(descriptor(), temporary.c_str(), descriptor(), std::string(name).c_str()) != 0) {
    unlinkat(descriptor(), temporary.c_str(), 0);
  }
}

bool Cache::IsSame(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         Nanoseconds(a.st_mtim) == Nanoseconds(b.st_mtim) &&
         Nanoseconds(a.st_ctim) == Nanoseconds(b.st_ctim);
}

std::vector<Cache::Entry> Cache::List() const {
  std::vector<Entry> entries;
  ForEach(descriptor(), kThis, [&](std::string name, const struct stat& file) {
    if (!absl::EndsWith(name, kEnding)) return;
    entries.push_back({std::move(name), static_cast<uint64_t>(file.st_size), file.st_mtim.tv_sec});
  });
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.used != b.used ? a.used < b.used : a.name < b.name;
  });
  return entries;
}

bool Cache::RemoveIdle(absl::string_view name, ino_t only) const {
  const std::string file(name), lock_name = LockName(name);
  bool is_held = false;
  const auto lock = Lock(name, /*waits=*/false, &is_held);
  if (is_held) return false;  // where there can't be a lock nobody has one
  struct stat now;
  if (only != 0 &&
      (fstatat(descriptor(), file.c_str(), &now, AT_SYMLINK_NOFOLLOW) != 0 || now.st_ino != only)) {
    return false;
  }
  const bool is_gone = unlinkat(descriptor(), file.c_str(), 0) == 0;
  // What has the lock's name after that is another's.
  if (lock && !lock->is_marked() && file != lock_name) unlinkat(descriptor(), lock_name.c_str(), 0);
  return is_gone;
}

void Cache::Trim(uint64_t most_bytes) const {
  uint64_t bytes = 0;
  const std::vector<Entry> entries = List();
  for (const Entry& entry : entries) bytes += entry.bytes;
  for (const Entry& entry : entries) {
    if (bytes <= most_bytes) break;
    if (RemoveIdle(entry.name)) bytes -= entry.bytes;
  }
  const int64_t now = Now() / kSecond;
  ForEach(descriptor(), kThis, [&](const std::string& name, const struct stat& file) {
    // A mark that something could not be compiled is good for a day, a temporary file for nothing.
    const bool is_lock = absl::EndsWith(name, ".lock");
    const bool is_kept =
        is_lock ? now - file.st_mtim.tv_sec <= kDay : absl::EndsWith(name, kEnding);
    if (!is_kept) RemoveIdle(name);
  });
  ForEach(descriptor(), kKnown, [&](const std::string& name, const struct stat& file) {
    if (now - file.st_mtim.tv_sec <= 30 * kDay) return;
    unlinkat(descriptor(), absl::StrCat(kKnown, "/", name).c_str(), 0);
  });
}

void Cache::Clear() const {
  ForEach(descriptor(), kKnown, [&](const std::string& name, const struct stat&) {
    unlinkat(descriptor(), absl::StrCat(kKnown, "/", name).c_str(), 0);
  });
  ForEach(descriptor(), kThis,
          [&](const std::string& name, const struct stat&) { RemoveIdle(name); });
}

int CacheCommand(const CacheOptions& options) {
  const std::optional<Cache> cache = Cache::Open(/*make=*/false);
  if (options.clear) {
    if (cache) cache->Clear();
    return 0;
  }
  if (!cache) {
    PutText(absl::StrCat("no cache: ", EscapeControls(Cache::WhyNone()), "\n"));
    return 0;
  }
  uint64_t bytes = 0;
  const std::vector<Cache::Entry> entries = cache->List();
  for (const Cache::Entry& entry : entries) {
    char day[32];
    const time_t used = entry.used;
    tm parts;
    std::strftime(day, sizeof day, "%Y-%m-%d %H:%M", gmtime_r(&used, &parts));
    PutText(absl::StrCat(day, "  ", entry.bytes, "  ", entry.name, "\n"));
    bytes += entry.bytes;
  }
  PutText(absl::StrCat(entries.size(), entries.size() == 1 ? " file, " : " files, ", bytes,
                       " bytes in ", EscapeControls(cache->path()), "\n"));
  return 0;
}

}  // namespace tenon::cli
