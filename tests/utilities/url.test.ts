import { describe, expect, it } from "vitest";
import { show, textWord, type Word } from "../../src/syntax/word.ts";
import { hopsOf, readUrl } from "../../src/utilities/url.ts";

function shown(word: Word | undefined): string {
  return word === undefined ? "-" : show(word);
}

describe("a URL's parts", () => {
  it.each([
    ["scp://u@h:22//etc/f", "scp u h 22 //etc/f"],
    ["SFTP://h/f", "sftp - h - /f"],
    ["redis://:secret@h:6379/0", "redis - h 6379 /0"],
    ["postgresql://u:p@h/d?x=1", "postgresql u h - /d?x=1"],
    ["ssh://[fe80::1]:22/f", "ssh - fe80::1 22 /f"],
    ["http://h?q=a@b", "http - h - ?q=a@b"],
    ["file:///etc/f", "file - - - /etc/f"],
    ["scp://u@a@h/f", "scp u h - /f"],
  ])("%s", (text, parts) => {
    const url = readUrl(textWord(text));
    expect([url?.scheme, shown(url?.user), shown(url?.host), shown(url?.port), shown(url?.path)].join(" ")).toBe(parts);
  });

  it.each(["h:/f", "/a://b", "a b://c", ""])("no URL: %s", (text) => {
    expect(readUrl(textWord(text))).toBeUndefined();
  });

  it("keeps what only run time tells as part of the words", () => {
    const hole = { hole: "$H", why: "environment", splits: false } as const;
    const url = readUrl({ pieces: [{ text: "scp://u@" }, hole, { text: "/f" }], span: { start: 0, end: 0 } });
    expect(url?.host?.pieces).toEqual([hole]);
    expect(shown(url?.path)).toBe("/f");
  });
});

describe("the machine of a URL", () => {
  it.each([
    ["ssh://h:2222/r", "2222"],
    ["postgresql://h:5432/d", "-"],
  ])("%s has ssh's port only where it is one", (text, port) => {
    const url = readUrl(textWord(text));
    expect(shown(url === undefined ? undefined : hopsOf(url)?.[0]?.port)).toBe(port);
  });

  it("is none where the URL names none", () => {
    const url = readUrl(textWord("file:///f"));
    expect(url === undefined ? null : hopsOf(url)).toBeUndefined();
  });
});
