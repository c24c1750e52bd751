// What a line that a person has had run all the same may do: the hosts that it was refused for, once, for five minutes. Nothing is stored that
// could be used again: what is permitted is told by the process that asked, as long as it is there (docs/adr/0028).
import { dirname, join, resolve } from "node:path";
import { type Context, decide, type Engine, type Response } from "../decide.ts";
import { findHost } from "../policy/fleet.ts";
import { brokenGlass } from "../record/audit.ts";
import { ancestors, type Process, readProcess } from "../world/process.ts";
import { findWorkspace } from "../world/workspace.ts";

const validity = 5 * 60_000;

/** The hosts that a refusal is about, by their names in the fleet; undefined: not only known hosts. */
export function deniedHosts({ denials }: Response, { policies }: Engine): ReadonlySet<string> | undefined {
  const names = denials.map(({ request: { host } }) => (host.kind === "remote" && host.known ? (findHost(policies, host)?.name ?? host.typed.replace(/^.*@/, "")) : undefined));
  return names.length === 0 || names.includes(undefined) ? undefined : new Set(names.flatMap((name) => name ?? []));
}

/** What a call that would be refused is recorded as part of, if it is of such a line. `shim`: its process. */
export function brokenGlassOf(response: Response, engine: Engine, context: Context, shim: number): typeof brokenGlass | undefined {
  return engine.policies.settings[brokenGlass] === "on" && isBroken(response, engine, context, shim) ? brokenGlass : undefined;
}

function isBroken(response: Response, engine: Engine, context: Context, shim: number): boolean {
  const hosts = deniedHosts(response, engine);
  const own = readProcess(shim);
  if (hosts === undefined || own === undefined) return false;
  const chain = [own, ...ancestors(own)];
  const at = chain.findIndex(isAsker);
  const [asker, started] = [chain[at], chain[at - 1]];
  if (asker === undefined || started === undefined || Date.now() - started.started > validity) return false;
  const line = asker.words.at(-1) ?? "";
  const asked = decide(line, engine, {
    ...context,
    tty: true,
    stdin: undefined,
    cwd: asker.cwd,
    workspace: findWorkspace(asker.cwd, engine.policies),
    environment: asker.environment,
  });
  const allowed = deniedHosts(asked, engine);
  return allowed !== undefined && [...hosts].every((host) => allowed.has(host));
}

/** `autobotctl break-glass` of this installation, with nothing loaded into it. What it has started was confirmed. */
function isAsker({ program, words, environment }: Process): boolean {
  const main = join(dirname(resolve(process.argv[1] ?? "")), "main.js");
  return (
    program === process.execPath &&
    resolve(words[1] ?? "") === main &&
    words[2] === brokenGlass &&
    ["LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "NODE_OPTIONS"].every((name) => (environment[name] ?? "") === "")
  );
}
