import fc from "fast-check";
import { expect, it } from "vitest";
import { read } from "../../src/syntax/read.ts";
import { rootSource } from "../../src/syntax/source.ts";

const many = 10_000;
const mebibyte = 1 << 20;

// Processor time of this thread's work in milliseconds: the machine may be busy.
function cost(text: string): number {
  const before = process.cpuUsage().user;
  read(rootSource(text), { dialect: "bash" });
  return (process.cpuUsage().user - before) / 1000;
}

it.each([
  ["nested substitutions", `${"$(".repeat(many)}x${")".repeat(many)}`],
  ["open substitutions", "$(".repeat(mebibyte / 2)],
  ["a word of a mebibyte", `echo ${"x".repeat(mebibyte - 10)}`],
  ["commands of a mebibyte", "a;".repeat(mebibyte / 2 - 1)],
  ["variables of a mebibyte", "$x ".repeat(mebibyte / 3)],
  ["100,000 words", `echo ${"w ".repeat(100_000)}`],
  ["here-documents in one line", "a <<A ".repeat(many)],
  ["braces", `echo ${"{a,b}".repeat(40)}`],
  ["a long sum", `: $((${"1+".repeat(many)}1))`],
  ["nested loops", `${"for i in 1 2 3 4 5 6 7 8 9; do ".repeat(8)}a;${"done;".repeat(8)}`],
  ["doubling values", `x=aaaaaaaa;${"x=$x$x;".repeat(many)}`],
  ["growing arrays", "a+=(x);".repeat(many)],
  ["functions that call one another", "f() { g; g; g; g; g; }; g() { f; f; f; f; f; }; f"],
  ["a fork bomb", ":(){ :|:& };:"],
  ["many branches", `if a; then b; ${"elif c; then d; ".repeat(many)}fi`],
  ["arguments shifted", `set -- ${"x ".repeat(100_000)}; ${"shift; ".repeat(100)}`],
  ["aliases of aliases", `alias a='b ' b='a '\n${"a ".repeat(many)}`],
  ["evals of evals", "eval ".repeat(many)],
])(
  "%s take less than two seconds",
  (_name, text) => {
    expect(cost(text)).toBeLessThan(2000);
  },
  60_000,
);

it.each([
  ["length", { length: 10 }, "echo 12345678"],
  ["depth", { depth: 3 }, `${"( ".repeat(6)}a${" )".repeat(6)}`],
  ["work", { work: 10 }, "a;".repeat(20)],
])("beyond its budget of %s a text is an issue", (_name, budget, text) => {
  const { issues } = read(rootSource(text), { dialect: "bash", budget });
  expect(issues.map(({ code }) => code)).toEqual(["over-budget"]);
});

it("100,000 words are all there", () => {
  expect(read(rootSource(`echo ${"w ".repeat(100_000)}`), { dialect: "bash" }).commands[0]?.words).toHaveLength(100_001);
});

const tokens = fc.constantFrom(
  "a",
  "ssh",
  " ",
  " ",
  "\n",
  ";",
  "|",
  "&&",
  "&",
  "(",
  ")",
  "{ ",
  "; }",
  "$x",
  "${x:-",
  "}",
  "$(",
  "`",
  "'",
  '"',
  "\\",
  "<<E\n",
  "\nE\n",
  ">f",
  "<(",
  "if a; then ",
  "fi",
  "for x in a b; do ",
  "done",
  "case a in a) ",
  ";; esac",
  "x=",
  "a=(",
  "$((",
  "))",
  "[[ ",
  " ]]",
  "eval ",
  "f() ",
  "{a,b}",
  "*",
  "~",
  "#",
  "$@",
  "\ue000",
  "é",
  "😀",
);

it("never throws, and its spans lie in the text", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(tokens, { maxLength: 25 }).map((parts) => parts.join("")),
        fc.string({ unit: "binary", maxLength: 60 }),
      ),
      fc.constantFrom("bash", "sh", "zsh"),
      (text, dialect) => {
        const { commands, issues } = read(rootSource(text), { dialect: dialect as "bash" });
        const spans = [...issues.map(({ span }) => span), ...commands.flatMap((command) => [command.span, ...command.words.map(({ span }) => span)])];
        for (const { start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length + 1);
        }
      },
    ),
    { numRuns: 2000 },
  );
}, 60_000);
