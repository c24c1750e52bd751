import { expect, it } from "vitest";
import { textWord } from "../../src/syntax/word.ts";
import { commandsOf } from "./reading.ts";

it.each([
  ["a", "a"],
  ["cd x; a", "a @x"],
  ["cd x && cd y && a", "a @x/y"],
  ["cd /x/y; cd ..; a", "a @/x"],
  ["cd /x; cd ./y/../z//; a", "a @/x/z"],
  ["(cd /x); a", "a"],
  ["cd /x | b; a", "a"],
  ['cd "$D"; a', "a @$D"],
  ['cd "$D"; cd y; a', "a @$D/y"],
  ["cd /x; cd /y; cd -; a", "a @/x"],
  ["cd /x || cd /y; a", "a @$PWD"],
  ["cd /x || exit; a", "a @/x"],
  ["if b; then cd /x; fi; a", "a @$PWD"],
  ["pushd /x; pushd /y; popd; a", "a @/x"],
  ["cd; a", "a @~"],
  ["f() { cd /x; }; f; a", "a @/x"],
  ["builtin cd -P -- /x; a", "a @/x"],
])("follows cd in %j", (text, command) => {
  expect(commandsOf(text).findLast((line) => line.startsWith("a"))).toBe(command);
});

it("joins relative directories onto the caller's", () => {
  expect(commandsOf("cd x; a", { cwd: textWord("/home") }).at(-1)).toBe("a @/home/x");
});
