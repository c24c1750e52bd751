// A person's session, dist/session.cjs: this process stays behind it. Should it not start, its person may still get a shell;
// should it be killed, somebody has to put the terminal right. Else this is as if it were not there: signals go through, and it
// stops and ends as the session does.
//
// The session says that it has started by a byte to the descriptor that AUTOBOT_SH_READY names. From then on its end is the
// person's own logging out, whatever the status, and never a way to a shell without a guard. By another byte it asks for the
// judge, who may put more than a session in its place (docs/adr/0013).
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "launcher.h"

static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};

#define ASKS_JUDGE 'j'

static volatile pid_t session;

// What the terminal sends, it sends to the session too; but that it is gone, to the leader and whoever is in the foreground.
static void pass_on(int number, siginfo_t *from, void *context) {
  (void)context;
  int saved = errno;
  if (from->si_code <= 0 || number == SIGHUP) kill(session, number);
  errno = saved;
}

// As `stty raw -echo`, which the session would have to start; it asks by a signal.
static struct termios before_session;

static void set_raw(int number, siginfo_t *from, void *context) {
  (void)number, (void)context;
  int saved = errno;
  struct termios raw = before_session;
  raw.c_iflag &= (tcflag_t)IUTF8;
  raw.c_oflag &= ~(tcflag_t)OPOST;
  raw.c_lflag &= ~(tcflag_t)(ISIG | ICANON | ECHO);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  if (from->si_pid == session) tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  errno = saved;
}

static void listen_to_signals(void) {
  struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART}, before;
  for (size_t index = 0; index < sizeof passed_on / sizeof *passed_on; index++) {
    if (sigaction(passed_on[index], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(passed_on[index], &action, NULL);
  }
}

static void stop_listening(void) {
  signal(SIGRTMIN, SIG_DFL);
  for (size_t index = 0; index < sizeof passed_on / sizeof *passed_on; index++) {
    struct sigaction now;
    if (sigaction(passed_on[index], NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0) signal(passed_on[index], SIG_DFL);
  }
}

// Read by the launcher: what the session says. A person who logs in does not wait for ever, in seconds; a session tells
// sooner why it has none for them.
#define PATIENCE 30

static int heard;
static volatile sig_atomic_t late;

static void give_no_more_time(int number) {
  (void)number;
  struct pollfd said = {.fd = heard, .events = POLLIN};
  if (poll(&said, 1, 0) != 0) return;
  late = 1;
  kill(session, SIGKILL);
}

// As stty(1) prints them for itself.
static void name_settings(const struct termios *settings) {
  char text[16 * (NCCS + 4)];
  int length = snprintf(text, sizeof text, "%x:%x:%x:%x", settings->c_iflag, settings->c_oflag, settings->c_cflag, settings->c_lflag);
  for (size_t index = 0; index < NCCS; index++) length += snprintf(text + length, sizeof text - (size_t)length, ":%x", settings->c_cc[index]);
  setenv("AUTOBOT_SH_SETTINGS", text, 1);
}

// The pipes by which its shell asks the session (src/session/channel.ts, which makes them itself where this could not): here a call
// of the kernel's, there a program.
static char channel[PATH_MAX];

static void channel_file(char *path, size_t size, const char *name) { snprintf(path, size, "%s/%s", channel, name); }

// Kept open, so that what the shell asks before the session has come is not lost.
static int held[2] = {-1, -1};

static void remove_channel(void) {
  static const char *const files[] = {"ask", "answer", "owed"};
  char path[PATH_MAX + 16];
  if (channel[0] == '\0') return;
  close(held[0]);
  close(held[1]);
  for (size_t index = 0; index < sizeof files / sizeof *files; index++) {
    channel_file(path, sizeof path, files[index]);
    unlink(path);
  }
  rmdir(channel);
  channel[0] = '\0';
}

static void make_channel(void) {
  const char *runtime = getenv("XDG_RUNTIME_DIR"), *base = getenv("TMPDIR");
  char ask[PATH_MAX + 16], answer[PATH_MAX + 16], resolved[PATH_MAX];
  struct stat owner;
  if (runtime != NULL && runtime[0] == '/' && stat(runtime, &owner) == 0 && owner.st_uid == getuid()) base = runtime;
  if (base == NULL || base[0] != '/') base = "/tmp";
  if (realpath(base, resolved) == NULL) return;
  int length = snprintf(channel, sizeof channel, "%s/autobot-sh-session-%d-XXXXXX", resolved, (int)getpid());
  if (length < 0 || (size_t)length >= sizeof channel || mkdtemp(channel) == NULL) {
    channel[0] = '\0';
    return;
  }
  channel_file(ask, sizeof ask, "ask");
  channel_file(answer, sizeof answer, "answer");
  if (mkfifo(ask, 0600) == 0) held[0] = open(ask, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (mkfifo(answer, 0600) == 0) held[1] = open(answer, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (held[0] < 0 || held[1] < 0) remove_channel();
}

static void start(char **become, int ready, const struct termios *settings, const struct shell *shell) {
  sigset_t all, before;
  char number[16];
  snprintf(number, sizeof number, "%d", ready);
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  pid_t child = fork();
  if (child < 0) {
    remove_channel();
    fail("cannot start the session", NULL, "end some processes");
  }
  if (child == 0) {
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (settings != NULL && channel[0] != '\0') setenv("AUTOBOT_SH_CHANNEL", channel, 1);
    else unsetenv("AUTOBOT_SH_CHANNEL");
    give_terminal(shell);
    fcntl(ready, F_SETFD, 0);
    setenv("AUTOBOT_SH_READY", number, 1);
    if (settings != NULL) name_settings(settings);
    else unsetenv("AUTOBOT_SH_SETTINGS");
    execv(become[0], become);
    dprintf(STDERR_FILENO, "autobot-sh: cannot run `%s`\n", become[0]);
    _exit(125);
  }
  session = child;
  listen_to_signals();
  if (settings != NULL) {
    before_session = *settings;
    sigaction(SIGRTMIN, &(struct sigaction){.sa_sigaction = set_raw, .sa_flags = SA_SIGINFO | SA_RESTART}, NULL);
  }
  signal(SIGALRM, give_no_more_time);
  alarm(PATIENCE);
  sigprocmask(SIG_SETMASK, &before, NULL);
}

// Stops where the session stops itself, so that whoever started this sees it.
static int wait_for_session(struct shell *shell) {
  for (;;) {
    int status;
    pid_t ended = waitpid(-1, &status, WUNTRACED);
    if (ended < 0) {
      if (errno != EINTR) return 0;
    } else if (ended == shell->pid) {
      if (!WIFSTOPPED(status)) shell_has_ended(shell, status);
    } else if (ended == session) {
      if (!WIFSTOPPED(status)) return status;
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

// An option that this node does not know, or a crash, over a code cache perhaps: the judge is asked without them.
static bool is_worth_asking(int status) { return status == 9 || (status > 128 && strchr("\004\005\006\007\013", status - 128) != NULL); }

void attend(char **become, const char *root, int count, char **words) {
  struct termios settings;
  struct shell shell = {.master = -1};
  bool known = tcgetattr(STDIN_FILENO, &settings) == 0, judged = root == NULL;
  int ends[2];
  if (pipe2(ends, O_NONBLOCK) != 0) fail("cannot make a pipe", NULL, "close some files");
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  heard = ends[0];
  if (!judged) make_channel();
  if (known && channel[0] != '\0') open_terminal(&shell, &settings);
  start(become, ends[1], known ? &settings : NULL, &shell);
  start_shell(&shell, &(struct place){.session = session, .root = root, .channel = channel}, count, words);
  int status = wait_for_session(&shell), number = WIFSIGNALED(status) ? WTERMSIG(status) : 0, ended = number == 0 ? WEXITSTATUS(status) : 128 + number;
  alarm(0);
  char byte = 0;
  bool said = read(ends[0], &byte, 1) == 1, started = said && byte != ASKS_JUDGE;
  close(ends[0]);
  close(ends[1]);
  if (!started) end_shell(&shell);
  remove_channel();
  if (known && (ended > 128 || !started)) put_terminal_right(&settings);
  if (!judged && (said ? byte == ASKS_JUDGE : is_worth_asking(ended))) {
    stop_listening();
    return;
  }
  // Somebody wanted it to end, and no other shell.
  bool meant = number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM;
  if (late) fail("the session does not answer", NULL, "see whether its disk does");
  if (!started && ended == 128 + SIGABRT) fail_aborted();
  if (!started && !meant) fail("the session has not started", NULL, "see what stands above");
  if (ended == 128 + SIGKILL) dprintf(STDERR_FILENO, "autobot-sh: the shell was killed, or the session that judges its lines\n");
  else if (number != 0 && !meant) dprintf(STDERR_FILENO, "autobot-sh: the session that judges its lines has crashed: %s\n", strsignal(number));
  if (number != 0) die_of(number);
  exit(ended);
}
