// What becomes of a call that autobot-sh itself fails. A program is not run: status 125. A person who wants a shell is told
// what is wrong, and gets a plain one where the machine's owner would be locked out otherwise: root always, and whom the
// system's policy names (docs/adr/0017). libexec/autobot-sh does the same in bash.
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "launcher.h"

// Root's judge writes it from the system's policy (src/launcher/compiled.ts), which may be the very thing that is broken now.
// A line each: `u UID` or `g GID`.
static const char rescued[] = "/var/cache/autobot-sh/rescue";

static int call_count;
static char **call_words;

void note_call(int count, char **words) {
  call_count = count;
  call_words = words;
}

bool is_person(void) {
  static const char *const options[] = {"-l", "-i", "-il", "-li", "--login"};
  for (int index = 1; index < call_count; index++) {
    bool known = false;
    for (size_t option = 0; option < sizeof options / sizeof *options; option++) known |= strcmp(call_words[index], options[option]) == 0;
    if (!known) return false;
  }
  // As bash decides that it is interactive, and so that the warning is seen.
  return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static bool is_in_group(gid_t group) {
  gid_t groups[1024];
  int count = getgroups(sizeof groups / sizeof *groups, groups);
  for (int index = 0; index < count; index++) {
    if (groups[index] == group) return true;
  }
  return group == getgid();
}

static bool is_named(FILE *file) {
  char line[64];
  while (fgets(line, sizeof line, file) != NULL) {
    unsigned long id = strtoul(line + 1, NULL, 10);
    if ((line[0] == 'u' && id == getuid()) || (line[0] == 'g' && is_in_group((gid_t)id))) return true;
  }
  return false;
}

static bool may_be_rescued(void) {
  if (getuid() == 0 && geteuid() == 0) return true;
  int descriptor = open(rescued, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat status;
  if (descriptor < 0) return false;
  bool roots = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  FILE *file = roots ? fdopen(descriptor, "re") : NULL;
  bool named = file != NULL && is_named(file);
  if (file != NULL) fclose(file);
  else close(descriptor);
  return named;
}

// As syslog(3), which would bring the reading of time zones with it: a datagram that begins with facility authpriv (10), level
// warning (4).
static void tell_system(const char *user, const char *why) {
  struct sockaddr_un log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
  char message[512];
  int length = snprintf(message, sizeof message, "<%d>autobot-sh[%ld]: rescue shell without a guard for %s: %s", 10 << 3 | 4, (long)getpid(), user, why);
  int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return;
  sendto(descriptor, message, (size_t)length < sizeof message ? (size_t)length : sizeof message - 1, MSG_NOSIGNAL, (const struct sockaddr *)&log, sizeof log);
  close(descriptor);
}

// In both: one may be full, and the other not read by anybody.
static bool report(const char *why) {
  static struct surroundings surroundings;
  if (!read_account(&surroundings)) snprintf(surroundings.user, sizeof surroundings.user, "%lu", (unsigned long)getuid());
  if (!read_directory(&surroundings)) strcpy(surroundings.directory, "");
  tell_system(surroundings.user, why);
  return record_rescue(&surroundings, why);
}

static _Noreturn void rescue(const char *why) {
  bool login = call_words[0][0] == '-';
  for (int index = 1; index < call_count; index++) login |= strchr(call_words[index], 'l') != NULL;
  dprintf(STDERR_FILENO, "autobot-sh: this is a rescue shell: plain bash, and nothing that is typed in it is judged\n  mend autobot-sh (`autobotctl doctor`), then log in again; %s\n",
          report(why) ? "that it was used is on record" : "the record cannot be written");
  execl("/bin/bash", login ? "-bash" : "bash", (char *)NULL);
  execl("/bin/sh", login ? "-sh" : "sh", (char *)NULL);
  dprintf(STDERR_FILENO, "autobot-sh: cannot run `/bin/bash`, nor `/bin/sh`\n");
  exit(125);
}

void (*in_place_of_giving_up)(void);

void give_up(const char *why) {
  if (in_place_of_giving_up != NULL) in_place_of_giving_up();
  if (!is_person()) exit(125);
  if (may_be_rescued()) rescue(why);
  dprintf(STDERR_FILENO, "autobot-sh: no shell can be started for you\n  ask root, whose login gets one all the same, or whom the system's policy names in `rescue`\n");
  exit(125);
}

void fail_aborted(void) { fail("node has given up, which it does where it may not have another thread, or more memory", NULL, "see `ulimit -u` and `ulimit -v`"); }

void fail(const char *what, const char *subject, const char *way_out) {
  char why[256];
  if (subject == NULL) snprintf(why, sizeof why, "%s", what);
  else snprintf(why, sizeof why, "%s `%s`", what, subject);
  dprintf(STDERR_FILENO, "autobot-sh: %s; nothing was run\n  %s\n", why, way_out);
  give_up(why);
}
