// Nothing that we have started outlives us, even where we are killed.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it, onTestFinished } from "vitest";
import { forgetGroup, watchGroup } from "../../src/agent/watcher.ts";
import { root, scratch } from "../stage/run.ts";
import { isRunning } from "../stage/watch.ts";

function sleeper(): number {
  const child = spawn("sleep", ["300"], { detached: true, stdio: "ignore" });
  const { pid } = child;
  if (pid === undefined) throw new Error("no sleep");
  onTestFinished(() => void child.kill("SIGKILL"));
  return pid;
}

it("leaves alone what is watched, while we live, and what is forgotten", async () => {
  const [watched, forgotten] = [sleeper(), sleeper()];
  watchGroup(watched);
  watchGroup(forgotten);
  forgetGroup(forgotten);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([watched, forgotten].map(isRunning)).toEqual([true, true]);
});

it("ends a group when its owner is killed, one of which it could not tell any more too, and none that was forgotten", { timeout: 30_000 }, async () => {
  const directory = scratch();
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const module = join(directory, "watcher.mjs");
  await build({ entryPoints: [join(root, "src/agent/watcher.ts")], outfile: module, bundle: true, platform: "node", format: "esm" });
  const source = `
    import { spawn } from "node:child_process";
    import { announceRun, forgetGroup, watchGroup } from ${JSON.stringify(module)};
    const start = (run) => spawn("bash", ["-c", "trap '' TERM; sleep 300; :"], { detached: true, stdio: "ignore", env: { ...process.env, AUTOBOT_SH_RUN: run } }).pid;
    const [told, forgotten, untold] = ["told", "forgotten", "untold"].map((name) => name + process.pid);
    [told, forgotten, untold].forEach(announceRun);
    const pids = [start(told), start(untold), start(forgotten), start("another's")];
    watchGroup(pids[0], told);
    watchGroup(pids[2], forgotten);
    forgetGroup(pids[2]);
    console.log(pids.join(" "));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve) => owner.stdout.once("data", (data) => resolve(String(data))));
  const [told = 0, untold = 0, ...kept] = line.trim().split(" ").map(Number);
  onTestFinished(() => {
    for (const pid of kept) process.kill(-pid, "SIGKILL");
  });
  owner.kill("SIGKILL");
  while ([told, untold].some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(kept.map(isRunning)).toEqual([true, true]);
});
