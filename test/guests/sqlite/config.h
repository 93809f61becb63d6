// What SQLite's library and shell are compiled with for WASI; included before their first line.
// WASI has no threads, processes, file locks or shared mappings, so what needs them is left out.
#define _WASI_EMULATED_GETPID 1
#define _WASI_EMULATED_MMAN 1
#define _WASI_EMULATED_PROCESS_CLOCKS 1
#define _WASI_EMULATED_SIGNAL 1

#define SQLITE_DEFAULT_UNIX_VFS "unix-none"
#define SQLITE_ENABLE_MATH_FUNCTIONS 1
#define SQLITE_EXTRA_INIT InitForWasi
#define SQLITE_MAX_MMAP_SIZE 0
#define SQLITE_NOHAVE_SYSTEM 1
#define SQLITE_OMIT_LOAD_EXTENSION 1
#define SQLITE_OMIT_POPEN 1
#define SQLITE_OMIT_WAL 1
#define SQLITE_THREADSAFE 0

#include <sys/stat.h>

// Sets permissions, which WASI has none of.
int chmod(const char* path, mode_t mode);
