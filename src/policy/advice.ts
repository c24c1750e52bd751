// A denial → what to do instead, computed from the request that is refused.
import { checkWords, onHost } from "./check.ts";
import { quoteWord, quoteWords } from "./command.ts";
import { edit, moved, quotePath, removers } from "./edit.ts";
import { type Context, type Denial, evaluate } from "./evaluate.ts";
import { list } from "./list.ts";
import { below } from "./match.ts";
import type { PolicySet } from "./policies.ts";
import type { Path } from "./request.ts";
import { routesFor } from "./routes.ts";
import { addressOf, loginOf, plainWord, type Situation, situationOf } from "./situation.ts";
import { type Placeholder, parseTemplate } from "./template.ts";
import { basename, localPath, parent } from "./workspace.ts";

/** What to do instead. Neighbours with the same `say` belong together; `run` is one command. */
export interface Advice {
  readonly say: string;
  readonly run?: string;
}

const mostCommands = 4;

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
  const of = (step: Step, most: number) =>
    published(
      items.filter((item) => item.step === step),
      most,
    );
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
