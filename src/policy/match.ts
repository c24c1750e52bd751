// A target or matcher, compiled → whether a request is one that it speaks of.
import { type FleetIndex, findHost, mayBeFleet } from "./fleet.ts";
import { compileGlob, coveredDirectory, type Glob } from "./glob.ts";
import { list } from "./list.ts";
import { parseNetwork } from "./network.ts";
import type { Host, Path, Request } from "./request.ts";
import type { Face, Matcher } from "./schema.ts";

/** The circumstances of a line: XACML's *environment*. */
export interface Context {
  readonly tty: boolean;
  readonly face: Face;
  /** Absolute directory the line runs in; undefined: not known. */
  readonly cwd?: string | undefined;
  /** Root of the workspace that `cwd` lies in, where it is not the fleet's own `root`. */
  readonly workspace?: string | undefined;
  /** The user's home directory. */
  readonly home?: string | undefined;
  /** The line that the requests' spans lie in, for advice that repeats it; undefined where it is not to be repeated. */
  readonly line?: string | undefined;
}

export interface Scope {
  readonly fleet: FleetIndex;
}

export type Test = (request: Request, context: Context, scope: Scope) => boolean;

/**
 * What counts where a host is not known: a rule speaks of a host that may be meant (`possible`); an exception only of
 * one that is meant for certain. A path has to be decided by what is known of it either way.
 */
export type Certainty = "possible" | "certain";

const always: Test = () => true;

export function compileMatcher(matcher: Matcher, certainty: Certainty): Test {
  let compiled: Test | undefined;
  return (request, context, scope) => {
    compiled ??= compileNow(matcher, certainty);
    return compiled(request, context, scope);
  };
}

// Most lines need few of the rules, and a process often decides one line.
function compileNow(matcher: Matcher, certainty: Certainty): Test {
  const tests: Test[] = [];
  const { action, host, path, name, utility, transfer, existing, key, tty, face } = matcher;
  if (action !== undefined) tests.push(oneOf(list(action), (request) => request.action));
  if (transfer !== undefined) tests.push((request) => (request.transfer === true) === transfer);
  if (existing !== undefined) tests.push((request) => (request.existing === true) === existing);
  if (tty !== undefined) tests.push((_, context) => context.tty === tty);
  if (face !== undefined) tests.push((_, context) => list(face).includes(context.face));
  if (host !== undefined) tests.push(anyOf(list(host).map((word) => hostTest(word, certainty))));
  if (utility !== undefined) tests.push(textTest(list(utility), (request) => request.utility));
  if (name !== undefined) tests.push(textTest(list(name), (request) => request.name));
  if (path !== undefined) tests.push(pathsTest(list(path)));
  if (key !== undefined) tests.push(keyMissing);
  return tests.length === 0 ? always : (request, context, scope) => tests.every((test) => test(request, context, scope));
}

/** True where any holds; false of an empty list. */
export function anyOf(tests: readonly Test[]): Test {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (request, context, scope) => tests.some((test) => test(request, context, scope));
}

function oneOf<Value>(values: readonly Value[], of: (request: Request) => Value): Test {
  const set = new Set(values);
  return (request) => set.has(of(request));
}

function textTest(globs: readonly string[], of: (request: Request) => string | undefined): Test {
  const compiled = globs.map(compileGlob);
  return (request) => {
    const text = of(request);
    return text !== undefined && compiled.some((glob) => glob(text));
  };
}

const hostWords: Readonly<Record<string, (certainty: Certainty) => Test>> = {
  local: () => (request) => request.host.kind === "local",
  remote: () => (request) => request.host.kind === "remote",
  fleet: (certainty) => (request, _, scope) => (certainty === "possible" || certainlyNamed(request.host)) && mayBeFleet(scope, request.host),
  outside: (certainty) => (request, _, scope) => request.host.kind === "remote" && (certainty === "possible" && !request.host.known ? true : !mayBeFleet(scope, request.host)),
};

/** Words for hosts that are not names. */
export const hostKeywords: readonly string[] = Object.keys(hostWords);

function certainlyNamed(host: Host): boolean {
  return host.kind === "remote" && host.known && host.names.every((name) => !/[{}<>%*?,!&]/.test(name));
}

function hostTest(word: string, certainty: Certainty): Test {
  const keyword = hostWords[word];
  if (keyword !== undefined) return keyword(certainty);
  const network = word.includes("/") ? parseNetwork(word) : undefined;
  const named = network === undefined ? nameTest(word.toLowerCase()) : (name: string) => network.contains(name);
  const partly = network === undefined ? undefined : (prefix: string) => network.mayContain(prefix);
  return (request, _, scope) => {
    const { host } = request;
    if (host.kind === "local") return false;
    if (!host.known) return certainty === "possible" && (partly?.(host.prefix ?? "") ?? mayBeFleet(scope, host));
    if (host.names.some(named)) return true;
    const found = findHost(scope, host);
    return found !== undefined && [found.name, ...(found.addresses ?? []), ...(found.groups ?? [])].some((name) => named(name.toLowerCase()));
  };
}

function nameTest(word: string): (name: string) => boolean {
  return /[*?[{\\]/.test(word) ? compileGlob(word) : (name) => name === word;
}

const workspacePrefix = "{workspace}/";

function pathsTest(globs: readonly string[]): Test {
  let compiled: ReturnType<typeof compilePaths> | undefined;
  return ({ path }, context, scope) => {
    if (path === undefined) return false;
    compiled ??= compilePaths(globs);
    const { anywhere, inWorkspace } = compiled;
    if (anywhere.some((test) => test(path))) return true;
    const inside = inWorkspace.length === 0 ? undefined : belowWorkspace(absolute(path, context.cwd), scope, context);
    return inside !== undefined && inWorkspace.some((test) => test(inside));
  };
}

function compilePaths(globs: readonly string[]) {
  return {
    anywhere: globs.filter((glob) => !glob.startsWith(workspacePrefix)).map(knownPathTest),
    inWorkspace: globs.filter((glob) => glob.startsWith(workspacePrefix)).map((glob) => knownPathTest(glob.slice(workspacePrefix.length))),
  };
}

// A line may enter the configured workspace from elsewhere.
function belowWorkspace(path: Path, scope: Scope, context: Context): Path | undefined {
  const root = workspaceOf(scope, context);
  const inside = root === undefined ? undefined : below(path, root);
  return inside ?? (scope.fleet.root === undefined ? undefined : below(path, withoutSlash(scope.fleet.root)));
}

// Where run time completes a path, only a directory that covers whatever may follow decides.
function knownPathTest(glob: string): (path: Path) => boolean {
  const compiled: Glob = compileGlob(glob);
  const covered = coveredDirectory(glob);
  return (path) => {
    if (path.known) return compiled(path.text);
    return covered !== undefined && path.prefix.startsWith(covered) && !/(^|\/)\.\.(\/|$)/.test(path.text);
  };
}

/** The directory that local paths in advice and in `{workspace}/…` are relative to; undefined outside of any. */
export function workspaceOf(scope: Scope, context: Context): string | undefined {
  if (context.workspace !== undefined) return withoutSlash(context.workspace);
  const root = scope.fleet.root === undefined ? undefined : withoutSlash(scope.fleet.root);
  if (root === undefined || context.cwd === undefined) return undefined;
  return context.cwd === root || context.cwd.startsWith(`${root}/`) ? root : undefined;
}

export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

export function absolute(path: Path, cwd: string | undefined): Path {
  if (cwd === undefined || /^[/~$`]/.test(path.text)) return path;
  const base = cwd.endsWith("/") ? cwd : `${cwd}/`;
  return { ...path, text: base + path.text, prefix: base + path.prefix };
}

/** The path relative to a directory that holds it; "" for the directory itself. */
export function below(path: Path, directory: string): Path | undefined {
  if (path.text === directory) return { ...path, text: "", prefix: "" };
  const start = directory.endsWith("/") ? directory : `${directory}/`;
  if (!path.prefix.startsWith(start)) return undefined;
  return { ...path, text: path.text.slice(start.length), prefix: path.prefix.slice(start.length) };
}

// A key in a variable may be the right one; one that is spelled out and is another is missing.
function keyMissing(request: Request, { home }: Context, scope: Scope): boolean {
  const key = scope.fleet.key;
  if (key === undefined) return false;
  const name = key.replace(/^~\//, "/");
  return !list(request.keys).some((given) => /[$`{]/.test(given) || given === key || (key.startsWith("~/") && (given === `${home}${name}` || isHomeFile(given, name))));
}

function isHomeFile(path: string, name: string): boolean {
  return path.endsWith(name) && /^(~[^/]*|\/root|\/home\/[^/]+)$/.test(path.slice(0, -name.length));
}
