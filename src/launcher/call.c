// An agent's call of a shell, as src/agent/payload.ts reads it, by the forms of src/agent/dialect.ts, which the build writes into
// hook-forms.h. What is in any way unusual is not read here: an event or a tool of another kind, a list of commands, PowerShell, a
// directory beside the call's own.
#include "call.h"

#include <string.h>

#include "json.h"

// Places are names with dots between; null: the form has none. Lists end with an empty one.
struct form {
  const char *agent, *mark, *event, *events, *tool, *shells, *input, *command, *cwd, *directories;
};

static const struct form forms[] = {
#define FORM(...) {__VA_ARGS__},
#define FAILURE(...)
#include "hook-forms.h"
#undef FORM
#undef FAILURE
};

static const struct failure failures[] = {
#define FORM(...)
#define FAILURE(...) {__VA_ARGS__},
#include "hook-forms.h"
};

const struct failure *failure_of(const char *agent) {
  for (size_t index = 0; index < sizeof failures / sizeof *failures; index++) {
    if (strcmp(failures[index].agent, agent) == 0) return &failures[index];
  }
  return NULL;
}

static bool contains(const char *list, const char *word) {
  for (; *list != '\0'; list += strlen(list) + 1) {
    if (strcmp(list, word) == 0) return true;
  }
  return false;
}

// The first whose mark is there, else the agent's last; null where that is in doubt.
static const struct form *form_of(const char *agent, json payload) {
  const struct form *last = NULL;
  for (size_t index = 0; index < sizeof forms / sizeof *forms; index++) {
    const struct form *form = &forms[index];
    json value;
    if (strcmp(form->agent, agent) != 0) continue;
    last = form;
    enum found found = form->mark == NULL ? absent : find_member(payload, form->mark, &value);
    if (found == doubtful) return NULL;
    if (found == present) break;
  }
  return last;
}

static bool is_one_of(json payload, const char *place, const char *list, bool may_be_absent) {
  char word[64];
  size_t length;
  json value;
  if (place == NULL) return true;
  enum found found = find_member(payload, place, &value);
  if (found == absent) return may_be_absent;
  return found == present && read_string(value, word, sizeof word, &length) && contains(list, word);
}

// Absolute, and spelled as it is resolved.
static bool is_plain(const char *directory) {
  if (strcmp(directory, "/") == 0) return true;
  for (const char *part = directory; *part != '\0';) {
    if (*part++ != '/') return false;
    size_t length = strcspn(part, "/");
    if (length == 0 || strspn(part, ".") >= length) return false;
    part += length;
  }
  return directory[0] == '/' && strpbrk(directory, "\"\\\n\t") == NULL;
}

static bool read_place(const struct form *form, json payload, json input, struct call *call) {
  json value;
  size_t length;
  for (const char *other = form->directories; *other != '\0'; other += strlen(other) + 1) {
    if (find_member(input, other, &value) != absent) return false;
  }
  enum found found = find_member(payload, form->cwd, &value);
  if (found == absent) call->cwd[0] = '\0';
  return found == absent || (found == present && read_string(value, call->cwd, sizeof call->cwd, &length) && is_plain(call->cwd));
}

bool read_call(const char *agent, const char *text, size_t length, struct call *call) {
  if (!is_json_object(text, length)) return false;
  json payload = text + strspn(text, " \t\n\r"), input = payload, command;
  const struct form *form = form_of(agent, payload);
  if (form == NULL || !is_one_of(payload, form->event, form->events, true) || !is_one_of(payload, form->tool, form->shells, false)) return false;
  if (form->input[0] != '\0' && (find_member(payload, form->input, &input) != present || *input != '{')) return false;
  if (find_member(input, form->command, &command) != present || !read_string(command, call->command, sizeof call->command, &call->length)) return false;
  return read_place(form, payload, input, call);
}
