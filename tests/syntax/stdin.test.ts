import { expect, it } from "vitest";
import { read } from "../../src/syntax/read.ts";
import { rootSource } from "../../src/syntax/source.ts";
import { commandsOf } from "./reading.ts";

it.each([
  ["ssh h sh <<E\nvim $x\nE", 'ssh h sh <<"vim $x\\n"'],
  ["ssh h sh <<'E'\nvim $x\nE", 'ssh h sh <<"vim $x\\n"'],
  ["ssh h sh <<-E\n\tvim\n\t\tb\n\tE", 'ssh h sh <<"vim\\nb\\n"'],
  ["ssh h sh <<< 'vim f'", 'ssh h sh <<"vim f\\n"'],
  ["ssh h sh < f", "ssh h sh <f"],
  ["ssh h sh < <(echo vim)", 'ssh h sh <<"vim\\n"'],
  ["echo vim f | ssh h sh", 'ssh h sh <<"vim f\\n"'],
  ["printf '%s\\n' a b | ssh h sh", 'ssh h sh <<"a\\nb\\n"'],
  ["cat <<E | ssh h sh\nvim\nE", 'ssh h sh <<"vim\\n"'],
  ["{ echo a; echo b; } | ssh h sh", 'ssh h sh <<"a\\nb\\n"'],
  ["echo a >&2 | ssh h sh", 'ssh h sh <<""'],
  ["cat f | ssh h sh", "ssh h sh |"],
  ["{ echo a; cat f; } | ssh h sh", "ssh h sh |"],
  ["x && echo a | ssh h sh", 'ssh h sh <<"a\\n"'],
  ["{ x && echo a; } | ssh h sh", "ssh h sh |"],
  ["echo vim | { ssh h sh; }", 'ssh h sh <<"vim\\n"'],
  ["while ssh h sh; do :; done < f", "ssh h sh <f"],
  ["exec < f; ssh h sh", "ssh h sh <f"],
  ["exec 3<<E\nvim\nE\nssh h sh <&3", 'ssh h sh <<"vim\\n"'],
  ["ssh h sh 3<<< x <&3", 'ssh h sh <<"x\\n"'],
  ["eval 'ssh h sh' <<< vim", 'ssh h sh <<"vim\\n"'],
  ["f() { ssh h sh; }; echo vim | f", 'ssh h sh <<"vim\\n"'],
  ["ssh h sh", "ssh h sh"],
])("knows where ssh's input comes from in %j", (text, command) => {
  expect(commandsOf(text).find((line) => line.startsWith("ssh"))).toBe(command);
});

it("names the commands upstream of a pipe", () => {
  const { commands } = read(rootSource("a | b 2>&1 | c"), { dialect: "bash" });
  const stdin = commands.at(-1)?.stdin;
  expect(stdin?.from === "pipe" && stdin.commands).toEqual([commands[1]]);
});

it("passes the caller's input on to commands that inherit it", () => {
  const stdin = { from: "text", text: { pieces: [{ text: "x" }], span: { start: 0, end: 1 } } } as const;
  expect(commandsOf("a; (b); c | d", { stdin })).toEqual(['a <<"x"', 'b <<"x"', 'c <<"x"', "d |"]);
});
