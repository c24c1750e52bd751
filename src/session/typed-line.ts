// A line as the person's shell has read it → whether it may run, and what to say. What the text leaves to the shell
// (variables, aliases, functions) is asked for, by name, where the decision may rest on it.
import type { Context, Definitions, Engine, Response } from "../decide.ts";
import { decideAttended } from "../run/unattended.ts";

/** What has been asked of the shell, so that it is asked once. */
export interface TypedLine {
  readonly text: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly definitions: Definitions;
  readonly asked: ReadonlySet<string>;
  /** Whether there may be an alias or a function of that name. */
  defined(name: string): boolean;
}

/** What the shell has to tell before the line can be decided: names of aliases or functions, and of variables. */
export interface Asked {
  readonly called: readonly string[];
  readonly used: readonly string[];
}

const mostAsked = 4096;
const mostNames = 64;

export function typedLine(text: string, environment: Readonly<Record<string, string>>, defined: TypedLine["defined"]): TypedLine {
  return { text, environment, definitions: { aliases: {}, functions: {} }, asked: new Set(), defined };
}

/** A response that holds, or what is needed for one. */
export function judgeTyped(line: TypedLine, engine: Engine, context: Context): Response | Asked {
  const { text, environment, definitions, asked } = line;
  const { response } = decideAttended(text, engine, { ...context, environment, definitions });
  if (asked.size > mostAsked) return response;
  const called = fresh("call", calledNames(response, definitions, context).filter(line.defined), asked);
  const used = fresh("value", usedNames([text, ...Object.values(definitions.aliases), ...Object.values(definitions.functions)]), asked);
  return called.length + used.length > 0 ? { called, used } : response;
}

/** `told`: entries as libexec/gate.bash and gate.zsh write them. */
export function withTold(line: TypedLine, { called, used }: Asked, told: string): TypedLine {
  const ofKind = (kind: string) =>
    told.split("\x1f").flatMap((entry) => (entry.startsWith(`${kind} `) ? [[entry.slice(kind.length + 1, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)] as const] : []));
  const { aliases, functions } = line.definitions;
  return {
    text: line.text,
    defined: line.defined,
    environment: { ...line.environment, ...Object.fromEntries(ofKind("value")) },
    definitions: { aliases: { ...aliases, ...Object.fromEntries(ofKind("alias")) }, functions: { ...functions, ...Object.fromEntries(ofKind("function")) } },
    asked: new Set([...line.asked, ...called.map((name) => `call ${name}`), ...used.map((name) => `value ${name}`)]),
  };
}

function fresh(kind: string, names: Iterable<string>, asked: ReadonlySet<string>): readonly string[] {
  return [...new Set(names)].filter((name) => !asked.has(`${kind} ${name}`)).slice(0, mostNames);
}

/** Names that may be an alias or a function: the commands of this shell, by the words they begin with; and what follows an alias that ends in a blank. */
function calledNames({ steps }: Response, { aliases }: Definitions, { place }: Context): readonly string[] {
  return steps.flatMap(({ words, host }) => {
    if (place === undefined ? host.kind !== "local" : host !== place.host) return [];
    const last = words.findIndex((word) => !/[ \t]$/.test(aliases[word] ?? ""));
    return words.slice(0, last < 0 ? words.length : last + 1).filter((word) => /^[\w@%+:,.!?-]+$/.test(word));
  });
}

/** Of these the value when the line is judged is not the one that it has when the line runs. */
const changing = new Set("_ BASHPID BASH_COMMAND EPOCHREALTIME EPOCHSECONDS FUNCNAME IFS LINENO PIPESTATUS PPID RANDOM SECONDS SRANDOM".split(" "));

/** Names that stand behind a `$`, and perhaps a few more: they are looked up, and decide nothing. */
function usedNames(texts: readonly string[]): readonly string[] {
  const found = texts.flatMap((text) => [...text.matchAll(/\$\{?[#!]?([A-Za-z_]\w*)/g)].map(([, name]) => name ?? ""));
  return found.filter((name) => !changing.has(name) && !name.startsWith("__autobot_"));
}
