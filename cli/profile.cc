#include "cli/profile.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>

#include "absl/strings/str_cat.h"

namespace tenon::cli {
namespace {

std::unexpected<Error> Failure(const std::string& path) {
  return Fail(ErrorKind::kIo, absl::StrCat(path, ": ", std::strerror(errno)));
}

// A new file of that name, in place of one that an earlier process left. Not through a link: the
// folder may be everybody's.
Result<int> MakeFile(const std::string& path) {
  unlink(path.c_str());
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) return Failure(path);
  return file;
}

Status WriteAll(int file, const std::string& path, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failure(path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status WritePerfMap(absl::Span<const CodePiece> pieces) {
  std::string text;
  for (const CodePiece& piece : pieces) {
    absl::StrAppend(&text, absl::Hex(reinterpret_cast<uintptr_t>(piece.begin)), " ",
                    absl::Hex(piece.size), " ", piece.name, "\n");
  }
  const std::string path = absl::StrCat("/tmp/perf-", getpid(), ".map");
  TENON_ASSIGN_OR_RETURN(const int file, MakeFile(path));
  Status written = WriteAll(file, path, text);
  close(file);
  return written;
}

// --- jitdump: tools/perf/Documentation/jitdump-specification.txt ---------------------------------

constexpr uint32_t kDumpMagic = 0x4A695444;  // tells the byte order
constexpr uint32_t kDumpVersion = 1;
constexpr uint32_t kCodeLoad = 0;
constexpr uint32_t kCodeDebugInfo = 2;

struct DumpHeader {
  uint32_t magic, version, total_size, elf_machine, padding, pid;
  uint64_t timestamp, flags;
};
static_assert(sizeof(DumpHeader) == 40);

// The name with its zero and the code follow.
struct CodeLoad {
  uint32_t id, total_size;
  uint64_t timestamp;
  uint32_t pid, tid;
  uint64_t vma, code_addr, code_size, code_index;
};
static_assert(sizeof(CodeLoad) == 56);

// Of the code that is told of next. Entries follow.
struct CodeDebugInfo {
  uint32_t id, total_size;
  uint64_t timestamp, code_addr, entry_count;
};
static_assert(sizeof(CodeDebugInfo) == 32);

// The file's name with its zero follows.
struct DebugEntry {
  uint64_t code_addr;
  uint32_t line, discriminator;
};
static_assert(sizeof(DebugEntry) == 16);

// Of the clock that `perf record -k mono` takes.
uint64_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

template <typename T>
void Append(const T& value, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof value);
}

uint64_t AddressOf(const uint8_t* code) {
  return static_cast<uint64_t>(reinterpret_cast<uintptr_t>(code));
}

// Nothing where no line of the piece is known, or where its lines would be more than `left` bytes,
// from which they are taken: each has its file's name.
void AppendLines(const CodePiece& piece, const CodeLines& lines, size_t* left, std::string* bytes) {
  auto line =
      std::lower_bound(lines.lines.begin(), lines.lines.end(), piece.begin,
                       [](const CodeLine& a, const uint8_t* code) { return a.code < code; });
  std::string entries;
  uint64_t count = 0;
  CodeLine last = {};
  const auto add = [&](const uint8_t* code) {
    Append(DebugEntry{AddressOf(code), last.line, 0}, &entries);
    entries.append(lines.files[last.file].c_str(), lines.files[last.file].size() + 1);
    ++count;
  };
  for (; line != lines.lines.end() && line->code < piece.begin + piece.size; ++line) {
    if (entries.size() > *left) return;
    if (line->line == 0 && count == 0) continue;
    last = {line->code, line->line != 0 ? line->file : last.file, line->line, 0};
    add(line->code);
  }
  if (count != 0) add(piece.begin + piece.size);  // perf takes the last for where the code ends
  const size_t total = sizeof(CodeDebugInfo) + entries.size();
  if (count == 0 || total > UINT32_MAX || total > *left) return;
  *left -= total;
  Append(CodeDebugInfo{kCodeDebugInfo, static_cast<uint32_t>(total), Now(), AddressOf(piece.begin),
                       count},
         bytes);
  bytes->append(entries);
}

std::string DumpOf(absl::Span<const CodePiece> pieces, const CodeLines& lines, size_t max_lines) {
  std::string bytes;
  size_t left = max_lines;
  const auto pid = static_cast<uint32_t>(getpid());
  const auto tid = static_cast<uint32_t>(syscall(SYS_gettid));
  Append(DumpHeader{kDumpMagic, kDumpVersion, sizeof(DumpHeader), EM_X86_64, 0, pid, Now(), 0},
         &bytes);
  uint64_t index = 0;
  for (const CodePiece& piece : pieces) {
    AppendLines(piece, lines, &left, &bytes);
    const uint64_t address = AddressOf(piece.begin);
    const size_t total = sizeof(CodeLoad) + piece.name.size() + 1 + piece.size;
    Append(CodeLoad{kCodeLoad, static_cast<uint32_t>(total), Now(), pid, tid, address, address,
                    piece.size, index++},
           &bytes);
    bytes.append(piece.name.c_str(), piece.name.size() + 1);
    bytes.append(reinterpret_cast<const char*>(piece.begin), piece.size);
  }
  return bytes;
}

Status WriteDump(const vm::artifact::Image& image, absl::Span<const CodePiece> pieces,
                 const CodeLines& lines) {
  // What lines may take, in bytes.
  constexpr size_t kFirst = 4 << 20, kAByte = 16;
  const size_t max_lines = kFirst + kAByte * (image.code().size() + image.source().size());
  const std::string path = absl::StrCat("jit-", getpid(), ".dump");
  TENON_ASSIGN_OR_RETURN(const int file, MakeFile(path));
  // perf finds the file by this mapping, whose access is what it looks for. It is never unmapped.
  const bool is_marked = mmap(nullptr, static_cast<size_t>(sysconf(_SC_PAGESIZE)),
                              PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) != MAP_FAILED;
  Status written =
      is_marked ? WriteAll(file, path, DumpOf(pieces, lines, max_lines)) : Status(Failure(path));
  close(file);
  return written;
}

}  // namespace

Status TellProfilers(Profile profile, const vm::artifact::Image& image,
                     absl::Span<const CodePiece> pieces, const CodeLines& lines) {
  if (profile == Profile::kJitDump) return WriteDump(image, pieces, lines);
  // perf asks the map of anonymous memory alone.
  TENON_RETURN_IF_ERROR(image.CopyCode());
  return WritePerfMap(pieces);
}

}  // namespace tenon::cli
