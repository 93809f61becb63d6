// Operations on open files and on places (wasi/os/path_walk.h), one kernel call each where the
// kernel has it. No rights here: the descriptor (wasi/filesystem/descriptor.h) checks them first.
// wasi: filesystem/types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "wasi/os/clock.h"
#include "wasi/os/error_code.h"
#include "wasi/os/path_walk.h"
#include "wasi/os/unique_fd.h"

namespace tenon::wasi {

// descriptor-type, in the order of the WIT.
enum class FileType : uint8_t {
  kUnknown,
  kBlockDevice,
  kCharacterDevice,
  kDirectory,
  kFifo,
  kSymbolicLink,
  kRegularFile,
  kSocket,
};

// descriptor-stat. A time before 1970 can't be written as a datetime and is absent.
struct FileStat {
  FileType type = FileType::kUnknown;
  uint64_t link_count = 0;
  uint64_t size = 0;
  std::optional<Datetime> data_access_timestamp;
  std::optional<Datetime> data_modification_timestamp;
  std::optional<Datetime> status_change_timestamp;
};

// A keyed hash, since device and inode numbers must not leave.
struct MetadataHashValue {
  uint64_t lower = 0;
  uint64_t upper = 0;

  bool operator==(const MetadataHashValue&) const = default;
};

struct NewTimestamp {
  enum class Kind : uint8_t { kNoChange, kNow, kTimestamp };
  Kind kind = Kind::kNoChange;
  Datetime timestamp;  // for kTimestamp
};

// advice, in the order of the WIT.
enum class Advice : uint8_t { kNormal, kSequential, kRandom, kWillNeed, kDontNeed, kNoReuse };

struct OpenRequest {
  bool read = false;
  bool write = false;
  bool create = false;
  bool directory = false;
  bool exclusive = false;
  bool truncate = false;
  bool file_integrity_sync = false;
  bool data_integrity_sync = false;
};

struct OpenedFile {
  UniqueFd fd;
  FileType type;  // kRegularFile or kDirectory
};

// Opens regular files and directories; anything else is closed again and kNotPermitted.
OsResult<OpenedFile> OpenAt(const Place& place, const OpenRequest& request);

// A directory of the host by its host path: for granting, outside of any sandbox.
OsResult<UniqueFd> OpenHostDirectory(const std::string& host_path);

OsResult<FileStat> Stat(int fd);
OsResult<FileStat> StatAt(const Place& place);
OsResult<FileType> TypeOf(int fd);
OsResult<MetadataHashValue> HashMetadata(int fd);
OsResult<MetadataHashValue> HashMetadataAt(const Place& place);
// False as well when either can't be examined.
bool IsSameObject(int fd, int other);

OsStatus SetTimes(int fd, const NewTimestamp& access, const NewTimestamp& modification);
OsStatus SetTimesAt(const Place& place, const NewTimestamp& access,
                    const NewTimestamp& modification);
OsStatus SetSize(int fd, uint64_t size);
OsStatus Sync(int fd);
OsStatus SyncData(int fd);
OsStatus Advise(int fd, uint64_t offset, uint64_t length, Advice advice);

// 0 bytes read is the end of the file.
OsResult<size_t> ReadAt(int fd, absl::Span<uint8_t> into, uint64_t offset);
// May write fewer bytes than given.
OsResult<size_t> WriteAt(int fd, absl::Span<const uint8_t> bytes, uint64_t offset);
// Writes at the end of the file, wherever that is by now.
OsResult<size_t> Append(int fd, absl::Span<const uint8_t> bytes);

bool IsTerminal(int fd);
// A descriptor that has nothing to read and takes everything; one for the process.
int NullDevice();

OsStatus CreateDirectoryAt(const Place& place);
OsStatus RemoveDirectoryAt(const Place& place);
OsStatus UnlinkFileAt(const Place& place);
OsStatus RenameAt(const Place& from, const Place& to);
OsStatus LinkAt(const Place& existing, const Place& added);
OsStatus SymlinkAt(const std::string& contents, const Place& place);

}  // namespace tenon::wasi
