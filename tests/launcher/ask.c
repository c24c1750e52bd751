// Programs on standard input, each ended by NUL → `yes` or `no` for each: whether the launcher would run it without the judge.
// `ask TABLES JUDGE`: the tables as the launcher reads them, and the judge that they must not be older than.
#include <stdio.h>
#include <stdlib.h>

#include "../../src/launcher/launcher.h"

int main(int count, char **words) {
  static struct prefilter prefilter;
  if (count != 3 || !load_prefilter(&prefilter, words[1], words[2], -1)) {
    fputs("cannot load the tables\n", stderr);
    return 1;
  }
  char *text = NULL;
  size_t size = 0;
  for (ssize_t length; (length = getdelim(&text, &size, '\0', stdin)) > 0;) {
    // Of exactly its size, so that a sanitizer sees a byte too far.
    char *exact = malloc((size_t)length);
    for (ssize_t index = 0; index + 1 < length; index++) exact[index] = text[index];
    puts(read_text(&prefilter, exact, (size_t)length - 1).harmless ? "yes" : "no");
    free(exact);
  }
  free(text);
  return 0;
}
