// JSON with or without comments, changed in place: comments, order and spacing of all else stay.
import { applyEdits, type ModificationOptions, modify, type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import type { Format, Json, JsonPath } from "./edit.ts";

export const jsonText: Format = {
  read: (text) => {
    const errors: ParseError[] = [];
    const value: Json | undefined = parse(withoutMark(text), errors, { allowTrailingComma: true, allowEmptyContent: true });
    const [first] = errors;
    return first === undefined ? { value: value ?? {} } : { error: `${printParseErrorCode(first.error)} in line ${withoutMark(text).slice(0, first.offset).split("\n").length}` };
  },
  change: (text, path, value) => changed(text, path, value, false),
  append: (text, path, value) => changed(text, [...path, -1], value, true),
};

const byteOrderMark = "\uFEFF";

function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

function changed(text: string, path: JsonPath, value: Json | undefined, isArrayInsertion: boolean): string {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : "";
  const body = withoutMark(text).trim() === "" ? "{}\n" : withoutMark(text);
  const options: ModificationOptions = { isArrayInsertion, formattingOptions: spacing(body) };
  return mark + applyEdits(body, modify(body, [...path], value, options));
}

/** As the first indented line has it. */
function spacing(text: string) {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
  return { insertSpaces: !indent.startsWith("\t"), tabSize: indent.startsWith("\t") ? 1 : indent.length, eol: text.includes("\r\n") ? "\r\n" : "\n" };
}
