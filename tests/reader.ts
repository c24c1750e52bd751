// Somebody who follows a document at a terminal: an empty home of their own, and no network.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { account } from "../src/world/account.ts";
import { root } from "./stage/run.ts";

const home = account()?.home ?? "/";

/** What would reach somebody, were a refused example permitted by mistake and the network there. */
const reaching = ["ssh", "scp", "sftp", "rsync", "ansible", "ansible-playbook", "docker", "docker-compose", "curl", "npm", "npx"];

const unshared = ["--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"];

/** Whether a home can be put in the place of the user's own: policies are looked for where the password file says. */
export const hasOwnHome = spawnSync("bwrap", [...unshared, "true"]).status === 0;

/** Types the lines one after the other into one bash → what each printed, in order of writing. `files`: what is there first, by `~/…`. */
export function follow(lines: readonly string[], files: readonly (readonly [file: string, text: string])[] = []): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "autobot-sh-reader-"));
  try {
    const own = join(folder, "home");
    mkdirSync(own);
    for (const [file, text] of files) save(file.replace(/^~/, own), text);
    const script = ["exec 2>&1 </dev/null", ...lines.flatMap((line) => [line, "printf '\\0'"])].join("\n");
    const env = { PATH: `${join(root, "bin")}:${stubs(folder)}:/usr/local/bin:/usr/bin:/bin`, HOME: hasOwnHome ? home : own, USER: "reader", LANG: "C.UTF-8", NO_COLOR: "1" };
    const bash = ["/bin/bash", "-c", script];
    const command = hasOwnHome ? ["bwrap", ...unshared, "--bind", own, home, ...kept(), "--chdir", home, ...bash] : bash;
    const { stdout } = spawnSync(command[0] ?? "", command.slice(1), { cwd: own, encoding: "utf8", env, timeout: 170_000 });
    return stdout.split("\0");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function save(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What is needed of that home: this checkout, and the node that judges. */
function kept(): readonly string[] {
  const needed = [root, dirname(dirname(process.execPath))].filter((path) => path.startsWith(`${home}/`));
  return needed.flatMap((path) => ["--bind", path, path]);
}

function stubs(folder: string): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const utility of reaching) {
    writeFileSync(join(bin, utility), `#!/bin/sh\necho "${utility} was started" >&2\nexit 99\n`);
    chmodSync(join(bin, utility), 0o755);
  }
  return bin;
}
