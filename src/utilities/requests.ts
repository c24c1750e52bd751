// A line → requests: every simple command's effects, followed through whatever runs another command, here or on
// another host. The only place where reading and utilities take turns.
import type { Host, LocalWord, Path, Request } from "../policy/request.ts";
import { read } from "../syntax/read.ts";
import type { Assignment, Dialect, Issue, IssueCode, SimpleCommand, Stdin } from "../syntax/simple-command.ts";
import { joinedSource, type Source } from "../syntax/source.ts";
import { known, maySplit, type Span, show, slice, suffix, textWord, type Word } from "../syntax/word.ts";
import { readArguments } from "./arguments.ts";
import { type ClientState, createClientState } from "./client.ts";
import { hostOf, local } from "./host.ts";
import { leavesPath, mayLeavePath, setsPath } from "./lookup.ts";
import { type OptionMeaning, optionMeanings } from "./option-meaning.ts";
import { directoryOf, isSink, pathOf } from "./path.ts";
import type { Registry } from "./registry.ts";
import { scriptEffects } from "./script.ts";
import { scriptFile } from "./script-file.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import type { World } from "./world.ts";

/** Where and with what the line would run. */
export interface Situation {
  readonly world: World;
  readonly registry: Registry;
  /** The directory it would run in; undefined: not known. */
  readonly cwd?: string | undefined;
  /** Environment variables that are known; others are unknown, not empty. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The shell that reads the line; default: bash. */
  readonly dialect?: Dialect | undefined;
  /** What it has defined before the line. */
  readonly definitions?: Definitions | undefined;
  /** A file that it reads into itself before the line. */
  readonly startFile?: string | undefined;
  /** The shell that reads the line is on another host; `cwd` is its directory there, `environment` its variables. */
  readonly place?: Place | undefined;
  /** What the line reads on standard input; default: the keyboard, or whatever the caller has. */
  readonly stdin?: Stdin | undefined;
  /** What explains the steps is wanted: it costs more than to read them. */
  readonly trace?: boolean | undefined;
  /** A program file that is an approved route: what it does is its own. */
  approved?(path: string): boolean;
}

/** A shell on another host. */
export interface Place {
  readonly host: Host;
  /** How it was reached, outermost first. */
  readonly via: readonly string[];
  /** Its directory there; undefined: not known. */
  readonly cwd?: string | undefined;
}

export interface Definitions {
  /** Texts of aliases, and the code that defines functions, by name. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, string>>;
}

/** Something that the text does not tell about what happens on `host`. */
export interface Unknown {
  readonly code: IssueCode;
  readonly message: string;
  readonly host: Host;
  readonly via: readonly string[];
  readonly span: Span;
  /** It rests on a parameter that the text never sets. */
  readonly environment: boolean;
  /** No shim will see what it stands for: the command is not looked for in PATH as the line found it. */
  readonly unseen: boolean;
  /** For a command's name: the shell pattern that it fits. */
  readonly name?: string | undefined;
}

/** A simple command as it was understood, for explanations. */
export interface Step {
  readonly words: readonly string[];
  readonly host: Host;
  readonly via: readonly string[];
  readonly span: Span;
  readonly utility?: string | undefined;
  /** The step that runs it, by its place among the steps; undefined: the line itself. */
  readonly parent?: number | undefined;
  /** It stands in a program file, not in the line; `span` is where the line names that. */
  readonly inFile: boolean;
  /** PATH is another by then than the line found: what the shell had looked up in it is forgotten. */
  readonly setsPath: boolean;
  /** Its own requests, by their places among the findings'. */
  readonly requests: readonly number[];
  /** What its words were taken for, where a trace was asked for. */
  readonly meaning?: (() => Meaning) | undefined;
}

export interface Meaning {
  readonly words: readonly WordMeaning[];
  readonly options: readonly OptionMeaning[];
}

export interface WordMeaning {
  readonly text: string;
  readonly span: Span;
  /** The parts that only run time tells, as they were written, and why: a variable, the output of a command. */
  readonly holes: readonly { readonly text: string; readonly why: "environment" | "computed" | "command" | "other" }[];
}

export interface Findings {
  readonly requests: readonly Request[];
  readonly unknowns: readonly Unknown[];
  readonly steps: readonly Step[];
}

/** How deep commands may run commands, and how many are followed in all, before the rest is over budget. */
const deepest = 24;
const mostCommands = 20_000;

interface Reached {
  readonly host: Host;
  readonly container: boolean;
  readonly via: readonly string[];
  readonly hops: readonly Hop[];
  /** Where relative names start; undefined: not known. */
  readonly base: string | undefined;
  readonly depth: number;
  /** Behind something that leaves PATH: no shim stands before what runs here. */
  readonly unseen: boolean;
  /** In a program file: what its text does not tell is not ours to say. */
  readonly inFile: boolean;
}

interface Work {
  readonly situation: Situation;
  readonly requests: Request[];
  readonly unknowns: Unknown[];
  readonly steps: (Step & { readonly requests: number[] })[];
  readonly clients: ClientState;
  /** Program files that have been read. */
  readonly files: Set<string>;
  /** The step that is followed, by its place among them. */
  step: number | undefined;
  commands: number;
}

/** What the line asks for, and what it does not tell. */
export function requestsOf(source: Source, situation: Situation): Findings {
  const work: Work = { situation, requests: [], unknowns: [], steps: [], clients: createClientState(situation.world), files: new Set(), step: undefined, commands: 0 };
  const place: Reached = {
    host: situation.place?.host ?? local,
    container: false,
    via: situation.place?.via ?? [],
    hops: [],
    base: situation.cwd,
    depth: 0,
    unseen: false,
    inFile: false,
  };
  readCode(
    source,
    {
      dialect: situation.dialect ?? "bash",
      stdin: situation.stdin ?? { from: "inherit" },
      environment: situation.environment,
      startFile: situation.startFile,
      ...situation.definitions,
    },
    place,
    work,
  );
  return work;
}

interface Code extends Partial<Definitions> {
  readonly dialect: Dialect;
  readonly stdin: Stdin;
  readonly args?: readonly Word[] | undefined;
  /** Variables of the shell that reads it, where it is the one that was typed into. */
  readonly environment?: Situation["environment"] | undefined;
  readonly startFile?: string | undefined;
  readonly variable?: ((name: string) => Word | undefined) | undefined;
}

function readCode(source: Source, code: Code, place: Reached, work: Work): void {
  const { situation } = work;
  const here = isHere(place);
  const reading = read(source, {
    dialect: code.dialect,
    stdin: code.stdin,
    aliases: code.aliases,
    functions: code.functions,
    startFile: code.startFile,
    ...(here ? { readFile: (path, cwd) => fileText(pathOf(textWord(path), directoryOf(cwd, place.base)).text, work) } : {}),
    ...(code.environment !== undefined
      ? { environment: code.environment }
      : here
        ? code.variable === undefined
          ? { environment: situation.environment }
          : { variable: code.variable }
        : {}),
    ...(code.args === undefined ? {} : { args: code.args }),
  });
  for (const issue of reading.issues) addUnknown(unknownOf(issue, place), place, work);
  for (const command of reading.commands) follow(command, command.inFile === true ? { ...place, inFile: true } : place, work);
}

/** On this machine itself, with its files and variables. */
function isHere({ host, container }: Reached): boolean {
  return host.kind === "local" && !container;
}

function unknownOf(issue: Issue, place: Reached): Unknown {
  return { code: issue.code, message: issue.message, host: place.host, via: place.via, span: issue.span, environment: false, unseen: place.unseen };
}

function follow(command: SimpleCommand, place: Reached, work: Work): void {
  work.commands++;
  if (work.commands > mostCommands || place.depth > deepest) {
    if (work.unknowns.at(-1)?.code !== "over-budget") noteUnknown("over-budget", "more commands than are followed", command.span, place, work);
    return;
  }
  const [word, ...words] = command.words;
  if (word === undefined && command.redirections.length === 0) return;
  const name = word === undefined ? undefined : nameOf(word);
  const utility = word === undefined || name === undefined ? undefined : utilityOf(name, word, work.situation.registry);
  const parent = work.step;
  work.step = work.steps.length;
  work.steps.push({
    words: command.words.map(show),
    host: place.host,
    via: place.via,
    span: command.span,
    utility: utility?.names[0],
    parent,
    inFile: place.inFile,
    setsPath: setsPath(command, work.situation.environment["PATH"]),
    requests: [],
    meaning: work.situation.trace === true ? laterMeaning(command, utility, name, place, work) : undefined,
  });
  redirections(command, place, work);
  if (word !== undefined && name === undefined) followUnnamed(word, words, command, place, work);
  else if (word !== undefined && name !== undefined) invoke(name, word, words, utility, command, place, work);
  work.step = parent;
}

// Apart: what a closure holds slows down the function around it.
function laterMeaning(command: SimpleCommand, utility: Utility | undefined, name: string | undefined, place: Reached, work: Work): () => Meaning {
  return () => meaningOf(command, utility, name === undefined ? undefined : invocationOf(name, command.words.slice(1), utility, command, place, work));
}

function meaningOf(command: SimpleCommand, utility: Utility | undefined, invocation: Invocation | undefined): Meaning {
  const words = command.words.map((word) => ({
    text: show(word),
    span: word.span,
    holes: word.pieces.flatMap((piece) => ("text" in piece ? [] : [{ text: piece.hole, why: piece.why }])),
  }));
  return { words, options: invocation === undefined ? [] : optionMeanings(utility, invocation) };
}

/** The name without directories; of `"$VENV/bin/pip"` the last part is enough. */
function nameOf(word: Word): string | undefined {
  const text = known(word) ?? suffix(word);
  const slash = text.lastIndexOf("/");
  const last = text.slice(slash + 1);
  if (word.glob === true && pattern.test(last)) return undefined;
  if (slash >= 0) return last === "" ? undefined : last;
  return known(word);
}

/** What may become another name (POSIX XCU 2.14, bash(1) Pathname Expansion). Quoted characters are taken for ones too. */
const pattern = /[*?]|\[.+\]|[@!+]\(/;

/** What a name that is not known may be, without directories: a pattern, with `*` for what only run time tells. */
function patternOf({ pieces, glob }: Word): string {
  const text = pieces.map((piece) => ("hole" in piece ? "*" : glob === true ? piece.text : piece.text.replaceAll(/[*?[\\]/g, "\\$&"))).join("");
  return text.slice(text.lastIndexOf("/") + 1);
}

/** The command's name is only known at run time. Where it may also be no word at all, the next word may be the name. */
function followUnnamed(name: Word, words: readonly Word[], command: SimpleCommand, place: Reached, work: Work): void {
  const environment = name.pieces.every((piece) => "text" in piece || piece.why === "environment");
  const unseen = place.unseen || (!isReached(place) && mayLeavePath(name));
  addUnknown(
    { code: "dynamic", message: `the command is \`${show(name)}\``, host: place.host, via: place.via, span: name.span, environment, unseen, name: patternOf(name) },
    place,
    work,
  );
  if (!maySplit(name) || words.length === 0) return;
  follow({ ...command, words, redirections: [] }, { ...place, depth: place.depth + 1 }, work);
}

function invoke(name: string, nameWord: Word, words: readonly Word[], utility: Utility | undefined, command: SimpleCommand, place: Reached, work: Work): void {
  const invocation = invocationOf(name, words, utility, command, place, work);
  const effects = utility === undefined ? scriptEffects(invocation) : utility.effects(invocation);
  const asked = onlyAsks(invocation) ? effects.filter((effect) => effect.does !== "request") : effects;
  if (asked.length === 0) addRequest(requestOf({ does: "request", action: "read" }, name, nameWord, command, place, work), work);
  const unseen = place.unseen || (!isReached(place) && leavesPath(command, name, words, work.situation.registry, work.situation.environment["PATH"]));
  for (const effect of asked) carryOut(effect, name, nameWord, command, unseen ? { ...place, unseen } : place, work);
}

/** What is given to run there is seen whole in the arguments of what reaches it from here: which PATH it has there does not matter. */
function isReached({ hops }: Reached): boolean {
  return hops.length > 0;
}

const initScript = /^\/etc\/(?:rc\.d\/)?init\.d\//;

/** By name; an init script is service(8) with the unit's name. */
function utilityOf(name: string, word: Word, registry: Registry): Utility | undefined {
  if (!initScript.test(known(word) ?? "")) return registry.find(name);
  const service = registry.find("service");
  return service === undefined ? undefined : { ...service, effects: (invocation) => service.effects(withOperand(word, invocation, service)) };
}

function withOperand(word: Word, invocation: Invocation, utility: Utility): Invocation {
  const words = [slice(word, (known(word)?.lastIndexOf("/") ?? -1) + 1), ...invocation.words];
  return { ...invocation, words, arguments: readArguments(words, utility.grammar) };
}

/** Its own `--help`, or `--version` and nothing else: what it starts for others it starts all the same. */
function onlyAsks({ arguments: given, words }: Invocation): boolean {
  return given.has("--help") || (words.length === 1 && given.has("--version"));
}

function invocationOf(name: string, words: readonly Word[], utility: Utility | undefined, command: SimpleCommand, place: Reached, work: Work): Invocation {
  const { environment, world } = work.situation;
  const here = isHere(place);
  const variable = (key: string) => {
    const value = command.variable(key);
    if (value !== undefined || !here) return value;
    const given = environment[key];
    return given === undefined ? undefined : textWord(given);
  };
  return {
    name,
    words,
    arguments: readArguments(words, utility?.grammar ?? {}),
    command,
    variable,
    readFile: (path) => (here ? world.readFile(pathOf(textWord(path), directoryOf(command.cwd, place.base)).text) : undefined),
    clients: here ? work.clients.at(() => directoryOf(command.cwd, place.base)) : undefined,
  };
}

function carryOut(effect: Effect, name: string, nameWord: Word, command: SimpleCommand, place: Reached, work: Work): void {
  if (effect.does === "request") {
    const configured = configuredCommand(effect, work);
    if (configured !== undefined) {
      carryOut(configured, name, nameWord, command, place, work);
      return;
    }
    const request = requestOf(effect, name, nameWord, command, place, work);
    addRequest(request, work);
    if (isHere(place)) work.clients.note(request, effect);
    followScript(request, effect, command, place, work);
    return;
  }
  const inner = { ...reach(place, effect.hops, name, work), depth: place.depth + 1 };
  if (effect.does === "unknown") {
    noteUnknown("dynamic", effect.why, effect.word?.span ?? command.span, inner, work);
    return;
  }
  const stdin = effect.stdin ?? command.stdin;
  const base = inner.hops === place.hops ? directoryOf(effect.cwd ?? command.cwd, place.base) : directoryOf(effect.cwd, inner.base);
  const at = { ...inner, base };
  if (effect.does === "code") {
    readCode(joinedSource(effect.source), { dialect: effect.dialect, stdin, args: effect.args, variable: (key) => command.variable(key) }, at, work);
    return;
  }
  const words = effect.more === true ? [...effect.words, remainder] : effect.words;
  const variable = variablesFor(effect.assignments ?? [], inner.host === place.host ? command : undefined);
  follow({ ...command, words, assignments: [], redirections: [], stdin, cwd: undefined, variable }, at, work);
}

/**
 * A shell script of this machine is read too, once. What it does not tell is left to run time: its words mostly depend
 * on what it is given.
 */
function followScript(request: Request, effect: RequestEffect, command: SimpleCommand, place: Reached, work: Work): void {
  const { action, path, name, utility, span } = request;
  if (action !== "execute" || path === undefined || !path.known || (name !== "script" && name !== "source") || !isHere(place) || effect.hops !== undefined) return;
  const { world, approved } = work.situation;
  const file = absolute(path.text, work);
  if (!file.startsWith("/") || work.files.has(file) || approved?.(file) === true) return;
  work.files.add(file);
  const script = scriptFile(world.readFile(file) ?? "\0", file.endsWith(`/${utility}`) ? undefined : utility, span);
  if (script === undefined) return;
  const at = { ...place, via: [...place.via, utility], base: directoryOf(command.cwd, place.base), depth: place.depth + 1, inFile: true };
  readCode(
    script.source,
    { dialect: script.dialect, stdin: command.stdin, args: [textWord(file, span), ...(effect.args ?? [])], variable: (key) => command.variable(key) },
    at,
    work,
  );
}

function fileText(path: string, work: Work): string | undefined {
  const file = absolute(path, work);
  return file.startsWith("/") ? work.situation.world.readFile(file) : undefined;
}

function absolute(path: string, { situation: { world } }: Work): string {
  return path.startsWith("~/") && world.home !== undefined ? world.home + path.slice(1) : path;
}

/** ssh_config(5) RemoteCommand: what runs there in place of the session. */
function configuredCommand({ action, hops }: RequestEffect, work: Work): Effect | undefined {
  const hop = action === "session" ? hops?.at(-1) : undefined;
  const destination = known(hop?.destination);
  if (hop?.sshOptions === undefined || destination === undefined) return undefined;
  const text = work.situation.world.sshConfiguration([...hop.sshOptions, destination])?.remotecommand;
  return text === undefined || text === "none" ? undefined : { does: "code", source: [textWord(text, hop.destination?.span)], dialect: "bash", hops };
}

/** What a wrapper sets, before what is set around it; another host inherits nothing. */
function variablesFor(assignments: readonly Assignment[], around: SimpleCommand | undefined): SimpleCommand["variable"] {
  return (name) => assignments.findLast((each) => each.name === name)?.value ?? around?.variable(name);
}

/** Arguments that a utility such as xargs(1) appends later. */
const remainder: Word = { pieces: [{ hole: "…", why: "other", splits: true }], span: { start: 0, end: 0 } };

/** The place at the end of `hops`, seen from `place`. */
function reach(place: Reached, hops: readonly Hop[] | undefined, name: string, work: Work): Reached {
  const via = [...place.via, name];
  if (hops === undefined || hops.length === 0) return { ...place, via };
  let { host, container, base } = place;
  for (const hop of hops) {
    container = hop.kind === "container";
    base = container ? undefined : "~";
    if (container) continue;
    const next = hostOf(hop, work.situation.world);
    // A remote host's loopback is that remote host.
    if (next.kind === "remote" || host.kind === "local") host = next;
    if (host.kind === "local") base = work.situation.world.home ?? "~";
  }
  return { ...place, via, host, container, base, hops: [...place.hops, ...hops] };
}

type RequestEffect = Extract<Effect, { does: "request" }>;

function requestOf(effect: RequestEffect, name: string, nameWord: Word, command: SimpleCommand, place: Reached, work: Work): Request {
  const target = reach(place, effect.hops, name, work);
  const here = effect.hops === undefined || effect.hops.length === 0;
  const base = here ? directoryOf(command.cwd, place.base) : target.base;
  const start = effect.directory === undefined ? base : pathOf(effect.directory, base).text;
  const path = effect.path === undefined ? undefined : pathOf(effect.path, start);
  const keys = effect.keys ?? [...place.hops, ...(effect.hops ?? [])].flatMap((hop) => hop.keys ?? []);
  return {
    action: effect.action === "write" && path !== undefined && (effect.path?.process !== undefined || (path.known && isSink(path.text))) ? "read" : effect.action,
    host: target.host,
    path,
    name: effect.name,
    utility: name,
    via: place.via,
    span: (effect.word ?? effect.path ?? nameWord).span,
    note: effect.note,
    local: effect.path === undefined || !here ? undefined : localForm(command, effect.path, start, base),
    sources: effect.sources?.map((word) => pathOf(word, directoryOf(command.cwd, place.base))),
    keys: keys.length > 0 ? keys.map(show) : undefined,
    transfer: effect.transfer,
    existing: effect.existing,
  };
}

/** The command as it stands, with its paths marked, where every other word is known. */
function localForm(command: SimpleCommand, target: Word, start: string | undefined, base: string | undefined): Request["local"] {
  const words: LocalWord[] = [];
  for (const word of command.words) {
    const text = known(word);
    if (word === target) words.push({ path: pathOf(word, start) });
    else if (text?.startsWith("/") === true && word !== command.words[0]) words.push({ path: pathOf(word, base) });
    else if (text === undefined) return undefined;
    else words.push(text);
  }
  return { words, base };
}

function redirections(command: SimpleCommand, place: Reached, work: Work): void {
  for (const redirection of command.redirections) {
    if (redirection.operator === "<" || redirection.target.process !== undefined) continue;
    const base = directoryOf(command.cwd, place.base);
    const path = pathOf(redirection.target, base);
    if (isSink(path.known ? path.text : path.prefix) || (command.words.length === 0 && path.text === "")) continue;
    const request: Request = {
      action: "write",
      host: place.host,
      path,
      utility: redirection.operator,
      via: place.via,
      span: redirection.span,
      note: redirection.operator === ">>" || redirection.operator === "&>>" ? "appends to it" : "writes it",
      local: redirectedForm(command, redirection.operator, path),
    };
    addRequest(request, work);
    if (isHere(place)) work.clients.note(request);
  }
}

function redirectedForm(command: SimpleCommand, operator: string, path: Path): Request["local"] {
  const words = command.words.map(known);
  if (command.stdin.from !== "inherit" || words.length === 0 || words.some((word) => word === undefined)) return undefined;
  return { words: words as readonly string[], redirect: { operator, path } };
}

function addRequest(request: Request, work: Work): void {
  if (work.step !== undefined) work.steps[work.step]?.requests.push(work.requests.length);
  work.requests.push(request);
}

function noteUnknown(code: IssueCode, message: string, span: Span, place: Reached, work: Work): void {
  addUnknown({ code, message, host: place.host, via: place.via, span, environment: false, unseen: place.unseen }, place, work);
}

function addUnknown(unknown: Unknown, place: Reached, work: Work): void {
  if (!place.inFile) work.unknowns.push(unknown);
}
