// What the launcher runs without the judge: never a line that the engine denies, recorded like any other, and only where
// everything around it is as usual.
import type { StdioOptions } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everydayLine } from "../../scripts/everyday-lines.ts";
import { defaultEngine, exampleLines, policySet } from "../../scripts/lines.ts";
import { compared, compileReader, takenForHarmless } from "../../scripts/prefilter.ts";
import { randomFrom } from "../../scripts/random.ts";
import { generate } from "../../scripts/shell-grammar.ts";
import { prefilterOf } from "../../src/prefilter.ts";
import { shown } from "../../src/report/mask.ts";
import { directoryName } from "../../src/run/shims.ts";
import { autobotSh, root, run, scratch, throughAutobot, throughBash } from "../stage/run.ts";

const engine = defaultEngine();
const minutes = 60_000;
const reader = compileReader(root) ?? "";

describe.skipIf(reader === "")("a line that the engine denies goes to the judge (needs a C compiler)", () => {
  it("of the policies' examples and the forms that reach ssh", () => {
    const [, ...rows] = readFileSync(join(root, "tests", "syntax", "torture.tsv"), "utf8")
      .trimEnd()
      .split("\n");
    const torture = rows.map((row) => JSON.parse(row.split("\t")[1] ?? "") as string);
    expect(compared([...exampleLines(policySet()), ...torture], engine, reader, root).missed).toEqual([]);
  });

  it("of 50,000 generated lines", { timeout: 10 * minutes }, () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => {
      const random = randomFrom(2, index);
      return random.chance(0.7) ? everydayLine(random) : generate(random);
    });
    const { missed, harmless } = compared(lines, engine, reader, root);
    expect(missed).toEqual([]);
    expect(harmless).toBeGreaterThan(10_000);
  });

  it.each([
    "ssh h rm f",
    "ls; ssh h rm f",
    "ls\nssh h rm f",
    "{ ls; ./deploy.sh; }",
    "{$x ls; }",
    "if$x ls; then ls; fi",
    "echo `./deploy.sh`x",
    "echo `echo \\`./deploy.sh\\``",
    'echo "a `./deploy.sh`"',
    "cat <(./deploy.sh)",
    "echo $(ls; ./deploy.sh)",
    "(ls; ./deploy.sh)",
    "ls >&-./deploy.sh",
    "ls {fd}>f",
    "2>&-ssh h",
    "x=(./deploy.sh)",
    "x='$(./deploy.sh)'; echo ${x@P}",
    "echo ${x:-$(./deploy.sh)}",
    "echo ${x~./deploy.sh}",
    "echo $((x[$(./deploy.sh)]))",
    "test -v 'a[$(./deploy.sh)]'",
    "xargs ./deploy.sh",
    "xargs -n 1 ./deploy.sh",
    "xargs -I ls ls",
    "xargs -Ils ls",
    "xargs --arg-file=x ls",
    "xargs -I % %",
    "ls | xargs touch",
    "nice -n 5 ./deploy.sh",
    "timeout 5 ./deploy.sh",
    "timeout -k 1 5 ./deploy.sh",
    "git push",
    "git -c core.pager=./deploy.sh log",
    "git",
    "git deploy",
    "GIT_EXTERNAL_DIFF=./deploy.sh git diff",
    "find . -fprint a.log",
    "split --filter ./deploy.sh f",
    "echo a\\\\; ssh h rm f",
    "echo a\\\\\nssh h rm f",
    "echo \\>& ssh h rm f",
    "s\\\nsh h rm f",
    "ls # a \\\nssh h rm f",
    "echo 'a'\\''b'; ./deploy.sh",
    "echo $'\\''; ./deploy.sh '",
    'echo "$(./deploy.sh)"',
    "echo `./deploy.sh`",
    "find . -exec ./deploy.sh {} \\;",
    "find . -ex'ec' ./deploy.sh {} \\;",
    "find . $X ./deploy.sh {} \\;",
    "sort --compress-program=./deploy.sh f",
    "for x do ./deploy.sh; done",
    "case a in a) ./deploy.sh; esac",
    "if true; then ./deploy.sh; fi",
    "x=1 ./deploy.sh",
    "> f ./deploy.sh",
    "ls() (./deploy.sh); ls",
    "trap ./deploy.sh EXIT",
    "alias ls=./deploy.sh\nls",
    "$X h rm f",
    "{ls,-la}",
    "touch a.log",
    "echo x > test_a.py",
    "cp a b.b'a'k",
    "touch $X",
    "echo ssh (",
    "ls | bash",
    "/etc/init.d/nginx restart",
    "./ls",
    "",
  ])("%j", (line) => {
    expect(takenForHarmless([line], reader, root)).toEqual([false]);
  });
});

describe.skipIf(reader === "")("a line that cannot be denied does not", () => {
  it.each([
    "true",
    "ls -la /tmp | grep foo",
    "cd /tmp && ls",
    "find . -name '*.c' -type f -exec grep -l 'a;b|c' {} \\;",
    'grep -rn "foo(bar)" src; echo $?',
    "for f in a b; do cat $f; done",
    "if [ -f a ]; then cat a; else echo none; fi",
    "ls > /dev/null 2>&1",
    "mkdir -p out && cp a out/b",
    "cat a \\\n  b",
    "echo $(ls)",
    "echo $(ls) and `ls`; x=$(ls | wc -l)",
    "{ ls; }; (ls; pwd)",
    'while read x; do echo "$x"; done < f',
    'for f in $(ls) {a,b}; do rm -f "$f"; done',
    "find . -name '*.log' -print0 | xargs -0 grep -l x",
    "ls | xargs -I {} basename {}",
    "nice -n 5 timeout 10 sort f",
    "git status && git log --oneline -5",
    "git commit -m 'mend; the `thing' | cat",
    "echo ${#x} ${x%.*} ${x##*/} ${x/a/b} ${x:0:3} $((x + 1))",
    "diff <(sort a) <(sort b)",
    "'ls' -la",
    "x=1",
    "/usr/bin/wc -l < f",
  ])("%j", (line) => {
    expect(takenForHarmless([line], reader, root)).toEqual([true]);
  });
});

describe("the tables", () => {
  const marks = (name: string) =>
    prefilterOf(engine)
      ?.rows.filter((row) => row.name === name)
      .map((row) => row.marks);

  it.each([
    ["ls", [""]],
    ["echo", ["!"]],
    ["rm", [""]],
    ["cp", [":"]],
    ["find", ["%"]],
    ["ssh", ["@"]],
    ["git", [":="]],
    ["ssh_to_vm", ["@"]],
    ["xargs", ["+&adEIJLnPRSs;eil;0"]],
    ["timeout", ["&ks;;1"]],
    ["eval", []],
    ["bash", []],
    ["sudo", []],
  ])("%s", (name, expected) => {
    expect(marks(name)).toEqual(expected);
  });

  it("are not made where a rule on this machine speaks of more than a part of paths", () => {
    const [rule] = engine.policies.rules.filter(({ id }) => id === "repository-cleanliness/backups");
    if (rule === undefined) throw new Error("no such rule");
    const withRule = (source: typeof rule.source) => prefilterOf({ ...engine, policies: { ...engine.policies, rules: [{ ...rule, source }] } });
    expect(withRule({ action: "write", host: "local", existing: false, path: "{workspace}/*.bak" })?.fragments).toEqual([".bak"]);
    expect(withRule({ action: "write", host: "local", path: "{workspace}/*.bak" })).toBeUndefined();
    expect(withRule({ action: "write", host: "local", path: "{workspace}/*" })).toBeUndefined();
    expect(withRule({ action: "write", host: "local" })).toBeUndefined();
    expect(withRule({ action: "package", host: "local", path: "/opt/tool" })).toBeUndefined();
    expect(withRule({ action: "package" })).toBeUndefined();
  });

  it("are not made where settings ask for the judge", () => {
    const withSettings = (settings: typeof engine.policies.settings) => prefilterOf({ ...engine, policies: { ...engine.policies, settings } });
    expect(withSettings({ terminal: "pty" })).toBeUndefined();
    expect(withSettings({ runtime: "off" })).toBeUndefined();
    expect(withSettings({ runtime: "strict" })).toBeUndefined();
    expect(withSettings({ audit: { required: true } })).toBeUndefined();
  });
});

describe("the launcher", () => {
  const home = scratch();
  const state = join(home, "state");
  const record = join(state, "autobot-sh", "audit.jsonl");
  const env = { XDG_STATE_HOME: state, XDG_CACHE_HOME: join(home, "cache") };
  const outside = scratch();
  // A socket, as spawnSync gives, makes bash read ~/.bashrc: the judge's affair.
  const stdio: StdioOptions = ["ignore", "pipe", "pipe"];

  interface Last {
    readonly cwd: string;
    readonly requests: readonly unknown[];
    readonly text: string;
  }
  const last = () => JSON.parse(readFileSync(record, "utf8").trimEnd().split("\n").at(-1) ?? "") as Last;

  /** Only the judge says what a line asks for. The fast way is left out now and then, for the record to be rotated. */
  const isFast = (line: string, options: Parameters<typeof run>[2] = {}, words: readonly string[] = ["-c"]) => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const { status } = run(autobotSh, [...words, line], { cwd: outside, stdio, ...options, env: { ...env, ...options.env } });
      expect([0, 1]).toContain(status);
      if (last().requests.length === 0) return true;
    }
    return false;
  };

  // The judge makes the record and the directory of shims.
  beforeAll(() => {
    run(autobotSh, ["-c", "ssh h vim f"], { env });
    run(autobotSh, ["-c", "ls -d /"], { env });
  });

  it("records it as the judge would", () => {
    expect(isFast('ls -d "/"')).toBe(true);
    const fast = last();
    run(autobotSh, ["-c", 'ls -d "/"'], { cwd: outside, env: { ...env, ENV: "x" } });
    const slow = last();
    expect(slow.requests).toHaveLength(1);
    expect(Object.keys(fast)).toEqual(Object.keys(slow));
    expect({ ...fast, time: "", id: "", requests: [] }).toEqual({ ...slow, time: "", id: "", requests: [] });
  });

  it.each<readonly [string, readonly string[]]>([
    ["-c", ["-c"]],
    ["-ec", ["-ec"]],
    ["-euo pipefail -c", ["-euo", "pipefail", "-c"]],
  ])("%s takes it", (_, words) => {
    expect(isFast("ls -d /", {}, words)).toBe(true);
  });

  it.each<readonly [string, Parameters<typeof run>[2]]>([
    ["BASH_ENV", { env: { BASH_ENV: "/dev/null" } }],
    ["ENV", { env: { ENV: "/dev/null" } }],
    ["AUTOBOT_NODE", { env: { AUTOBOT_NODE: process.execPath } }],
    ["SHELLOPTS", { env: { SHELLOPTS: "nounset" } }],
    ["POSIXLY_CORRECT", { env: { POSIXLY_CORRECT: "1" } }],
  ])("leaves it to the judge under %s", (_, options) => {
    expect(isFast("ls -d /", options)).toBe(false);
  });

  it("leaves it to the judge below a directory with policies", () => {
    const project = join(scratch(), "a", "b");
    mkdirSync(join(project, "..", "..", ".autobot-sh"), { recursive: true });
    mkdirSync(project, { recursive: true });
    expect(isFast("ls -d /", { cwd: project })).toBe(false);
  });

  it("leaves it to the judge where the user's own policies may stand", () => {
    const config = scratch();
    mkdirSync(join(config, "autobot-sh"));
    expect(isFast("ls -d /", { env: { XDG_CONFIG_HOME: config } })).toBe(false);
    expect(isFast("ls -d /", { env: { XDG_CONFIG_HOME: scratch() } })).toBe(true);
  });

  describe("under a project's policies", () => {
    const project = scratch();
    const policy = join(project, ".autobot-sh", "a.yaml");
    const tables = join(homedir(), ".cache", "autobot-sh", "prefilter", directoryName(`:${project}`));
    const rule = (path: string, deny: string, permit: string) =>
      `policy: local\ndescription: An example.\nrules:\n  - { id: notes, target: { action: write, host: local, existing: false, path: "{workspace}/*${path}" }, reason: Notes are kept elsewhere., advice: [], examples: { deny: [{ line: ${deny}, cwd: /home/kali/Desktop/AutoBot }], permit: [${permit}] } }\n`;
    const inside = { cwd: project };
    beforeAll(() => {
      mkdirSync(join(project, ".autobot-sh"));
      writeFileSync(policy, rule(".notes", "touch a.notes", "cat a.notes"));
    });
    afterAll(() => rmSync(tables, { force: true }));

    it("a line is told without the judge once it has made the tables for them", () => {
      expect(isFast("ls -d /", inside)).toBe(true);
      expect(isFast("touch /tmp/x", inside)).toBe(true);
    });

    it("what their rules speak of goes to the judge", () => {
      expect(run(autobotSh, ["-c", "touch a.notes"], { ...inside, env, stdio }).status).toBe(126);
      expect(isFast("cat a.notes > /dev/null", inside)).toBe(true);
    });

    it("a changed file counts at once", () => {
      expect(isFast("touch b.memo", inside)).toBe(true);
      writeFileSync(policy, rule(".memo", "touch a.memo", "cat a.memo"));
      expect(run(autobotSh, ["-c", "touch a.memo"], { ...inside, env, stdio }).status).toBe(126);
      expect(isFast("ls -d /", inside)).toBe(true);
    });

    it("so does a new one", () => {
      writeFileSync(join(project, ".autobot-sh", "b.yaml"), rule(".text", "touch a.text", "cat a.text").replace("policy: local", "policy: other"));
      expect(run(autobotSh, ["-c", "touch a.text"], { ...inside, env, stdio }).status).toBe(126);
    });

    it("tables that others may write are not believed", () => {
      expect(isFast("ls -d /", inside)).toBe(true);
      chmodSync(tables, 0o666);
      expect(run(autobotSh, ["-c", "ls -d /"], { ...inside, env, stdio }).status).toBe(0);
      expect(last().requests).toHaveLength(1);
    });
  });

  it("records the directory itself, however it was reached", () => {
    const link = join(scratch(), "link");
    symlinkSync(outside, link);
    expect(isFast("ls -d /", { cwd: link, env: { PWD: link } })).toBe(true);
    expect(last().cwd).toBe(realpathSync(outside));
  });

  it("leaves what may be a secret to the judge, which hides it", () => {
    expect(isFast("echo token=abc123 | cat")).toBe(false);
    expect(last().text).toBe(shown("echo token=abc123 | cat").text);
  });

  it("leaves a record that is not there, or is a link, to the judge", () => {
    const elsewhere = scratch();
    const file = join(elsewhere, "autobot-sh", "audit.jsonl");
    run(autobotSh, ["-c", "ls -d /"], { env: { ...env, XDG_STATE_HOME: elsewhere } });
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ requests: [{ action: "read" }] });
    rmSync(file);
    const target = join(elsewhere, "target");
    writeFileSync(target, "");
    symlinkSync(target, file);
    expect(run(autobotSh, ["-c", "ls -d /"], { env: { ...env, XDG_STATE_HOME: elsewhere } }).status).toBe(0);
    expect(readFileSync(target, "utf8")).toBe("");
  });

  it.each<readonly [string, readonly string[]]>([
    ["arguments", ["-c", 'echo "$0|$#|$*|$-|$BASH_EXECUTION_STRING"', "name", "a b"]],
    ["a failing pipeline", ["-euo", "pipefail", "-c", "false | true; echo no"]],
    ["a status", ["-c", "exit 7"]],
    ["a signal's own", ["-c", "ls /nonexistent; echo $?"]],
    ["the environment", ["-c", "export | grep -v -e SHLVL -e BASH_ENV -e PATH -e _="]],
  ])("changes nothing for bash: %s", (_, args) => {
    expect(throughAutobot(args, { env, cwd: outside, stdio })).toEqual(throughBash(args, { env, cwd: outside, stdio }));
  });

  describe("with a judge that only fails", () => {
    const copy = scratch();
    const [judge, tables] = [join(copy, "dist", "judge.cjs"), join(copy, "dist", "prefilter")];
    const statusOf = (line: string) => run(join(copy, "bin", "autobot-sh"), ["-c", line], { cwd: outside, env, stdio }).status;
    beforeAll(() => {
      for (const name of ["bin", "libexec"]) cpSync(join(root, name), join(copy, name), { recursive: true });
      mkdirSync(join(copy, "dist"));
      for (const name of ["prefilter", "node-path"]) copyFileSync(join(root, "dist", name), join(copy, "dist", name));
      writeFileSync(judge, "process.exitCode = 9;");
    });
    const date = (file: string, seconds: number) => utimesSync(file, seconds, seconds);

    it("runs the line all the same", () => {
      date(judge, 1000);
      date(tables, 1000);
      expect([statusOf("exit 3"), statusOf("ssh h")]).toEqual([3, 125]);
    });

    it("believes no tables that are older than the judge", () => {
      date(judge, 2000);
      date(tables, 1000);
      expect(statusOf("exit 3")).toBe(125);
    });

    it("does without tables", () => {
      rmSync(tables);
      expect(statusOf("exit 3")).toBe(125);
    });
  });
});
