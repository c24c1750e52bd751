import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textWord, type Word } from "../../src/syntax/word.ts";
import { readArguments } from "../../src/utilities/arguments.ts";
import { builtIn } from "../../src/utilities/index.ts";
import type { Effect, Utility } from "../../src/utilities/utility.ts";
import { requestsOf } from "../requests.ts";

const transports = builtIn.filter((utility) => utility.transport === true);

const pieces = [
  "-",
  "--",
  "-o",
  "-e",
  "-i",
  "-a",
  "-m",
  "-w",
  "h",
  "u@h:",
  "h:/x",
  "[::1]:",
  "::",
  "rsync://",
  "ProxyCommand=",
  "commands=[",
  "{",
  '"',
  "'",
  "\\",
  " ",
  ",",
  "[1-3]",
  "=",
  "exec",
  "ssh",
  "copy",
  "shell",
  "\n",
  "{{ x }}",
];
const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 4 }).map((parts) => textWord(parts.join("")));
const hole = fc
  .tuple(fc.constantFrom("$X", "$OPTS", "${a[@]}", "$(c)"), fc.boolean())
  .map(([source, splits]): Word => ({ pieces: [{ hole: source, why: "environment", splits }], span: { start: 0, end: 0 } }));
const mixed = fc.tuple(text, hole, text).map((words): Word => ({ pieces: words.flatMap((word) => word.pieces), span: { start: 0, end: 0 } }));
const words = fc.array(fc.oneof(text, hole, mixed), { maxLength: 8 });

function effectsOf(utility: Utility, given: readonly Word[]): readonly Effect[] {
  const command = { words: given, assignments: [], redirections: [], stdin: { from: "inherit" }, cwd: undefined, variable: () => undefined, span: { start: 0, end: 0 } } as const;
  return utility.effects({
    name: utility.names[0] ?? "",
    words: given,
    arguments: readArguments(given, utility.grammar),
    command,
    variable: () => undefined,
    readFile: () => undefined,
  });
}

function secondsFor(line: string): number {
  const start = performance.now();
  requestsOf(line);
  return (performance.now() - start) / 1000;
}

describe("transports", () => {
  it("never fail, whatever the arguments", () => {
    fc.assert(
      fc.property(fc.constantFrom(...transports), words, (utility, given) => {
        expect(Array.isArray(effectsOf(utility, given))).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ["a long list of hosts", `pdsh -w ${Array.from({ length: 2000 }, (_, index) => `h${index}`).join(",")} uptime`],
    ["a long batch", `sftp h <<E\n${"put a /srv/b\n".repeat(5000)}E`],
    ["a long argument", `ansible web -a "echo ${"a ".repeat(50_000)}"`],
    ["many sources", `scp ${"f ".repeat(5000)}h:/x`],
    ["an endless quote", `rsync -e 'ssh ${'"'.repeat(50_000)}' a h:b`],
  ])("%s is read within a second", (_, line) => {
    expect(secondsFor(line)).toBeLessThan(1);
  });
});
