// `autobotctl doctor`: what an installation and the policies in force need to work, looked at one by one; and what they do not
// see even then. Changes nothing; the only commands that it starts are autobot-sh's own and what agents' configurations name in their place,
// on a line that is refused and on `echo`, one of them as a login shell, with its start-up files; and agents, for their `--version`.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import blindSpots from "#blind-spots" with { type: "json" };
import { examineAgents } from "../agent/faces.ts";
import { agentsHere } from "../agent/install.ts";
import { violation } from "../agent/proof.ts";
import type { Engine } from "../decide.ts";
import { isCompiled } from "../launcher/installation.ts";
import { loginShells } from "../login/login-shell.ts";
import { isListed } from "../login/shells-file.ts";
import { list } from "../policy/list.ts";
import { auditPath } from "../record/audit.ts";
import { doctorText, type Finding } from "../report/doctor-text.ts";
import { shimsFor } from "../run/shims.ts";
import { homeDirectory } from "../world/account.ts";
import { loadEngine } from "../world/engine.ts";
import { type LayerFiles, layerPlaces } from "../world/layers.ts";
import { isProgram } from "../world/program-file.ts";
import { repositoryRoot } from "../world/repository.ts";
import { version } from "../world/version.ts";
import { findWorkspace } from "../world/workspace.ts";
import { files, node } from "./soundness.ts";

/** Its text does not tell the host: it is for the runtime layer to see. */
const script = "sh -c 'H=autobot-sh-canary.invalid; ssh $H vim /etc/hosts'";

const faulty = 1;
const mostNamed = 5;

/** Status 0 where nothing is at fault, else 1. */
export async function doctor(cwd: string, json: boolean): Promise<number> {
  const root = dirname(dirname(resolve(process.argv[1] ?? "")));
  const findings = await examine(root, cwd);
  process.stdout.write(json ? `${JSON.stringify({ version, root, findings, unseen: blindSpots }, undefined, 2)}\n` : doctorText({ version, root, findings, unseen: blindSpots }));
  return findings.some(({ state }) => state === "fault" || state === "broken") ? faulty : 0;
}

async function examine(root: string, cwd: string): Promise<readonly Finding[]> {
  const loaded = await loadEngine(layerPlaces(process.env, cwd));
  const before = [node(root), launcher(root), files(root)];
  if ("failure" in loaded)
    return [
      ...before,
      { of: "policies", state: "fault", found: loaded.failure, mend: `mend the file; until then nothing ${loaded.rest === undefined ? "runs" : "is done on another host"}` },
    ];
  const { engine, layers } = loaded;
  return [
    ...before,
    policies(layers),
    layer(engine),
    record(engine),
    ...loginShell(),
    ...routes(engine, cwd),
    refusal(root, "a command", ["-c", violation]),
    refusal(root, "a script", ["-c", script]),
    refusal(root, "a script of a login shell", ["-lc", script]),
    ...(await examineAgents(agentsHere(root), homeDirectory(), repositoryRoot(cwd) ?? cwd)),
  ];
}

function policies(layers: readonly LayerFiles[]): Finding {
  const written = layers.flatMap(({ files }) => files);
  const shut = layers.filter(({ origin }) => origin === "system").flatMap(({ directory, files }) => [directory, ...files].filter((path) => (statSync(path).mode & 0o004) === 0));
  if (shut.length > 0)
    return {
      of: "policies",
      state: "warning",
      found: `not for everybody to read: ${shut.map((path) => `\`${path}\``).join(", ")}; for who cannot, nothing runs`,
      mend: "run `chmod -R a+rX` on the directory",
    };
  return { of: "policies", state: "ok", found: written.length === 0 ? "the built-in ones" : `the built-in ones, ${written.join(", ")}` };
}

function launcher(root: string): Finding {
  const file = join(root, "bin", "autobot-sh");
  if (!isProgram(file)) return { of: "launcher", state: "fault", found: `\`${file}\` cannot be run`, mend: "install autobot-sh again" };
  if (isCompiled(file)) return { of: "launcher", state: "ok", found: "compiled: most commands start no node" };
  return { of: "launcher", state: "warning", found: "in bash: every command starts node", mend: "build it where a C compiler is, with `npm run build`" };
}

function layer(engine: Engine): Finding {
  const { runtime = "on" } = engine.policies.settings;
  if (runtime === "off")
    return { of: "runtime layer", state: "warning", found: "off: what a script or a variable starts is not judged", mend: "set `runtime: on` in the policy that says so" };
  const shims = shimsFor(engine, process.env);
  if (shims === undefined)
    return { of: "runtime layer", state: "fault", found: "no directory for it can be made", mend: "set XDG_CACHE_HOME to a directory of yours that programs can be run from" };
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const before = hiding(engine, path);
  if (before.length > 0)
    return {
      of: "runtime layer",
      state: "warning",
      found: `${runtime}, but not first in this PATH: not judged when they run are ${before.map((file) => `\`${file}\``).join(", ")}`,
      mend: "put what is added to PATH behind it, or start it with `autobot-sh -c`",
    };
  const first = path[0] === shims;
  return { of: "runtime layer", state: "ok", found: `${runtime}, in ${shims}${first ? ", and first in this PATH" : ""}` };
}

/** Utilities in directories before the layer's, as a virtual environment puts one there; none where no layer is in the path. */
function hiding({ registry }: Engine, path: readonly string[]): readonly string[] {
  const layers = path.findIndex((directory) => directory.includes("/autobot-sh/shims/"));
  const names = [...registry.judged];
  return path
    .slice(0, Math.max(layers, 0))
    .flatMap((directory) => names.map((name) => join(directory, name)).filter(isProgram))
    .slice(0, mostNamed);
}

function record({ policies }: Engine): Finding {
  const path = policies.settings.audit?.path ?? auditPath(process.env);
  const place = existsSync(path) ? path : nearest(dirname(path));
  try {
    accessSync(place, constants.W_OK);
    if (place !== path && !statSync(place).isDirectory()) throw new Error(`no directory: \`${place}\``);
    return { of: "record", state: "ok", found: path };
  } catch {
    const required = policies.settings.audit?.required === true;
    return { of: "record", state: required ? "fault" : "warning", found: `\`${path}\` cannot be written`, mend: "set XDG_STATE_HOME, or `audit: { path: … }` in a policy" };
  }
}

/** Where one is set: whoever has one that cannot be run gets in no more. */
function loginShell(): readonly Finding[] {
  const all = loginShells();
  const broken = all.filter(({ shell }) => !isProgram(shell));
  const unlisted = all.filter(({ shell }) => !isListed(shell));
  const whose = (some: typeof all) => some.map(({ name, shell }) => `${name} (${shell})`).join(", ");
  if (all.length === 0) return [];
  if (broken.length > 0) return [{ of: "login shell", state: "fault", found: `cannot be run: ${whose(broken)}`, mend: "as root: `chsh -s /bin/bash NAME`" }];
  const mend = "as root: `autobotctl login-shell enable --user NAME`";
  if (unlisted.length > 0) return [{ of: "login shell", state: "warning", found: `not in /etc/shells: ${whose(unlisted)}`, mend }];
  return [{ of: "login shell", state: "ok", found: `of ${whose(all)}; \`autobotctl login-shell status\` starts a session` }];
}

function nearest(directory: string): string {
  return existsSync(directory) ? directory : nearest(dirname(directory));
}

/** What the policy advises has to be there. */
function routes({ policies }: Engine, cwd: string): readonly Finding[] {
  const root = findWorkspace(cwd, policies) ?? policies.fleet.root;
  if (root === undefined || !existsSync(root)) return [{ of: "routes", state: "ok", found: `not looked for: \`${root ?? cwd}\` is no directory here` }];
  const missing = policies.routes.flatMap(({ id, file }) => list(file).flatMap((each) => (existsSync(join(root, each)) ? [] : [`\`${each}\` (${id})`])));
  if (missing.length === 0) return [{ of: "routes", state: "ok", found: `all are in ${root}` }];
  const found = `not in ${root}: ${[...new Set(missing)].join(", ")}`;
  return [{ of: "routes", state: "warning", found, mend: "advice leaves them out; name the scripts and playbooks that you have in a policy's `routes`" }];
}

/** Whether it is refused in fact, by the launcher or by a shim. */
function refusal(root: string, what: string, words: readonly string[]): Finding {
  const { status, stderr } = spawnSync(join(root, "bin", "autobot-sh"), words, { encoding: "utf8", input: "" });
  if (status === 126 && stderr.startsWith("autobot-sh: refused:")) return { of: "proof", state: "ok", found: `an edit on another host is refused in ${what}` };
  return { of: "proof", state: "fault", found: `an edit on another host is not refused in ${what}: status ${status}`, mend: "see what stands above" };
}
