import { expect, it } from "vitest";
import { read } from "../../src/syntax/read.ts";
import { rootSource } from "../../src/syntax/source.ts";
import { maySplit, textWord } from "../../src/syntax/word.ts";
import { wordsOf } from "./reading.ts";

it.each([
  ['a $x "$x" p$x', "a ‹$x› ‹$x› p‹$x›"],
  ['a "$USER@$HOST"', "a ‹$USER›@‹$HOST›"],
  ["x=$(b); a $x", "b|a ‹$x›"],
  ["read x; a $x", "read x|a ‹$x›"],
  ["for h in a b; do ssh 10.0.0.$h; done", "ssh 10.0.0.a|ssh 10.0.0.b"],
  ['for f in /etc/n/*.conf; do rm "$f"; done', "rm /etc/n/‹$f›.conf"],
  ["for h in $(b); do ssh $h; done", "b|ssh ‹$h›"],
  ["ssh ${H:-h1} a", "ssh ‹${H:-h1}› a|ssh h1 a"],
  ["if a; then H=b; else H=c; fi; ssh $H $H", "a|ssh b b|ssh c c"],
  ["H=b; a && H=c; ssh $H", "a|ssh c|ssh b"],
  ["H=b; (H=c); ssh $H", "ssh b"],
  ["H=b; cd / && H=c; ssh $H", "cd /|ssh c"],
  ["declare -A M=([a]=1 [b]=2); ssh ${M[$q]}", "declare -A M=1 2|ssh 1|ssh 2"],
  ["i=0; while a; do i=$((i+1)); ssh h$i; done", "a|ssh h‹$i›"],
  ["while read h; do ssh $h; done <<< $'a\\nb'", "read h|ssh a|ssh b"],
  ['cmd=(ssh h); cmd+=($O x); "${cmd[@]}"', "ssh h ‹$O› x"],
  ['f() { "$@"; }; f ssh *.c', "ssh ‹*›.c"],
  ["rm *.c '*.d'", "rm *.c* *.d"],
  ["a --f=<(b)", "b|a --f=‹<(b)›"],
])("tells of each word in %j what the text tells", (text, words) => {
  expect(wordsOf(text).join("|")).toBe(words);
});

it.each([
  ["a $x", "environment", true],
  ['a "$x"', "environment", false],
  ["a $1", "environment", true],
  ["x=$(b); a $x", "computed", true],
  ["a $(b)", "command", true],
  ['a "$(b)"', "command", false],
  ['a "$@"', "environment", true],
  ["a $?", "computed", true],
])("tells why %j is not known, and whether it splits", (text, why, splits) => {
  const word = read(rootSource(text), { dialect: "bash" }).commands.at(-1)?.words[1];
  expect(word?.pieces).toEqual([expect.objectContaining({ why, splits })]);
  expect(word !== undefined && maySplit(word)).toBe(splits);
});

it.each([
  ["a $H", { environment: { H: "h" } }, "a h"],
  ["a $H x", { environmentComplete: true }, "a x"],
  ["a $H; H=i; a $H", { variable: () => textWord("h") }, "a h|a i"],
  ["a ~/x ~", { environment: { HOME: "/root" } }, "a /root/x /root"],
  ["a ~/x", {}, "a ~/x"],
  [
    "a $1 $2 $#",
    {
      args: [
        { pieces: [{ text: "sh" }], span: { start: 0, end: 0 } },
        { pieces: [{ text: "h" }], span: { start: 0, end: 0 } },
      ],
    },
    "a h 1",
  ],
])("uses what the caller knows for %j", (text, options, words) => {
  expect(wordsOf(text, options).join("|")).toBe(words);
});

it("gives a command with many combinations of values once, with holes", () => {
  const values = "if a; then x=1; else x=2; fi; ";
  const text = ["u", "v", "w", "x", "y", "z"].map((name) => values.replaceAll("x=", `${name}=`)).join("");
  const commands = wordsOf(`${text}ssh $u $v $w $x $y $z`).filter((words) => words.startsWith("ssh"));
  expect(commands).toHaveLength(16);
  expect(commands[0]).toBe("ssh 1 1 1 1 ‹$y› ‹$z›");
});

it("tells a variable's value as it is where the command runs", () => {
  const { commands } = read(rootSource("X=1; a; X=2 b; X=3; c; $(d); unset X; e"), { dialect: "bash" });
  const values = commands.filter(({ words }) => words.length > 0).map((command) => [command.words[0]?.pieces[0], command.variable("X")?.pieces[0]]);
  expect(values.map(([, value]) => (value !== undefined && "text" in value ? value.text : undefined))).toEqual(["1", "2", "3", "3", "3", "3", undefined]);
  expect(commands[0]?.variable("HOME")).toBeUndefined();
});
