// A person's session, dist/session.cjs: this process stays behind it. Should it not start, its person may still get a shell;
// should it be killed, somebody has to put the terminal right. Else this is as if it were not there: signals go through, and it
// stops and ends as the session does.
//
// The session says that it has started by a byte to the descriptor that AUTOBOT_SH_READY names. From then on its end is the
// person's own logging out, whatever the status, and never a way to a shell without a guard.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "launcher.h"

static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};

static volatile pid_t session;

// What the terminal sends, it sends to the session too; but that it is gone, to the leader and whoever is in the foreground.
static void pass_on(int number, siginfo_t *from, void *context) {
  (void)context;
  int saved = errno;
  if (from->si_code <= 0 || number == SIGHUP) kill(session, number);
  errno = saved;
}

static void listen_to_signals(void) {
  struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART}, before;
  for (size_t index = 0; index < sizeof passed_on / sizeof *passed_on; index++) {
    if (sigaction(passed_on[index], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(passed_on[index], &action, NULL);
  }
}

static void start(char **become, int ready) {
  sigset_t all, before;
  char number[16];
  snprintf(number, sizeof number, "%d", ready);
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  pid_t child = fork();
  if (child < 0) fail("cannot start the session", NULL, "end some processes");
  if (child == 0) {
    sigprocmask(SIG_SETMASK, &before, NULL);
    setenv("AUTOBOT_SH_READY", number, 1);
    execv(become[0], become);
    dprintf(STDERR_FILENO, "autobot-sh: cannot run `%s`\n", become[0]);
    _exit(125);
  }
  session = child;
  listen_to_signals();
  sigprocmask(SIG_SETMASK, &before, NULL);
}

// Stops where the session stops itself, so that whoever started this sees it.
static int wait_for_session(void) {
  for (;;) {
    int status;
    if (waitpid(session, &status, WUNTRACED) < 0) {
      if (errno != EINTR) return 0;
    } else if (!WIFSTOPPED(status)) {
      return status;
    } else {
      raise(SIGSTOP);
    }
  }
}

// With its settings, what a program on a screen of its own or a line editor could not take back: bracketed paste, application
// keys, mouse and focus reports, a hidden cursor, the alternate screen, colours (xterm's control sequences).
static void put_terminal_right(const struct termios *settings) {
  static const char plain[] = "\033[?2004l\033[?1l\033>\033[?1000l\033[?1002l\033[?1003l\033[?1004l\033[?1006l\033[?25h\033[?1047l\033[0m\r";
  // A process in the background would be stopped over it.
  signal(SIGTTOU, SIG_IGN);
  tcsetattr(STDIN_FILENO, TCSADRAIN, settings);
  int terminal = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return;
  dprintf(terminal, "%s", plain);
  close(terminal);
}

static _Noreturn void die_of(int number) {
  struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  raise(number);
  exit(128 + number);
}

void attend(char **become) {
  struct termios settings;
  bool known = tcgetattr(STDIN_FILENO, &settings) == 0;
  int ends[2];
  if (pipe2(ends, O_NONBLOCK) != 0) fail("cannot make a pipe", NULL, "close some files");
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  start(become, ends[1]);
  int status = wait_for_session(), number = WIFSIGNALED(status) ? WTERMSIG(status) : 0, ended = number == 0 ? WEXITSTATUS(status) : 128 + number;
  char byte;
  bool started = read(ends[0], &byte, 1) == 1;
  if (known && (ended > 128 || !started)) put_terminal_right(&settings);
  // Somebody wanted it to end, and no other shell.
  bool meant = number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM;
  if (!started && !meant) fail("the session has not started", NULL, "see what stands above");
  if (ended == 128 + SIGKILL) dprintf(STDERR_FILENO, "autobot-sh: the shell was killed, or the session that judges its lines\n");
  if (number != 0) die_of(number);
  exit(ended);
}
