#include "json.h"

#include <string.h>

#define DEEPEST 64

struct reader {
  const char *at, *end;
  int depth;
};

static bool read_value(struct reader *reader);

static void skip_space(struct reader *reader) {
  while (reader->at < reader->end && memchr(" \t\n\r", *reader->at, 4) != NULL) reader->at++;
}

static bool take(struct reader *reader, char c) {
  if (reader->at == reader->end || *reader->at != c) return false;
  reader->at++;
  return true;
}

static int hex_of(char c) {
  static const char digits[] = "0123456789abcdefABCDEF";
  const char *found = c == '\0' ? NULL : strchr(digits, c);
  if (found == NULL) return -1;
  int value = (int)(found - digits);
  return value < 16 ? value : value - 6;
}

static bool read_escape(struct reader *reader) {
  if (reader->at == reader->end) return false;
  char c = *reader->at++;
  if (c != 'u') return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
  for (int digit = 0; digit < 4; digit++) {
    if (reader->at == reader->end || hex_of(*reader->at++) < 0) return false;
  }
  return true;
}

static bool read_text_value(struct reader *reader) {
  if (!take(reader, '"')) return false;
  while (reader->at < reader->end) {
    unsigned char c = (unsigned char)*reader->at++;
    if (c == '"') return true;
    if (c < ' ' || (c == '\\' && !read_escape(reader))) return false;
  }
  return false;
}

static bool read_digits(struct reader *reader) {
  const char *start = reader->at;
  while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') reader->at++;
  return reader->at > start;
}

static bool read_number(struct reader *reader) {
  take(reader, '-');
  if (!take(reader, '0') && !read_digits(reader)) return false;
  if (take(reader, '.') && !read_digits(reader)) return false;
  if (!take(reader, 'e') && !take(reader, 'E')) return true;
  if (!take(reader, '+')) take(reader, '-');
  return read_digits(reader);
}

static bool read_word(struct reader *reader, const char *word) {
  size_t length = strlen(word);
  if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0) return false;
  reader->at += length;
  return true;
}

static bool read_member(struct reader *reader) {
  skip_space(reader);
  if (!read_text_value(reader)) return false;
  skip_space(reader);
  return take(reader, ':') && read_value(reader);
}

static bool read_all(struct reader *reader, char end, bool (*read)(struct reader *)) {
  reader->at++;
  skip_space(reader);
  if (take(reader, end)) return true;
  do {
    if (!read(reader)) return false;
    skip_space(reader);
  } while (take(reader, ','));
  return take(reader, end);
}

static bool read_value(struct reader *reader) {
  skip_space(reader);
  if (reader->at == reader->end || reader->depth == DEEPEST) return false;
  reader->depth++;
  bool valid;
  switch (*reader->at) {
    case '{': valid = read_all(reader, '}', read_member); break;
    case '[': valid = read_all(reader, ']', read_value); break;
    case '"': valid = read_text_value(reader); break;
    case 't': valid = read_word(reader, "true"); break;
    case 'f': valid = read_word(reader, "false"); break;
    case 'n': valid = read_word(reader, "null"); break;
    default: valid = read_number(reader);
  }
  reader->depth--;
  return valid;
}

bool is_json_object(const char *text, size_t length) {
  struct reader reader = {.at = text, .end = text + length};
  skip_space(&reader);
  if (reader.at == reader.end || *reader.at != '{' || !read_value(&reader)) return false;
  skip_space(&reader);
  return reader.at == reader.end;
}

// What follows is for valid texts: none ends within a value.

static const char *skip(const char *at) {
  while (memchr(" \t\n\r", *at, 4) != NULL) at++;
  return at;
}

static const char *after_string(const char *at) {
  for (at++; *at != '"'; at++) at += *at == '\\';
  return at + 1;
}

static const char *after_value(const char *at) {
  if (*at == '"') return after_string(at);
  if (*at != '{' && *at != '[') {
    while (memchr(",]} \t\n\r", *at, 7) == NULL) at++;
    return at;
  }
  for (int depth = 0;;) {
    if (*at == '"') at = after_string(at);
    else depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']'), at++;
    if (depth == 0) return at;
  }
}

static enum found find_key(json object, const char *name, size_t length, json *value) {
  enum found found = absent;
  const char *at = skip(object + 1);
  while (*at != '}') {
    const char *key = at + 1, *end = after_string(at) - 1;
    if (memchr(key, '\\', (size_t)(end - key)) != NULL) return doubtful;
    // Behind the colon.
    at = skip(skip(end + 1) + 1);
    if ((size_t)(end - key) == length && memcmp(key, name, length) == 0) {
      if (found == present) return doubtful;
      found = present;
      *value = at;
    }
    at = skip(after_value(at));
    if (*at == ',') at = skip(at + 1);
  }
  return found;
}

enum found find_member(json object, const char *path, json *value) {
  json at = object;
  for (;; path++) {
    size_t length = strcspn(path, ".");
    if (*at == '"') return at[1] == '{' || at[1] == '\\' ? doubtful : absent;
    if (*at != '{') return absent;
    enum found found = find_key(at, path, length, &at);
    if (found != present) return found;
    path += length;
    if (*path == '\0') break;
  }
  *value = at;
  return present;
}

// The character of an escape; 0 for one that is not taken.
static char escaped(const char **at) {
  char c = *(*at)++;
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  if (c != 'u') return c == '"' || c == '\\' || c == '/' ? c : '\0';
  int code = 0;
  for (int digit = 0; digit < 4; digit++) code = 16 * code + hex_of(*(*at)++);
  return code == '\n' || code == '\t' || (code >= ' ' && code <= '~') ? (char)code : '\0';
}

bool read_string(json value, char *text, size_t size, size_t *length) {
  if (*value != '"') return false;
  *length = 0;
  for (const char *at = value + 1; *at != '"';) {
    char c = *at++;
    if (c == '\\') c = escaped(&at);
    else if (c < ' ' || c > '~') return false;
    if (c == '\0' || *length + 1 >= size) return false;
    text[(*length)++] = c;
  }
  text[*length] = '\0';
  return true;
}
