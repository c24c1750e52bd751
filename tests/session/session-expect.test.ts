// The interactive shell by the program that people drive terminals with: each script of expect/ is a person's minute at
// one, and ends with status 0 if all was as it says.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { autobotSh, scratch } from "../stage/run.ts";
import { executable } from "../stage/stubs.ts";

const folder = join(import.meta.dirname, "expect");
const scripts = readdirSync(folder).filter((name) => name.endsWith(".exp"));
const unshare = "/usr/bin/unshare";
const offline = spawnSync(unshare, ["-n", "true"]).status === 0 ? [unshare, "-n"] : [];
const lacking = ["expect", "vim", "python3"].filter((program) => !existsSync(join("/usr/bin", program)));
if (lacking.length > 0) console.warn(`sessions are not driven by expect: needs ${lacking.join(", ")}`);

/** In a home of its own, with an ssh that only notes that it was started. */
function perform(script: string): Promise<{ readonly status: number | null; readonly shown: string }> {
  const home = scratch();
  const bin = join(home, "bin");
  mkdirSync(bin);
  executable(join(bin, "ssh"), `#!/bin/sh\necho "ssh $*" >>"$HOME/calls"\n`);
  writeFileSync(join(home, ".bashrc"), "PS1='[$?]> ' HISTFILE=~/history\n");
  const env = {
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_RUNTIME_DIR: home,
    LANG: "C.UTF-8",
    TERM: "xterm",
    NO_COLOR: "1",
    SHLVL: "1",
    AUTOBOT_INNER_SHELL: "bash",
    AUTOBOT_SH: autobotSh,
  };
  const [first = "", ...words] = [...offline, "expect", "-c", `source ${join(folder, "start.tcl")}`, join(folder, script)];
  return new Promise((resolve) => {
    const child = spawn(first, words, { env, cwd: home, stdio: ["ignore", "pipe", "pipe"] });
    const shown: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => shown.push(chunk));
    child.once("close", (status) => resolve({ status, shown: Buffer.concat(shown).toString() }));
  });
}

describe.skipIf(lacking.length > 0)("what a person does, by expect", { timeout: 60_000 }, () => {
  it.concurrent.each(scripts)("%s", async (script) => {
    const { status, shown } = await perform(script);
    expect([status, shown.slice(-3000)]).toEqual([0, expect.anything()]);
  });
});
