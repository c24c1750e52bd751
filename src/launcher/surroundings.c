// What a judge would look at besides the text: whether all of it is as usual. The same conditions as those of
// src/judge/judge.ts and src/world/layers.ts; any other means that the judge has to see the line.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher.h"

extern char **environ;

static bool is_set(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0';
}

static bool usual_environment(void) {
  static const char *const unusual[] = {"POSIXLY_CORRECT", "SHELLOPTS", "BASHOPTS"};
  for (size_t index = 0; index < sizeof unusual / sizeof *unusual; index++) {
    if (getenv(unusual[index]) != NULL) return false;
  }
  for (char **entry = environ; *entry != NULL; entry++) {
    if (strncmp(*entry, "AUTOBOT_", 8) == 0) return false;
  }
  const char *bash_env = getenv("BASH_ENV");
  bool own = bash_env == NULL || *bash_env == '\0' || (strstr(bash_env, "/autobot-sh/shims/") != NULL && strstr(bash_env, "/.bash-env") != NULL);
  const char *home = getenv("HOME");
  return own && !is_set("ENV") && home != NULL && home[0] == '/';
}

// bash(1), INVOCATION: what a remote shell daemon starts reads ~/.bashrc first. A socket on standard input is one sign of it.
static bool started_by_daemon(void) {
  const char *level = getenv("SHLVL");
  struct stat input;
  if (level != NULL && atoi(level) >= 1) return false;
  return getenv("SSH_CLIENT") != NULL || getenv("SSH2_CLIENT") != NULL || (fstat(STDIN_FILENO, &input) == 0 && S_ISSOCK(input.st_mode));
}

// passwd(5); not getpwuid(3), which asks the network where the machine is set up so.
bool read_account(struct surroundings *surroundings) {
  FILE *file = fopen("/etc/passwd", "re");
  if (file == NULL) return false;
  char line[PATH_MAX + 1024];
  bool found = false;
  while (!found && fgets(line, sizeof line, file) != NULL) {
    char *rest = line, *name = strsep(&rest, ":");
    strsep(&rest, ":");
    char *user = strsep(&rest, ":");
    strsep(&rest, ":");
    strsep(&rest, ":");
    char *home = strsep(&rest, ":\n");
    if (user == NULL || home == NULL || *user == '\0' || strtoul(user, NULL, 10) != getuid()) continue;
    found = home[0] == '/' && strlen(home) < sizeof surroundings->home && strlen(name) < sizeof surroundings->user;
    if (!found) break;
    strcpy(surroundings->user, name);
    strcpy(surroundings->home, home);
  }
  fclose(file);
  return found && strspn(surroundings->user, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == strlen(surroundings->user);
}

// What cannot be looked at may be there.
static bool may_exist(const char *directory, const char *name) {
  char path[2 * PATH_MAX];
  struct stat file;
  int length = snprintf(path, sizeof path, "%s/%s", directory, name);
  return length < 0 || (size_t)length >= sizeof path || lstat(path, &file) == 0 || (access(directory, F_OK) == 0 && access(directory, X_OK) != 0);
}

// World-writable and sticky, as /tmp: what anybody may put there is nobody's project (src/world/layers.ts).
static bool anyone_may_create_in(const char *directory) {
  struct stat file;
  return stat(directory, &file) == 0 && (file.st_mode & 01002) == 01002;
}

// The nearest directory upwards that holds a project's policies; empty where there is none.
static void find_project(char *project, const char *directory) {
  strcpy(project, directory);
  for (;;) {
    if (may_exist(project, ".autobot-sh") && !anyone_may_create_in(project)) return;
    char *slash = strrchr(project, '/');
    bool top = slash == NULL || project[1] == '\0';
    project[top ? 0 : slash == project ? 1 : slash - project] = '\0';
    if (top) return;
  }
}

static bool find_policies(struct surroundings *surroundings) {
  char user[PATH_MAX + 16], project[PATH_MAX];
  const char *configured = getenv("XDG_CONFIG_HOME");
  snprintf(user, sizeof user, "%s/.config", surroundings->home);
  find_project(project, surroundings->directory);
  if (configured == NULL || configured[0] != '/' || strcmp(configured, user) == 0 || !may_exist(configured, "autobot-sh")) configured = "";
  surroundings->system = may_exist("/etc", "autobot-sh");
  surroundings->own = may_exist(user, "autobot-sh") || *configured != '\0' || *project != '\0';
  int length = snprintf(surroundings->places, sizeof surroundings->places, "%s:%s", configured, project);
  return length > 0 && (size_t)length < sizeof surroundings->places;
}

// The record and the judge's answer hold the directory's name, so it has to be plain.
bool read_directory(struct surroundings *surroundings) {
  if (getcwd(surroundings->directory, sizeof surroundings->directory) == NULL || surroundings->directory[0] != '/') return false;
  for (const char *at = surroundings->directory; *at != '\0'; at++) {
    if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\') return false;
  }
  return true;
}

bool usual_surroundings(struct surroundings *surroundings) {
  return usual_environment() && !started_by_daemon() && read_directory(surroundings) && read_account(surroundings) && find_policies(surroundings);
}

bool usual_hook(struct surroundings *surroundings, const char *directory) {
  if (!usual_environment() || !read_directory(surroundings) || !read_account(surroundings)) return false;
  if (directory[0] != '\0') strcpy(surroundings->directory, directory);
  return find_policies(surroundings);
}

// The tables of the policies in force: the build's for the built-in ones alone, else those that the judge has made. Where the
// system has policies, only root's: a user's would loosen them.
bool load_tables(struct prefilter *prefilter, const char *root, const struct surroundings *surroundings) {
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
