// What a session starts on the terminal that it has made for its person's shell (src/shell/pty.ts): sets that terminal as the
// person's own, and becomes the shell under the name that it is to have. bash and stty(1) do the same where this was not compiled,
// in ten times the time.
//
//   autobot-sh --on-terminal SETTINGS NAME FILE WORD…    SETTINGS: as `stty -g` prints them
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "launcher.h"

static bool is_on_terminal(int count, char **words) { return count > 4 && strcmp(words[1], "--on-terminal") == 0; }

static int parent_of(int process) {
  char file[64], text[512];
  int parent = 0;
  snprintf(file, sizeof file, "/proc/%d/stat", process);
  FILE *stat = fopen(file, "re");
  if (stat == NULL) return 0;
  size_t length = fread(text, 1, sizeof text - 1, stat);
  fclose(stat);
  text[length] = '\0';
  // Behind the name, which may hold anything: the state, and the parent.
  const char *name = strrchr(text, ')');
  if (name == NULL || sscanf(name, ") %*c %d", &parent) != 1) return 0;
  return parent;
}

// Once: the session's shell may put this in its own place, and would be where that session has started it. What marks it is kept
// by execve(2) and not by fork(2), and is of use: the shell does not outlive who judges its lines.
static bool is_first(void) {
  int signal = 0;
  return prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal == 0 && prctl(PR_SET_PDEATHSIG, SIGHUP) == 0;
}

// Nobody else has this way to a program that was not judged: it takes a launcher that waits for the session that starts this.
static bool is_sessions(void) {
  char file[64], own[PATH_MAX], waiting[PATH_MAX];
  snprintf(file, sizeof file, "/proc/%d/exe", parent_of(getppid()));
  ssize_t length = readlink("/proc/self/exe", own, sizeof own), others = readlink(file, waiting, sizeof waiting);
  return length > 0 && length == others && memcmp(own, waiting, (size_t)length) == 0;
}

static bool read_settings(struct termios *settings, const char *text) {
  tcflag_t *const flags[] = {&settings->c_iflag, &settings->c_oflag, &settings->c_cflag, &settings->c_lflag};
  for (size_t index = 0; index < 4 + NCCS && *text != '\0'; index++) {
    char *end;
    unsigned long value = strtoul(text, &end, 16);
    if (end == text || (*end != ':' && *end != '\0')) return false;
    if (index < 4) *flags[index] = (tcflag_t)value;
    else settings->c_cc[index - 4] = (cc_t)value;
    text = *end == ':' ? end + 1 : end;
  }
  return *text == '\0';
}

void start_on_terminal(int count, char **words) {
  struct termios settings;
  if (!is_on_terminal(count, words) || !is_sessions() || !is_first()) return;
  if (tcgetattr(STDIN_FILENO, &settings) == 0 && read_settings(&settings, words[2])) tcsetattr(STDIN_FILENO, TCSANOW, &settings);
  const char *file = words[4];
  words[4] = words[3];
  execv(file, words + 4);
  dprintf(STDERR_FILENO, "autobot-sh: cannot run `%s`\n", file);
  _exit(127);
}
