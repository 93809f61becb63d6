// Tries to change the preopened directory argv[1], which holds a file, a link and a directory, in
// every way there is, also from and to the directory argv[2], which may be written. Then reads it.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char paths[8][256];

// Of `name` below argv[1] or argv[2].
static const char* Path(const char* root, const char* name) {
  static unsigned next;
  char* path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", root, name);
  return path;
}

static void Say(const char* what, int result) {
  printf("%s: %s\n", what, result < 0 ? strerror(errno) : "ok");
}

static void ChangeFiles(const char* box) {
  Say("open to write", open(Path(box, "file"), O_WRONLY));
  Say("open to read and write", open(Path(box, "file"), O_RDWR));
  Say("open to append", open(Path(box, "file"), O_WRONLY | O_APPEND));
  Say("open to truncate", open(Path(box, "file"), O_RDONLY | O_TRUNC));
  Say("create", open(Path(box, "new"), O_RDONLY | O_CREAT, 0666));
  const int file = open(Path(box, "file"), O_RDONLY);
  Say("write", (int)write(file, "x", 1));
  Say("write at 0", (int)pwrite(file, "x", 1, 0));
  Say("truncate", ftruncate(file, 0));
  Say("allocate", posix_fallocate(file, 0, 100) == 0 ? 0 : (errno = EBADF, -1));
  Say("set times of the open file", futimens(file, NULL));
  Say("set times", utimensat(AT_FDCWD, Path(box, "file"), NULL, 0));
  Say("set times of the link", utimensat(AT_FDCWD, Path(box, "link"), NULL, AT_SYMLINK_NOFOLLOW));
  close(file);
}

static void ChangeDirectory(const char* box, const char* own) {
  Say("rename", rename(Path(box, "file"), Path(box, "moved")));
  Say("rename out", rename(Path(box, "file"), Path(own, "moved")));
  Say("rename in", rename(Path(own, "mine"), Path(box, "mine")));
  Say("rename over", rename(Path(own, "mine"), Path(box, "file")));
  Say("link", link(Path(box, "file"), Path(box, "linked")));
  Say("link out", link(Path(box, "file"), Path(own, "linked")));
  Say("link in", link(Path(own, "mine"), Path(box, "linked")));
  Say("symlink", symlink("file", Path(box, "symlinked")));
  Say("unlink", unlink(Path(box, "file")));
  Say("unlink the link", unlink(Path(box, "link")));
  Say("mkdir", mkdir(Path(box, "made"), 0777));
  Say("mkdir below", mkdir(Path(box, "directory/made"), 0777));
  Say("rmdir", rmdir(Path(box, "directory")));
  const int inner = open(Path(box, "directory"), O_RDONLY | O_DIRECTORY);
  Say("create through an open directory", openat(inner, "new", O_WRONLY | O_CREAT, 0666));
}

int main(int argc, char** argv) {
  char text[16] = {0};
  if (argc < 3) return 1;
  ChangeFiles(argv[1]);
  ChangeDirectory(argv[1], argv[2]);
  Say("mkdir where it may", mkdir(Path(argv[2], "made"), 0777));
  const int file = open(Path(argv[1], "link"), O_RDONLY);
  Say("read", (int)read(file, text, sizeof text - 1));
  printf("content: %s\n", text);
  return 0;
}
