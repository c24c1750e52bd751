// `autobotctl doctor` on installations and policies that lack one thing each: what it says, and that it says so by its status.
import { appendFileSync, chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/report/doctor-text.ts";
import { root, run, scratch } from "../stage/run.ts";

/** A copy of the installation, to break. */
function installation(): string {
  const copy = scratch();
  for (const folder of ["bin", "libexec", "dist"]) cpSync(join(root, folder), join(copy, folder), { recursive: true });
  // What is not bundled is found in the packages beside it.
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

interface Report {
  readonly findings: readonly Finding[];
  readonly unseen: readonly { readonly way: string }[];
}

function examined(copy: string, cwd: string, env: Readonly<Record<string, string>> = {}): Report & { readonly status: number | null } {
  const { stdout, stderr, status } = run(join(copy, "bin", "autobotctl"), ["doctor", "--json"], { cwd, env });
  if (stdout === "") throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Report), status };
}

const stateOf = ({ findings }: Report, of: string) => findings.filter((each) => each.of === of).map(({ state }) => state);

function project(settings: string): string {
  const directory = scratch();
  mkdirSync(join(directory, ".autobot-sh"));
  writeFileSync(join(directory, ".autobot-sh", "a.yaml"), `policy: local\ndescription: An example.\n${settings}`);
  return directory;
}

describe("autobotctl doctor", { timeout: 30_000 }, () => {
  it("finds nothing at fault in the installation that is tested", () => {
    const report = examined(root, scratch());
    expect([report.status, report.findings.filter(({ state }) => state === "fault")]).toEqual([0, []]);
    expect(stateOf(report, "proof")).toEqual(["ok", "ok", "ok"]);
  });

  it("lists what SECURITY.md lists", () => {
    const [, table = ""] = /^## Ways around it that we know\n(.*?)^## /ms.exec(readFileSync(join(root, "SECURITY.md"), "utf8")) ?? [];
    const ways = table.split("\n").filter((line) => line.startsWith("| ")).length - 2;
    expect(examined(root, scratch()).unseen).toHaveLength(ways);
  });

  it("says so where a launcher runs lines that it has to refuse", () => {
    const copy = installation();
    rmSync(join(copy, "bin", "autobot-sh"));
    writeFileSync(join(copy, "bin", "autobot-sh"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    const report = examined(copy, scratch());
    expect([report.status, stateOf(report, "proof"), stateOf(report, "launcher")]).toEqual([1, ["fault", "fault", "fault"], ["warning"]]);
  });

  describe("of node", () => {
    // By this node, since autobotctl would be started by the one that is looked at.
    const nodeFinding = (copy: string) => {
      const { stdout, stderr } = run(process.execPath, [join(copy, "dist", "main.js"), "doctor", "--json"], { cwd: scratch() });
      if (stdout === "") throw new Error(stderr);
      return (JSON.parse(stdout) as Report).findings.find(({ of }) => of === "node");
    };
    const recorded = (program: string) => {
      const copy = installation();
      writeFileSync(join(copy, "dist", "node-path"), `${program}\n`);
      return copy;
    };
    const programSaying = (script: string) => {
      const file = join(scratch(), "node");
      writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return file;
    };

    it("is glad of the recorded one", () => {
      expect(nodeFinding(recorded(process.execPath))).toMatchObject({ state: "ok", found: `${process.execPath}, ${process.version}, as recorded` });
    });

    it("says so where the recorded one is gone", () => {
      // What else is found depends on the machine.
      const finding = nodeFinding(recorded("/nonexistent/node"));
      expect([finding?.state, finding?.found]).toEqual([expect.stringMatching(/^(warning|fault)$/), expect.stringMatching(/which was recorded, is gone|none is found without/)]);
    });

    it.each([
      ["is too old", "echo v20.18.1", "is v20.18.1, and 20.19 is the oldest that will do"],
      ["is far too old", "echo v8.0.0", "is v8.0.0"],
      ["does not run", "exit 1", "does not run"],
    ])("says so where it %s", (_, script, found) => {
      expect(nodeFinding(recorded(programSaying(script)))).toMatchObject({ state: "fault", found: expect.stringContaining(found) });
    });

    it.each(["echo v20.19.0", "echo v24.0.0"])("has nothing against %s", (script) => {
      expect(nodeFinding(recorded(programSaying(script)))).toMatchObject({ state: "ok" });
    });

    it("says so where none is found without the PATH of a login", () => {
      const copy = installation();
      appendFileSync(join(copy, "libexec", "node.bash"), "autobot_find_node() { return 1; }\n");
      expect(nodeFinding(copy)).toMatchObject({ state: "fault", found: expect.stringContaining("none is found without the PATH of a login") });
    });
  });

  it.each([
    ["anybody may change the judge", "dist/judge.cjs", 0o666, "fault"],
    ["anybody may put a program in", "bin", 0o777, "fault"],
    ["their group may", "dist/main.js", 0o664, "warning"],
  ])("says so where %s", (_, name, mode, state) => {
    const copy = installation();
    chmodSync(join(copy, name), mode);
    expect(stateOf(examined(copy, scratch()), "files")).toEqual([state]);
  });

  it("says so where a program of those for agents is missing", () => {
    const copy = installation();
    rmSync(join(copy, "bin", "autobot-bash"));
    expect(stateOf(examined(copy, scratch()), "files")).toEqual(["fault"]);
  });

  it("names the utilities that stand before the layer in PATH", () => {
    const [hiding, harmless] = [scratch(), scratch()];
    writeFileSync(join(hiding, "ssh"), "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(join(harmless, "frobnicate"), "#!/bin/sh\n", { mode: 0o755 });
    const layer = (PATH: string) => examined(root, scratch(), { PATH }).findings.find(({ of }) => of === "runtime layer");
    const behind = "/nowhere/autobot-sh/shims/0:/usr/bin:/bin";
    expect(layer(`${hiding}:${behind}`)).toMatchObject({ state: "warning", found: expect.stringContaining(`\`${hiding}/ssh\``) });
    expect([layer(`${harmless}:${behind}`)?.state, layer(`/usr/bin:${hiding}`)?.state]).toEqual(["ok", "ok"]);
  });

  it("says so where the runtime layer is off, or has no place", () => {
    expect(stateOf(examined(root, project("settings: { runtime: on }\n")), "runtime layer")).toEqual(["ok"]);
    expect(stateOf(examined(root, scratch(), { XDG_CACHE_HOME: "/dev/null", TMPDIR: "/dev/null" }), "runtime layer")).toEqual(["fault"]);
  });

  it("says so where the record cannot be written", () => {
    expect(stateOf(examined(root, scratch(), { XDG_STATE_HOME: "/dev/null" }), "record")).toEqual(["warning"]);
  });

  it("says so where a policy is not valid", () => {
    const report = examined(root, project("settings: { runtime: sometimes }\n"));
    expect([report.status, stateOf(report, "policies")]).toEqual([1, ["fault"]]);
    expect(report.findings.find(({ of }) => of === "policies")?.mend).toBe("mend the file; until then nothing is done on another host");
  });

  it("names what the policy advises and the workspace does not have", () => {
    const workspace = scratch();
    mkdirSync(join(workspace, "scripts", "utilities"), { recursive: true });
    writeFileSync(join(workspace, "scripts", "utilities", "sync-to-vm.sh"), "");
    const [finding] = examined(root, workspace).findings.filter(({ of }) => of === "routes");
    expect(finding?.state).toBe("warning");
    expect(finding?.found).toContain("`ansible/playbooks/deploy-backend.yml` (backend)");
    expect(finding?.found).not.toContain("sync-to-vm.sh");
  });
});
