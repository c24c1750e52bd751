// The pipeline on one screen: line → simple commands → requests → response, with its trace.
import { type Advice, adviseAll } from "./policy/advice.ts";
import { type Denial, evaluate } from "./policy/evaluate.ts";
import { mayBeFleet } from "./policy/fleet.ts";
import { asWorkstation, type Placement, placementOf } from "./policy/managed-host.ts";
import { type NearMiss, nearMisses } from "./policy/near-miss.ts";
import type { PolicySet } from "./policy/policies.ts";
import type { Host, Request, Span } from "./policy/request.ts";
import { approvedFile } from "./policy/routes.ts";
import { folded, readsAsBash, remoting } from "./syntax/powershell.ts";
import { peel } from "./syntax/scaffold.ts";
import type { Dialect, Stdin } from "./syntax/simple-command.ts";
import { rootSource, type Source } from "./syntax/source.ts";
import { textWord } from "./syntax/word.ts";
import { fitsOne, mentions } from "./utilities/mentions.ts";
import { createRegistry, type Registry } from "./utilities/registry.ts";
import { type Definitions, type Findings, type Place, requestsOf, type Step, type Unknown } from "./utilities/requests.ts";
import { emptyWorld, type World } from "./utilities/world.ts";

export type { Advice, Definitions, Denial, Dialect, Host, NearMiss, Place, PolicySet, Request, Span, Step, Unknown, World };

/** Who asks: a script's `-c`, a person's login shell, or an AI agent's tool. */
export type Face = "scripts" | "login" | "agent";

export interface Context {
  readonly face: Face;
  /** A person sits at a terminal. */
  readonly tty: boolean;
  /** The runtime layer will see the real arguments of every transport that the line starts. */
  readonly runtime: boolean;
  /** The account that the line would run as. */
  readonly user?: string | undefined;
  /** Absolute directory the line would run in; undefined: not known. */
  readonly cwd?: string | undefined;
  /** Root of the workspace that `cwd` lies in, where it is not the one the policies name. */
  readonly workspace?: string | undefined;
  /** Environment variables that are known; one not listed is unknown, not empty. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The shell that reads the line; default: bash. */
  readonly dialect?: Dialect | "powershell" | undefined;
  /** Aliases and functions of the shell that reads the line. */
  readonly definitions?: Definitions | undefined;
  /** The shell that reads the line is on another host; `cwd` and `world` are this machine's all the same. */
  readonly place?: Place | undefined;
  /** What is known of standard input: all of its text, or that a pipe brings what nobody can see. Default: a keyboard. */
  readonly stdin?: { readonly text: string } | "pipe" | undefined;
  /** The response is to say all that an explanation needs (src/report/explanation.ts). A decision is the same, but sooner, without. */
  readonly trace?: boolean | undefined;
  readonly world: World;
}

export const emptyContext: Context = { face: "scripts", tty: false, runtime: false, environment: {}, world: emptyWorld };

export interface Engine {
  readonly policies: PolicySet;
  readonly registry: Registry;
}

/** Prepares policies for deciding. Costs about a millisecond; keep the result. */
export function createEngine(policies: PolicySet): Engine {
  return { policies, registry: createRegistry(policies.utilities) };
}

export interface Response {
  readonly decision: "permit" | "deny" | "indeterminate";
  /** What happens: an indeterminate line runs only where nothing remote is in reach, or the runtime layer will judge it. */
  readonly effective: "permit" | "deny";
  readonly denials: readonly Denial[];
  /** What the text does not tell and the decision rests on. */
  readonly unknowns: readonly Unknown[];
  readonly requests: readonly Request[];
  readonly steps: readonly Step[];
  /** Part of it is a deployment that the policy lets arrive on this server: what that does is its own. */
  readonly deployment: boolean;
  /** What to do instead; each `run` is itself permitted under the same policies. Computed when first read. */
  readonly advice: readonly Advice[];
  /** In a trace: the same with what was found about each `run`, those that would be refused included. */
  readonly suggestions?: readonly Suggestion[] | undefined;
  /** In a trace: the rules that would deny, but for one thing. */
  readonly nearMisses?: readonly NearMiss[] | undefined;
}

/** Advice, and the decision on its command. */
export interface Suggestion {
  readonly advice: Advice;
  /** Absent where nothing is to be run. */
  readonly response?: Response | undefined;
}

/** Decides what a line asks for. Never throws on any text, never touches the machine but through `context.world`. */
export function decide(line: string, engine: Engine, context: Context): Response {
  if (context.dialect === "powershell") return readsAsBash(line) ? decide(line, engine, { ...context, dialect: "bash" }) : unread(line, engine);
  const source = unwrapped(line, context);
  const approved = (file: string) => approvedFile(engine.policies, file, context.workspace, context.world.digest) !== undefined;
  // Behind a connection nothing is done on this machine, whatever it is.
  const placement = context.place === undefined ? placementOf(engine.policies, context) : undefined;
  const cwd = context.place === undefined ? context.cwd : context.place.cwd;
  const { dialect } = context;
  const read = requestsOf(source, { ...context, dialect, cwd, registry: engine.registry, approved, startFile: source.startFile, stdin: stdinOf(context) });
  const findings = placement === undefined ? read : placed(read, placement);
  const circumstances = { ...context, home: context.world.home };
  const { denials, asks } = evaluate(engine.policies, findings.requests, circumstances);
  const refusals = [...denials, ...asks.filter(() => !context.tty)];
  // Asked at most once: a long text may leave thousands of things open.
  let mentioned: boolean | undefined;
  const reached = (unknown: Unknown) => reaches(unknown, () => (mentioned ??= mentions(source.text, engine.registry.transports)), engine);
  const unknowns = refusals.length > 0 ? [] : weighed(findings, reached);
  const decision = refusals.length > 0 ? "deny" : unknowns.length > 0 ? "indeterminate" : "permit";
  const unjudged = unknowns.filter((each) => !context.runtime || each.unseen);
  const blind = engine.policies.settings.indeterminate !== "permit" && unjudged.some(reached);
  let advice: readonly Advice[] | undefined;
  const repeated = source.text === line && context.place === undefined ? line : undefined;
  const suggestions = context.trace === true ? suggestionsFor(refusals, repeated, engine, context) : undefined;
  return {
    decision,
    effective: decision === "deny" || blind ? "deny" : "permit",
    denials: refusals,
    unknowns,
    requests: findings.requests,
    steps: findings.steps,
    deployment: placement !== undefined && read.requests.some(placement.arrives),
    get advice() {
      advice ??= adviceOf(suggestions ?? suggestionsFor(refusals, repeated, engine, context), refusals);
      return advice;
    },
    suggestions,
    nearMisses: context.trace === true ? nearMisses(engine.policies, findings.requests, circumstances) : undefined,
  };
}

/** What a shell would run that we do not read: refused where it names what reaches another host. */
function unread(line: string, { policies, registry }: Engine): Response {
  const text = folded(line);
  const remote = mentions(text, registry.transports) || mentions(text, remoting);
  const unknown: Unknown = {
    code: "unreadable",
    message: "PowerShell that is not read",
    host: { kind: "local" },
    via: [],
    span: { start: 0, end: line.length },
    environment: false,
    unseen: true,
  };
  const denied = remote && policies.settings.indeterminate !== "permit";
  const response = { denials: [], requests: [], steps: [], deployment: false, advice: [] };
  return { ...response, decision: remote ? "indeterminate" : "permit", effective: denied ? "deny" : "permit", unknowns: remote ? [unknown] : [] };
}

/** An agent's scaffold around the line is taken off where it is exactly what that agent writes. */
function unwrapped(line: string, context: Context): Source & { readonly startFile?: string | undefined } {
  return peel(line, (name) => context.environment[name]) ?? rootSource(line);
}

/** On a server itself: what is done here is done on that host, but for deployments. The runtime layer looks at ssh and its like only. */
function placed({ requests, unknowns, steps }: Findings, { self, arrives }: Placement): Findings {
  return {
    requests: requests.map((request) => (request.host.kind !== "local" || arrives(request) ? request : { ...request, host: self })),
    unknowns: unknowns.map((unknown) => (unknown.host.kind === "local" ? { ...unknown, host: self, unseen: true } : unknown)),
    steps,
  };
}

function stdinOf({ stdin }: Context): Stdin | undefined {
  if (stdin === undefined) return undefined;
  return stdin === "pipe" ? { from: "pipe", commands: [] } : { from: "text", text: textWord(stdin.text) };
}

/** The unknowns that matter: on another host those that may be on a server, here those that could hide a remote utility. */
function weighed(findings: Findings, reached: (unknown: Unknown) => boolean): readonly Unknown[] {
  return findings.unknowns.filter((each) => {
    const hides = each.code === "unreadable" || each.code === "over-budget" || (each.code === "dynamic" && !each.environment);
    return (each.host.kind === "local" && hides) || reached(each);
  });
}

/** Whether what is unknown could happen on a server: on a host of the fleet, or by a remote utility that the text mentions. */
function reaches(unknown: Unknown, mentioned: () => boolean, engine: Engine): boolean {
  if (unknown.host.kind === "remote") return mayBeFleet(engine.policies, unknown.host);
  return mentioned() || (unknown.name !== undefined && fitsOne(unknown.name, engine.registry.transports));
}

/** What to do in place of what is refused; each `run` is itself permitted. `line`: what was typed, where that is known. */
export function adviceFor(refusals: readonly Denial[], line: string | undefined, engine: Engine, context: Context): readonly Advice[] {
  return adviceOf(suggestionsFor(refusals, line, engine, context), refusals);
}

function suggestionsFor(refusals: readonly Denial[], line: string | undefined, engine: Engine, context: Context): readonly Suggestion[] {
  // What to do instead is not done on the server.
  const there = refusals.some(isHere) ? { ...engine, policies: asWorkstation(engine.policies) } : engine;
  return adviseAll(engine.policies, refusals, { ...context, line }).map((advice) => ({
    advice,
    response: advice.run === undefined ? undefined : judgedAlone(advice.run, there, context),
  }));
}

function adviceOf(suggestions: readonly Suggestion[], refusals: readonly Denial[]): readonly Advice[] {
  const advice = suggestions.filter(({ response }) => response === undefined || response.effective === "permit").map((each) => each.advice);
  return refusals.some(isHere) && advice.length > 0 ? [{ say: "Not on a server, but where the workspace is:" }, ...advice] : advice;
}

function isHere({ request: { host } }: Denial): boolean {
  return host.kind === "remote" && host.here === true;
}

/** A suggestion is judged like any line, where it would be typed: on this machine. */
function judgedAlone(run: string, engine: Engine, context: Context): Response {
  return decide(run, engine, { ...context, runtime: false, trace: false, ...(context.place === undefined ? {} : { place: undefined, environment: {}, definitions: undefined }) });
}
