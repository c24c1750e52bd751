import { describe, expect, it } from "vitest";
import { show, textWord, type Word } from "../../src/syntax/word.ts";
import { partsOf, wordsOf } from "../../src/utilities/word-list.ts";

const shown = (words: readonly Word[]) => words.map(show);

describe("words of a text that no shell reads", () => {
  it.each([
    ["ssh -i k", ["ssh", "-i", "k"]],
    ["  a\t b \n", ["a", "b"]],
    ["ssh -o 'A b' \"c d\"", ["ssh", "-o", "A b", "c d"]],
    ["a'b c'd", ["ab cd"]],
    ["''", [""]],
    ["'open end", ["open end"]],
    ["a\\ b", ["a\\", "b"]],
    ["", []],
  ])("%s", (text, expected) => {
    expect(shown(wordsOf(textWord(text)))).toEqual(expected);
  });

  it.each([
    ["a\\ b", ["a b"]],
    ['"a\\"b"', ['a"b']],
    ["'a\\b'", ["a\\b"]],
  ])("with escapes: %s", (text, expected) => {
    expect(shown(wordsOf(textWord(text), { escapes: true }))).toEqual(expected);
  });

  it("keeps holes and where characters stand", () => {
    const word: Word = {
      pieces: [
        { text: "-i ", at: 10 },
        { hole: "$K", why: "environment", splits: false, at: 13 },
        { text: " x", at: 15 },
      ],
      span: { start: 10, end: 17 },
    };
    const words = wordsOf(word);
    expect(shown(words)).toEqual(["-i", "$K", "x"]);
    expect(words.map((each) => each.span)).toEqual([
      { start: 10, end: 12 },
      { start: 13, end: 15 },
      { start: 16, end: 17 },
    ]);
  });

  it("divides at separators, whatever stands between them", () => {
    expect(shown(partsOf(textWord("a 'b\nc'\n\nd")))).toEqual(["a 'b", "c'", "d"]);
    expect(shown(partsOf(textWord("a;b && c"), /;|&&/g))).toEqual(["a", "b ", " c"]);
  });
});
