// Shell code → whether nothing can be denied about it, told without reading all of the shell's grammar (docs/adr/0016).
// Every doubt is a no: the judge then reads the text.
#include <string.h>

#include "launcher.h"

#define DEEPEST 8
#define LONGEST_NAME 64

struct reading {
  const struct prefilter *prefilter;
  const char *at, *end;
  int depth;
  bool starts, writes;
};

struct word {
  // Without quotes, as far as it fits: longer ones are no names.
  char text[LONGEST_NAME];
  size_t length;
  // No part of it is left to run time.
  bool known;
  // It stands in the text as it is here: no quotes, nothing expanded.
  bool plain;
  // It may be several words: `{a,b}`.
  bool braced;
  // Its text would be code if the shell read it again.
  bool code;
};

static bool read_list(struct reading *reading, char terminator);

static char peek(const struct reading *reading) { return reading->at < reading->end ? *reading->at : '\0'; }

static char peek_next(const struct reading *reading) { return reading->at + 1 < reading->end ? reading->at[1] : '\0'; }

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_one_of(char c, const char *set) { return c != '\0' && strchr(set, c) != NULL; }

static bool is_name_character(char c) { return is_letter(c) || is_digit(c) || is_one_of(c, ".+-"); }

static bool is_text(const struct word *word, const char *text) { return word->known && word->length == strlen(text) && word->length < LONGEST_NAME && memcmp(word->text, text, word->length) == 0; }

static void append(struct word *word, char c) {
  char last = word->length > 0 && word->length <= LONGEST_NAME ? word->text[word->length - 1] : '\0';
  // Beyond what is kept nothing is known of the character before.
  if (word->length > LONGEST_NAME) last = '$';
  if (c == '`' || (last == '$' && is_one_of(c, "({["))) word->code = true;
  if (word->length < LONGEST_NAME) word->text[word->length] = c;
  word->length++;
}

// `$((…))` of plain names, numbers and operators; at its first character.
static bool read_arithmetic(struct reading *reading) {
  while (is_letter(peek(reading)) || is_digit(peek(reading)) || is_one_of(peek(reading), " \t+-*/%<>=!&|?:,~^")) reading->at++;
  if (peek(reading) != ')' || peek_next(reading) != ')') return false;
  reading->at += 2;
  return true;
}

// `${…}` behind the brace: a parameter and at most one plain operator. What may be code or be evaluated is left to the judge.
static bool read_parameter(struct reading *reading) {
  if (peek(reading) == '#' && peek_next(reading) != '}') reading->at++;
  if (is_letter(peek(reading))) {
    while (is_letter(peek(reading)) || is_digit(peek(reading))) reading->at++;
  } else if (is_digit(peek(reading))) {
    while (is_digit(peek(reading))) reading->at++;
  } else if (is_one_of(peek(reading), "@*#?$-")) {
    reading->at++;
  } else {
    return false;
  }
  if (peek(reading) == '[') {
    reading->at++;
    if (is_one_of(peek(reading), "@*")) {
      reading->at++;
    } else {
      while (is_digit(peek(reading))) reading->at++;
    }
    if (peek(reading) != ']') return false;
    reading->at++;
  }
  const char *operand = " \t0123456789:-";
  if (is_one_of(peek(reading), "-+=?%#/^,") || (peek(reading) == ':' && is_one_of(peek_next(reading), "-+=?"))) operand = NULL;
  else if (peek(reading) != ':' && peek(reading) != '}') return false;
  while (peek(reading) != '}') {
    char c = peek(reading);
    if (c == '\0' || (operand == NULL ? is_one_of(c, "$`'\"\\{(<>\n") : !is_one_of(c, operand))) return false;
    reading->at++;
  }
  reading->at++;
  return true;
}

static bool read_substitution(struct reading *reading, char terminator) {
  if (reading->depth == DEEPEST) return false;
  reading->depth++;
  bool read = read_list(reading, terminator);
  reading->depth--;
  return read;
}

// Its text ends at the next backquote, whatever quotes are open; a backslash in it means something else than elsewhere.
static bool read_backquotes(struct reading *reading) {
  const char *start = ++reading->at;
  const char *close = memchr(start, '`', (size_t)(reading->end - start));
  if (close == NULL || memchr(start, '\\', (size_t)(close - start)) != NULL) return false;
  const char *end = reading->end;
  reading->end = close;
  bool read = read_substitution(reading, '\0');
  reading->end = end;
  reading->at = close + 1;
  return read;
}

// At a `$`.
static bool read_expansion(struct reading *reading, struct word *word, bool in_quotes) {
  char next = peek_next(reading);
  if (next == '[' || next == '\\' || (!in_quotes && is_one_of(next, "'\""))) return false;
  if (next == '(') {
    bool arithmetic = reading->at + 2 < reading->end && reading->at[2] == '(';
    reading->at += arithmetic ? 3 : 2;
    word->known = false;
    return arithmetic ? read_arithmetic(reading) : read_substitution(reading, ')');
  }
  if (next == '{') {
    reading->at += 2;
    word->known = false;
    return read_parameter(reading);
  }
  reading->at++;
  if (is_letter(next)) {
    while (is_letter(peek(reading)) || is_digit(peek(reading))) reading->at++;
    word->known = false;
  } else if (is_digit(next) || is_one_of(next, "@*#?$!-")) {
    reading->at++;
    word->known = false;
  } else {
    append(word, '$');
  }
  return true;
}

static bool read_double_quotes(struct reading *reading, struct word *word) {
  for (reading->at++;;) {
    char c = peek(reading);
    if (c == '\0') return false;
    if (c == '"') break;
    if (c == '$') {
      if (!read_expansion(reading, word, true)) return false;
    } else if (c == '`') {
      if (!read_backquotes(reading)) return false;
      word->known = false;
    } else if (c == '\\' && is_one_of(peek_next(reading), "$`\"\\\n")) {
      if (peek_next(reading) != '\n') append(word, peek_next(reading));
      reading->at += 2;
    } else {
      append(word, c);
      reading->at++;
    }
  }
  reading->at++;
  return true;
}

static bool read_single_quotes(struct reading *reading, struct word *word) {
  for (reading->at++; peek(reading) != '\''; reading->at++) {
    if (peek(reading) == '\0') return false;
    append(word, peek(reading));
  }
  reading->at++;
  return true;
}

// One word, with what is substituted in it. A process substitution is part of the word that it touches.
static bool read_word(struct reading *reading, struct word *word) {
  const char *start = reading->at;
  *word = (struct word){.known = true};
  for (;;) {
    char c = peek(reading);
    if (c == '\\') {
      char next = peek_next(reading);
      if (next == '\0') return false;
      if (next != '\n') append(word, next);
      reading->at += 2;
    } else if (c == '\'' || c == '"') {
      if (!(c == '"' ? read_double_quotes(reading, word) : read_single_quotes(reading, word))) return false;
    } else if (c == '$') {
      if (!read_expansion(reading, word, false)) return false;
    } else if (c == '`') {
      word->known = false;
      if (!read_backquotes(reading)) return false;
    } else if ((c == '<' || c == '>') && peek_next(reading) == '(') {
      word->known = false;
      reading->at += 2;
      if (!read_substitution(reading, ')')) return false;
    } else if (c == '(') {
      return false;
    } else if (c == '\0' || is_one_of(c, " \t\n;&|<>)")) {
      word->plain = (size_t)(reading->at - start) == word->length && word->length < LONGEST_NAME;
      return true;
    } else {
      if (c == '{' && peek_next(reading) != '}') {
        word->braced = true;
        word->known = false;
      }
      append(word, c);
      reading->at++;
    }
  }
}

enum position { at_command, at_option, at_subcommand, at_word, at_loop_name, at_in, at_loop_word };

// A simple command, or the reserved words around one.
struct command {
  enum position position;
  int marks;
  bool unknown, code, assigned;
  // A compound command has ended: only redirections may follow.
  bool closed;
  struct utility utility;
  int own;
  bool skip;
};

static bool is_plain(const struct word *word, const char *text) { return word->plain && word->length == strlen(text) && memcmp(word->text, text, word->length) == 0; }

static bool is_reserved(const struct word *word, const char *const *names) {
  for (; *names != NULL; names++) {
    if (is_plain(word, *names)) return true;
  }
  return false;
}

static bool is_name(const struct word *word) {
  if (!word->plain || word->length == 0 || !is_letter(word->text[0])) return false;
  for (size_t index = 0; index < word->length; index++) {
    if (!is_letter(word->text[index]) && !is_digit(word->text[index])) return false;
  }
  return true;
}

// `NAME=`, `NAME+=`: as written, since a quote before the `=` makes a word of it.
static bool is_assignment(const char *at, const char *end) {
  if (at == end || !is_letter(*at)) return false;
  while (at < end && (is_letter(*at) || is_digit(*at))) at++;
  if (at < end && *at == '+') at++;
  return at < end && *at == '=';
}

static bool begin_utility(struct reading *reading, struct command *command, const struct word *word) {
  if (!word->known || word->length >= LONGEST_NAME) return false;
  const char *name = word->text;
  size_t length = word->length;
  static const char *const directories[] = {"/usr/bin/", "/bin/"};
  for (size_t index = 0; index < 2; index++) {
    size_t prefix = strlen(directories[index]);
    if (length > prefix && memcmp(name, directories[index], prefix) == 0) name += prefix, length -= prefix;
  }
  struct utility utility;
  if (!find_utility(reading->prefilter, name, length, &utility) || (utility.marks & mark_reaches)) return false;
  command->marks |= utility.marks;
  command->utility = utility;
  command->own = utility.own;
  command->position = utility.marks & mark_wraps ? at_option : utility.marks & mark_subcommand ? at_subcommand : at_word;
  if (utility.marks & mark_more) command->unknown = true;
  if (!(utility.marks & mark_builtin)) reading->starts = true;
  return true;
}

static bool take_command_word(struct reading *reading, struct command *command, const struct word *word, bool assignment) {
  static const char *const openers[] = {"if", "then", "elif", "else", "do", "while", "until", "!", "{", "time", NULL};
  static const char *const closers[] = {"fi", "done", "}", NULL};
  if (assignment) return command->assigned = true, !word->code;
  if (is_reserved(word, openers)) return true;
  if (is_reserved(word, closers)) return command->closed = true;
  if (is_plain(word, "for")) {
    command->position = at_loop_name;
    return true;
  }
  return begin_utility(reading, command, word);
}

static bool is_listed(char letter, const char *letters) {
  while (*letters != ';' && *letters != letter) letters++;
  return *letters == letter && letter != ';';
}

// xargs -I NAME puts what it reads in the place of NAME, which may then be the command.
static bool may_replace(const struct word *word) {
  bool digits = true, letters = true;
  for (size_t index = 0; index < word->length && index < LONGEST_NAME; index++) {
    digits &= is_digit(word->text[index]);
    letters &= is_name_character(word->text[index]) || word->text[index] == '/';
  }
  return letters && !digits;
}

// Of a utility that starts the command behind its options: which word that is.
static bool take_option(struct reading *reading, struct command *command, const struct word *word) {
  const struct utility *wrapper = &command->utility;
  if (!word->known || word->length >= LONGEST_NAME) return false;
  if (command->skip) {
    command->skip = false;
    return !(wrapper->marks & mark_more) || !may_replace(word);
  }
  if (word->length > 1 && word->text[0] == '-') {
    if (word->text[1] == '-') return false;
    for (size_t index = 1; index < word->length; index++) {
      bool attached = is_listed(word->text[index], wrapper->attached);
      if (!attached && !is_listed(word->text[index], wrapper->letters)) continue;
      command->skip = !attached && index + 1 == word->length;
      // An argument in the same word.
      if ((wrapper->marks & mark_more) && !command->skip && index + 1 < word->length) {
        struct word argument = {.length = word->length - index - 1};
        memcpy(argument.text, word->text + index + 1, argument.length);
        return !may_replace(&argument);
      }
      break;
    }
    return true;
  }
  if (command->own > 0) {
    command->own--;
    return true;
  }
  return begin_utility(reading, command, word);
}

// `git status`: the first word of a utility that is confined with some only.
static bool take_subcommand(struct reading *reading, struct command *command, const struct word *word) {
  const struct utility *utility = &command->utility;
  const char *place = NULL, *value;
  size_t length;
  command->position = at_word;
  // A variable may name a program for it.
  if (!word->known || word->length >= LONGEST_NAME || command->assigned) return false;
  while ((value = next_value(reading->prefilter, 'c', &place, &length)) != NULL) {
    bool same_name = length > utility->length + 1 && memcmp(value, utility->name, utility->length) == 0 && value[utility->length] == ' ';
    if (same_name && word->length == length - utility->length - 1 && memcmp(word->text, value + utility->length + 1, word->length) == 0) return true;
  }
  return false;
}

// A word of a utility: whether another command follows it.
static bool take_word(struct reading *reading, struct command *command, const struct word *word) {
  command->unknown |= !word->known;
  command->code |= word->code;
  if (!(command->marks & mark_runs)) return true;
  const char *place = NULL, *value;
  size_t length;
  while ((value = next_value(reading->prefilter, 's', &place, &length)) != NULL) {
    if (word->length == length && length < LONGEST_NAME && memcmp(word->text, value, length) == 0) command->position = at_command;
  }
  while ((value = next_value(reading->prefilter, 'm', &place, &length)) != NULL) {
    if (word->length == length && length < LONGEST_NAME && memcmp(word->text, value, length) == 0) command->marks |= mark_writes;
  }
  // GNU getopt_long(3) takes the beginning of a long option too.
  while ((value = next_value(reading->prefilter, 'l', &place, &length)) != NULL) {
    if (word->length >= length && memcmp(word->text, value, length) == 0) return false;
  }
  return true;
}

static bool take(struct reading *reading, struct command *command, const struct word *word, bool assignment) {
  if (command->closed) return false;
  switch (command->position) {
    case at_command:
      // Behind an option of another utility stands a name, nothing else.
      return command->marks != 0 ? begin_utility(reading, command, word) : take_command_word(reading, command, word, assignment);
    case at_option:
      return take_option(reading, command, word);
    case at_subcommand:
      return take_subcommand(reading, command, word);
    case at_word:
      return take_word(reading, command, word);
    case at_loop_name:
      command->position = at_in;
      return is_name(word);
    case at_in:
      command->position = is_plain(word, "in") ? at_loop_word : at_command;
      return is_plain(word, "in") || is_plain(word, "do");
    case at_loop_word:
      return !word->code;
  }
  return false;
}

static void skip_blanks(struct reading *reading) {
  for (;;) {
    if (is_one_of(peek(reading), " \t")) reading->at++;
    else if (peek(reading) == '\\' && peek_next(reading) == '\n') reading->at += 2;
    else return;
  }
}

static bool is_number(const struct word *word) {
  if (!word->plain || word->length == 0) return false;
  for (size_t index = 0; index < word->length; index++) {
    if (!is_digit(word->text[index])) return false;
  }
  return true;
}

// At `<`, `>` or `&>`.
static bool read_redirection(struct reading *reading) {
  char first = peek(reading);
  if (first == '&') reading->at++;
  bool output = peek(reading) == '>';
  reading->at++;
  bool duplicates = false;
  if (first == '<' && peek(reading) == '<') {
    if (peek_next(reading) != '<') return false;
    reading->at += 2;
  } else if (first == '<' && peek(reading) == '>') {
    output = true;
    reading->at++;
  } else if (peek(reading) == '>' || (first == '>' && peek(reading) == '|')) {
    reading->at++;
  } else if (first != '&' && peek(reading) == '&') {
    duplicates = true;
    reading->at++;
  }
  skip_blanks(reading);
  struct word target;
  const char *start = reading->at;
  if (!read_word(reading, &target) || reading->at == start) return false;
  if (duplicates && (is_number(&target) || is_plain(&target, "-"))) return true;
  // bash ends the redirection after the dash; what follows is a word.
  if (duplicates && (target.length == 0 || target.text[0] == '-' || is_digit(target.text[0]))) return false;
  if (!output || is_text(&target, "/dev/null")) return true;
  reading->writes = true;
  return target.known;
}

static bool ends_well(struct reading *reading, const struct command *command) {
  if (command->position == at_in || command->position == at_loop_name || command->position == at_subcommand) return false;
  if (command->marks & mark_writes) reading->writes = true;
  if (command->unknown && (command->marks & (mark_writes | mark_runs))) return false;
  return !(command->code && (command->marks & mark_builtin));
}

// Up to the operator or the end behind it.
static bool read_command(struct reading *reading) {
  struct command command = {.position = at_command};
  for (;;) {
    skip_blanks(reading);
    char c = peek(reading);
    if (c == '#') {
      while (peek(reading) != '\0' && peek(reading) != '\n') reading->at++;
      continue;
    }
    if ((c == '&' && peek_next(reading) == '>') || ((c == '<' || c == '>') && peek_next(reading) != '(')) {
      if (!read_redirection(reading)) return false;
      continue;
    }
    if (c == '\0' || is_one_of(c, ";&|\n)")) return ends_well(reading, &command);
    if (c == '(') {
      if (command.position != at_command || command.marks != 0 || command.closed || peek_next(reading) == '(') return false;
      reading->at++;
      if (!read_substitution(reading, ')')) return false;
      command.closed = true;
      continue;
    }
    bool assignment = is_assignment(reading->at, reading->end);
    struct word word;
    if (!read_word(reading, &word)) return false;
    if (is_one_of(peek(reading), "<>") && word.braced) return false;
    if (is_one_of(peek(reading), "<>") && is_number(&word)) continue;
    if (!take(reading, &command, &word, assignment)) return false;
  }
}

// Commands up to `terminator`, which is taken too; '\0' is the end of the text.
static bool read_list(struct reading *reading, char terminator) {
  for (;;) {
    if (!read_command(reading)) return false;
    char c = peek(reading);
    if (c == terminator && (c == ')' || reading->at == reading->end)) {
      if (c == ')') reading->at++;
      return true;
    }
    if (c == '\0' || c == ')') return false;
    reading->at++;
    // `;;` and `;&` belong to `case`.
    if (c == ';' && is_one_of(peek(reading), ";&")) return false;
    if (is_one_of(c, "&|") && (peek(reading) == c || (c == '|' && peek(reading) == '&'))) reading->at++;
  }
}

// The text without quotes and continued lines, as src/utilities/mentions.ts reads it.
static size_t strip(const char *text, size_t length, char *stripped) {
  size_t kept = 0;
  for (size_t index = 0; index < length; index++) {
    if (text[index] == '\\' && index + 1 < length && text[index + 1] == '\n') index++;
    else if (!is_one_of(text[index], "'\"\\")) stripped[kept++] = text[index];
  }
  return kept;
}

static bool names_transport(const struct prefilter *prefilter, const char *text, size_t length) {
  for (size_t start = 0; start < length;) {
    size_t end = start;
    while (end < length && is_name_character(text[end])) end++;
    struct utility utility;
    if (find_utility(prefilter, text + start, end - start, &utility) && (utility.marks & mark_reaches)) return true;
    start = end + 1;
  }
  return false;
}

static bool holds_fragment(const struct prefilter *prefilter, const char *text, size_t length) {
  const char *place = NULL, *fragment;
  size_t size;
  while ((fragment = next_value(prefilter, 'f', &place, &size)) != NULL) {
    if (memmem(text, length, fragment, size) != NULL) return true;
  }
  return false;
}

struct verdict read_text(const struct prefilter *prefilter, const char *text, size_t length) {
  struct reading reading = {.prefilter = prefilter, .at = text, .end = text + length};
  char stripped[LONGEST_TEXT];
  if (length == 0 || length > LONGEST_TEXT) return (struct verdict){0};
  for (size_t index = 0; index < length; index++) {
    if ((text[index] < ' ' && text[index] != '\t' && text[index] != '\n') || text[index] > '~') return (struct verdict){0};
  }
  if (!read_list(&reading, '\0')) return (struct verdict){0};
  size_t kept = strip(text, length, stripped);
  bool harmless = !names_transport(prefilter, stripped, kept) && !(reading.writes && holds_fragment(prefilter, stripped, kept));
  return (struct verdict){.harmless = harmless, .starts = reading.starts};
}
