// The kind of a file as the kernel writes it: in st_mode and in a directory entry.
// What the kernel may add one day is kUnknown.
#pragma once

#include <sys/stat.h>

#include "wasi/os/file.h"

namespace tenon::wasi {

inline FileType FileTypeOfMode(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK: return FileType::kBlockDevice;
    case S_IFCHR: return FileType::kCharacterDevice;
    case S_IFDIR: return FileType::kDirectory;
    case S_IFIFO: return FileType::kFifo;
    case S_IFLNK: return FileType::kSymbolicLink;
    case S_IFREG: return FileType::kRegularFile;
    case S_IFSOCK: return FileType::kSocket;
    default: return FileType::kUnknown;
  }
}

}  // namespace tenon::wasi
