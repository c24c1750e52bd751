// What `autobotctl doctor` finds of an installation's own files: the node that is found where nobody has logged in, and who may change what
// judges.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { list } from "../policy/list.ts";
import type { Finding } from "../report/doctor-text.ts";
import { isProgram } from "../world/program-file.ts";

const oldest = [20, 19] as const;
const timeLimit = 10_000;

/** Agents that a desktop started, cron and sshd have a PATH like this. */
const barePath = "/usr/bin:/bin";

export function node(root: string): Finding {
  const of = "node";
  const mend = "run `autobot-sh -c true` once as the owner of the installation";
  const file = join(root, "dist", "node-path");
  const recorded = existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  const found = foundWithoutLogin(root);
  if (found === undefined) return { of, state: "fault", found: "none is found without the PATH of a login, as agents, cron and sshd have it", mend };
  const version = versionOf(found);
  if (version === undefined) return { of, state: "fault", found: `\`${found}\` does not run`, mend };
  if (isTooOld(version))
    return { of, state: "fault", found: `\`${found}\` is ${version}, and ${oldest.join(".")} is the oldest that will do`, mend: `install a newer one, and record it: ${mend}` };
  if (found === recorded) return { of, state: "ok", found: `${recorded}, ${version}, as recorded` };
  const problem = recorded === undefined ? "none is recorded: it is looked for at each start, in PATH last" : `\`${recorded}\`, which was recorded, is gone`;
  return { of, state: "warning", found: `${problem}; found now: ${found}, ${version}`, mend };
}

/** By the launchers' own code, with no more around it. */
function foundWithoutLogin(root: string): string | undefined {
  const script = 'autobot_root=$1; . "$1/libexec/node.bash" && autobot_find_node && printf %s "$autobot_node"';
  const { stdout } = spawnSync("/bin/bash", ["-pc", script, "bash", root], { encoding: "utf8", env: { PATH: barePath }, timeout: timeLimit });
  return stdout === null || stdout === "" ? undefined : stdout;
}

function versionOf(program: string): string | undefined {
  const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8", env: { PATH: barePath }, timeout: timeLimit });
  return status === 0 ? stdout.trim() : undefined;
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

const judging = [
  "",
  "bin",
  "bin/autobot-sh",
  "bin/autobot-bash",
  "bin/autobotctl",
  "libexec",
  "libexec/node.bash",
  "libexec/autobotctl",
  "dist",
  "dist/judge.cjs",
  "dist/judge",
  "dist/judge/core.js",
  "dist/main.js",
];

/** Whoever may write one of these decides what is refused. */
export function files(root: string): Finding {
  const of = "files";
  const all = judging.map((name) => join(root, name)).filter((path) => existsSync(path));
  const open = all.filter((path) => (statSync(path).mode & 0o002) !== 0);
  const foreign = all.filter((path) => ![0, process.geteuid?.()].includes(statSync(path).uid));
  const shared = all.filter((path) => (statSync(path).mode & 0o020) !== 0);
  if (open.length > 0) return { of, state: "fault", found: `anybody may change ${named(open)}`, mend: `run \`chmod -R o-w ${root}\`` };
  if (foreign.length > 0) return { of, state: "warning", found: `another user may change ${named(foreign)}`, mend: "install it as root, or as yourself" };
  if (shared.length > 0) return { of, state: "warning", found: `their group may change ${named(shared)}`, mend: `run \`chmod -R g-w ${root}\`, unless nobody else is in it` };
  const missing = ["bin/autobot-sh", "bin/autobot-bash", "bin/autobotctl"].filter((name) => !isProgram(join(root, name)));
  if (missing.length > 0) return { of, state: "fault", found: `no program: ${named(missing.map((name) => join(root, name)))}`, mend: "install autobot-sh again" };
  return { of, state: "ok", found: "nobody else may change what judges" };
}

function named(paths: readonly string[]): string {
  const shown = list(paths)
    .slice(0, 3)
    .map((path) => `\`${path}\``);
  return paths.length > shown.length ? `${shown.join(", ")} and ${paths.length - shown.length} more` : shown.join(", ");
}
