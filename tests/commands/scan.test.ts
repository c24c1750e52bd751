// `autobotctl scan` on directories as people have them: what is looked at, what it prints, and its exit status.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { autobotctl, root, run, scratch } from "../stage/run.ts";

const reboot = "ssh autobot@172.16.168.21 reboot\n";

function project(files: Readonly<Record<string, string>>): string {
  const directory = scratch();
  for (const [name, text] of Object.entries({ ".autobot-sh/keep.txt": "", ...files })) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

function scan(cwd: string, ...words: readonly string[]) {
  const { status, stdout, stderr } = run(autobotctl, ["scan", ...words], { cwd });
  return { status, stdout, stderr };
}

function filesFound(cwd: string, ...words: readonly string[]): readonly string[] {
  const { findings }: { readonly findings: readonly { readonly file: string }[] } = JSON.parse(scan(cwd, "--format", "json", ...words).stdout);
  return findings.map(({ file }) => file);
}

describe("status", () => {
  it.each<readonly [string, Readonly<Record<string, string>>, readonly string[], number]>([
    ["nothing found", { "a.sh": "ls\n" }, [], 0],
    ["a finding", { "a.sh": reboot }, [], 1],
    ["a finding elsewhere than asked", { "a.sh": reboot, "b/c.sh": "ls\n" }, ["b"], 0],
    ["no such path", {}, ["nosuch"], 2],
    ["no such format", {}, ["--format", "xml"], 2],
    ["no such baseline", {}, ["--baseline", "nosuch"], 2],
    ["policies that do not hold", { ".autobot-sh/p.yaml": "rules: x\n" }, [], 125],
  ])("%s", (_, files, words, status) => {
    expect(scan(project(files), ...words).status).toBe(status);
  });
});

describe("text", () => {
  it("says where, what, why and what to do instead", () => {
    const { stdout } = scan(project({ "scripts/a.sh": `#!/bin/bash\n  ${'ssh autobot@172.16.168.24 "vim /home/autobot/app.py"'}\n` }));
    expect(stdout).toBe(`scripts/a.sh:2:34: this would edit a file on ai-stack (172.16.168.24) [remote-editing/editor]
  ssh autobot@172.16.168.24 "vim /home/autobot/app.py"
                                 ^^^^^^^^^^^^^^^^^^^^ opens an editor there
  Servers are never edited by hand: the next deploy overwrites it, and nobody reviews it.
  Instead:
    vim app.py
    ./scripts/utilities/sync-to-vm.sh ai-stack app.py /home/autobot/app.py
  Then check, read-only:
    ssh -i ~/.ssh/autobot_key autobot@172.16.168.24 'sha256sum /home/autobot/app.py'

1 finding in 1 piece of shell code of 1 file
`);
  });

  it("counts what it leaves out, and names what it has not looked at", () => {
    const files = {
      "a.sh": `# autobot-sh: ignore remote-operations/power the last resort\n${reboot}`,
      "b.sh": 'ssh 172.16.168.21 "$X"\n',
      "scripts/utilities/sync-to-vm.sh": "rsync -a app.py 172.16.168.24:/home/autobot/\n",
      large: "#".repeat(2 * 1024 * 1024),
      "large.sh": `${reboot}${"#".repeat(1024 * 1024)}`,
    };
    expect(scan(project(files))).toEqual({
      status: 0,
      stdout: `large.sh: not looked at: larger than 1 MiB
no findings in 2 pieces of shell code of 2 files
  1 ignored by a comment
  1 left to run time, where the shell judges them (\`--format json\` lists them)
  1 approved route, not looked at
`,
      stderr: "",
    });
  });

  it("shows no control characters", () => {
    expect(scan(project({ "a.sh": `${reboot.trim()} '\u001b[2J\u202e'\n` })).stdout).toMatch(/^ {2}ssh autobot@172\.16\.168\.21 reboot '\[2J'$/m);
  });
});

describe("files", () => {
  it("what git ignores is left out, and what is not tracked yet is not", () => {
    const directory = project({ ".gitignore": "build/\n", "build/a.sh": reboot, "tracked.sh": reboot, "new.sh": reboot });
    execFileSync("git", ["init", "-q", directory]);
    execFileSync("git", ["-C", directory, "add", "tracked.sh"]);
    expect([filesFound(directory), filesFound(directory, "build"), filesFound(directory, "build/a.sh")]).toEqual([["new.sh", "tracked.sh"], ["build/a.sh"], ["build/a.sh"]]);
  });

  it("no program that a repository's configuration names is run", () => {
    const directory = project({ "a.sh": reboot });
    execFileSync("git", ["init", "-q", directory]);
    execFileSync("git", ["-C", directory, "config", "core.fsmonitor", `touch ${directory}/ran; false`]);
    expect(filesFound(directory)).toEqual(["a.sh"]);
    expect(() => readFileSync(join(directory, "ran"))).toThrow();
  });

  it("without a repository, all but what others wrote; links, binary and other files are not followed", () => {
    const directory = project({ "a/b.sh": reboot, "node_modules/x/a.sh": reboot, "binary.sh": `${reboot}\0`, "x.py": reboot, plain: reboot, marked: `#!/bin/sh\n${reboot}` });
    symlinkSync("a", join(directory, "link"));
    symlinkSync("a/b.sh", join(directory, "link.sh"));
    execFileSync("mkfifo", [join(directory, "pipe.sh")]);
    expect(filesFound(directory)).toEqual(["a/b.sh", "marked"]);
  });

  it("a path given twice is looked at once", () => {
    expect(filesFound(project({ "a.sh": reboot }), "a.sh", ".", "./a.sh")).toEqual(["a.sh"]);
  });

  it("a project's own policies count in it", () => {
    const policy = "policy: own\ndescription: of this test\nfleet: { hosts: [{ name: web9, addresses: [192.0.2.9] }] }\nsettings: { posture: read-only }\n";
    const line = "ssh web9 some-unknown-utility\n";
    expect([filesFound(project({ "a.sh": line })), filesFound(project({ "a.sh": line, ".autobot-sh/own.yaml": policy }))]).toEqual([[], ["a.sh"]]);
  });
});

describe("baseline", () => {
  it("knows what was there, wherever it moves in its file, and nothing new", () => {
    const directory = project({ "a.sh": `${reboot}${reboot}`, "b.sh": reboot });
    expect(scan(directory, "--baseline", "known.json", "--update-baseline")).toMatchObject({ status: 0, stderr: "3 findings are now in `known.json`\n" });
    expect(scan(directory, "--baseline", "known.json")).toMatchObject({ status: 0, stdout: "no findings in 2 pieces of shell code of 2 files\n  3 in the baseline\n" });
    writeFileSync(join(directory, "a.sh"), `ls\n${reboot}${reboot}${reboot}`);
    writeFileSync(join(directory, "c.sh"), reboot);
    expect(filesFound(directory, "--baseline", "known.json")).toEqual(["a.sh", "c.sh"]);
  });

  it("that is none is a wrong call, and so is an update without one", () => {
    const directory = project({ "known.json": "{}" });
    expect([scan(directory, "--baseline", "known.json").stderr, scan(directory, "--update-baseline").status]).toEqual([
      `autobotctl: not a baseline: \`${join(directory, "known.json")}\`\n  make it anew with \`--update-baseline\`\n`,
      2,
    ]);
  });
});

describe("SARIF", () => {
  // Draft 4, as the specification's own: `id` is what later drafts call `$id`.
  const require = createRequire(import.meta.url);
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

  const directory = project({ "a b.sh": reboot, "c.sh": `${reboot.trim()} # autobot-sh: ignore remote-operations why\n`, "known.sh": reboot });
  scan(directory, "known.sh", "--baseline", "known.json", "--update-baseline");
  const { status, stdout } = scan(directory, "--format", "sarif", "--baseline", "known.json");
  const log = JSON.parse(stdout);

  it("is valid", () => {
    expect([validate(log), validate.errors]).toEqual([true, null]);
  });

  it("would not be with a field that is wrong", () => {
    const wrong = structuredClone(log);
    wrong.runs[0].results[0].level = "bad";
    expect(validate(wrong)).toBe(false);
  });

  it("says where, by which rule, and what is suppressed", () => {
    expect(status).toBe(1);
    const [{ tool, results }] = log.runs;
    expect(
      results.map((result: (typeof results)[0]) => [
        result.locations[0].physicalLocation.artifactLocation.uri,
        tool.driver.rules[result.ruleIndex].id,
        result.suppressions?.[0].kind,
      ]),
    ).toEqual([
      ["a%20b.sh", "remote-operations/power", undefined],
      ["c.sh", "remote-operations/power", "inSource"],
      ["known.sh", "remote-operations/power", "external"],
    ]);
    expect(results[0].locations[0].physicalLocation.region).toEqual({ startLine: 1, startColumn: 27, endLine: 1, endColumn: 33 });
  });

  it("of nothing is valid too", () => {
    const none = scan(project({}), "--format", "sarif");
    expect([none.status, validate(JSON.parse(none.stdout))]).toEqual([0, true]);
  });
});

it("draws its progress on a terminal, and takes it away again", { timeout: 60_000 }, () => {
  const directory = project(Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`${index}.sh`, `${"ssh web1 uptime\n".repeat(100)}`])));
  const { stdout } = run("script", ["-qec", `${autobotctl} scan >/dev/null`, "/dev/null"], { cwd: directory });
  expect(stdout).toMatch(/█+░* \d+ of 401 files/);
  expect(stdout.endsWith("\r\u001b[K")).toBe(true);
});

describe("this project", () => {
  it("has no findings in its own documents and scripts but those that its tests are made of", { timeout: 60_000 }, () => {
    expect(filesFound(root).filter((file) => !file.startsWith("tests/"))).toEqual([]);
  });

  it("offers pre-commit a hook that calls it as it can be called", () => {
    const [hook] = parse(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8"));
    const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const [program, ...words] = hook.entry.split(" ");
    expect(hook).toMatchObject({ id: expect.any(String), name: expect.any(String), language: "node" });
    // As pre-commit does, with the files behind.
    expect([Object.keys(bin).includes(program), run(join(root, bin[program]), [...words, "a.sh"], { cwd: project({ "a.sh": reboot }) }).status]).toEqual([true, 1]);
  });
});
