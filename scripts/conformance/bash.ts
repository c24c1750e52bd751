// bash's own tests: a script that compares output with what was recorded. A verdict is `ok`, or the difference it shows.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPty } from "../../src/session/pty.ts";
import { asAccount, must } from "./account.ts";
import { localesFor, makeLocales } from "./locale.ts";
import type { Place, Suite } from "./suite.ts";

const programs = ["recho", "zecho", "printenv", "xcase"];

// What a shell finds when it starts: words, variables, descriptors, functions, standard input.
const short = [
  ..."alias builtins comsub2 dollars dynvar errors execscript exp-tests exportfunc func heredoc input-test invocation invert lastpipe".split(" "),
  ..."nameref parser posixpipe redir set-e set-x shopt strip test type varenv vredir".split(" "),
].map((name) => `run-${name}`);
const notTests = ["run-all", "run-minimal", "run-gprof"];
const seconds = 240;

export const bashSuite: Suite = {
  name: "bash",
  debian: "bash",
  mark: "tests/run-all",
  needs: ["gcc", "dpkg-source"],
  // Several write to the same names in /tmp.
  jobs: 1,

  async build(tree) {
    makeLocales(tree, join(tree, "tests"));
    const headers = ["STRING_H", "STDLIB_H", "UNISTD_H", "LOCALE_H", "WCHAR_H", "WCTYPE_H"];
    writeFileSync(join(tree, "config.h"), headers.map((name) => `#define HAVE_${name} 1\n`).join(""));
    must("cp", ["version.c", "version.h"], tree);
    for (const name of programs) {
      const source = join("support", `${name}.c`);
      must("gcc", ["-w", "-I.", "-Iinclude", "-include", "stdlib.h", "-include", "string.h", source, "-o", join("tests", name)], tree);
    }
  },

  units(tree, isShort) {
    const all = readdirSync(join(tree, "tests")).filter((name) => name.startsWith("run-") && !notTests.includes(name));
    return isShort ? all.filter((name) => short.includes(name)) : all;
  },

  async run(unit, place) {
    const { output, status } = await onTerminal(unit, place);
    const neutral = output.replaceAll(place.tree, "TREE").replaceAll(place.scratch, "SCRATCH").replaceAll(place.shell, "SHELL");
    return new Map([[unit, status === 0 ? "ok" : neutral]]);
  },
};

// On a terminal whose keyboard is silent but not closed: several tests ask for one.
async function onTerminal(unit: string, { shell, tree, scratch, account }: Place): Promise<{ readonly output: string; readonly status: number }> {
  const tests = join(tree, "tests");
  mkdirSync(scratch, { recursive: true });
  const env = {
    PATH: `.:${tests}:/usr/local/bin:/usr/bin:/bin`,
    TMPDIR: scratch,
    THIS_SH: shell,
    BUILD_DIR: tree,
    BASH_TSTOUT: join(scratch, unit),
    ...localesFor(tree),
  };
  const [file, ...args] = asAccount(account, ["timeout", `${seconds}`, "sh", unit], env);
  const pty = await openPty({ file, args, env: {}, cwd: tests, columns: 80, rows: 24 });
  if ("failure" in pty) throw new Error(pty.message);
  const chunks: Buffer[] = [];
  for await (const chunk of pty.output) chunks.push(chunk);
  const { status } = await pty.exited;
  return { output: Buffer.concat(chunks).toString("utf8"), status };
}
