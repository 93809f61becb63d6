// Permissions, which WASI has none of: the shell's writefile() sets them, and so does SQLite for
// its temporary files, through a pointer that its build for WASI leaves null.
#include <stddef.h>

#include "sqlite3.h"

int chmod(const char* path, mode_t mode) {
  (void)path;
  (void)mode;
  return 0;
}

static int IgnoreFileMode(int file, mode_t mode) {
  (void)file;
  (void)mode;
  return 0;
}

// SQLITE_EXTRA_INIT: called at the end of sqlite3_initialize().
int InitForWasi(const char* unused) {
  (void)unused;
  sqlite3_vfs* vfs = sqlite3_vfs_find(NULL);
  return vfs->xSetSystemCall(vfs, "fchmod", (sqlite3_syscall_ptr)IgnoreFileMode);
}
