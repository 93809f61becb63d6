// Tries to leave its preopened directory (descriptor 3) in every way a path allows. Prints
// "refused" or "ESCAPED" for each attempt, and "allowed" or "DENIED" for lookups that stay inside
// and must work. It makes the preview1 calls itself, since wasi-libc would resolve some of the
// paths on its own.
//
// The host lays out, beside the sandbox, outside/secret, and inside it: inside/file, and the links
// out -> ../outside, outfile -> ../outside/secret, absolute -> (the same, by its absolute path),
// chain -> out, ghost -> ../outside/planted (which does not exist), good -> inside/file.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

enum { kRoot = 3, kFollow = __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW };

static const __wasi_rights_t kRead = __WASI_RIGHTS_FD_READ;
static const __wasi_rights_t kWrite = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE;

static void Escape(const char* what, const char* path, __wasi_errno_t error) {
  printf("%s %s: %s\n", what, path, error != 0 ? "refused" : "ESCAPED");
}

static void Inside(const char* what, const char* path, __wasi_errno_t error) {
  printf("%s %s: %s\n", what, path, error != 0 ? "DENIED" : "allowed");
}

static __wasi_errno_t Open(const char* path, int follow, int flags, __wasi_rights_t rights) {
  __wasi_fd_t opened;
  __wasi_errno_t error = __wasi_path_open(kRoot, follow ? kFollow : 0, path, (__wasi_oflags_t)flags,
                                          rights, rights, 0, &opened);
  if (error == 0) (void)!__wasi_fd_close(opened);
  return error;
}

static __wasi_errno_t Stat(const char* path, int follow) {
  __wasi_filestat_t info;
  return __wasi_path_filestat_get(kRoot, follow ? kFollow : 0, path, &info);
}

static const char* const kOutsidePaths[] = {
    "..",
    "../",
    "../outside/secret",
    "inside/../..",
    "inside/../../outside/secret",
    "inside/./.././../outside/secret",
    "./../outside/secret",
    "//etc/passwd",
    "/",
    "/etc/passwd",
    "/../etc/passwd",
    "out/",
    "out/.",
    "out/..",
    "out/secret",
    "out/../outside/secret",
    "chain/",
    "chain/secret",
    "absolute/",
    "inside/../out/secret",
    "ghost/",
};

// Names whose last component is a link out: following it leaves, looking at the link does not.
static const char* const kLinksOut[] = {"out", "outfile", "absolute", "chain"};

static void LookOutside(void) {
  for (size_t i = 0; i < sizeof kOutsidePaths / sizeof kOutsidePaths[0]; ++i) {
    const char* path = kOutsidePaths[i];
    for (int follow = 0; follow <= 1; ++follow) {
      Escape(follow ? "open" : "open without following", path, Open(path, follow, 0, kRead));
      Escape(follow ? "stat" : "stat without following", path, Stat(path, follow));
    }
  }
  for (size_t i = 0; i < sizeof kLinksOut / sizeof kLinksOut[0]; ++i) {
    Escape("open", kLinksOut[i], Open(kLinksOut[i], 1, 0, kRead));
    Escape("open without following", kLinksOut[i], Open(kLinksOut[i], 0, 0, kRead));
    Escape("stat", kLinksOut[i], Stat(kLinksOut[i], 1));
  }
  Escape("open as a directory", "out", Open("out", 1, __WASI_OFLAGS_DIRECTORY, kRead));
  Escape("open as a directory", "out/", Open("out/", 0, __WASI_OFLAGS_DIRECTORY, kRead));
}

static void MakeOutside(void) {
  const int create = __WASI_OFLAGS_CREAT;
  Escape("create", "../planted", Open("../planted", 0, create, kWrite));
  Escape("create", "out/planted", Open("out/planted", 0, create, kWrite));
  Escape("create through the dangling link", "ghost", Open("ghost", 1, create, kWrite));
  Escape("create through the dangling link", "ghost/", Open("ghost/", 1, create, kWrite));
  Escape("truncate", "outfile", Open("outfile", 1, __WASI_OFLAGS_TRUNC, kWrite));
  Escape("make directory", "../planted", __wasi_path_create_directory(kRoot, "../planted"));
  Escape("make directory", "out/planted", __wasi_path_create_directory(kRoot, "out/planted"));
  Escape("make directory", "ghost", __wasi_path_create_directory(kRoot, "ghost"));
  Escape("make directory", "ghost/", __wasi_path_create_directory(kRoot, "ghost/"));
  Escape("set times", "outfile",
         __wasi_path_filestat_set_times(kRoot, kFollow, "outfile", 0, 0,
                                        __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  Escape("set times", "out/",
         __wasi_path_filestat_set_times(kRoot, 0, "out/", 0, 0,
                                        __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
}

static void MoveAcross(void) {
  Escape("rename to", "../planted", __wasi_path_rename(kRoot, "inside/file", kRoot, "../planted"));
  Escape("rename to", "out/planted",
         __wasi_path_rename(kRoot, "inside/file", kRoot, "out/planted"));
  Escape("rename to", "/planted", __wasi_path_rename(kRoot, "inside/file", kRoot, "/planted"));
  Escape("rename from", "../outside/secret",
         __wasi_path_rename(kRoot, "../outside/secret", kRoot, "stolen"));
  Escape("rename from", "out/secret", __wasi_path_rename(kRoot, "out/secret", kRoot, "stolen"));
  Escape("link to", "../planted", __wasi_path_link(kRoot, 0, "inside/file", kRoot, "../planted"));
  Escape("link to", "out/planted", __wasi_path_link(kRoot, 0, "inside/file", kRoot, "out/planted"));
  Escape("link from", "../outside/secret",
         __wasi_path_link(kRoot, 0, "../outside/secret", kRoot, "stolen"));
  Escape("link from", "out/secret", __wasi_path_link(kRoot, 0, "out/secret", kRoot, "stolen"));
  Escape("link, following, from", "outfile",
         __wasi_path_link(kRoot, kFollow, "outfile", kRoot, "stolen"));
}

static void RemoveOutside(void) {
  Escape("remove", "../outside/secret", __wasi_path_unlink_file(kRoot, "../outside/secret"));
  Escape("remove", "out/secret", __wasi_path_unlink_file(kRoot, "out/secret"));
  Escape("remove directory", "../outside", __wasi_path_remove_directory(kRoot, "../outside"));
  Escape("remove directory", "out/", __wasi_path_remove_directory(kRoot, "out/"));
  Escape("remove directory", "out/empty", __wasi_path_remove_directory(kRoot, "out/empty"));
}

static void LinksOfItsOwn(void) {
  uint8_t target[64];
  __wasi_size_t length;
  Escape("symlink with an absolute target", "mine",
         __wasi_path_symlink("/etc/passwd", kRoot, "mine"));
  Escape("symlink at", "../planted", __wasi_path_symlink("file", kRoot, "../planted"));
  Escape("symlink at", "out/planted", __wasi_path_symlink("file", kRoot, "out/planted"));
  Escape("readlink", "out/link",
         __wasi_path_readlink(kRoot, "out/link", target, sizeof target, &length));
  // Whether a relative link that points out may be made is the host's choice, to follow it is not.
  (void)!__wasi_path_symlink("../outside/secret", kRoot, "escape");
  Escape("open its own link", "escape", Open("escape", 1, 0, kRead));
  (void)!__wasi_path_symlink("../outside", kRoot, "escape-directory");
  Escape("open through its own link", "escape-directory/secret",
         Open("escape-directory/secret", 1, 0, kRead));
  Escape("open its own link", "escape-directory/", Open("escape-directory/", 0, 0, kRead));
}

static void StayInside(void) {
  Inside("open", "inside/file", Open("inside/file", 0, 0, kRead));
  Inside("open", "./inside/file", Open("./inside/file", 0, 0, kRead));
  Inside("open", "inside/../inside/file", Open("inside/../inside/file", 0, 0, kRead));
  Inside("open", "inside//file", Open("inside//file", 0, 0, kRead));
  Inside("open the link", "good", Open("good", 1, 0, kRead));
  Inside("stat", ".", Stat(".", 0));
  Inside("stat", "inside/..", Stat("inside/..", 0));
  Inside("stat", "inside/", Stat("inside/", 0));
  Inside("stat without following", "out", Stat("out", 0));
}

int main(void) {
  StayInside();
  LookOutside();
  MakeOutside();
  MoveAcross();
  RemoveOutside();
  LinksOfItsOwn();
  StayInside();
  return 0;
}
