// The person's shell, on a terminal of its own, started beside the session's node, which takes ten times as long. It loads the
// gate meanwhile, and waits there: it reads no start-up file and no line until the session says so (libexec/gate-pipes.bash), and is
// hung up where the session wants none, or another. The session has the terminal, and nobody else; this process waits for the shell,
// and tells the session.
//
// src/session/inner-shell.ts says the same of the shells that a session starts itself, where this was not compiled, or the judge
// was asked.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "launcher.h"

extern char **environ;

static char **given;

void note_environment(void) {
  size_t count = 0;
  while (environ[count] != NULL) count++;
  given = calloc(count + 1, sizeof *given);
  if (given != NULL) memcpy(given, environ, count * sizeof *given);
}

static const char *value_of(const char *name) {
  size_t length = strlen(name);
  for (char **entry = given; *entry != NULL; entry++) {
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return *entry + length + 1;
  }
  return NULL;
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), size = strlen(end);
  return length >= size && strcmp(text + length - size, end) == 0;
}

// The person's own choice. What the policy says is not known here: the session takes another then.
static bool wants_zsh(void) {
  const char *asked = value_of("AUTOBOT_INNER_SHELL");
  return asked != NULL && (strcmp(asked, "zsh") == 0 || ends_with(asked, "/zsh"));
}

// Of these some would act on the start itself. The session knows what to do about them.
static bool exports_options(void) { return value_of("SHELLOPTS") != NULL || value_of("BASHOPTS") != NULL; }

void open_terminal(struct shell *shell, const struct termios *settings) {
  struct winsize size;
  int ends[2];
  shell->name = wants_zsh() ? "zsh" : "bash";
  snprintf(shell->file, sizeof shell->file, "/bin/%s", shell->name);
  if (given == NULL || exports_options() || access(shell->file, X_OK) != 0) return;
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK), slave = -1;
  if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, shell->terminal, sizeof shell->terminal) == 0)
    slave = open(shell->terminal, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0 || pipe2(ends, O_CLOEXEC) != 0) {
    close(slave);
    close(master);
    return;
  }
  tcsetattr(slave, TCSANOW, settings);
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) ioctl(slave, TIOCSWINSZ, &size);
  shell->master = master;
  shell->slave = slave;
  shell->heard = ends[0];
  shell->told = ends[1];
}

void give_terminal(const struct shell *shell) {
  char text[sizeof shell->terminal + 64];
  if (shell->master < 0) {
    unsetenv("AUTOBOT_SH_SHELL");
    return;
  }
  fcntl(shell->master, F_SETFD, 0);
  fcntl(shell->heard, F_SETFD, 0);
  snprintf(text, sizeof text, "%s %d %d %s", shell->name, shell->master, shell->heard, shell->terminal);
  setenv("AUTOBOT_SH_SHELL", text, 1);
}

// A `#!` program never sees the dash before its name: no SHLVL, and who has started it, tell a login shell (docs/adr/0015).
static bool is_started_by_login(void) {
  char path[64], name[64] = "";
  const char *level = value_of("SHLVL");
  if (level != NULL && atoi(level) >= 1) return false;
  snprintf(path, sizeof path, "/proc/%d/comm", (int)getppid());
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  if (fgets(name, sizeof name, file) != NULL) name[strcspn(name, "\n")] = '\0';
  fclose(file);
  return strncmp(name, "sshd", 4) == 0 || strcmp(name, "login") == 0 || strcmp(name, "su") == 0 || strcmp(name, "tmux: server") == 0;
}

static bool is_login(int count, char **words) {
  bool login = words[0][0] == '-' || is_started_by_login();
  // Of a person's words (rescue.c) each is of these options, and `--login` has one too.
  for (int index = 1; index < count; index++) login |= strchr(words[index], 'l') != NULL;
  return login;
}

static bool is_kept(const char *entry, const char *replaced) {
  static const char *const ours[] = {"AUTOBOT_SH_READY=", "AUTOBOT_SH_SETTINGS=", "AUTOBOT_SH_CHANNEL=", "AUTOBOT_SH_SHELL=", "autobot_"};
  for (size_t index = 0; index < sizeof ours / sizeof *ours; index++) {
    if (strncmp(entry, ours[index], strlen(ours[index])) == 0) return false;
  }
  size_t length = strlen(replaced);
  return strncmp(entry, replaced, length) != 0 || entry[length] != '=';
}

static char **add(char **last, const char *name, const char *value) {
  if (value == NULL) return last;
  if (asprintf(last, "%s=%s", name, value) < 0) _exit(125);
  return last + 1;
}

// What the shell's first start-up file takes, libexec/start.bash or libexec/zsh/.zshenv. Called in the shell's own process.
static char **environment_of(const struct shell *shell, const struct place *place, bool login) {
  bool zsh = strcmp(shell->name, "zsh") == 0;
  const char *replaced = zsh ? "ZDOTDIR" : "ENV";
  char parent[16], file[PATH_MAX + 16], flags[] = {login ? 'l' : '-', value_of("HISTFILE") != NULL ? 'h' : '-', '\0'};
  size_t count = 0;
  while (given[count] != NULL) count++;
  char **all = calloc(count + 8, sizeof *all), **last = all;
  if (all == NULL) _exit(125);
  for (char **entry = given; *entry != NULL; entry++) {
    if (is_kept(*entry, replaced)) *last++ = *entry;
  }
  snprintf(parent, sizeof parent, "%d", (int)place->session);
  snprintf(file, sizeof file, "%s/libexec/zsh", place->root);
  last = add(last, "autobot_session", place->channel);
  last = add(last, "autobot_parent", parent);
  last = add(last, "autobot_root", place->root);
  last = add(last, "autobot_environment", flags);
  last = add(last, zsh ? "autobot_zdotdir" : "autobot_env", value_of(replaced));
  // bash expands it.
  add(last, replaced, zsh ? file : "$autobot_root/libexec/start.bash");
  return all;
}

static char **words_of(const struct shell *shell, int count, char **words, bool login) {
  static char name[16];
  char **all = calloc((size_t)count + 2, sizeof *all), **last = all;
  if (all == NULL) _exit(125);
  snprintf(name, sizeof name, "%s%s", login ? "-" : "", shell->name);
  *last++ = name;
  if (strcmp(shell->name, "bash") == 0) *last++ = "--posix";
  for (int index = 1; index < count; index++) *last++ = words[index];
  return all;
}

// Of all that this process was started with, nothing but the three of its terminal is for the shell; and no signal is ignored.
static void take_terminal(int slave) {
  if (login_tty(slave) != 0) _exit(125);
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0) {
    for (int descriptor = 3; descriptor < 1024; descriptor++) close(descriptor);
  }
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
}

void start_shell(struct shell *shell, const struct place *place, int count, char **words) {
  if (shell->master < 0) return;
  bool login = is_login(count, words);
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  shell->pid = fork();
  if (shell->pid == 0) {
    take_terminal(shell->slave);
    sigprocmask(SIG_SETMASK, &before, NULL);
    execve(shell->file, words_of(shell, count, words, login), environment_of(shell, place, login));
    dprintf(STDERR_FILENO, "autobot-sh: cannot run `%s`\n", shell->file);
    _exit(127);
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  // The terminal hangs up with the session.
  close(shell->master);
  close(shell->slave);
  dprintf(shell->told, "%d\n", shell->pid < 0 ? 0 : (int)shell->pid);
}

// As wait(2) gives it.
void shell_has_ended(struct shell *shell, int status) {
  shell->pid = 0;
  dprintf(shell->told, "%d\n", status);
}

void end_shell(struct shell *shell) {
  if (shell->pid <= 0) return;
  kill(shell->pid, SIGKILL);
  while (waitpid(shell->pid, NULL, 0) < 0 && errno == EINTR) continue;
  shell->pid = 0;
}
