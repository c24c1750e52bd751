// An invocation → what each of its options meant: its argument, and what the same command would do without it. The utility
// itself is asked, so no second table of meanings can drift from the first.
import { known, prefix, type Span, show, slice, slicePieces, type Word } from "../syntax/word.ts";
import { type Option, readArguments } from "./arguments.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

/** What a command does, in short: `{ does: "write", what: "/etc/motd" }`. `run` and `code`: it starts `what`; `unknown`: the words do not tell. */
export interface Doing {
  readonly does: string;
  readonly what?: string | undefined;
}

export interface OptionMeaning {
  /** With its dashes. */
  readonly name: string;
  readonly argument?: string | undefined;
  /** Of the word that it stands in. */
  readonly span: Span;
  /**
   * What the command would do without it. Absent where that is the same; empty where the same is done, but elsewhere or as
   * somebody else: the host, the user or the key is another.
   */
  readonly without?: readonly Doing[] | undefined;
}

/** In the order in which they are given; those of a subcommand after those before it. */
export function optionMeanings(utility: Utility | undefined, invocation: Invocation): readonly OptionMeaning[] {
  if (utility === undefined) return invocation.arguments.options.map(plainly);
  const inner = utility.inner?.(invocation);
  const own = invocation.arguments.options.map((option) => ({ ...plainly(option), ...without(option, utility, invocation) }));
  return inner === undefined ? own : [...own, ...optionMeanings(inner.utility, inner.invocation)];
}

function plainly({ name, argument, word }: Option): OptionMeaning {
  return { name, argument: argument === undefined ? undefined : show(argument), span: word.span };
}

function without(option: Option, utility: Utility, invocation: Invocation): { readonly without?: readonly Doing[] } {
  const words = wordsWithout(option, invocation.words);
  const before = utility.effects(invocation);
  const after = utility.effects({ ...invocation, words, arguments: readArguments(words, utility.grammar) });
  const doings = [before, after].map((effects) => distinct(effects.map(doingOf)));
  if (JSON.stringify(doings[0]) !== JSON.stringify(doings[1])) return { without: doings[1]?.length === 0 ? [{ does: "read" }] : (doings[1] ?? []) };
  return JSON.stringify(before.map(signature)) === JSON.stringify(after.map(signature)) ? {} : { without: [] };
}

/** The letter of a bundle goes alone; an argument of its own goes with it. */
function wordsWithout({ name, argument, word }: Option, words: readonly Word[]): readonly Word[] {
  return words.flatMap((each) => {
    if (each === argument) return [];
    if (each !== word) return [each];
    const bundle = prefix(word);
    const at = bundle.indexOf(name.slice(1), 1);
    const single = name.startsWith("-") && name.length === 2 && !bundle.startsWith("--") && at > 0;
    if (!single) return [];
    const attached = argument !== undefined && !words.includes(argument);
    const rest = [...slicePieces(word.pieces, 0, at), ...(attached ? [] : slice(word, at + 1).pieces)];
    const kept = { ...word, pieces: rest };
    return known(kept) === "-" ? [] : [kept];
  });
}

function doingOf(effect: Effect): Doing {
  switch (effect.does) {
    case "request":
      return { does: effect.action, what: effect.path === undefined ? effect.name : show(effect.path) };
    case "run":
      return { does: "run", what: effect.words.map(show).join(" ") };
    case "code":
      return { does: "code", what: effect.source.map(show).join(" ") };
    case "unknown":
      return { does: "unknown", what: effect.why };
  }
}

function distinct(doings: readonly Doing[]): readonly Doing[] {
  return [...new Map(doings.map((each) => [JSON.stringify(each), each])).values()];
}

/** Where and as whom. */
function signature(effect: Effect): unknown {
  return { ...doingOf(effect), hops: effect.hops?.map(hopSignature), keys: effect.does === "request" ? effect.keys?.map(show) : undefined };
}

function hopSignature({ destination, user, port, keys }: Hop): unknown {
  return [destination, user, port, ...(keys ?? [])].map((word) => (word === undefined ? undefined : show(word)));
}
