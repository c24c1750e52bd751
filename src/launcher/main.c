// autobot-sh: has a program judged, then becomes bash. Nothing here may change what that bash inherits: arguments, argv[0],
// descriptors, signals, environment. Most commands need no judge; the rest start node.
//
// libexec/autobot-sh is the same in bash, without the fast way, for machines that this has not been compiled for. For agents
// the build makes both once more, under the name of autobot-bash.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher.h"

extern char **environ;

static const char bash[] = "/bin/bash";

// Where the package is installed: this file is in its bin directory, whatever link or name it was started by.
static void find_root(char *root, size_t size) {
  ssize_t length = readlink("/proc/self/exe", root, size - 1);
  if (length <= 0) fail("cannot find where it is installed", NULL, "mount /proc");
  root[length] = '\0';
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(root, '/');
    if (slash != NULL && slash != root) *slash = '\0';
  }
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

// The tables of the policies in force: the build's for the built-in ones alone, else those that the judge has made. Where the
// system has policies, only root's: a user's would loosen them.
static bool load_tables(struct prefilter *prefilter, const char *root, const struct surroundings *surroundings) {
  char tables[2 * PATH_MAX + 128], judge[PATH_MAX + 32], name[64];
  snprintf(judge, sizeof judge, "%s/dist/judge.cjs", root);
  if (surroundings->system) return !surroundings->own && load_prefilter(prefilter, "/var/cache/autobot-sh/prefilter", judge, 0);
  if (!surroundings->own) {
    snprintf(tables, sizeof tables, "%s/dist/prefilter", root);
    return load_prefilter(prefilter, tables, judge, -1);
  }
  directory_name(name, sizeof name, surroundings->places);
  snprintf(tables, sizeof tables, "%s/.cache/autobot-sh/prefilter/%s", surroundings->home, name);
  return load_prefilter(prefilter, tables, judge, (long)geteuid());
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
  if (!verdict.harmless || (verdict.starts && !find_layer(&layer, root, variant, program)) || !record_permitted(&surroundings, program, length)) return false;
  // The shell's own utilities start nothing that a layer could see.
  if (verdict.starts) use_layer(&layer);
  return true;
}

int main(int count, char **words) {
  char root[PATH_MAX];
  char *nameless[] = {"autobot-sh", NULL};
  if (count == 0) count = 1, words = nameless;
  start_on_terminal(count, words);
  note_call(count, words);
  find_root(root, sizeof root);
  const char *program = plain_program(count, words);
  if (program != NULL && is_harmless(root, program)) {
    execv(bash, words);
    fail("cannot run", bash, "install bash");
  }
  // A person at a terminal: it is what the judge would say, in most cases, and the session knows the others.
  char **session = is_person() && isatty(STDOUT_FILENO) && !is_called_sh(words[0]) ? sessions_words(root, count, words) : NULL;
  if (session != NULL) attend(session, false);
  bool attended = false;
  char **become = ask_judge(root, count, words, &attended);
  if (attended) attend(become, true);
  const char *file = become[0] == words[0] ? bash : become[0];
  execv(file, become);
  // The layer's words come before the program's, which may have been as long as a word can be.
  if (errno == E2BIG) fail("the program is too long", NULL, "give it on standard input, or in a file");
  fail("cannot run", file, "install it");
}
