// Just enough of JSON (RFC 8259) to find what stands in a text of which nothing is in doubt.
#ifndef AUTOBOT_SH_JSON_H
#define AUTOBOT_SH_JSON_H

#include <stdbool.h>
#include <stddef.h>

// Where a value begins, in a text that is valid; null: there is none.
typedef const char *json;

// Whether the whole text is one object, and nothing but that. False too where it is nested deeper than anybody writes it.
bool is_json_object(const char *text, size_t length);

enum found { absent, present, doubtful };

// The value at names with dots between. In doubt where one of them comes twice, where a key beside it is written with escapes, and
// where a string may hold the object to look in.
enum found find_member(json object, const char *path, json *value);

// The characters of a string that has no others than ASCII ones, newlines and tabs; false of any other value.
bool read_string(json value, char *text, size_t size, size_t *length);

#endif
