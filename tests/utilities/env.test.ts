import { describe, expect, it } from "vitest";
import { known, textWord } from "../../src/syntax/word.ts";
import { splitString } from "../../src/utilities/env.ts";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["env", "read local"],
  ["env A=1", "read local"],
  ["printenv PATH", "read local"],
  ["env ssh h 'rm /f'", "write h:/f"],
  ["env ssh h 'cat /f'", "read h"],
  ["env -i A=1 B=2 ssh h 'rm /f'", "write h:/f"],
  ["env - A=1 ssh h 'rm /f'", "write h:/f"],
  ["env -u X --unset=Y ssh h 'rm /f'", "write h:/f"],
  ["env -C /d rm f", "write local:/d/f"],
  ["env --chdir=/d rm f", "write local:/d/f"],
  ["env A=\"$B\" ssh h 'rm /f'", "write h:/f"],
  ["ssh h 'env A=1 rm /f'", "write h:/f"],
  ["ssh h 'env A=1 cat /f'", "read h"],
  ["ssh h env", "read h"],
  ["env DOCKER_HOST=ssh://h docker restart web", "container h (web)"],
  ["env DOCKER_HOST=ssh://h docker ps", "read h"],
  // -S
  ["env -S 'ssh h rm /f'", "write h:/f"],
  ["env -S'ssh h rm /f'", "write h:/f"],
  ["env -vS 'ssh h cat' /f", "read h"],
  ["env -S 'A=1 ssh h' rm /f", "write h:/f"],
  ["env -S '-i A=1 ssh h rm /f'", "write h:/f"],
  ["env --split-string='ssh h rm /f'", "write h:/f"],
  ["env -S 'ssh h \"rm /f\"'", "write h:/f"],
  ["env -S 'ssh\\_h\\_rm\\_/f'", "write h:/f"],
  ["ssh h \"env -S 'rm /f'\"", "write h:/f"],
  ["env $OPTIONS ssh h 'rm /f'", "unknown the command is `$OPTIONS`", "write h:/f"],
];

describe("env", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line).sort()).toEqual([...requests].sort());
  });
});

/** What GNU env 9 makes of each string. */
const strings: readonly (readonly [text: string, ...words: string[]])[] = [
  ["a b", "a", "b"],
  ["  a\tb ", "a", "b"],
  ["a 'b c' d", "a", "b c", "d"],
  ['a "b c"d', "a", "b cd"],
  ["a '' b", "a", "", "b"],
  ["a\\_b", "a", "b"],
  ['"a\\_b"', "a b"],
  ["a\\nb", "a\nb"],
  ["a # b", "a"],
  ["a b#c", "a", "b#c"],
  ["a \\c b", "a"],
  ["a\\#b", "a#b"],
  ["${X}y", "xy"],
  ["'${X}'", "${X}"],
  ["\\$X", "$X"],
];

describe("env -S", () => {
  it.each(strings)("%s", (text, ...words) => {
    const variable = (name: string) => (name === "X" ? textWord("x") : undefined);
    expect(splitString(textWord(text), { variable }).map(known)).toEqual(words);
  });

  it("leaves a variable that is not told unknown", () => {
    expect(splitString(textWord("${Y}"), { variable: () => undefined }).map(known)).toEqual([undefined]);
  });
});
