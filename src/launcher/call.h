#ifndef AUTOBOT_SH_CALL_H
#define AUTOBOT_SH_CALL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "launcher.h"

struct call {
  char command[LONGEST_TEXT + 1];
  size_t length;
  // Absolute; empty: the directory of whoever asks.
  char cwd[PATH_MAX];
};

// False where there is any doubt what is called, or whether anything is: for the judge to read.
bool read_call(const char *agent, const char *text, size_t length, struct call *call);

// By which that agent is told that autobot-sh does not work.
struct failure {
  const char *agent, *output, *error;
  int status;
};

// Null of an agent that nobody knows.
const struct failure *failure_of(const char *agent);

#endif
