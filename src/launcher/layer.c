// The runtime layer (docs/adr/0012) for a command that the judge need not see: the directory of shims for this PATH, where
// the judge has made it and nothing has changed since. src/run/shims.ts makes such directories and names them likewise.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher.h"

#define LONGEST_PATH 32768

static const char shims[] = "/autobot-sh/shims/";

static bool is_shims(const char *entry, size_t length) {
  const char *found = memmem(entry, length, shims, sizeof shims - 1);
  if (found == NULL) return false;
  const char *name = found + sizeof shims - 1;
  size_t rest = (size_t)(entry + length - name);
  return rest > 0 && memchr(name, '/', rest) == NULL;
}

// PATH without directories of shims; an empty entry, the current directory, stays one.
static bool plain_path(char *plain, const char *path) {
  if (path == NULL || *path == '\0' || strlen(path) >= LONGEST_PATH) return false;
  size_t length = 0;
  bool first = true;
  for (const char *entry = path;; entry += strcspn(entry, ":") + 1) {
    size_t size = strcspn(entry, ":");
    if (!is_shims(entry, size)) {
      if (!first) plain[length++] = ':';
      memcpy(plain + length, entry, size);
      length += size;
      first = false;
    }
    if (entry[size] == '\0') break;
  }
  plain[length] = '\0';
  return length > 0;
}

static uint64_t digit_of(char c) {
  if (c >= '0' && c <= '9') return (uint64_t)(c - '0');
  if (c >= 'a' && c <= 'z') return (uint64_t)(c - 'a' + 10);
  if (c >= 'A' && c <= 'Z') return (uint64_t)(c - 'A' + 36);
  return 63;
}

// Length and a hash: ten characters at a time, as numbers of base 64, in 64 bits.
void directory_name(char *name, size_t size, const char *path) {
  uint64_t hash = 0;
  size_t length = strlen(path);
  for (size_t start = 0; start < length; start += 10) {
    uint64_t chunk = 0;
    for (size_t index = start; index < start + 10 && index < length; index++) chunk = chunk * 64 + digit_of(path[index]);
    hash = (hash * 33) ^ chunk;
  }
  snprintf(name, size, "%zu-%llx", length, (unsigned long long)hash);
}

static bool is_newer(const char *path, const struct stat *made) {
  struct stat file;
  if (stat(path, &file) != 0) return false;
  return file.st_mtim.tv_sec > made->st_mtim.tv_sec || (file.st_mtim.tv_sec == made->st_mtim.tv_sec && file.st_mtim.tv_nsec > made->st_mtim.tv_nsec);
}

static bool any_newer(const char *path, const char *root, const struct stat *made) {
  char entry[PATH_MAX + 16];
  static const char *const own[] = {"libexec", "dist"};
  for (size_t index = 0; index < 2; index++) {
    snprintf(entry, sizeof entry, "%s/%s", root, own[index]);
    if (is_newer(entry, made)) return true;
  }
  for (;; path += strcspn(path, ":") + 1) {
    size_t size = strcspn(path, ":");
    if (size >= sizeof entry) return true;
    memcpy(entry, path, size);
    entry[size] = '\0';
    if (entry[0] == '/' && is_newer(entry, made)) return true;
    if (path[size] == '\0') return false;
  }
}

static bool is_same_file(const char *one, const char *other) {
  struct stat first, second;
  return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

// The marker's first lines: where the package is installed, and the PATH that it was made for.
static bool is_made_for(const char *directory, const char *path, const char *root) {
  char file[PATH_MAX + 32], text[PATH_MAX + LONGEST_PATH];
  struct stat made, owned;
  snprintf(file, sizeof file, "%s/.autobot-sh", directory);
  if (lstat(directory, &owned) != 0 || owned.st_uid != geteuid() || (owned.st_mode & 07777) != 0700) return false;
  int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return false;
  bool ours = fstat(descriptor, &made) == 0 && S_ISREG(made.st_mode) && made.st_uid == geteuid();
  ssize_t length = ours ? read(descriptor, text, sizeof text - 1) : -1;
  close(descriptor);
  if (length <= 0) return false;
  text[length] = '\0';
  char *rest = text, *installed = strsep(&rest, "\n"), *searched = strsep(&rest, "\n");
  return searched != NULL && strcmp(searched, path) == 0 && is_same_file(installed, root) && !any_newer(path, root, &made);
}

static bool cache_directory(char *directory, size_t size) {
  const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  int length = cache != NULL && cache[0] == '/' ? snprintf(directory, size, "%s", cache) : snprintf(directory, size, "%s/.cache", home == NULL ? "" : home);
  return directory[0] == '/' && length > 0 && (size_t)length < size;
}

// bash counts how deep it is nested when it starts.
static long next_level(void) {
  const char *level = getenv("SHLVL");
  if (level == NULL || *level == '\0') return 1;
  return strspn(level, "0123456789") == strlen(level) && strlen(level) < 3 ? atol(level) + 1 : -1;
}

// The bash that comes now has the right PATH and need not read the file: `-v` and `-x` would show it. bash expands the value;
// to nothing in this one process, unless another shell may take its place in it.
static bool write_bash_env(struct layer *layer, const char *directory, const char *command) {
  size_t size = sizeof layer->bash_env;
  long level = next_level();
  if (level < 0) return false;
  if (strpbrk(directory, "\\\"`$}") != NULL || strstr(command, "sh") != NULL) return snprintf(layer->bash_env, size, "%s/.bash-env", directory) < (int)size;
  return snprintf(layer->bash_env, size, "${BASH_VERSINFO[$$==%ld&&SHLVL==%ld?9:0]+%s/.bash-env}", (long)getpid(), level, directory) < (int)size;
}

bool find_layer(struct layer *layer, const char *root, const char *variant, const char *command) {
  char path[LONGEST_PATH], cache[PATH_MAX], name[64], directory[PATH_MAX];
  if (!plain_path(path, getenv("PATH")) || !cache_directory(cache, sizeof cache)) return false;
  directory_name(name, sizeof name, path);
  int length = snprintf(directory, sizeof directory, "%s%s%s%s", cache, shims, name, variant);
  if (length < 0 || (size_t)length >= sizeof directory || !is_made_for(directory, path, root)) return false;
  snprintf(layer->path, sizeof layer->path, "%s:%s", directory, path);
  return write_bash_env(layer, directory, command);
}

void use_layer(const struct layer *layer) {
  setenv("PATH", layer->path, 1);
  setenv("BASH_ENV", layer->bash_env, 1);
}
