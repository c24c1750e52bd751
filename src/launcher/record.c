// The record of a line that the judge has not seen: one line of JSON, as src/record/audit.ts writes it, but that nothing has
// been taken apart for `requests`.
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "launcher.h"

// A longer one is for the judge to rotate.
#define LONGEST_RECORD (10 * 1024 * 1024)

// What may be, or be near, a secret: the judge hides it (src/report/mask.ts).
static bool may_hold_secret(const char *text, size_t length) {
  static const char *const signs[] = {"pass", "secret", "token", "key",    "credential", "auth", "bearer", "ghp_", "gho_", "ghu_",
                                      "ghs_", "ghr_",   "github_pat", "glpat", "sk-",        "xox",  "akia",   "eyj",  "mysql", "mariadb"};
  char lower[LONGEST_TEXT + 1];
  for (size_t index = 0; index < length; index++) lower[index] = (char)tolower((unsigned char)text[index]);
  lower[length] = '\0';
  for (size_t index = 0; index < sizeof signs / sizeof *signs; index++) {
    if (strstr(lower, signs[index]) != NULL) return true;
  }
  const char *url = strstr(lower, "://");
  return url != NULL && strchr(url, '@') != NULL;
}

static size_t escape(char *escaped, const char *text, size_t length) {
  size_t size = 0;
  for (size_t index = 0; index < length; index++) {
    char c = text[index];
    if (c == '\\' || c == '"') escaped[size++] = '\\';
    if (c == '\n') escaped[size++] = '\\', c = 'n';
    escaped[size++] = c == '\t' ? ' ' : c;
  }
  return size;
}

static void write_base_36(char *text, size_t size, unsigned long long number) {
  char digits[32];
  size_t count = 0;
  do digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
  while ((number /= 36) > 0 && count < sizeof digits);
  for (size_t index = 0; index < count && index + 1 < size; index++) text[index] = digits[count - 1 - index];
  text[count < size ? count : size - 1] = '\0';
}

// RFC 3339. Not gmtime(3), which reads the local time zone from its file. Years are counted from March, so that a leap day is
// the last one, in eras of 400 years with 146,097 days.
static void write_time(char *text, size_t size, long long seconds) {
  long long days = seconds / 86400 + 719468, second = seconds % 86400;
  long long era = days / 146097, day = days % 146097;
  long long year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
  long long of_year = day - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
  snprintf(text, size, "%04lld-%02lld-%02lldT%02lld:%02lld:%02lld", era * 400 + year + (month >= 10), month < 10 ? month + 3 : month - 9,
           of_year - (153 * month + 2) / 5 + 1, second / 3600, second / 60 % 60, second % 60);
}

// As `mkdir -p -m 700` of the directory that the file is in.
static void make_directories(char *file) {
  for (char *slash = strchr(file + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(file, 0700);
    *slash = '/';
  }
}

static int open_record(bool make) {
  char path[PATH_MAX];
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  int length = state != NULL && state[0] == '/' ? snprintf(path, sizeof path, "%s/autobot-sh/audit.jsonl", state)
                                                : snprintf(path, sizeof path, "%s/.local/state/autobot-sh/audit.jsonl", home == NULL ? "" : home);
  if (length < 0 || (size_t)length >= sizeof path || path[0] != '/') return -1;
  if (make) make_directories(path);
  int descriptor = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (make ? O_CREAT : 0), 0600);
  struct stat file;
  if (descriptor < 0) return -1;
  if (fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == geteuid() && (file.st_mode & 077) == 0 && file.st_size < LONGEST_RECORD) return descriptor;
  close(descriptor);
  return -1;
}

// What every record begins with; its length.
static size_t begin_record(char *line, size_t size, const char *face, const struct surroundings *surroundings) {
  char moment[160], id[32], process[16];
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  write_time(moment, sizeof moment, now.tv_sec);
  unsigned long long milliseconds = (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
  write_base_36(id, sizeof id, milliseconds);
  write_base_36(process, sizeof process, (unsigned long long)getpid());
  return (size_t)snprintf(line, size,
                          "{\"time\":\"%s.%03lluZ\",\"id\":\"%s-%s\",\"face\":\"%s\",\"user\":\"%s\",\"cwd\":\"%s\",\"decision\":\"permit\","
                          "\"effective\":\"permit\",\"rules\":[],\"requests\":[],",
                          moment, milliseconds % 1000, id, process, face, surroundings->user, surroundings->directory);
}

// One write(2): records of shells that run at once do not mix (O_APPEND, open(2)).
static bool append(int descriptor, const char *line, size_t length) {
  bool written = write(descriptor, line, length) == (ssize_t)length;
  close(descriptor);
  return written;
}

static bool record(int descriptor, const char *face, const struct surroundings *surroundings, const char *field, const char *text, size_t length) {
  char line[2 * LONGEST_TEXT + PATH_MAX + 512];
  size_t end = begin_record(line, sizeof line, face, surroundings);
  end += (size_t)sprintf(line + end, "\"%s\":\"", field);
  end += escape(line + end, text, length);
  memcpy(line + end, "\"}\n", 3);
  return append(descriptor, line, end + 3);
}

bool record_permitted(const struct surroundings *surroundings, const char *face, const char *text, size_t length) {
  if (may_hold_secret(text, length)) return false;
  int descriptor = open_record(false);
  return descriptor >= 0 && record(descriptor, face, surroundings, "text", text, length);
}

bool record_rescue(const struct surroundings *surroundings, const char *why) {
  int descriptor = open_record(true);
  return descriptor >= 0 && record(descriptor, "login", surroundings, "rescue", why, strnlen(why, LONGEST_TEXT));
}
