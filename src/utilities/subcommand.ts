// Utilities whose first operand chooses one of their commands (`docker ps`, `apt install`), each with options of its own:
// every command is a utility again, found by that operand.
import type { Grammar } from "../policy/descriptor.ts";
import type { Action } from "../policy/request.ts";
import { known, show, type Word } from "../syntax/word.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { fromDescriptor } from "./descriptor.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

export interface Subcommands {
  readonly names: readonly string[];
  /** Options before the subcommand; with `permute: false` only there, else after it too. */
  readonly options?: Grammar;
  /** A function where there are many, for a utility that few lines name. */
  readonly commands: readonly Utility[] | (() => readonly Utility[]);
  /** What a subcommand does that is not listed. */
  readonly otherwise: Utility;
  /** What no subcommand does; default: it reads. */
  readonly bare?: Utility;
  /** Options with which nothing is changed: `--dry-run`. */
  readonly inert?: readonly string[];
  readonly transport?: Utility["transport"];
  /** Where its effects happen. `given`: the arguments before the subcommand, then those after it read by the same options. */
  readonly hops?: (given: readonly Arguments[], invocation: Invocation) => readonly Hop[];
}

/** Such a utility, as a subcommand of another: it reads the other's options too. */
interface SubcommandUtility extends Utility {
  within(outer: Grammar): Utility;
}

export function withSubcommands(shape: Subcommands): SubcommandUtility {
  const options = { ...shape.options, permute: false };
  let made: readonly Utility[] | undefined;
  // A line asks for one of them, of hundreds.
  const commandOf = (name: string | undefined) => {
    made ??= typeof shape.commands === "function" ? shape.commands() : shape.commands;
    const utility = name === undefined ? undefined : made.findLast(({ names }) => names.includes(name));
    return utility === undefined ? undefined : together(shape.options, utility);
  };
  const inert = ["--help", ...(shape.inert ?? [])];
  return {
    names: shape.names,
    grammar: options,
    transport: shape.transport,
    inner: (invocation) => {
      const utility = commandOf(known(invocation.arguments.operands[0]));
      return utility === undefined ? undefined : { utility, invocation: innerInvocation(invocation, utility) };
    },
    within: (outer) => withSubcommands({ ...shape, options: joined(outer, shape.options) }),
    effects: (invocation) => {
      const { arguments: given } = invocation;
      const word = given.operands[0];
      if (word === undefined) return withoutSubcommand(shape, invocation);
      const command = commandOf(known(word));
      if (command === undefined && undecided(invocation) !== undefined) return [dynamic(undecided(invocation) ?? word)];
      const chosen = command ?? together(shape.options, shape.otherwise);
      const inner = innerInvocation(invocation, chosen);
      const effects = [given, inner.arguments].some((each) => hasNoEffect(each, inert)) ? [] : chosen.effects(inner);
      return reached(shape.hops?.([given, readArguments(inner.words, shape.options ?? {})], invocation) ?? [], effects);
    },
  };
}

/** Utilities, or subcommands of one, that only look: names separated by spaces. */
export function reads(names: string, options?: Grammar): Utility {
  return fromDescriptor({ names: names.split(" "), ...(options === undefined ? {} : { options }) });
}

/** Subcommands that look at the machine where the utility runs, whatever that reaches. */
export function readsHere(names: string): Utility {
  return { names: names.split(" "), grammar: {}, effects: () => [{ does: "request", action: "read", hops: [] }] };
}

/** Subcommands that each of their operands names a thing for: `stop web db`. */
export function changes(action: Action, names: string, options?: Grammar, note?: string): Utility {
  return fromDescriptor({ names: names.split(" "), ...(options === undefined ? {} : { options }), effects: [{ action, name: { from: 0 }, note }] });
}

/** The same, but what it does stays on the machine where the utility runs, whatever that reaches. */
export function here(utility: Utility): Utility {
  return { ...utility, effects: (invocation) => utility.effects(invocation).map((effect) => ({ ...effect, hops: [] })) };
}

/** What happens at the end of `hops`; an effect that says `hops: []` stays where it is. */
export function reached(hops: readonly Hop[], effects: readonly Effect[]): readonly Effect[] {
  if (hops.length === 0) return effects;
  if (effects.length === 0) return [{ does: "request", action: "read", hops }];
  return effects.map((effect) => (effect.hops?.length === 0 ? effect : { ...effect, hops: [...hops, ...(effect.hops ?? [])] }));
}

/** An option that takes a truth value or a kind is not given when that says so: `--dry-run=none`. */
function hasNoEffect(given: Arguments, inert: readonly string[]): boolean {
  return given.options.some(({ name, argument }) => inert.includes(name) && !["false", "none", "0"].includes(known(argument) ?? ""));
}

function withoutSubcommand(shape: Subcommands, invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  if (given.unknown[0] !== undefined) return [dynamic(given.unknown[0])];
  if (shape.bare === undefined || hasNoEffect(given, ["--help", "--version", ...(shape.inert ?? [])])) return [];
  return reached(shape.hops?.([given], invocation) ?? [], shape.bare.effects(invocation));
}

/** The word that chooses the subcommand, where only run time tells it. */
function undecided({ arguments: given, words }: Invocation): Word | undefined {
  const first = given.operands[0];
  const before = given.unknown.find((word) => words.indexOf(word) < given.firstOperand);
  return before ?? (first !== undefined && known(first) === undefined ? first : undefined);
}

function dynamic(word: Word): Effect {
  return { does: "unknown", why: `its subcommand is \`${show(word)}\``, word };
}

function innerInvocation(invocation: Invocation, utility: Utility): Invocation {
  const words = invocation.words.slice(invocation.arguments.firstOperand + 1);
  const name = known(invocation.arguments.operands[0]) ?? invocation.name;
  return { ...invocation, name, words, arguments: readArguments(words, utility.grammar) };
}

/** A subcommand that reads its own options and those of the whole. */
function together(outer: Grammar | undefined, utility: Utility | SubcommandUtility): Utility {
  if (outer === undefined || outer.permute === false) return utility;
  return "within" in utility ? utility.within(outer) : { ...utility, grammar: joined(outer, utility.grammar) };
}

/** Both grammars' options; where they differ, the inner one's meaning counts. */
function joined(outer: Grammar, inner: Grammar = {}): Grammar {
  return { ...inner, short: `${outer.short ?? ""}${inner.short ?? ""}`, long: [...(outer.long ?? []), ...(inner.long ?? [])] };
}
