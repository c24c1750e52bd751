// A denial → what to do instead, computed from the request that is refused.
import { quotePattern, quoteWord, quoteWords } from "./command.ts";
import { evaluate, type Context, type Denial } from "./evaluate.ts";
import { findHost, mayBeFleet } from "./fleet.ts";
import { list } from "./list.ts";
import { below, workspaceOf } from "./match.ts";
import type { PolicySet } from "./policies.ts";
import type { LocalForm, LocalWord, Path, Request } from "./request.ts";
import { routesFor } from "./routes.ts";
import type { FleetHost } from "./schema.ts";
import { parseTemplate, type Placeholder } from "./template.ts";
import { basename, localPath, parent, remotePath, workspacePath } from "./workspace.ts";

/** What to do instead. Neighbours with the same `say` belong together; `run` is one command. */
export interface Advice {
  readonly say: string;
  readonly run?: string;
}

const mostCommands = 4;

interface Situation {
  readonly set: PolicySet;
  readonly context: Context;
  readonly denial: Denial;
  readonly request: Request;
  readonly inFleet: boolean;
  readonly host: FleetHost | undefined;
  readonly root: string | undefined;
  /** The file's copy in the workspace, relative to its root. */
  readonly local: Path | undefined;
  /** The file on the host. */
  readonly remote: Path | undefined;
}

/** At most four commands, the next one to run first. Parts that only run time tells are never pasted. */
export function advise(set: PolicySet, denial: Denial, context: Context): readonly Advice[] {
  return published(adviceOn(set, denial, context), mostCommands);
}

/**
 * Advice on all denials of a line together, at most four commands: changes to the workspace come before the ways to
 * the hosts, and these before a check; nothing is said twice.
 */
export function adviseAll(set: PolicySet, denials: readonly Denial[], context: Context): readonly Advice[] {
  const [only] = denials;
  if (only !== undefined && denials.length === 1) return advise(set, only, context);
  const items = denials.slice(0, mostDenials).flatMap((denial) => adviceOn(set, denial, context));
  const of = (step: Step, most: number) => published(items.filter((item) => item.step === step), most);
  const changes = of("change", 2);
  const checks = of("check", 1);
  return [...changes, ...of("route", mostCommands - changes.length - checks.length), ...of("text", 0), ...checks];
}

type Step = "change" | "route" | "text" | "check";
type Item = Advice & { readonly step: Step };

const mostDenials = 32;

const stepOf: Readonly<Record<string, Step>> = { edit: "change", moved: "change", check: "check", look: "check", connect: "check" } satisfies Partial<Record<Placeholder, Step>>;

/** Without repetition, at most so many. */
function published(items: readonly Item[], most: number): readonly Advice[] {
  const seen = new Set<string>();
  let commands = 0;
  return items.flatMap(({ say, run }) => {
    const key = run ?? say;
    if (seen.has(key) || (run !== undefined && ++commands > most)) return [];
    seen.add(key);
    return [run === undefined ? { say } : { say, run }];
  });
}

function adviceOn(set: PolicySet, denial: Denial, context: Context): readonly Item[] {
  const situation = situationOf(set, denial, context);
  return denial.rule.advice.flatMap(({ say, run, otherwise }): readonly Item[] => {
    if (run === undefined) return [{ say, step: "text" }];
    const filled = list(run).flatMap((template): readonly Item[] => {
      const command = fillCommand(template, situation);
      return command === undefined ? [] : [{ say, run: command, step: stepOfTemplate(template) }];
    });
    return filled.length > 0 || otherwise === undefined ? filled : [{ say: fillText(otherwise, situation), step: "text" }];
  });
}

function stepOfTemplate(template: string): Step {
  const [first] = parseTemplate(template);
  return (first !== undefined && "placeholder" in first ? stepOf[first.placeholder] : undefined) ?? "route";
}

function situationOf(set: PolicySet, denial: Denial, context: Context): Situation {
  const { request } = denial;
  const inFleet = mayBeFleet(set, request.host);
  const host = findHost(set, request.host);
  const root = workspaceOf(set, context) ?? set.fleet.root;
  const remote = request.host.kind === "remote" && request.path !== undefined ? remotePath(request.path, set.fleet) : undefined;
  return { set, context, denial, request, inFleet, host, root, local: localOf(set, request, inFleet, host, root, context), remote };
}

const containers: ReadonlySet<string> = new Set(["docker", "podman", "nerdctl", "kubectl", "oc", "lxc", "incus"]);

function localOf(set: PolicySet, request: Request, inFleet: boolean, host: FleetHost | undefined, root: string | undefined, context: Context): Path | undefined {
  const { path, sources } = request;
  if (request.host.kind === "local") return path === undefined ? undefined : workspacePath(path, root, context.cwd);
  if (request.transfer === true) {
    const [source] = sources ?? [];
    return source === undefined || sources?.length !== 1 ? undefined : workspacePath(source, root, context.cwd);
  }
  // A path inside a container is not one of the host's.
  if (!inFleet || path === undefined || request.via.some((name) => containers.has(name))) return undefined;
  const local = localPath(path, set.fleet, host);
  return local === undefined || !welcome(set, local, request, root) ? undefined : local;
}

/** A file that must not be in the workspace, such as a backup in its root, is not advised to be put there. */
function welcome(set: PolicySet, local: Path, request: Request, workspace: string | undefined): boolean {
  if (workspace === undefined) return true;
  const text = `${workspace}/${local.text}`;
  const here: Request = { ...request, host: { kind: "local" }, path: { ...local, text, prefix: text }, via: [] };
  return evaluate(set, [here], { tty: false, face: "scripts", cwd: workspace, workspace }).denials.length === 0;
}

/** A template that is one placeholder stands for a whole command; any other is text with words in it. */
function fillCommand(template: string, situation: Situation): string | undefined {
  const parts = parseTemplate(template);
  const filled = parts.map((part) => ("text" in part ? part.text : resolve(part.placeholder, situation)));
  if (filled.includes(undefined)) return undefined;
  const [first] = parts;
  const anywhere = first !== undefined && "placeholder" in first && runsAnywhere.has(first.placeholder);
  return (anywhere ? "" : toRoot(situation)) + filled.join("");
}

function fillText(text: string, situation: Situation): string {
  return parseTemplate(text)
    .map((part) => ("text" in part ? part.text : (plainWord(part.placeholder, situation) ?? "…")))
    .join("");
}

// Commands that are not meant to start at the workspace's root, or see to that themselves.
const runsAnywhere: ReadonlySet<string> = new Set(["check", "look", "connect", "upload", "moved"] satisfies Placeholder[]);

function toRoot({ root, context }: Situation): string {
  if (root === undefined || context.cwd === undefined || context.cwd === root) return "";
  const directory = quoteWord(root);
  return directory === undefined ? "" : `cd ${directory} && `;
}

function resolve(placeholder: string, situation: Situation): string | undefined {
  const command = (commands as Readonly<Record<string, (situation: Situation) => string | undefined>>)[placeholder];
  if (command !== undefined) return command(situation);
  if (placeholder === "local" && situation.local?.glob === true) return undefined;
  const word = plainWord(placeholder, situation);
  return word === undefined ? undefined : quoteWord(word);
}

const commands = {
  edit,
  moved,
  upload,
  route,
  check: (situation: Situation) => onHost(situation, checkWords(situation)),
  look: (situation: Situation) => onHost(situation, checkWords(situation) ?? ["uptime"]),
  connect: (situation: Situation) => onHost(situation, ["true"]),
} satisfies Partial<Record<Placeholder, (situation: Situation) => string | undefined>>;

const words = {
  local: ({ local }: Situation) => local?.text,
  remote: ({ remote }: Situation) => (remote?.known === true && !remote.glob ? remote.text : undefined),
  "host.name": ({ host, request }: Situation) => host?.name ?? (request.host.kind === "remote" && request.host.known ? request.host.typed : undefined),
  "host.address": (situation: Situation) => addressOf(situation),
  "host.sync": ({ host }: Situation) => host?.sync,
  "host.user": ({ host, set }: Situation) => host?.user ?? set.fleet.user,
  key: ({ set }: Situation) => set.fleet.key,
  unit: ({ request }: Situation) => (request.name !== undefined && /^[\w@.:-]+$/.test(request.name) ? request.name : undefined),
  verb: ({ request }: Situation) => verbOf(request),
  home: ({ denial }: Situation) => denial.rule.home,
} satisfies Partial<Record<Placeholder, (situation: Situation) => string | undefined>>;

function plainWord(placeholder: string, situation: Situation): string | undefined {
  return (words as Readonly<Record<string, (situation: Situation) => string | undefined>>)[placeholder]?.(situation);
}

function verbOf({ note }: Request): string | undefined {
  const [, verb] = /^(start|stop|restart|reload)s?\b/.exec(note ?? "") ?? [];
  return verb === "reload" ? "restart" : verb;
}

// They wait for input, which the refused line took from somewhere else.
const readsInput: ReadonlySet<string> = new Set(["tee", "sponge", "dd", "patch", "cat", "xargs", "cpio"]);
// The copy in the workspace has no owner or place of its own to change.
const staysOnHost: ReadonlySet<string> = new Set(["chown", "chgrp", "mkfs", "mount", "umount"]);
const versionControl: ReadonlySet<string> = new Set(["git", "hg", "svn"]);

// Their other operands are names of files too, or they work on the directory they run in.
const runsInDirectory: ReadonlySet<string> = new Set(["cp", "mv", "ln", "link", "install", "tar", "unzip", "git", "hg", "svn"]);

/** The refused command, applied to the copy in the workspace. */
function edit(situation: Situation): string | undefined {
  const { request, local, inFleet } = situation;
  if (!inFleet || local === undefined || request.transfer === true || request.local === undefined) return undefined;
  if (readsInput.has(request.utility) || staysOnHost.has(request.utility)) return undefined;
  const { words: given, redirect } = request.local;
  const named = redirect !== undefined || given.some((word) => typeof word !== "string");
  if ((!named || local.text === ".") && !versionControl.has(request.utility)) return undefined;
  if (redirect !== undefined && (given.length < 2 || readsInput.has(String(given[0])))) return undefined;
  const place = (path: Path) => localOf(situation.set, { ...request, path, existing: path.text === request.path?.text ? request.existing : undefined }, inFleet, situation.host, situation.root, situation.context);
  const relative = given.slice(1).some((word) => typeof word === "string" && !word.startsWith("-"));
  return runsInDirectory.has(request.utility) && relative ? inDirectory(situation, request.local, place) : command(given, redirect, place);
}

/** As it was typed, in the workspace's directory for the one on the host that it ran in. */
function inDirectory({ set, host }: Situation, { words: given, base }: LocalForm, place: (path: Path) => Path | undefined): string | undefined {
  const directory = base === undefined ? undefined : localPath({ text: base, known: true, prefix: base, glob: false }, set.fleet, host)?.text.replace(/(?<=.)\/$/, "");
  if (directory === undefined) return undefined;
  if (directory === ".") return command(given, undefined, place);
  const line = command(given, undefined, (path) => {
    const local = place(path);
    const text = local === undefined ? "" : fromDirectory(local.text, directory);
    return local === undefined ? undefined : { ...local, text, prefix: text };
  });
  const quoted = quoteWord(directory);
  return line === undefined || quoted === undefined ? undefined : `(cd ${quoted} && ${line})`;
}

function fromDirectory(path: string, directory: string): string {
  if (path === directory) return ".";
  if (path.startsWith(`${directory}/`)) return path.slice(directory.length + 1);
  return "../".repeat(directory.split("/").length) + path;
}

function command(given: readonly LocalWord[], redirect: { readonly operator: string; readonly path: Path } | undefined, place: (path: Path) => Path | undefined): string | undefined {
  const quoted = given.map((word) => (typeof word === "string" ? quoteWord(word) : quotePath(place(word.path))));
  if (redirect !== undefined) quoted.push(redirect.operator, quotePath(place(redirect.path)));
  return quoted.includes(undefined) ? undefined : quoted.join(" ");
}

function quotePath(path: Path | undefined): string | undefined {
  if (path === undefined || !path.known) return undefined;
  const text = path.text.startsWith("-") ? `./${path.text}` : path.text;
  return path.glob ? quotePattern(text) : quoteWord(text);
}

/** The refused command, writing the file where such files belong. */
function moved(situation: Situation): string | undefined {
  const { request, denial, root, context } = situation;
  const { home } = denial.rule;
  const { path, local } = request;
  if (home === undefined || path === undefined || !path.known) return undefined;
  const directory = root === undefined || context.cwd === undefined || context.cwd === root ? home : `${root}/${home}`;
  const target = directory + basename(path.text);
  const line = rewritten(situation, target);
  if (line !== undefined || local === undefined || readsInput.has(request.utility)) return line;
  const named = local.redirect?.path.text === path.text || local.words.some((word) => typeof word !== "string" && word.path.text === path.text);
  if (!named) return undefined;
  return command(local.words, local.redirect, (other) => (other.text === path.text ? { ...other, text: target, prefix: target } : other));
}

const longestLine = 400;

/** The line as it was typed, another path in the place of the one refused. */
function rewritten({ request, context }: Situation, target: string): string | undefined {
  const { line } = context;
  if (line === undefined || line.length > longestLine || /[\p{Cc}\p{Cf}]/u.test(line)) return undefined;
  const { start, end } = request.span;
  const written = line.slice(start, end);
  const word = quoteWord(target);
  if (word === undefined || !/^[\w./+:@%,-]+$/.test(written) || basename(written) !== basename(target)) return undefined;
  return line.slice(0, start) + word + line.slice(end);
}

/** The refused transfer with the fleet's key, where nothing else is wrong with it; otherwise the route. */
function upload(situation: Situation): string | undefined {
  const copied = copyWithKey(situation);
  if (copied !== undefined) return copied;
  const approved = route(situation);
  return approved === undefined ? undefined : toRoot(situation) + approved;
}

function copyWithKey(situation: Situation): string | undefined {
  const { set, request, context, remote } = situation;
  const key = set.fleet.key;
  const address = addressOf(situation);
  const sources = request.sources ?? [];
  if (key === undefined || address === undefined || remote?.known !== true || sources.length === 0 || !sources.every((path) => path.known)) return undefined;
  if (evaluate(set, [{ ...request, keys: [key] }], context).denials.length > 0) return undefined;
  const start = quoteWords(["scp", "-i", key]);
  const files = sources.map((path) => quotePath(fromHere(path, context.cwd)));
  const destination = quoteWord(`${loginOf(situation)}${address}:${remote.text}`);
  return [start, ...files, destination].includes(undefined) ? undefined : [start, ...files, destination].join(" ");
}

function fromHere(path: Path, cwd: string | undefined): Path {
  const relative = cwd === undefined ? undefined : below(path, cwd);
  return relative === undefined || relative.text === "" ? path : relative;
}

const removers: ReadonlySet<string> = new Set(["rm", "rmdir", "unlink", "shred"]);

/** The approved way for this change, its arguments filled in. */
function route(situation: Situation): string | undefined {
  const { set, request, inFleet, host } = situation;
  if (!inFleet) return undefined;
  const shown = routeSituation(situation);
  const local = shown.local?.text.replace(/(?<=.)\/$/, "");
  const change = { action: request.action, host: host?.name, local, remote: shown.remote?.text, utility: request.utility, name: request.name };
  for (const each of routesFor(set, change)) {
    const filled = parseTemplate(each.run ?? "").map((part) => {
      if ("text" in part) return part.text;
      return part.placeholder === "below" ? belowDirectory(shown, each.below) : resolve(part.placeholder, shown);
    });
    if (!filled.includes(undefined)) return filled.join("");
  }
  return undefined;
}

// What is gone cannot be sent: its directory is. A whole workspace is not sent by hand either.
function routeSituation(situation: Situation): Situation {
  const { request, local, remote } = situation;
  if (local === undefined || remote === undefined) return situation;
  const gone = removers.has(request.utility) || (request.utility === "mv" && request.existing === true);
  if (!gone && !local.glob) return situation;
  return { ...situation, local: directoryOf(local), remote: directoryOf(remote) };
}

function directoryOf(path: Path): Path {
  const text = parent(path.text);
  return { ...path, text: text === "./" ? "." : text, prefix: text, glob: false };
}

function belowDirectory({ local, remote, set, host }: Situation, directory: string | undefined): string | undefined {
  if (local === undefined || directory === undefined || !local.text.startsWith(directory)) return undefined;
  // A transfer to another place than this file's own is not what the script would do.
  const there = remote === undefined ? undefined : localPath(remote, set.fleet, host)?.text;
  if (there !== undefined && there !== local.text && `${there.replace(/\/$/, "")}/${basename(local.text)}` !== local.text) return undefined;
  return quoteWord(local.text.slice(directory.length));
}

function addressOf({ host, request, set }: Situation): string | undefined {
  const [address] = host?.addresses ?? [];
  if (address !== undefined) return address;
  if (host !== undefined || request.host.kind === "local" || !request.host.known) return undefined;
  return request.host.names.find((name) => set.fleet.ranges.some((range) => range.contains(name)));
}

function loginOf({ host, set }: Situation): string {
  const user = host?.user ?? set.fleet.user;
  return user === undefined ? "" : `${user}@`;
}

/** A read-only command over ssh. Its own words are quoted once more: the host's shell parses them again. */
function onHost(situation: Situation, remoteWords: readonly string[] | undefined): string | undefined {
  const address = addressOf(situation);
  if (address === undefined || remoteWords === undefined) return undefined;
  const line = quoteWords(remoteWords);
  const key = situation.set.fleet.key;
  if (line === undefined || line.includes("$'")) return undefined;
  return quoteWords(["ssh", ...(key === undefined ? [] : ["-i", key]), `${loginOf(situation)}${address}`, line]);
}

/** How to see what a change of this kind has done. */
function checkWords(situation: Situation): readonly string[] | undefined {
  const { request } = situation;
  switch (request.action) {
    case "edit":
    case "write":
      return fileCheck(situation);
    case "service":
      return serviceCheck(situation);
    case "container":
      return ["docker", "ps"];
    case "package":
      return packageCheck(request);
    case "execute":
    case "session":
    case "authenticate":
    case "read":
      return undefined;
  }
}

function fileCheck({ request, remote }: Situation): readonly string[] | undefined {
  if (remote === undefined || !remote.known || remote.glob || !remote.text.startsWith("/")) return undefined;
  if (removers.has(request.utility)) return ["ls", "-l", parent(remote.text)];
  if (versionControl.has(request.utility)) return ["ls", "-l", remote.text];
  const looksLikeFile = request.action === "edit" || /[^/]\.[^/.]+$/.test(basename(remote.text));
  return looksLikeFile && !remote.text.endsWith("/") ? ["sha256sum", remote.text] : ["ls", "-ld", remote.text];
}

const processUtilities: ReadonlySet<string> = new Set(["kill", "pkill", "killall", "fuser"]);
const unitUtilities: ReadonlySet<string> = new Set(["systemctl", "service", "ansible"]);

function serviceCheck(situation: Situation): readonly string[] | undefined {
  const { utility } = situation.request;
  if (processUtilities.has(utility)) return ["ps", "aux"];
  if (!unitUtilities.has(utility)) return undefined;
  const unit = plainWord("unit", situation);
  return unit === undefined ? ["systemctl", "--failed"] : ["systemctl", "status", unit];
}

const packageQueries: Readonly<Record<string, readonly string[]>> = {
  apt: ["dpkg", "-s"],
  "apt-get": ["dpkg", "-s"],
  dpkg: ["dpkg", "-s"],
  dnf: ["rpm", "-q"],
  yum: ["rpm", "-q"],
  rpm: ["rpm", "-q"],
  pip: ["pip", "show"],
  pip3: ["pip3", "show"],
  snap: ["snap", "list"],
};

function packageCheck({ name, utility }: Request): readonly string[] | undefined {
  const query = packageQueries[utility];
  return query === undefined || name === undefined || !/^[\w.+-]+$/.test(name) || name.startsWith("-") ? undefined : [...query, name];
}
