import { describe, expect, it } from "vitest";
import { show, textWord, type Word } from "../../src/syntax/word.ts";
import { baseName, inside, isDirectory } from "../../src/utilities/path-word.ts";

const hole = { hole: "$D", why: "environment", splits: false } as const;

function word(...parts: readonly (string | typeof hole)[]): Word {
  return { pieces: parts.map((part) => (typeof part === "string" ? { text: part } : part)), span: { start: 0, end: 0 } };
}

describe("a word that says itself that it is a directory", () => {
  it.each(["/a/", ".", "..", "a/.", "../..", "/"])("%s", (text) => expect(isDirectory(textWord(text))).toBe(true));
  it.each(["/a", "a.b", "...", "a/..b", ""])("not: %s", (text) => expect(isDirectory(textWord(text))).toBe(false));
  it("with an unknown beginning", () => {
    expect(isDirectory(word(hole, "/"))).toBe(true);
    expect(isDirectory(word(hole))).toBe(false);
  });
});

describe("the last name of a path", () => {
  it.each([
    ["/a/b", "b"],
    ["b", "b"],
    ["/a/b/", "b"],
  ])("%s", (text, name) => expect(baseName(textWord(text))).toBe(name));
  it("is known where the directory is not", () => expect(baseName(word(hole, "/b"))).toBe("b"));
  it("is unknown where it holds an unknown part", () => expect(baseName(word("a", hole))).toBeUndefined());
});

describe("a name inside a directory", () => {
  it.each([
    ["/a", "b", "/a/b"],
    ["/a/", "b", "/a/b"],
    ["/a", "..", "/a"],
    ["/a", undefined, "/a"],
  ])("%s and %s", (directory, name, path) => expect(show(inside(textWord(directory), name))).toBe(path));
  it("keeps the directory's unknown parts", () => expect(show(inside(word(hole), "b"))).toBe("$D/b"));
});
