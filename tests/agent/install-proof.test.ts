// `autobotctl install` from installations in which one thing is broken: what an agent would be pointed to is started first.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, run, scratch } from "../stage/run.ts";

describe("nothing is written that would point an agent to what does not work", { timeout: 60_000 }, () => {
  /** As installed, with one thing broken. */
  const broken = (change: (copy: string) => void) => {
    const copy = scratch();
    for (const folder of ["bin", "libexec", "dist"]) cpSync(join(root, folder), join(copy, folder), { recursive: true });
    change(copy);
    return copy;
  };
  const installed = (copy: string, ...args: readonly string[]) => {
    const home = scratch();
    mkdirSync(join(home, ".claude"));
    writeFileSync(join(home, ".claude", "settings.json"), "{}");
    const { status, stderr } = run(join(copy, "bin", "autobotctl"), ["install", ...args], { cwd: home, env: { HOME: home } });
    return { status, stderr, files: readdirSync(home, { recursive: true, encoding: "utf8" }).sort() };
  };
  const untouched = [".claude", ".claude/settings.json"];

  it.each<[string, (copy: string) => void, RegExp]>([
    ["a shell that is not there", (copy) => rmSync(join(copy, "bin", "autobot-bash")), /autobot-bash` does not refuse .*ENOENT/],
    [
      "a shell that runs all",
      (copy) => writeFileSync(join(copy, "bin", "autobot-bash"), "#!/bin/sh\nexec /bin/true\n", { mode: 0o755 }),
      /autobot-bash` does not refuse .*status 0/,
    ],
    ["a shell that runs nothing", (copy) => writeFileSync(join(copy, "bin", "autobot-bash"), "#!/bin/sh\nexit 126\n", { mode: 0o755 }), /autobot-bash` does not run `echo/],
    ["a hook whose judge is broken", (copy) => writeFileSync(join(copy, "dist", "judge.cjs"), "{"), /hook --agent claude` does not work/],
  ])("%s", (_, change, message) => {
    const { status, stderr, files } = installed(broken(change), "claude");
    expect([status, stderr, files]).toEqual([1, expect.stringMatching(message), untouched]);
    expect(stderr).toContain("nothing was written");
  });

  it("only: the pieces that work are installed without the others", () => {
    const copy = broken((each) => rmSync(join(each, "bin", "autobot-bash")));
    expect(installed(copy, "claude", "--no-shell")).toMatchObject({ status: 0, files: expect.arrayContaining([".claude/settings.json.before-autobot-sh"]) });
    expect(installed(copy, "codex").status).toBe(0);
  });
});
