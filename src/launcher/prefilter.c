// The tables of src/prefilter.ts, read and made ready. A line each: a letter for its kind, a blank, the value.
//
//   d MTIME SIZE PATH   a file that it was made from: seconds.nanoseconds of its last change, `-` where it was not there
//   v SUFFIX            what names of directories of shims end with under these policies
//   f FRAGMENT          stands in every path that a rule on this machine speaks of
//   s OPTION            another command stands behind it; `l`: the same of what a long option begins with
//   m OPTION            a utility that another command may follow makes files behind it
//   c NAME WORD         what that utility is confined with
//   u NAME MARKS        a utility, see add_utility
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher.h"

#define SLOTS (sizeof((struct prefilter *)0)->lines / sizeof(unsigned short))

static size_t slot_of(const char *name, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t index = 0; index < length; index++) hash = (hash ^ (unsigned char)name[index]) * 16777619u;
  return hash % SLOTS;
}

// The slot of a name, or the free one where it would be; SLOTS where there is neither.
static size_t find_slot(const struct prefilter *prefilter, const char *name, size_t length) {
  size_t slot = slot_of(name, length);
  for (size_t tries = 0; tries < SLOTS; tries++, slot = (slot + 1) % SLOTS) {
    size_t start = (size_t)prefilter->lines[slot] + 2;
    if (start == 2) return slot;
    if (start + length < prefilter->length && memcmp(prefilter->text + start, name, length) == 0 && prefilter->text[start + length] == ' ') return slot;
  }
  return SLOTS;
}

const char *next_value(const struct prefilter *prefilter, char kind, const char **place, size_t *length) {
  const char *end = prefilter->text + prefilter->length;
  const char *line = *place == NULL ? prefilter->text : *place;
  while (line < end) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (stop == NULL) break;
    *place = stop + 1;
    if (line[0] == kind && stop - line >= 2) {
      *length = (size_t)(stop - line - 2);
      return line + 2;
    }
    line = stop + 1;
  }
  *place = NULL;
  return NULL;
}

// What follows a name: `!` the shell's own, `:` makes files, `%` runs what follows an option, `@` reaches other hosts, `+` gives more
// words than the text shows, `=` is confined with some first words only, `&LETTERS;LETTERS;N` wraps.
static bool read_marks(struct utility *utility, const char *marks) {
  for (const char *at = marks; *at != '\n'; at++) {
    switch (*at) {
      case '!': utility->marks |= mark_builtin; break;
      case ':': utility->marks |= mark_writes; break;
      case '%': utility->marks |= mark_runs; break;
      case '@': utility->marks |= mark_reaches; break;
      case '+': utility->marks |= mark_more; break;
      case '=': utility->marks |= mark_subcommand; break;
      case '&':
        utility->marks |= mark_wraps;
        utility->letters = at + 1;
        utility->attached = utility->letters + strcspn(utility->letters, ";\n") + 1;
        at = utility->attached + strcspn(utility->attached, ";\n") + 1;
        if (at[-1] != ';' || *at < '0' || *at > '9') return false;
        utility->own = *at - '0';
        break;
      default: return false;
    }
  }
  return true;
}

bool find_utility(const struct prefilter *prefilter, const char *name, size_t length, struct utility *utility) {
  size_t slot = length == 0 ? SLOTS : find_slot(prefilter, name, length);
  if (slot == SLOTS || prefilter->lines[slot] == 0) return false;
  const char *found = prefilter->text + prefilter->lines[slot] + 2;
  *utility = (struct utility){.name = found, .length = length};
  return read_marks(utility, found + length + 1);
}

static bool add_utility(struct prefilter *prefilter, const char *value, size_t length) {
  const char *blank = memchr(value, ' ', length);
  if (blank == NULL || blank == value) return false;
  size_t slot = find_slot(prefilter, value, (size_t)(blank - value));
  if (slot == SLOTS) return false;
  // The first line of a name counts. None is at the start of the text, where 0 would be: other kinds come first.
  if (prefilter->lines[slot] == 0) prefilter->lines[slot] = (unsigned short)(value - prefilter->text - 2);
  return true;
}

static bool is_unchanged(const char *value, size_t length) {
  char line[PATH_MAX + 64], now[64];
  if (length >= sizeof line) return false;
  memcpy(line, value, length);
  line[length] = '\0';
  char *size = strchr(line, ' '), *path = size == NULL ? NULL : strchr(size + 1, ' ');
  if (path == NULL) return false;
  *path++ = '\0';
  struct stat file;
  if (stat(path, &file) == 0) snprintf(now, sizeof now, "%lld.%09ld %lld", (long long)file.st_mtim.tv_sec, file.st_mtim.tv_nsec, (long long)file.st_size);
  else strcpy(now, "- -");
  return strcmp(line, now) == 0;
}

static bool belongs_to(long owner, const struct stat *file) {
  if (owner >= 0) return file->st_uid == (uid_t)owner && (file->st_mode & (S_IWGRP | S_IWOTH)) == 0;
  // An installation may be somebody else's, whom the judge is believed as well; not where this user could have changed it.
  bool others_may_write = (file->st_mode & S_IWOTH) != 0 || ((file->st_mode & S_IWGRP) != 0 && file->st_gid != getegid());
  return !others_may_write && (file->st_uid == geteuid() || (file->st_mode & S_IWGRP) == 0);
}

static bool read_tables(struct prefilter *prefilter, int descriptor, const struct stat *judge, long owner) {
  struct stat file;
  if (fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode) || !belongs_to(owner, &file)) return false;
  // What was made from an older judge may permit what this one refuses.
  if (file.st_mtim.tv_sec < judge->st_mtim.tv_sec || (file.st_mtim.tv_sec == judge->st_mtim.tv_sec && file.st_mtim.tv_nsec < judge->st_mtim.tv_nsec)) return false;
  ssize_t length = read(descriptor, prefilter->text, sizeof prefilter->text);
  if (length <= 0 || length == sizeof prefilter->text || prefilter->text[length - 1] != '\n' || prefilter->text[0] == 'u') return false;
  prefilter->length = (size_t)length;
  return true;
}

bool load_prefilter(struct prefilter *prefilter, const char *path, const char *judge, long owner) {
  struct stat judge_file;
  if (stat(judge, &judge_file) != 0) return false;
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return false;
  bool loaded = read_tables(prefilter, descriptor, &judge_file, owner);
  close(descriptor);
  if (!loaded) return false;
  const char *place = NULL, *value;
  size_t length;
  while ((value = next_value(prefilter, 'd', &place, &length)) != NULL) {
    if (!is_unchanged(value, length)) return false;
  }
  while ((value = next_value(prefilter, 'u', &place, &length)) != NULL) {
    if (!add_utility(prefilter, value, length)) return false;
  }
  return true;
}
