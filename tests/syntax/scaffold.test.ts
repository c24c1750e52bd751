import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { peel } from "../../src/syntax/scaffold.ts";

const folder = join(import.meta.dirname, "scaffolds");
const scaffolds = readdirSync(folder).map((file) => {
  const [whole = "", inner = ""] = readFileSync(join(folder, file), "utf8").split("\n-----\n");
  return { name: basename(file, ".txt"), whole, inner: inner.slice(0, -1) };
});

const nothing = (): undefined => undefined;

function scaffold(name: string): string {
  const found = scaffolds.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no scaffold ${name}`);
  return found.whole;
}

describe.each(scaffolds)("$name", ({ whole, inner }) => {
  it("gives the command inside", () => {
    expect(peel(whole, nothing)?.text).toBe(inner);
  });

  it("maps every character of the command to where it stands", () => {
    const peeled = peel(whole, nothing);
    expect(peeled).toBeDefined();
    expect([...inner].map((_, index) => whole[peeled?.origin(index) ?? -1]).join("")).toBe(inner);
    if (inner !== "") expect(peeled?.origin(0)).toBe(peeled?.offset);
  });

  it("hides nothing that is inserted anywhere around the command", () => {
    const peeled = peel(whole, nothing);
    const start = peeled?.offset ?? 0;
    const end = inner === "" ? start : (peeled?.origin(inner.length - 1) ?? 0) + 1;
    const taken: string[] = [];
    for (const inserted of [";id;", "$(id)", "`id`", "&id&", "|id|", "\nid\n", " id ", "${id}", "'", '"', "\\", "#", "*", "\0"]) {
      for (let at = 0; at <= whole.length; at++) {
        if (at >= start && at <= end) continue;
        const changed = whole.slice(0, at) + inserted + whole.slice(at);
        const found = peel(changed, nothing);
        if (found !== undefined && !found.text.includes(inserted.trim())) taken.push(changed);
      }
    }
    expect(taken).toEqual([]);
  });

  it("is not taken off when it is cut before the command's end", () => {
    const end = peel(whole, nothing)?.origin(Math.max(inner.length - 1, 0)) ?? 0;
    const cuts = Array.from({ length: end }, (_, at) => whole.slice(0, at));
    // Codex' scaffold ends with the command: cut after a closing quote it is one around a shorter command.
    expect(cuts.filter((cut) => peel(cut, nothing) !== undefined && !cut.endsWith("'"))).toEqual([]);
  });
});

describe("near misses are read whole", () => {
  const claude = scaffold("claude");
  const codex = scaffold("codex");
  const gemini = scaffold("gemini");

  it.each([
    ["a command of its own", "ssh vm vim f"],
    ["nothing", ""],
    ["eval alone", "eval 'ls | wc -l'"],
    ["another file sourced", claude.replace(/source \S+/, "source /tmp/evil.sh")],
    ["a snapshot of another name", claude.replace("snapshot-bash-", "snapshot-")],
    ["a relative snapshot", claude.replace("source /home", "source home")],
    ["a snapshot path with an expansion", claude.replace("/home/dev", "$HOME")],
    ["eval of a double-quoted word", claude.replace("'ls | wc -l'", '"ls | wc -l"')],
    ["eval of a quoted word and more", claude.replace("'ls | wc -l'", "'ls | wc -l' id")],
    ["eval of a quoted word joined to an unquoted one", claude.replace("'ls | wc -l'", "'ls'$(id)''")],
    ["another input", claude.replace("< /dev/null", "< /tmp/x")],
    ["another output file", claude.replace("/tmp/claude-1bbb-cwd", "/etc/cron.d/x")],
    ["two names cleaned up together", claude.replace("unset -f -- 'which'", "unset -f -- 'ssh'")],
    ["a command before", `id; ${claude}`],
    ["a command after", `${claude}; id`],
    ["an unclosed literal", claude.replace("wc -l'", "wc -l")],
    ["a variable restored from another one", codex.replace('export GIT_PAGER="${__CODEX_SNAPSHOT_OVERRIDE_1}"', 'export GIT_PAGER="${__CODEX_SNAPSHOT_OVERRIDE_2}"')],
    ["a value captured from another variable", codex.replace("${GIT_PAGER-}", "${PATH-}")],
    ["a variable of another name exported", codex.replace("export GIT_PAGER=", "export BASH_ENV=")],
    ["a default value that is code", codex.replace("${GIT_PAGER-}", "${GIT_PAGER-$(id)}")],
    ["a restore left out", codex.replace(/if \[ -n "\$\{__CODEX_SNAPSHOT_OVERRIDE_SET_1\}.*\n/, "")],
    ["another program exec'd", codex.replace("exec '/bin/bash'", "exec '/bin/busybox'")],
    ["positional parameters behind the command", `${codex} 'one'`],
    ["a subshell ended early", gemini.replace("npm test", "npm test\n)\nssh vm reboot\n(true")],
    ["another trap", gemini.replace("jobs -p", "id")],
    ["another list of jobs", gemini.replace("/bgpids.tmp", "/authorized_keys")],
    ["another exit", gemini.replace("exit $__code", "exit $(id)")],
  ])("%s", (_title, text) => {
    expect(peel(text, nothing)).toBeUndefined();
  });
});

describe("the file that the command's shell has read first", () => {
  it.each([
    ["claude", "/home/dev/.claude/shell-snapshots/snapshot-bash-1790452891926-09cuz2.sh"],
    ["claude-no-snapshot", undefined],
    // The bash that it execs has nothing of it but the environment.
    ["codex", undefined],
    ["gemini", undefined],
  ])("%s", (name, file) => {
    expect(peel(scaffold(name), nothing)?.startFile).toBe(file);
  });
});

describe("a command that Claude Code hands over in a variable", () => {
  const indirect = String.raw`'eval' "\builtin 'unset' -v '__CLAUDE_CC_COMMAND_TEXT'; 'eval' $__CLAUDE_CC_COMMAND_TEXT"`;
  const whole = scaffold("claude").replace("eval 'ls | wc -l'", () => indirect);
  const given = (value: string) => (name: string) => (name === "__CLAUDE_CC_COMMAND_TEXT" ? value : undefined);

  it("is what the second eval reads", () => {
    expect(peel(whole, given("'pkill -f node; ls'"))?.text).toBe("eval 'pkill -f node; ls'");
  });

  it("stands where the variable is used", () => {
    const peeled = peel(whole, given("'pkill node'"));
    expect(peeled?.offset).toBe(whole.indexOf("'eval' "));
    expect(peeled?.origin(10)).toBe(peeled?.offset);
  });

  it("is not known without the variable", () => {
    expect(peel(whole, nothing)).toBeUndefined();
  });

  it("is not taken from another variable", () => {
    expect(peel(whole.replaceAll("_COMMAND_TEXT", "_OTHER_TEXT"), given("ls"))).toBeUndefined();
  });
});

it("a megabyte of quotes takes no time", () => {
  const long = `'${`'"'"'`.repeat(200_000)}'`;
  const started = performance.now();
  expect(
    peel(
      scaffold("claude").replace("'ls | wc -l'", () => long),
      nothing,
    )?.text,
  ).toBe("'".repeat(200_000));
  expect(
    peel(
      scaffold("claude").replace("'ls | wc -l'", () => `${long} x`),
      nothing,
    ),
  ).toBeUndefined();
  expect(peel(`shopt -u extglob 2>/dev/null || true && ${"{ ".repeat(500_000)}`, nothing)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(1_000);
});
