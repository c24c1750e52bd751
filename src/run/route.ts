// A call that alone would be refused → the approved way that it is part of, by the processes that started it. Nothing
// that can be exported says so: docs/adr/0012.
import { readdirSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { decide, type Engine, type World } from "../decide.ts";
import { approvedFile, approvedUtility } from "../policy/routes.ts";
import { attempt } from "../world/attempt.ts";
import { isRoots, realRoot, usualPath } from "../world/namespace.ts";
import { ancestors, type Process, readProcess } from "../world/process.ts";
import { quotedLine } from "../world/words.ts";
import { findWorkspace } from "../world/workspace.ts";
import { readInvocation } from "./invocation.ts";
import { ownBashEnv } from "./shims.ts";

/** The route's id, or the utility whose own connection it is; undefined: neither. */
export function routeOf(words: readonly string[], engine: Engine, world: World): string | undefined {
  const shim = readProcess(process.ppid);
  if (shim === undefined) return undefined;
  const processes = ancestors(shim);
  const [parent] = processes;
  if (parent !== undefined && isOwnConnection(words, parent, engine, world)) return nameOf(parent);
  for (const each of processes) {
    const route = scriptRoute(each, engine, world) ?? utilityRoute(each, engine);
    if (route !== undefined) return route;
  }
  return undefined;
}

const shells = /^(?:ba|da|z|k|mk|a|ya)?sh$/;

function scriptRoute(shell: Process, engine: Engine, world: World): string | undefined {
  if (!shells.test(basename(shell.program)) || !isSystems(shell.program)) return undefined;
  const { program, interactive, startupFile } = readInvocation(shell.words.slice(1));
  if (program.from !== "file" || interactive || startupFile !== undefined) return undefined;
  const file = openScript(shell, basename(program.path));
  if (file === undefined || !runsNothingElse(shell, engine, world)) return undefined;
  return approvedFile(engine.policies, file, findWorkspace(dirname(file), engine.policies), world.digest)?.id;
}

/**
 * The script that a shell reads from, by the descriptor that it keeps open for it, if the file is what it was when the
 * shell was started: the same inode, and not changed since.
 */
function openScript({ pid, started }: Process, name: string): string | undefined {
  for (const descriptor of scriptDescriptors(pid)) {
    const link = `/proc/${pid}/fd/${descriptor}`;
    const file = attempt(() => readlinkSync(link));
    if (file === undefined || basename(file) !== name) continue;
    const opened = attempt(() => statSync(link));
    const named = attempt(() => statSync(file));
    if (opened?.isFile() === true && isSame(opened, named) && opened.ctimeMs <= started + clockError) return file;
  }
  return undefined;
}

/** /proc gives the start in hundredths of a second. */
const clockError = 20;

/** bash moves its script to 255, other shells to 10 or above: those that they give to commands are lower. */
function scriptDescriptors(pid: number): readonly number[] {
  return (attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []).map(Number).filter((descriptor) => descriptor >= 10);
}

function isSame(left: Stats, right: Stats | undefined): boolean {
  return left.dev === right?.dev && left.ino === right.ino;
}

/** What a variable would make the shell run besides: BASH_ENV, and functions in place of the script's commands. */
function runsNothingElse({ environment, cwd }: Process, engine: Engine, world: World): boolean {
  const file = ownBashEnv(environment);
  const first = file === undefined || file === "" ? "" : world.readFile(resolve(cwd, file));
  if (first === undefined) return false;
  const functions = Object.entries(environment).filter(([name]) => name.startsWith("BASH_FUNC_"));
  const calls = functions.map(([name, body]) => [name.replace(/^BASH_FUNC_(.*?)(?:%%|\(\))$/s, "$1"), body] as const).map(([name, body]) => `${name} ${body}\n${name}`);
  return [first, ...calls].every((text) => decide(text, engine, { face: "scripts", tty: false, runtime: false, cwd, environment: {}, world }).effective === "permit");
}

/** `ansible-playbook` and all that it starts. */
function utilityRoute(each: Process, { policies }: Engine): string | undefined {
  const route = approvedUtility(policies, nameOf(each));
  return route !== undefined && isInstalled(each) ? route.id : undefined;
}

const interpreters = /^(?:python[\d.]*|perl[\d.]*)$/;

/** Of python and perl: those that neither run code nor take a word. */
const plainOption = /^-[bBdEIOPqRsSTuvw]+$/;

/** The index of an interpreter's script among its words. */
function scriptIndex(words: readonly string[]): number {
  const at = words.findIndex((word, index) => index > 0 && !plainOption.test(word));
  return at < 0 ? words.length : at;
}

/** What a process was started as: for one that an interpreter runs, its script. */
function nameOf({ program, words }: Process): string {
  return basename(interpreters.test(basename(program)) ? (words[scriptIndex(words)] ?? "") : program);
}

/** What pip and distributions install to start a program of a package. */
const entryPoint = /^(?:#.*|import (?:re|sys|os)|from [\w.]+ import \w+|if __name__ == ['"]__main__['"]:|\s+sys\.argv\[0\] = .*|\s*sys\.exit\(\w+\(\)\)|\s+exit\(main\(\)\)|\s*)$/;

/** Not merely called by that name: the system's own program, or the entry point beside the interpreter of an environment. */
function isInstalled({ program, words, started, environment }: Process): boolean {
  if (!interpreters.test(basename(program))) return isSystems(program);
  const named = words[scriptIndex(words)];
  const file = named?.startsWith("/") ? attempt(() => usualPath(realpathSync(named), realRoot())) : undefined;
  if (file === undefined || environment["PYTHONHOME"] !== undefined || !findsItsOwnModules(environment)) return false;
  if (isSystems(file)) return true;
  const stat = attempt(() => statSync(behindShims(file)));
  const text = attempt(() => readFileSync(behindShims(file), "utf8"));
  const environmentOf = ["python", "python3"].some((name) => attempt(() => statSync(join(dirname(file), name))) !== undefined);
  return environmentOf && stat !== undefined && stat.ctimeMs <= started + clockError && text?.split("\n").every((line) => entryPoint.test(line)) === true;
}

/** No directory of PYTHONPATH puts something in the place of the program's modules. */
function findsItsOwnModules({ PYTHONPATH: path = "" }: Process["environment"]): boolean {
  const replaced = ["ansible", "ansible.py", "sitecustomize.py", "usercustomize.py"];
  if (path === "") return true;
  return path.split(":").every((directory) => replaced.every((name) => attempt(() => statSync(join(directory || ".", name))) === undefined));
}

/** Connections that a utility makes through another, by what it has that run there; its own words have been judged. */
const connections: readonly { readonly of: RegExp; readonly runs: RegExp }[] = [
  { of: /^ansible(?:-console|-pull)?$/, runs: /^/ },
  { of: /^(?:docker|docker-compose|docker-buildx)$/, runs: /(?:^| )(?:docker|podman) system dial-stdio$/ },
  // One word, which nothing can stand before: an alias of git's is its child too.
  { of: /^git$/, runs: /^git[- ](?:upload-pack|receive-pack|upload-archive) '[^']*'$/ },
  { of: /^rsync$/, runs: / rsync --server / },
  { of: /^(?:scp|sftp)$/, runs: / (?:sftp$|scp -)/ },
];

function isOwnConnection(words: readonly string[], parent: Process, engine: Engine, world: World): boolean {
  const name = nameOf(parent);
  const texts = [words.join(" "), words.at(-1) ?? ""];
  const connection = connections.find(({ of, runs }) => of.test(name) && texts.some((text) => runs.test(text)));
  if (connection === undefined || !isInstalled(parent)) return false;
  const own = [name, ...parent.words.slice(interpreters.test(basename(parent.program)) ? scriptIndex(parent.words) + 1 : 1)];
  const { cwd, environment } = parent;
  const context = { face: "scripts", tty: false, runtime: false, cwd, workspace: findWorkspace(cwd, engine.policies), environment, stdin: "pipe", world } as const;
  return decide(quotedLine(own), engine, context).effective === "permit";
}

const systemDirectory = /^\/(?:usr|bin|sbin|opt|snap|nix\/store)\//;

/** Installed for everybody: root's, where nobody else can write it. */
function isSystems(file: string): boolean {
  const stat = systemDirectory.test(file) ? attempt(() => statSync(behindShims(file))) : undefined;
  return stat !== undefined && isRoots(stat.uid) && (stat.mode & 0o022) === 0;
}

/** Where a file is that a shim may stand over. */
function behindShims(file: string): string {
  return (realRoot() ?? "") + file;
}
