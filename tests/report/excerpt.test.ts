// The mark stands under its words, in whatever line and however wide.
import { describe, expect, it } from "vitest";
import { columns, wrap } from "../../src/report/columns.ts";
import { excerpt } from "../../src/report/excerpt.ts";

function marked(text: string, word: string, width = 60): readonly [string, string] {
  const start = text.indexOf(word);
  const { line, mark } = excerpt(text, { start, end: start + word.length }, width);
  const first = mark.indexOf("^");
  // What stands above the mark, by columns.
  let column = 0;
  let above = "";
  for (const character of line) {
    if (column >= first && column < mark.length) above += character;
    column += columns(character);
  }
  return [line, above];
}

const long = "x".repeat(200);

describe("a span", () => {
  it.each<readonly [string, string, string, string]>([
    ["a short line", "ssh h vim /etc/hosts", "vim", "vim"],
    ["at the start", "vim x", "vim", "vim"],
    ["at the end", "ssh h vim", "vim", "vim"],
    ["a line among others", "echo a\n  ssh h vim /x\necho b", "vim", "vim"],
    ["after wide characters", "echo 漢字 && vim x", "vim", "vim"],
    ["after a secret", "sshpass -p hunter2 ssh h vim", "vim", "vim"],
    ["far into a long line", `echo ${long} && vim x`, "vim", "vim"],
    ["before a long rest", `vim ${long}`, "vim", "vim"],
    ["in the middle of one", `echo ${long}; vim x; echo ${long}`, "vim", "vim"],
  ])("%s", (_, text, word, expected) => expect(marked(text, word)[1]).toBe(expected));

  it.each([20, 40, 80])("fits into %i columns", (width) => {
    for (const text of [`echo ${long}; vim x; echo ${long}`, `vim ${long}`, `${long} vim`, "漢".repeat(90)]) {
      const { line, mark } = excerpt(text, { start: text.indexOf("vim"), end: text.indexOf("vim") + 3 }, width);
      expect(columns(line)).toBeLessThanOrEqual(width);
      expect(mark.length).toBeLessThanOrEqual(width);
    }
  });

  it("of nothing still has a mark", () => expect(excerpt("ls", { start: 2, end: 2 }, 40).mark).toContain("^"));
  it("beyond the text does not fail", () => expect(excerpt("ls", { start: 10, end: 20 }, 40).line).toBe("ls"));
});

it("wrapped lines fit, and lose nothing", () => {
  const text = "Servers are never edited by hand: the next deploy overwrites it, and nobody reviews it.";
  expect(wrap(text, 40).every((line) => columns(line) <= 40)).toBe(true);
  expect(wrap(text, 40).join(" ")).toBe(text);
});
