// Agents' calls on standard input, each behind a line with the agent's name and its length in bytes → for each, how the launcher reads it:
// `no`, where the judge has to, or the command and the directory, each behind its length.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/launcher/call.h"

int main(void) {
  char agent[64];
  size_t length;
  while (scanf("%63s %zu", agent, &length) == 2) {
    getchar();
    // Of exactly its size, so that a sanitizer sees a byte too far.
    char *text = malloc(length + (length == 0));
    if (text == NULL || fread(text, 1, length, stdin) != length) return 1;
    static struct call call;
    if (read_call(agent, text, length, &call)) printf("%zu %s %zu %s\n", call.length, call.command, strlen(call.cwd), call.cwd);
    else puts("no");
    free(text);
  }
  return 0;
}
