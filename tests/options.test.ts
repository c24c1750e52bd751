// What autobotctl takes, what it says of a wrong call, and that help, manual and completions are complete.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completion } from "../src/completion.ts";
import { createEngine, decide, emptyContext } from "../src/decide.ts";
import { commands, readOptions } from "../src/options.ts";
import { helpText } from "../src/usage.ts";
import { defaultPolicies } from "./policy/default-policies.ts";
import { autobotctl, root, run } from "./stage/run.ts";

function read(...args: readonly string[]): string {
  const options = readOptions(args);
  if ("error" in options) return options.error;
  return [options.command, ...options.flags, ...[...options.values].map(([name, value]) => `${name}=${value}`), ...options.operands.map((operand) => `<${operand}>`)].join(" ");
}

/** The calls of autobotctl in a line. */
const calls = (line: string) => decide(line, createEngine(defaultPolicies), emptyContext).steps.filter(({ words }) => words[0] === "autobotctl");

describe("words", () => {
  it.each([
    [["check", "ls -l"], "check <ls -l>"],
    [["check", "--json", "--cwd", "/x", "ls"], "check json cwd=/x <ls>"],
    [["check", "--cwd=/x", "--tty", "ls"], "check tty cwd=/x <ls>"],
    [["check", "--", "--json"], "check <--json>"],
    [["check", "--ndjson"], "check ndjson"],
    [["policy", "check"], "policy check"],
    [["policy", "check", "a", "b"], "policy check <a> <b>"],
    [["audit"], "audit"],
    [["audit", "tail", "-f", "-n", "3"], "audit tail follow lines=3"],
    [["audit", "tail", "-n3"], "audit tail lines=3"],
    [["--help"], "help"],
    [["check", "--help"], "help help <check>"],
    [["--version"], "version"],
  ])("%j", (args, expected) => expect(read(...args)).toBe(expected));
});

describe("a wrong call says what is wrong and the way out", () => {
  it.each([
    [[], "no command given\ntry `autobotctl --help`"],
    [["chekc"], "unknown command `chekc`\ndid you mean `check`?"],
    [["polcy", "check"], "unknown command `polcy`\ndid you mean `policy`?"],
    [["policy"], "`policy` needs one of `check`, `show`, `schema`"],
    [["policy", "sho"], "unknown policy command `sho`\ndid you mean `show`?"],
    [["check"], "`check` needs LINE\ntry `autobotctl check --help`"],
    [["check", "--jsn", "ls"], "unknown option `--jsn`\ndid you mean `--json`?"],
    [["check", "--cwd"], "`--cwd` needs a value\ngive it as `--cwd DIR`"],
    [["check", "--json=yes", "ls"], "`--json` takes no value\ngive it alone"],
    [["check", "ls", "-l"], "unknown option `-l`"],
    [["check", "ls", "x"], "`x` is one operand too many\nquote a line as one word; see `autobotctl check --help`"],
    [["check", "--ndjson", "ls"], "`ls` is one operand too many"],
    [["--halp"], "unknown option `--halp`\ndid you mean `--help`?"],
  ])("%j", (args, expected) => expect(read(...args)).toContain(expected));

  it("with status 2", () => expect(run(autobotctl, ["check", "--nosuch"]).status).toBe(2));
});

describe("the table reaches", () => {
  const words = commands.flatMap(({ name, options }) => [...name.split(" "), ...Object.keys(options)]);

  it("the help", () => {
    for (const { name, options } of commands) {
      expect(helpText()).toContain(`  ${name}`);
      for (const option of Object.keys(options)) expect(helpText(name)).toContain(`--${option}`);
    }
  });
  it("the manual page", () => {
    const page = readFileSync(join(root, "man", "autobotctl.1"), "utf8");
    for (const word of words) expect(page).toContain(word.replaceAll("-", "\\-"));
  });
  it("the examples, which are calls of their command", () => {
    const examples = commands.flatMap(({ name, example }) => (example === undefined ? [] : [{ name, step: calls(example)[0] }]));
    expect(examples.length).toBeGreaterThan(10);
    expect(
      examples.filter(
        ({ name, step }) =>
          step === undefined ||
          read(...step.words.slice(1))
            .split(" ", name.split(" ").length)
            .join(" ") !== name,
      ),
    ).toEqual([]);
  });
  it.each(["bash", "zsh", "fish"])("the completion for %s", (shell) => {
    for (const word of words) expect(completion(shell)).toContain(word);
  });
});
