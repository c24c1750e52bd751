import { expect, it } from "vitest";
import { read } from "../../src/syntax/read.ts";
import type { SimpleCommand } from "../../src/syntax/simple-command.ts";
import { joinedSource, rootSource } from "../../src/syntax/source.ts";
import { known, type Word } from "../../src/syntax/word.ts";
import { wordText } from "./reading.ts";

function commands(text: string): readonly SimpleCommand[] {
  return read(rootSource(text), { dialect: "bash" }).commands;
}

// As `bash -c WORD` hands its word to a shell.
function nested(text: string): readonly SimpleCommand[] {
  const word = commands(text).at(-1)?.words.at(-1) as Word;
  return read(joinedSource([word]), { dialect: "bash" }).commands;
}

it.each([
  ["ssh h 'rm -f x'", "rm -f x"],
  ["x='rm -f x'; sh -c \"$x\"", "rm -f x"],
  ['sh -c "a; rm -f x"', "rm -f x"],
  ['sh -c "a \\"b\\"; rm -f x"', "rm -f x"],
])("a nested command's span in %j is its text in the line", (text, expected) => {
  const span = nested(text).at(-1)?.span;
  expect(text.slice(span?.start, span?.end)).toBe(expected);
});

it.each([
  "a \"b c\"d\\ e 'f' $(g h) `i \\`j k\\`` {l,m}n ${x:-o}",
  "for x in a b; do c $x d$x; done",
  "cat <<E\na\\$b $c\nE",
  "eval 'a b'; f() { g \"$1\"; }; f 'h i'",
  "é=1 漢 '😀 a' b",
])("pieces of %j stand verbatim where they say", (text) => {
  let checked = 0;
  for (const { words, stdin } of commands(text)) {
    for (const piece of [...words.flatMap((word) => word.pieces), ...(stdin.from === "text" ? stdin.text.pieces : [])]) {
      if (!("text" in piece) || piece.at === undefined) continue;
      expect(text.slice(piece.at, piece.at + piece.text.length)).toBe(piece.text);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(1);
});

it.each([
  ["sh -c \"a $x '$y' z\"", "a ‹$x› ‹$y› z"],
  ['sh -c "$x"', "‹$x›"],
  ['sh -c "b \\$$x \\${$x} p\\${A_$x:-c}"', "b ‹$$x› ‹${$x}› p‹${A_$x:-c}›"],
  ['sh -c "b \\$(c $x)"', "c ‹$x›"],
  ['sh -c "case $x in a) b;; esac"', "b"],
  ['sh -c "case a in $x) b;; esac"', "b"],
  ['sh -c "for i in $x; do b \\$i; done"', "b ‹$i›"],
  ['sh -c "y=$x; b \\$y"', "b ‹$y›"],
  ['sh -c "echo \\$(b $x)"', "b ‹$x›"],
])("what is not known of %j is not known in the code it makes", (text, words) => {
  expect(
    nested(text)
      .filter((command) => command.words.length > 0)[0]
      ?.words.map(wordText)
      .join(" "),
  ).toBe(words);
});

it("a hole is quoted or not as the nested code has it", () => {
  const words = nested("sh -c \"a $x '$y'\"")[0]?.words ?? [];
  expect(words.slice(1).map((word) => word.pieces.map((piece) => "splits" in piece && piece.splits))).toEqual([[true], [false]]);
});

it("the redirections of a command are where they stand", () => {
  const text = "a > f 2>&1 >> g < h";
  const { redirections } = commands(text)[0] as SimpleCommand;
  expect(redirections.map(({ span, operator, target }) => `${text.slice(span.start, span.end)}=${operator}${known(target)}`)).toEqual(["> f=>f", ">> g=>>g", "< h=<h"]);
});
