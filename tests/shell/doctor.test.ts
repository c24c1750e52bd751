// `autobotctl doctor` on installations and policies that lack one thing each: what it says, and that it says so by its status.
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/shell/doctor.ts";
import { root, run, scratch } from "./run.ts";

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
    expect(stateOf(report, "proof")).toEqual(["ok", "ok"]);
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
    expect([report.status, stateOf(report, "proof"), stateOf(report, "launcher")]).toEqual([1, ["fault", "fault"], ["warning"]]);
  });

  it("says so where node is not the recorded one", () => {
    const copy = installation();
    writeFileSync(join(copy, "dist", "node-path"), "/nonexistent/node\n");
    expect(stateOf(examined(copy, scratch()), "node")).toEqual(["warning"]);
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
