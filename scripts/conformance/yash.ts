// yash's tests of what POSIX asks of any shell (`*-p.tst`): signals and job control above all.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { asAccount, ended, must } from "./account.ts";
import { type Suite, verdicts } from "./suite.ts";

// bash itself hangs in these, or disagrees with itself from one run to the next.
const leftOut = /^(sigint\d*|bg|fg|sigstop3|sigtstp3|sigttin3|sigttou3)-p\.tst$/;

const short = [..."sighup1 sigterm1 sigcont1 sigquit5 sigtstp4 kill1 kill2 trap wait job exec exit startup redir ppid testtty errexit option".split(" ")].map(
  (name) => `${name}-p.tst`,
);

export const yashSuite: Suite = {
  name: "yash",
  mark: "tests/run-test.sh",
  needs: ["gcc", "make"],
  jobs: 2,

  // Its own shell runs the tests; the shell under test is only what they start.
  async build(tree) {
    must("sh", ["./configure", "--disable-lineedit", "--disable-nls"], tree);
    must("make", ["-s", "-j2", "yash"], tree);
    must("make", ["-s", "-C", "tests", "tester"], tree);
  },

  units(tree, isShort) {
    const all = readdirSync(join(tree, "tests")).filter((name) => name.endsWith("-p.tst") && !leftOut.test(name));
    return isShort ? all.filter((name) => short.includes(name)) : all;
  },

  async run(unit, { shell, tree, account }) {
    const tests = join(tree, "tests");
    const results = join(tests, unit.replace(/\.tst$/, ".trs"));
    rmSync(results, { force: true });
    const onTerminal = readFileSync(join(tests, unit), "latin1").includes("%REQUIRETTY%") ? ["./ptwrap"] : [];
    const command = ["setsid", "--wait", "timeout", "--signal=KILL", "600", ...onTerminal, "./resetsig", "../yash", "./run-test.sh", shell, unit];
    await ended(asAccount(account, command), tests);
    return verdicts(existsSync(results) ? verdictsIn(readFileSync(results, "latin1")) : []);
  },
};

/** `%%% PASSED: file:line: title`; a title may name the terminal, which is another each time. */
function* verdictsIn(text: string): Generator<readonly [string, string]> {
  for (const [, verdict = "", name = ""] of text.matchAll(/^%%% (PASSED|FAILED|SKIPPED): (.*)$/gm)) {
    yield [name.replace(/\/dev\/pts\/\d+/, "/dev/pts/N"), verdict.toLowerCase()];
  }
}
