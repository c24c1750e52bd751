// autobot-sh: has a program judged, then becomes bash. Nothing here may change what that bash inherits: arguments, argv[0],
// descriptors, signals, environment. Most commands need no judge; the rest start node.
//
// libexec/autobot-sh is the same in bash, without the fast way, for machines that this has not been compiled for. For agents
// the build makes both once more, under the name of autobot-bash; and this once more as autobotctl, for their hooks.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher.h"

extern char **environ;

static const char bash[] = "/bin/bash";

// This file, whatever link or name it was started by.
static bool find_program(char *path, size_t size) {
  ssize_t length = readlink("/proc/self/exe", path, size - 1);
  if (length <= 0) return false;
  path[length] = '\0';
  return true;
}

// Where the package is installed: this file is in its bin directory.
static char *root_of(char *path) {
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(path, '/');
    if (slash != NULL && slash != path) *slash = '\0';
  }
  return path;
}

static bool is_tools(const char *path) {
  const char *slash = strrchr(path, '/');
  return strncmp(slash == NULL ? path : slash + 1, "autobotctl", strlen("autobotctl")) == 0;
}

static bool is_called_sh(const char *name) {
  const char *slash = strrchr(name, '/');
  return strcmp(slash == NULL ? name : slash + 1, "sh") == 0;
}

// The program of the words with which most commands come, `-c TEXT` and a few options; null for any others.
static const char *plain_program(int count, char **words) {
  static const char *const alone[] = {"-c", "-ec", "-uc", "-xc", "-euc", "-exc"};
  static const char *const with_pipefail[] = {"-euo", "-eo", "-uo", "-o"};
  // As `sh` or as a login shell bash reads other start-up files.
  if (count < 3 || words[0][0] == '-' || is_called_sh(words[0])) return NULL;
  for (size_t index = 0; index < sizeof alone / sizeof *alone; index++) {
    if (strcmp(words[1], alone[index]) == 0) return words[2];
  }
  if (count < 5 || strcmp(words[2], "pipefail") != 0 || strcmp(words[3], "-c") != 0) return NULL;
  for (size_t index = 0; index < sizeof with_pipefail / sizeof *with_pipefail; index++) {
    if (strcmp(words[1], with_pipefail[index]) == 0) return words[4];
  }
  return NULL;
}

// Whether nothing can be denied about the program. Then it is on record, and the environment is ready for it.
static bool is_harmless(const char *root, const char *program) {
  static struct prefilter prefilter;
  static struct surroundings surroundings;
  static struct layer layer;
  const char *place = NULL;
  char variant[64] = "";
  size_t length = strnlen(program, LONGEST_TEXT + 1);
  if (length > LONGEST_TEXT || !usual_surroundings(&surroundings)) return false;
  if (!load_tables(&prefilter, root, &surroundings)) return false;
  struct verdict verdict = read_text(&prefilter, program, length);
  size_t size;
  const char *suffix = next_value(&prefilter, 'v', &place, &size);
  if (suffix != NULL) snprintf(variant, sizeof variant, "%.*s", (int)size, suffix);
  if (!verdict.harmless || (verdict.starts && !find_layer(&layer, root, variant, program)) || !record_permitted(&surroundings, "scripts", program, length)) return false;
  // The shell's own utilities start nothing that a layer could see.
  if (verdict.starts) use_layer(&layer);
  return true;
}

// bin/autobotctl: an agent waits for its hook before each command; the other tools are node's (src/main.ts), as bash starts it.
static _Noreturn void run_tools(char *root, int count, char **words) {
  if (is_hook(count, words)) answer_hook(root, words[3]);
  char script[PATH_MAX + 32], **all = calloc((size_t)count + 4, sizeof *all);
  snprintf(script, sizeof script, "%s/libexec/autobotctl", root == NULL ? "" : root);
  if (all == NULL) _exit(125);
  memcpy(all + 2, words, (size_t)count * sizeof *all);
  all[0] = (char *)bash, all[1] = "-p", all[2] = script;
  execv(bash, all);
  dprintf(STDERR_FILENO, "autobotctl: cannot run `%s`\n  install bash\n", bash);
  _exit(125);
}

int main(int count, char **words) {
  char program[PATH_MAX];
  char *nameless[] = {"autobot-sh", NULL};
  if (count == 0) count = 1, words = nameless;
  note_call(count, words);
  bool found = find_program(program, sizeof program);
  if (is_tools(found ? program : words[0])) run_tools(found ? root_of(program) : NULL, count, words);
  if (!found) fail("cannot find where it is installed", NULL, "mount /proc");
  const char *root = root_of(program), *text = plain_program(count, words);
  if (text != NULL && is_harmless(root, text)) {
    execv(bash, words);
    fail("cannot run", bash, "install bash");
  }
  note_environment();
  // A person at a terminal: it is what the judge would say, in most cases, and the session knows the others.
  char **session = is_person() && isatty(STDOUT_FILENO) && !is_called_sh(words[0]) ? sessions_words(root, count, words) : NULL;
  if (session != NULL) attend(session, root, count, words);
  bool attended = false;
  char **become = ask_judge(root, count, words, &attended);
  if (attended) attend(become, NULL, count, words);
  const char *file = become[0] == words[0] ? bash : become[0];
  execv(file, become);
  // The layer's words come before the program's, which may have been as long as a word can be.
  if (errno == E2BIG) fail("the program is too long", NULL, "give it on standard input, or in a file");
  fail("cannot run", file, "install it");
}
