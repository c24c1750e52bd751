// The slow way: node runs dist/judge.cjs as a child, and its answer says what this process is to become. The answer is fields
// that each end with NUL (src/run/answer.ts):
//
//   permit        run it, with what the next fields ask for, up to `.`
//   show TEXT     print that, and stop
//   +NAME=VALUE   set a variable            -NAME    unset it
//   <N FILE       descriptor N is that file, in a directory that is removed
//   =N TEXT       that text before word N   ~N TEXT  behind it
//   @WORD         a word to start in place of /bin/bash
//   >TEXT         print that first          *        keep what is node's for src/terminal.ts
//   &             stay behind it: session.c
//
// Only an answer that is whole runs a command; silence is a failure.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher.h"

extern char **environ;

static void *allocate(void *old, size_t size) {
  void *memory = realloc(old, size);
  if (memory == NULL) fail("out of memory", NULL, "free some, and try again");
  return memory;
}

static char *join(const char *directory, const char *name) {
  char *path = allocate(NULL, strlen(directory) + strlen(name) + 2);
  sprintf(path, "%s/%s", directory, name);
  return path;
}

static bool is_node(const char *path) {
  struct stat file;
  return path != NULL && path[0] == '/' && stat(path, &file) == 0 && S_ISREG(file.st_mode) && access(path, X_OK) == 0;
}

// The one that was recorded when the judge was built or first ran.
static char *recorded_node(const char *root) {
  char *path = join(root, "dist/node-path"), *line = NULL;
  size_t size = 0;
  FILE *file = fopen(path, "re");
  free(path);
  if (file == NULL) return NULL;
  ssize_t length = getline(&line, &size, file);
  fclose(file);
  if (length <= 0) return NULL;
  line[strcspn(line, "\n")] = '\0';
  return line;
}

static char *node_in_path(const char *path) {
  while (path != NULL && *path != '\0') {
    size_t size = strcspn(path, ":");
    char *directory = strndup(path, size), *node = directory == NULL ? NULL : join(directory, "node");
    if (is_node(node)) return node;
    path += size + (path[size] == ':');
  }
  return NULL;
}

// A variable alone cannot put another program in the judge's place: the recorded one comes first. PATH, which every project can
// change, comes last. libexec/node.bash has the same order.
static char *find_node(const char *root) {
  char *node = recorded_node(root);
  if (is_node(node)) return node;
  node = getenv("AUTOBOT_NODE");
  if (is_node(node)) return node;
  // A global installation stands in PREFIX/lib/node_modules beside PREFIX/bin/node, under nvm and the like too.
  static const char *const beside[] = {"../../../bin/node", "../../../../bin/node"};
  for (size_t index = 0; index < sizeof beside / sizeof *beside; index++) {
    node = join(root, beside[index]);
    if (is_node(node)) return node;
  }
  static const char *const usual[] = {"/usr/local/bin/node", "/usr/bin/node", "/opt/homebrew/bin/node", "/snap/bin/node"};
  for (size_t index = 0; index < sizeof usual / sizeof *usual; index++) {
    if (is_node(usual[index])) return (char *)usual[index];
  }
  return node_in_path(getenv("PATH"));
}

static bool is_nodes(const char *entry) { return strncmp(entry, "NODE_", 5) == 0 || strncmp(entry, "OPENSSL_CONF=", 13) == 0; }

// What NODE_* says is for the user's own node programs and must not reach the judge, which it could replace
// (NODE_OPTIONS=--require) or slow down (NODE_EXTRA_CA_CERTS).
static char **judges_environment(void) {
  size_t count = 0;
  while (environ[count] != NULL) count++;
  char **kept = allocate(NULL, (count + 1) * sizeof *kept), **last = kept;
  for (char **entry = environ; *entry != NULL; entry++) {
    if (!is_nodes(*entry)) *last++ = *entry;
  }
  *last = NULL;
  return kept;
}

// What ends within milliseconds needs no threads, no collection of garbage, no faster code and no seed of its own. A code cache
// (docs/adr/0014) is for the options that it was made with: those of libexec/node.bash.
static const char *const options[] = {"--v8-pool-size=0", "--min-semi-space-size=4", "--no-sparkplug", "--preserve-symlinks-main", "--verify-snapshot-checksum", "--no-rehash-snapshot"};
#define OPTIONS (sizeof options / sizeof *options)

static char **judges_words(const char *node, size_t chosen, const char *root, char **asked) {
  size_t count = 0;
  while (asked[count] != NULL) count++;
  char **all = allocate(NULL, (OPTIONS + count + 3) * sizeof *all), **last = all;
  *last++ = (char *)node;
  for (size_t index = 0; index < chosen; index++) *last++ = (char *)options[index];
  *last++ = join(root, "dist/judge.cjs");
  memcpy(last, asked, (count + 1) * sizeof *all);
  return all;
}

// Standard descriptors that the caller has closed must not be the pipe's.
static int above_standard(int descriptor) {
  if (descriptor > STDERR_FILENO) return descriptor;
  int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(descriptor);
  return moved;
}

static pid_t start_judge(const char *node, char **words, int *answer) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("cannot make a pipe", NULL, "close some files");
  int reading = above_standard(ends[0]), writing = above_standard(ends[1]);
  char **environment = judges_environment();
  // Not fork(2), which would copy this process first: the child does nothing here but become node.
  pid_t child = vfork();
  if (child < 0) fail("cannot start node, which judges the command", NULL, "end some processes");
  if (child == 0) {
    dup2(writing, STDOUT_FILENO);
    execve(node, words, environment);
    _exit(127);
  }
  close(writing);
  *answer = reading;
  return child;
}

// A person who logs in does not wait for ever, in milliseconds; a program may take what it takes.
#define PATIENCE 20000

static void wait_for_answer(int descriptor, pid_t child) {
  struct pollfd answer = {.fd = descriptor, .events = POLLIN};
  if (!is_person() || poll(&answer, 1, PATIENCE) != 0) return;
  kill(child, SIGKILL);
  fail("the judge does not answer", NULL, "see whether its disk does");
}

static char *read_to_end(int descriptor, size_t *length) {
  size_t size = 65536;
  char *text = allocate(NULL, size);
  *length = 0;
  for (;;) {
    ssize_t got = read(descriptor, text + *length, size - *length - 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    *length += (size_t)got;
    if (*length + 1 == size) text = allocate(text, size *= 2);
  }
  close(descriptor);
  text[*length] = '\0';
  return text;
}

static int wait_for(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static char *answer_of(const char *node, char **words, size_t *length, int *status) {
  int descriptor;
  pid_t child = start_judge(node, words, &descriptor);
  wait_for_answer(descriptor, child);
  char *answer = read_to_end(descriptor, length);
  *status = wait_for(child);
  return answer;
}

// An option that this node does not know, or a crash, over a code cache perhaps: none fits without options.
static bool is_worth_another_try(int status) {
  return status == 9 || (status > 128 && strchr("\004\005\006\007\013", status - 128) != NULL);
}

static void replace_descriptor(char *field) {
  char *file = strchr(field, ' ');
  int descriptor = atoi(field);
  int opened = file == NULL ? -1 : open(++file, O_RDONLY);
  if (opened < 0) fail("cannot read", file, "see that TMPDIR can be written");
  if (opened != descriptor) {
    dup2(opened, descriptor);
    close(opened);
  }
  unlink(file);
  char *slash = strrchr(file, '/');
  *slash = '\0';
  rmdir(file);
}

static void extend_word(char *field, bool before, int count, char **words) {
  char *text = strchr(field, ' ');
  int index = atoi(field);
  if (text == NULL || index < 1 || index >= count) fail("the judge's answer makes no sense", NULL, "install autobot-sh again");
  const char *first = before ? text + 1 : words[index], *second = before ? words[index] : text + 1;
  char *extended = allocate(NULL, strlen(first) + strlen(second) + 1);
  sprintf(extended, "%s%s", first, second);
  words[index] = extended;
}

static void set_variable(char *field) {
  char *value = strchr(field, '=');
  if (value == NULL) return;
  *value = '\0';
  setenv(field, value + 1, 1);
}

static void keep_node(void) {
  for (char **entry = environ; *entry != NULL;) {
    if (!is_nodes(*entry)) {
      entry++;
      continue;
    }
    size_t size = strlen(*entry) + sizeof "AUTOBOT_KEPT_";
    char *kept = allocate(NULL, size), *name = strndup(*entry, strcspn(*entry, "="));
    snprintf(kept, size, "AUTOBOT_KEPT_%s", *entry);
    putenv(kept);
    unsetenv(name);
    free(name);
    entry = environ;
  }
}

static void print(const char *text) {
  for (size_t left = strlen(text); left > 0;) {
    ssize_t written = write(STDOUT_FILENO, text, left);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text += written, left -= (size_t)written;
  }
}

// What to become: the words that the answer gives, or bash, and the launcher's own behind them.
static char **carry_out(char *field, const char *end, int count, char **words, bool *attended) {
  char **all = allocate(NULL, ((size_t)(end - field) + (size_t)count + 2) * sizeof *all);
  size_t used = 0;
  for (char *next = field; field < end; field = next) {
    next += strlen(field) + 1;
    switch (*field) {
      case '+': set_variable(field + 1); break;
      case '-': unsetenv(field + 1); break;
      case '<': replace_descriptor(field + 1); break;
      case '=':
      case '~': extend_word(field + 1, *field == '=', count, words); break;
      case '@': all[used++] = field + 1; break;
      case '>': print(field + 1); break;
      case '*': keep_node(); break;
      case '&': *attended = true; break;
      case '.':
        for (int index = used == 0 ? 0 : 1; index < count; index++) all[used++] = words[index];
        all[used] = NULL;
        return all;
      default: fail("the judge's answer makes no sense", NULL, "install autobot-sh again");
    }
  }
  fail("the judge's answer is cut off", NULL, "install autobot-sh again");
}

// src/session/start.ts says why these.
static const char *const session_options[] = {"--v8-pool-size=0", "--preserve-symlinks-main"};
#define SESSION_OPTIONS (sizeof session_options / sizeof *session_options)

char **sessions_words(const char *root, int count, char **words) {
  char *node = find_node(root);
  if (node == NULL) return NULL;
  keep_node();
  char **all = allocate(NULL, (SESSION_OPTIONS + (size_t)count + 4) * sizeof *all), **last = all;
  *last++ = node;
  for (size_t index = 0; index < SESSION_OPTIONS; index++) *last++ = (char *)session_options[index];
  *last++ = join(root, "dist/session.cjs");
  *last++ = "shell";
  for (int index = 0; index < count; index++) *last++ = words[index];
  *last = NULL;
  return all;
}

char *ask_node(const char *root, char **asked, size_t *length, int *status) {
  char *node = find_node(root);
  if (node == NULL) return NULL;
  char *answer = answer_of(node, judges_words(node, OPTIONS, root, asked), length, status);
  return is_worth_another_try(*status) ? answer_of(node, judges_words(node, 0, root, asked), length, status) : answer;
}

char **ask_judge(const char *root, int count, char **words, bool *attended) {
  char **asked = allocate(NULL, ((size_t)count + 3) * sizeof *asked);
  asked[0] = "shell";
  asked[1] = isatty(STDOUT_FILENO) ? "fields-on-terminal" : "fields";
  memcpy(asked + 2, words, (size_t)count * sizeof *asked);
  asked[count + 2] = NULL;
  size_t length;
  int status;
  char *answer = ask_node(root, asked, &length, &status);
  if (answer == NULL) fail("cannot find node, which judges the command", NULL, "set AUTOBOT_NODE to its absolute path");
  if (status == 126) exit(status);
  // It has said why.
  if (status == 125) give_up("the judge cannot work");
  char *end = answer + length, *next = answer + strlen(answer) + 1;
  if (status == 0 && length > 0 && end[-1] == '\0' && strcmp(answer, "show") == 0 && next < end) {
    print(next);
    exit(0);
  }
  if (status == 0 && length > 0 && end[-1] == '\0' && strcmp(answer, "permit") == 0) return carry_out(next, end, count, words, attended);
  if (status == 128 + SIGABRT) fail_aborted();
  char number[32];
  snprintf(number, sizeof number, "%d", status);
  fail("the judge failed with status", number, "install autobot-sh again");
}
