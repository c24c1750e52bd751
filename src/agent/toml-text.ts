// TOML, changed in place: comments, order and spacing of all else stay.
import { parse, patch } from "@decimalturn/toml-patch";
import { diffLines } from "diff";
import type { Format, Json, JsonPath } from "./edit.ts";

export const tomlText: Format = {
  read: (text) => {
    try {
      return { value: plain(parse(text)) };
    } catch (error) {
      return { error: String(error instanceof Error ? error.message : error).split("\n", 1)[0] ?? "" };
    }
  },
  change: (text, path, value) => changed(text, path, () => value),
  append: (text, path, value) => changed(text, path, (old) => [...(Array.isArray(old) ? old : []), value]),
};

/** Dates, and numbers that are too large for one, as they are written. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each)));
}

type Table = Record<string | number, unknown>;

function changed(text: string, path: JsonPath, next: (old: unknown) => unknown): string {
  const tree: Table = parse(text);
  const last = path.at(-1) ?? "";
  const table = path.slice(0, -1).reduce<Table>((at, key) => {
    at[key] ??= {};
    return at[key] as Table;
  }, tree);
  const value = next(table[last]);
  if (value === undefined) delete table[last];
  else table[last] = value;
  return hasBothLineEnds(text) ? withLineEnds(text, patch(withoutReturns(text), tree)) : patch(text, tree);
}

/** toml-patch would make them all one. */
function hasBothLineEnds(text: string): boolean {
  return /\r\n/.test(text) && /(?<!\r)\n/.test(text);
}

function withoutReturns(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** @param next what has become of the text without its carriage returns. */
function withLineEnds(text: string, next: string): string {
  const lines = text.split(/(?<=\n)/);
  return diffLines(withoutReturns(text), next)
    .map(({ added, removed, value, count }) => (added ? value : keptOf(lines.splice(0, count), removed)))
    .join("");
}

function keptOf(lines: readonly string[], removed: boolean): string {
  return removed ? "" : lines.join("");
}
