// Everything that can be wrong with a policy file is said with its place, all at once, and nothing runs.
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findLayers } from "../../src/world/layers.ts";
import { readLayers, readPolicyFile, showIssues } from "../../src/world/policy-files.ts";
import { autobotctl, autobotSh, run, scratch } from "../stage/run.ts";

const rule = `
  - id: motd
    target: { action: write, host: remote, path: /etc/motd }
    reason: Nobody writes the message of the day.
    advice: []
    examples:
      deny: ["ssh h 'echo x > /etc/motd'"]
      permit: ["ssh h cat /etc/motd"]
`;
const valid = `policy: local\ndescription: An example.\nrules:${rule}`;

function file(text: string | Buffer, name = "a.yaml"): string {
  const path = join(scratch(), name);
  writeFileSync(path, text);
  return path;
}

function faults(text: string | Buffer): string {
  const path = file(text);
  const result = readPolicyFile(path);
  return "issues" in result ? showIssues(result.issues).replaceAll(path, "a.yaml") : "valid";
}

describe("a fault in a file", () => {
  it("none", () => expect(faults(valid)).toBe("valid"));

  it.each<readonly [string, string, string]>([
    ["an unknown key", valid.replace("reason:", "raeson:"), "a.yaml: rules[0].raeson: unknown key `raeson`\n  did you mean `reason`?"],
    ["an unknown word", valid.replace("action: write", "action: wirte"), "a.yaml: rules[0].target.action: unknown word `wirte`\n  did you mean `write`?"],
    ["a wrong type", valid.replace("description: An example.", "description: [x]"), "a.yaml: description: expected a string, got a list"],
    ["a wrong glob", valid.replace("/etc/motd }", '"/etc/[a" }'), "a.yaml: rules[0].target.path: "],
    ["a missing reason", valid.replace(/ +reason:.*\n/, ""), "a.yaml: rules[0].reason: missing"],
    ["a duplicate key", `${valid}policy: again\n`, "a.yaml: line "],
    ["two documents", `${valid}---\n${valid}`, "a.yaml: line 11, column 1: more than one document"],
    ["no YAML at all", "a: [", "a.yaml: line 1, column "],
    ["an unknown tag", "policy: !!js/function 'x'\n", "a.yaml: line 1, column 9: "],
    ["an empty file", "", "a.yaml: "],
    ["a list", "- a\n", "a.yaml: expected a mapping, got a list"],
    ["an alias of nothing", "policy: *nobody\n", "a.yaml: "],
    ["a cyclic anchor", "policy: x\ndescription: y\nrules: &rules\n  - *rules\n", "a.yaml: "],
    ["a file larger than the limit", `# ${"x".repeat(10 * 1024 * 1024)}\n${valid}`, "a.yaml: larger than 4 MiB"],
    ["deep nesting", `policy: ${"[".repeat(200_000)}`, "a.yaml: "],
  ])("%s", (_, text, message) => {
    expect(faults(text)).toContain(message);
  });

  it("all faults are listed at once", () => {
    expect(
      faults(valid.replace("reason:", "raeson:").replace("action: write", "action: wirte"))
        .split("\n")
        .filter((line) => line.startsWith("a.yaml")),
    ).toHaveLength(3);
  });

  it("a YAML bomb does not go off", () => {
    const levels = Array.from({ length: 12 }, (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`).join(", ")}]`);
    const before = process.memoryUsage().rss;
    expect(faults(`a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${levels.join("\n")}\n`)).toContain("too many aliases");
    expect(process.memoryUsage().rss - before).toBeLessThan(500_000_000);
  });
});

describe("whose file it is", () => {
  function layer(arrange: (directory: string) => void): string {
    const directory = join(scratch(), "layer");
    mkdirSync(directory);
    writeFileSync(join(directory, "a.yaml"), valid);
    arrange(directory);
    const files = findLayers({ system: directory, user: undefined, configured: undefined, cwd: undefined });
    const result = readLayers(files);
    return "issues" in result ? showIssues(result.issues).replaceAll(directory, "…") : "trusted";
  }

  it("one's own is trusted", () => expect(layer(() => {})).toBe("trusted"));
  it("one that everybody may write is not", () => {
    expect(layer((directory) => chmodSync(join(directory, "a.yaml"), 0o666))).toBe("…/a.yaml: it can be written by everybody\n  run `chmod go-w` on it");
  });
  it("one in a directory that everybody may write is not", () => {
    expect(layer((directory) => chmodSync(directory, 0o777))).toContain("its directory");
  });
  it.skipIf(process.getuid?.() !== 0)("another user's is not", () => {
    expect(layer((directory) => chownSync(join(directory, "a.yaml"), 12_345, 0))).toContain("belongs to another user (uid 12345)");
  });
  it.skipIf(process.getuid?.() !== 0)("one that a group may write is not", () => {
    expect(
      layer((directory) => {
        chownSync(join(directory, "a.yaml"), 0, 12_345);
        chmodSync(join(directory, "a.yaml"), 0o664);
      }),
    ).toContain("can be written by its group");
  });
  it("a link out of the directory is not", () => {
    const elsewhere = file(valid);
    expect(layer((directory) => symlinkSync(elsewhere, join(directory, "b.yaml")))).toContain("outside its directory");
  });
  it("a link to nowhere is said", () => {
    expect(layer((directory) => symlinkSync("/nosuch", join(directory, "b.yaml")))).toBe("…/b.yaml: cannot be read: no such file");
  });
  it("a directory in place of a file is said", () => {
    expect(layer((directory) => mkdirSync(join(directory, "b.yaml")))).toBe("…/b.yaml: not a regular file");
  });
  it("a pipe in place of a file is said, not waited for", () => {
    expect(layer((directory) => void run("mkfifo", [join(directory, "b.yaml")]))).toBe("…/b.yaml: not a regular file");
  });
});

describe("which layers there are", () => {
  it("the nearest project upwards", () => {
    const project = scratch();
    mkdirSync(join(project, ".autobot-sh"));
    mkdirSync(join(project, "a", "b"), { recursive: true });
    writeFileSync(join(project, ".autobot-sh", "x.yaml"), valid);
    writeFileSync(join(project, ".autobot-sh", "notes.txt"), "");
    const places = { system: "/nosuch", user: undefined, configured: undefined, cwd: join(project, "a", "b") };
    expect(findLayers(places)).toEqual([{ origin: "project", directory: join(project, ".autobot-sh"), files: [join(project, ".autobot-sh", "x.yaml")] }]);
  });

  it("a world-writable directory such as /tmp holds no project", () => {
    const shared = scratch();
    mkdirSync(join(shared, ".autobot-sh"));
    mkdirSync(join(shared, "work"));
    writeFileSync(join(shared, ".autobot-sh", "x.yaml"), valid);
    chmodSync(shared, 0o1777);
    expect(findLayers({ system: "/nosuch", user: undefined, configured: undefined, cwd: join(shared, "work") })).toEqual([]);
  });
});

describe("each fault, through the programs", () => {
  /** The text of a project's policy file, or what makes the file. */
  type Fault = string | ((path: string) => void);
  const bomb = [
    "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
    ...Array.from({ length: 12 }, (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`).join(", ")}]`),
  ];

  const faulty: readonly (readonly [title: string, fault: Fault, message: string])[] = [
    ["an unknown key", valid.replace("reason:", "raeson:"), "rules[0].raeson: unknown key `raeson`\n"],
    ["a bad type", valid.replace("description: An example.", "description: [x]"), "description: expected a string, got a list\n"],
    ["a wrong glob", valid.replace("/etc/motd }", '"/etc/[a" }'), "rules[0].target.path: "],
    ["a duplicate id", `${valid}${rule.trimEnd()}\n`, "rules[1].id: `local/motd` is the id of another rule too\n"],
    ["the id of a default rule", valid.replace("policy: local", "policy: remote-editing").replace("id: motd", "id: editor"), "rules[0].id: `remote-editing/editor`"],
    ["a world-writable file", (path) => withMode(path, 0o666), "it can be written by everybody\n"],
    ["a link to nowhere", (path) => symlinkSync("/nosuch", path), "cannot be read: "],
    ["a YAML bomb", `${bomb.join("\n")}\n`, "too many aliases"],
    ["a cyclic anchor", "policy: x\ndescription: y\nrules: &rules\n  - *rules\n", "an anchor contains itself\n"],
    ["a file of 10 MB", `# ${"x".repeat(10_000_000)}\n${valid}`, "larger than 4 MiB\n"],
    ["no YAML", "policy: [", "line 1"],
  ];

  function withMode(path: string, mode: number): void {
    writeFileSync(path, valid);
    chmodSync(path, mode);
  }

  function project(fault: Fault): { readonly directory: string; readonly path: string } {
    const directory = scratch();
    const path = join(directory, ".autobot-sh", "local.yaml");
    mkdirSync(join(directory, ".autobot-sh"));
    if (typeof fault === "string") writeFileSync(path, fault);
    else fault(path);
    return { directory, path };
  }

  it.each(faulty)("under %s nothing is done on another host, and the file and the place are named", (_title, fault, message) => {
    const { directory, path } = project(fault);
    const { status, stdout, stderr } = run(autobotSh, ["-c", "echo hi; touch ran; ssh h.invalid uptime"], { cwd: directory });
    expect([status, stdout, existsSync(join(directory, "ran"))]).toEqual([126, "", false]);
    expect(stderr).toContain(`${path}: ${message}`);
    expect(stderr).toContain("[policy/not-valid]");
  });

  it.each(faulty)("%s fails autobotctl policy check", (_title, fault, message) => {
    const { directory, path } = project(fault);
    const { status, stderr } = run(autobotctl, ["policy", "check"], { cwd: directory });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`${path}: ${message}`);
  });

  // Examples are decided when a policy is checked, not at each command.
  it("a lying example fails autobotctl policy check, which names the rule and the line", () => {
    const { directory } = project(valid.replace("deny: [", 'deny: ["ssh h uptime", '));
    const { status, stdout, stderr } = run(autobotctl, ["policy", "check"], { cwd: directory });
    expect([status, `${stdout}${stderr}`]).toEqual([1, expect.stringContaining("local/motd: an example of what it denies, which it permits: `ssh h uptime`")]);
  });

  // Root reads every file, so there another user tries.
  it.runIf(process.getuid?.() === 0)("under a file that may not be read nothing is done on another host", () => {
    const { directory, path } = project((file) => withMode(file, 0o600));
    chmodSync(directory, 0o755);
    const { status, stdout, stderr } = run("setpriv", ["--reuid=65534", "--clear-groups", autobotSh, "-c", "ssh h.invalid uptime"], { cwd: directory });
    expect([status, stdout]).toEqual([126, ""]);
    expect(stderr).toContain(`${path}: cannot be read: permission denied\n`);
  });
});

describe("in force", () => {
  function project(text: string): string {
    const directory = scratch();
    mkdirSync(join(directory, ".autobot-sh"));
    writeFileSync(join(directory, ".autobot-sh", "local.yaml"), text);
    return directory;
  }

  it("a project's rule refuses", () => {
    const rules = valid.replaceAll("/etc/motd", "/tmp/motd");
    expect(run(autobotSh, ["-c", "ssh h 'echo x > /tmp/motd'"], { cwd: project(rules) }).stderr).toContain("[local/motd]");
  });

  it("a broken one leaves what is done here, under all others", () => {
    const { status, stdout, stderr } = run(autobotSh, ["-c", "echo ran"], { cwd: project("policy: [") });
    expect([status, stdout]).toEqual([0, "ran\n"]);
    expect(stderr).toContain(".autobot-sh/local.yaml: line 1");
    const rules = valid.replaceAll("/etc/motd", "/tmp/motd").replace("host: remote", "host: local");
    const both = project("policy: [");
    const configured = scratch();
    mkdirSync(join(configured, "autobot-sh"));
    writeFileSync(join(configured, "autobot-sh", "a.yaml"), rules);
    expect(run(autobotSh, ["-c", "echo x >/tmp/motd"], { cwd: both, env: { XDG_CONFIG_HOME: configured } })).toMatchObject({
      status: 126,
      stderr: expect.stringContaining("[local/motd]"),
    });
  });

  it("a project cannot switch a rule off", () => {
    const { status, stderr } = run(autobotSh, ["-c", "ssh h.invalid vim f"], { cwd: project("policy: local\ndescription: x\ndisable: [remote-editing/editor]\n") });
    expect(status).toBe(126);
    expect(stderr).toContain("may only tighten");
    expect(stderr).toContain("[remote-editing/editor]");
  });

  it("nor can what XDG_CONFIG_HOME points to", () => {
    const directory = scratch();
    mkdirSync(join(directory, "autobot-sh"));
    writeFileSync(join(directory, "autobot-sh", "a.yaml"), "policy: local\ndescription: x\ndisable: [remote-editing/editor]\n");
    expect(run(autobotSh, ["-c", "ssh h.invalid vim f"], { env: { XDG_CONFIG_HOME: directory } }).stderr).toContain("[remote-editing/editor]");
  });
});

describe("autobotctl policy check", () => {
  const check = (text: string) => {
    const path = file(text);
    const { status, stdout, stderr } = run(autobotctl, ["policy", "check", path]);
    return { status, said: `${stdout}${stderr}`.replaceAll(path, "a.yaml") };
  };

  it("holds examples that hold", () => expect(check(valid)).toMatchObject({ status: 0 }));
  it("says which example lies", () => {
    expect(check(valid.replace("permit: [", 'permit: ["ssh h rm /etc/motd", '))).toEqual({
      status: 1,
      said: "local/motd: an example of what it permits, which it denies: `ssh h rm /etc/motd`\n",
    });
  });
  it("says that an id is taken", () => {
    expect(check(`${valid}${rule.trimEnd()}\n`).said).toContain("a.yaml: rules[1].id: `local/motd` is the id of another rule too");
  });
  it("says that a file is missing", () => {
    expect(run(autobotctl, ["policy", "check", "/nosuch.yaml"])).toMatchObject({ status: 1, stderr: "/nosuch.yaml: cannot be read: no such file\n" });
  });
});
