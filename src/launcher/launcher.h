// What the launcher's parts give each other. main.c is the list of steps.
#ifndef AUTOBOT_SH_LAUNCHER_H
#define AUTOBOT_SH_LAUNCHER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

// prefilter.c: the tables that tell what cannot be denied, as src/prefilter.ts writes them.

// Longer text goes to the judge.
#define LONGEST_TEXT 4096

enum mark {
  mark_builtin = 1,
  // It may make or fill files here.
  mark_writes = 2,
  // Another command stands after one of its options.
  mark_runs = 4,
  // It always reaches other hosts.
  mark_reaches = 8,
  // It does nothing but start the command after its options.
  mark_wraps = 16,
  // More words than the text shows are given to that command.
  mark_more = 32,
  // It is confined with some first words only.
  mark_subcommand = 64,
};

struct utility {
  const char *name;
  size_t length;
  int marks;
  // Of one that wraps: the short options that take an argument, those that take an attached one only, each up to `;`, and
  // how many operands of its own come first.
  const char *letters, *attached;
  int own;
};

struct prefilter {
  char text[65536];
  size_t length;
  // Where the line of a utility begins in the text, by a hash of its name; 0: none.
  unsigned short lines[4096];
};

// False where there is none, it is older than the judge, others may write it, or what it was made from has changed since.
// `owner`: whose it has to be; -1: whoever installed it.
bool load_prefilter(struct prefilter *prefilter, const char *path, const char *judge, long owner);
// False where it is not in the tables. `name`: without directories.
bool find_utility(const struct prefilter *prefilter, const char *name, size_t length, struct utility *utility);
// The next value of that kind behind `*place`, which begins as null; null at the end.
const char *next_value(const struct prefilter *prefilter, char kind, const char **place, size_t *length);

// text.c: shell code.

struct verdict {
  bool harmless;
  // It may start a program, not only the shell's own utilities.
  bool starts;
};

struct verdict read_text(const struct prefilter *prefilter, const char *text, size_t length);

// surroundings.c: what a judge would look at besides the text.

struct surroundings {
  char user[64];
  char home[PATH_MAX];
  char directory[PATH_MAX];
  // Policies beside the built-in ones: the system's, the user's or a project's.
  bool system, own;
  // Where those may be that depend on who asks from where: XDG_CONFIG_HOME's, a colon, the project's.
  char places[2 * PATH_MAX];
};

// False where anything is not as usual, so that the text alone does not tell.
bool usual_surroundings(struct surroundings *surroundings);
// The same for an agent's call, whose line would run in a directory; empty: in this one. Nothing is started, so nothing depends on by whom.
bool usual_hook(struct surroundings *surroundings, const char *directory);
bool load_tables(struct prefilter *prefilter, const char *root, const struct surroundings *surroundings);
// The parts of it: user and home by the password file, and a directory whose name is plain. False where they are not.
bool read_account(struct surroundings *surroundings);
bool read_directory(struct surroundings *surroundings);

// layer.c: the runtime layer's directory of shims.

struct layer {
  char path[2 * PATH_MAX + 32768];
  char bash_env[2 * PATH_MAX];
};

// False where the judge has to make the directory. Does not change the environment.
// `variant`: what the directory's name ends with under other policies than the built-in ones.
bool find_layer(struct layer *layer, const char *root, const char *variant, const char *command);
// Length and hash, as src/run/shims.ts computes them.
void directory_name(char *name, size_t size, const char *path);
void use_layer(const struct layer *layer);

// record.c
bool record_permitted(const struct surroundings *surroundings, const char *face, const char *text, size_t length);
// That a person got a shell without a guard, and why. Makes the record where there is none. False where that cannot be.
bool record_rescue(const struct surroundings *surroundings, const char *why);

// judge.c: the slow way. Asks the judge (src/judge/judge.ts); null where there is no node.
char *ask_node(const char *root, char **asked, size_t *length, int *status);
// Returns only to run what the judge permits, with `words` as it wants them. `attended`: it is a session.
char **ask_judge(const char *root, int count, char **words, bool *attended);

// rescue.c: where autobot-sh itself cannot work (docs/adr/0017).

// What this was called with; before anything can fail.
void note_call(int count, char **words);
// A person at a terminal wants a shell: no program is given.
bool is_person(void);
// Says what went wrong and what to do about it, and gives up.
_Noreturn void fail(const char *what, const char *subject, const char *way_out);
// The same of a node that has ended by SIGABRT, which it does without words.
_Noreturn void fail_aborted(void);
// Ends with status 125, nothing having run; for a person who may have one it becomes a rescue shell. `why`: for the record.
_Noreturn void give_up(const char *why);
// Set where a caller has to be told otherwise; does not return.
extern void (*in_place_of_giving_up)(void);

// The words of the session that a person gets where the judge need not be asked; null where there is no node.
char **sessions_words(const char *root, int count, char **words);

// session.c: runs a person's session, and ends as it ends. One that has not started gives up; returns only where the judge was
// not asked for it and has to be. `root`: where the package is installed; null where the judge has been asked.
void attend(char **become, const char *root, int count, char **words);

// terminal.c: the shell that a session is given, where it can be started before anything is known.

struct shell {
  // 0: none, or it has ended; -1: it could not be started.
  pid_t pid;
  const char *name;
  char file[16], terminal[64];
  // -1: there is no terminal, and the session starts its shell itself.
  int master, slave;
  // The session hears a line with the shell's process, and one with its status once it has ended.
  int heard, told;
};

// Where it is to ask.
struct place {
  pid_t session;
  const char *root, *channel;
};

// The environment that the person's shell is to have. Before any of it is changed for node.
void note_environment(void);
void open_terminal(struct shell *shell, const struct termios *settings);
// In the session's own process.
void give_terminal(const struct shell *shell);
void start_shell(struct shell *shell, const struct place *place, int count, char **words);
void shell_has_ended(struct shell *shell, int status);
// The session wants none.
void end_shell(struct shell *shell);

// hook.c: whether it is the call of an agent's hook, whose row the tables have; and the answer to it. `root`: null where that is not known.
bool is_hook(int count, char **words);
_Noreturn void answer_hook(const char *root, char *agent);

#endif
