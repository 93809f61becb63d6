// Prints its arguments and its environment in the order given, then ends as the first one says:
//   exit N        exit() with N; the preview1 adapter passes on ok or error, not the number
//   exit-code N   wasi:cli/exit#exit-with-code, which keeps the number
//   return N      main returns N
//   abort         abort()
//   argv0         prints argv[0] too
#include "c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char** environ;

int main(int argc, char** argv) {
  printf("%d arguments\n", argc - 1);
  for (int i = 1; i < argc; ++i) printf("argument %d: [%s]\n", i, argv[i]);
  for (char** entry = environ; *entry != NULL; ++entry) printf("environment: [%s]\n", *entry);

  const char* how = argc > 1 ? argv[1] : "";
  int code = argc > 2 ? atoi(argv[2]) : 0;
  if (strcmp(how, "argv0") == 0) printf("argv[0]: [%s]\n", argv[0]);
  fflush(stdout);
  if (strcmp(how, "exit") == 0) exit(code);
  if (strcmp(how, "exit-code") == 0) wasi_cli_exit_exit_with_code(code);
  if (strcmp(how, "abort") == 0) abort();
  return strcmp(how, "return") == 0 ? code : 0;
}
