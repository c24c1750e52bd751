import { describe, expect, it } from "vitest";
import { textWord, type Word } from "../../src/syntax/word.ts";
import { directoryOf, isSink, pathOf } from "../../src/utilities/path.ts";

const hole = { hole: "$x", why: "environment", splits: false } as const;
const word = (...pieces: (string | typeof hole)[]): Word => ({ pieces: pieces.map((piece) => (typeof piece === "string" ? { text: piece } : piece)), span: { start: 0, end: 0 } });

describe("a known word is an absolute path where its directory is known", () => {
  it.each([
    ["/etc/a", undefined, "/etc/a"],
    ["a", "/w", "/w/a"],
    ["./a", "/w/", "/w/a"],
    ["../a", "/w/b", "/w/a"],
    ["../../../a", "/w", "/a"],
    ["/tmp/../etc/passwd", undefined, "/etc/passwd"],
    ["/a//b/./c/", undefined, "/a/b/c/"],
    ["a/..", undefined, "."],
    ["..", undefined, ".."],
    ["~/a/../b", "/w", "~/b"],
    ["a", "~", "~/a"],
    ["/", undefined, "/"],
  ])("%s from %s", (text, base, path) => {
    expect(pathOf(textWord(text), base).text).toBe(path);
  });
});

describe("a partly known word is only as good as its beginning", () => {
  it.each([
    [word("/tmp/", hole), "/tmp/$x", "/tmp/"],
    [word("/tmp/../", hole), "/$x", "/"],
    [word("/tmp/", hole, "/../../etc/f"), "/etc/f", "/"],
    [word(hole, "/f"), "$x/f", ""],
    [word("d/", hole), "/w/d/$x", "/w/d/"],
  ])("%#", (given, text, prefix) => {
    const path = pathOf(given, "/w");
    expect({ text: path.text, prefix: path.prefix, known: path.known }).toEqual({ text, prefix, known: false });
  });
});

it.each([
  ["d", "/w", "/w/d"],
  ["..", "/w/d", "/w"],
  ["/x", undefined, "/x"],
  ["d", undefined, "d"],
])("cd %s in %s", (directory, base, result) => {
  expect(directoryOf(textWord(directory), base)).toBe(result);
});

it("cd to something unknown leaves the directory unknown", () => {
  expect(directoryOf(word(hole), "/w")).toBeUndefined();
});

it.each(["/dev/null", "/dev/tty", "/dev/stderr", "/dev/fd/3", "/dev/tcp/h/22"])("%s keeps nothing", (path) => {
  expect(isSink(path)).toBe(true);
});

it.each(["/dev/sda", "/dev/nullx", "/etc/null", "/tmp/-"])("%s does", (path) => {
  expect(isSink(path)).toBe(false);
});
