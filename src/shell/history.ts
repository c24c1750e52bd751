// bash's history as the gate uses it: the last entry is the line that was just read, if that can be proven; and what the
// person's HISTCONTROL and HISTIGNORE, which must not hide a line from the gate, would have done with it.
import type { Question } from "./channel.ts";

export interface Entry {
  readonly text: string;
  /** What `history` calls it. */
  readonly number: number;
}

/** How the line was read, in the person's shell. */
export interface Reading {
  readonly entry: Entry;
  /** What the entry had to be called; 0: PS1 did not tell. */
  readonly expected: number;
  /** The shell drops a line that is like the one before, and that cannot be changed (readonly). */
  readonly dropsRepeated: boolean;
}

/** `why`: in the words of a message. */
export type Seen = Reading | { readonly unseen: string };

/** The fields of a `line` question. `s`: options that are on; `c`, `i`: HISTCONTROL, HISTIGNORE; `b`: the number expected; `f`: the time before the text; `t`: `history 1`. */
export function readEntry({ fields }: Question): Seen {
  const field = (letter: string) => fields.get(letter) ?? "";
  const control = field("c").split(":");
  if (!field("s").includes("h")) return { unseen: "history is off\nturn it on with exactly `set -o history`" };
  if (!field("s").includes("c")) return { unseen: "the option cmdhist is off\npress Enter, which turns it on, and give the line again" };
  if (control.some((word) => ["ignorespace", "ignoreboth", "erasedups"].includes(word)) || !inert(field("i")))
    return { unseen: "HISTCONTROL or HISTIGNORE hides lines from history\npress Enter, and give the line again; read-only, they leave no way but another shell" };
  const [, number, rest] = /^ *(\d+)[* ] (.*)\n$/s.exec(field("t")) ?? [];
  const stamp = field("f");
  if (number === undefined || rest === undefined || !rest.startsWith(stamp)) return { unseen: "history does not show it\nsee that HISTSIZE is not 0" };
  return { entry: { text: rest.slice(stamp.length), number: Number(number) }, expected: Number(field("b")), dropsRepeated: control.includes("ignoredups") };
}

/** As libexec/gate.bash keeps a person's HISTIGNORE where it can be seen: one pattern, which is no command. */
function inert(patterns: string): boolean {
  return patterns === "" || /^autobot-sh\([^:]*\)$/.test(patterns);
}

export interface PersonsOwn {
  /** Their HISTCONTROL and HISTIGNORE, as they were when the line was read. */
  readonly control: string;
  readonly ignore: string;
  /** They keep no history: HISTSIZE is 0. */
  readonly none: boolean;
}

/** What the shell has to do: `forget` the entries whose numbers are in `text`; `erase` others like `text`; forget the last where HISTIGNORE does `match` it. */
export interface Settled {
  readonly verdict: "keep" | "forget" | "erase" | "match";
  readonly text?: string;
}

export interface History {
  /** The last entry at the prompt, before a line is read. */
  begin(number: number): void;
  /** The line's text, where the entry is that line and not the one before. */
  take(reading: Reading): string | undefined;
  /** For the lines since the prompt before: several, where they were pasted at once. */
  settle(own: PersonsOwn): Settled;
}

export function createHistory(): History {
  let before = 0;
  let last: string | undefined;
  /** The last line of those that history keeps. */
  let previous: string | undefined;
  let taken: Entry[] = [];
  return {
    begin: (number) => {
      before = number;
    },
    take: ({ entry, expected, dropsRepeated }) => {
      const { number, text } = entry;
      // Commands of a PROMPT_COMMAND may have reloaded history, so that numbers alone do not tell.
      const isNew = number === expected || number > before || text !== last || dropsRepeated;
      if (!isNew) return undefined;
      taken.push(entry);
      before = number;
      last = text;
      return text;
    },
    settle: ({ control, ignore, none }) => {
      const words = control.split(":");
      const says = (word: string) => words.includes(word) || (word !== "erasedups" && words.includes("ignoreboth"));
      const entries = taken;
      taken = [];
      const dropped = entries.filter(({ text }) => {
        const repeated = text === previous && (says("ignoredups") || ignore.split(":").includes("&"));
        const drop = none || repeated || (says("ignorespace") && text.startsWith(" "));
        if (!drop) previous = text;
        return drop;
      });
      if (dropped.length > 0)
        return {
          verdict: "forget",
          text: dropped
            .map(({ number }) => number)
            .reverse()
            .join(" "),
        };
      const text = entries.at(-1)?.text;
      if (text === undefined) return { verdict: "keep" };
      if (ignore !== "") return { verdict: "match", text };
      return says("erasedups") ? { verdict: "erase", text } : { verdict: "keep" };
    },
  };
}
