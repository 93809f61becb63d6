// Copies stdin to stdout until the end, in blocks of an odd size, and says on stderr how much.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  static char block[5003];
  unsigned long total = 0;
  for (;;) {
    ssize_t got = read(STDIN_FILENO, block, sizeof block);
    if (got < 0) {
      perror("read");
      return 1;
    }
    if (got == 0) break;
    total += (unsigned long)got;
    for (ssize_t done = 0; done < got;) {
      ssize_t put = write(STDOUT_FILENO, block + done, (size_t)(got - done));
      if (put < 0) {
        perror("write");
        return 1;
      }
      done += put;
    }
  }
  fprintf(stderr, "%lu bytes\n", total);
  return 0;
}
