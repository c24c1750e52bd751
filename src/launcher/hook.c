// `autobotctl hook --agent NAME` (src/agent/hook.ts): silence, or the answer by which that agent refuses the call on standard input.
// About most nothing can be denied, and that is told without the judge. After a hook that failed, most agents run the command: every
// way out of here but the judge's word is a refusal. libexec/autobotctl does the same in bash, without the fast way.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "call.h"
#include "launcher.h"

// As src/agent/hook.ts: a longer one is refused.
#define LONGEST_CALL (1024 * 1024)

// Sooner than any agent gives up waiting: a judge that hangs is one that failed. Seconds of processor time.
#define PATIENCE 4

static const struct failure *failure;

static bool write_whole(int descriptor, const char *text, size_t length) {
  while (length > 0) {
    ssize_t written = write(descriptor, text, length);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text += written, length -= (size_t)written;
  }
  return true;
}

static bool say(int descriptor, const char *text) { return write_whole(descriptor, text, strlen(text)); }

static _Noreturn void refuse_unheard(void) {
  say(STDERR_FILENO, "autobot-sh REFUSED [failure] This command could not be judged: autobot-sh does not work. Tell the user, who can run autobotctl doctor.\n");
  _exit(2);
}

static void refuse(void) {
  if (!say(STDOUT_FILENO, failure->output)) refuse_unheard();
  say(STDERR_FILENO, failure->error);
  _exit(failure->status);
}

// To its end, so that whoever writes is not told of a pipe that broke; one byte more than is read at most. What cannot be read is empty.
static size_t read_input(char *text) {
  static char rest[65536];
  size_t length = 0;
  for (;;) {
    bool full = length > LONGEST_CALL;
    ssize_t got = full ? read(STDIN_FILENO, rest, sizeof rest) : read(STDIN_FILENO, text + length, LONGEST_CALL + 1 - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0 ? length : 0;
    if (!full) length += (size_t)got;
  }
}

static bool is_directory(const char *path) {
  struct stat file;
  return stat(path, &file) == 0 && S_ISDIR(file.st_mode);
}

// Whether nothing can be denied about the call. Then it is on record.
static bool is_harmless(const char *root, const char *agent, const char *text, size_t length) {
  static struct prefilter prefilter;
  static struct surroundings surroundings;
  static struct call call;
  if (!read_call(agent, text, length, &call)) return false;
  if (call.cwd[0] != '\0' && !is_directory(call.cwd)) return false;
  if (!usual_hook(&surroundings, call.cwd) || !load_tables(&prefilter, root, &surroundings)) return false;
  return read_text(&prefilter, call.command, call.length).harmless && record_permitted(&surroundings, "agent", call.command, call.length);
}

// The judge reads what was read here.
static bool give_back(const char *text, size_t length) {
  int file = memfd_create("call", MFD_CLOEXEC);
  if (file < 0 || !write_whole(file, text, length) || lseek(file, 0, SEEK_SET) != 0) return false;
  if (file == STDIN_FILENO) return fcntl(file, F_SETFD, 0) == 0;
  // Where standard output was closed, it would be taken for that.
  return dup2(file, STDIN_FILENO) == STDIN_FILENO && close(file) == 0;
}

// Only what is certainly the judge's word ends otherwise than by a refusal.
static _Noreturn void pass_on(char *answer, size_t length, int status) {
  if (strlen(answer) != length) refuse();
  while (length > 0 && answer[length - 1] == '\n') answer[--length] = '\0';
  if (status == 0 && strcmp(answer, "permit") == 0) _exit(0);
  if (status == 2 && length == 0) _exit(2);
  if ((status != 0 && status != 2) || length == 0) refuse();
  answer[length] = '\n';
  if (!write_whole(STDOUT_FILENO, answer, length + 1)) refuse_unheard();
  _exit(status);
}

bool is_hook(int count, char **words) { return count == 4 && strcmp(words[1], "hook") == 0 && strcmp(words[2], "--agent") == 0 && failure_of(words[3]) != NULL; }

void answer_hook(const char *root, char *agent) {
  static char input[LONGEST_CALL + 2];
  failure = failure_of(agent);
  in_place_of_giving_up = refuse;
  signal(SIGPIPE, SIG_IGN);
  size_t length = read_input(input);
  if (root == NULL) refuse();
  if (is_harmless(root, agent, input, length)) _exit(0);
  struct rlimit limit = {.rlim_cur = PATIENCE, .rlim_max = PATIENCE};
  setrlimit(RLIMIT_CPU, &limit);
  if (!give_back(input, length)) refuse();
  int status;
  size_t size;
  char *words[] = {"hook", agent, NULL}, *answer = ask_node(root, words, &size, &status);
  if (answer == NULL) refuse();
  pass_on(answer, size, status);
}
