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
  if (control.some((word) => word === "ignorespace" || word === "ignoreboth") || field("i") !== "")
    return { unseen: "HISTCONTROL or HISTIGNORE hides lines from history\npress Enter, and give the line again; read-only, they leave no way but another shell" };
  const [, number, rest] = /^ *(\d+)[* ] (.*)\n$/s.exec(field("t")) ?? [];
  const stamp = field("f");
  if (number === undefined || rest === undefined || !rest.startsWith(stamp)) return { unseen: "history does not show it\nsee that HISTSIZE is not 0" };
  return { entry: { text: rest.slice(stamp.length), number: Number(number) }, expected: Number(field("b")), dropsRepeated: control.includes("ignoredups") };
}

export interface PersonsOwn {
  /** Their HISTCONTROL and HISTIGNORE, as they were when the line was read. */
  readonly control: string;
  readonly ignore: string;
  /** They keep no history: HISTSIZE is 0. */
  readonly none: boolean;
}

/** What the shell has to do with the last entry; `match`: forget it where HISTIGNORE matches `text`. */
export interface Settled {
  readonly verdict: "keep" | "forget" | "erase" | "match";
  readonly text?: string;
}

export interface History {
  /** The last entry at the prompt, before the line was read. */
  begin(number: number): void;
  /** The line's text, where the entry is that line and not the one before. */
  take(reading: Reading): string | undefined;
  settle(own: PersonsOwn): Settled;
}

export function createHistory(): History {
  let before = 0;
  let previous: string | undefined;
  let taken: string | undefined;
  return {
    begin: (number) => {
      before = number;
    },
    take: ({ entry, expected, dropsRepeated }) => {
      const { number, text } = entry;
      // Commands of a PROMPT_COMMAND may have reloaded history, so that numbers alone do not tell.
      const isNew = number === expected || number > before || text !== previous || dropsRepeated;
      if (isNew) taken = text;
      return isNew ? text : undefined;
    },
    settle: ({ control, ignore, none }) => {
      const text = taken;
      taken = undefined;
      if (text === undefined) return { verdict: "keep" };
      const words = control.split(":");
      const says = (word: string) => words.includes(word) || (word !== "erasedups" && words.includes("ignoreboth"));
      const repeated = text === previous && (says("ignoredups") || ignore.split(":").includes("&"));
      if (none || repeated || (says("ignorespace") && text.startsWith(" "))) return { verdict: "forget" };
      previous = text;
      if (ignore !== "") return { verdict: "match", text };
      return says("erasedups") ? { verdict: "erase", text } : { verdict: "keep" };
    },
  };
}
