// Nothing that we have started outlives us, even where we are killed.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it, onTestFinished } from "vitest";
import { forgetGroup, watchGroup } from "../../src/agent/watcher.ts";
import { root, scratch } from "../shell/run.ts";
import { isRunning } from "../shell/watch.ts";

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

it("ends a group when its owner is killed, and not one that was forgotten", { timeout: 20_000 }, async () => {
  const module = join(scratch(), "watcher.mjs");
  await build({ entryPoints: [join(root, "src/agent/watcher.ts")], outfile: module, bundle: true, platform: "node", format: "esm" });
  const source = `
    import { spawn } from "node:child_process";
    import { forgetGroup, watchGroup } from ${JSON.stringify(module)};
    const start = () => spawn("sleep", ["300"], { detached: true, stdio: "ignore" }).pid;
    const pids = [start(), start()];
    pids.forEach(watchGroup); forgetGroup(pids[1]);
    console.log(pids.join(" "));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve) => owner.stdout.once("data", (data) => resolve(String(data))));
  const [watched = 0, forgotten = 0] = line.trim().split(" ").map(Number);
  onTestFinished(() => void process.kill(forgotten, "SIGKILL"));
  owner.kill("SIGKILL");
  while (isRunning(watched)) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isRunning(forgotten)).toBe(true);
});
