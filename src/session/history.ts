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
  if (!field("s").includes("i") && rest.includes("#", stamp.length))
    return { unseen: "the option interactive_comments is off, and `#` is a word like others then\nturn it on with `shopt -s interactive_comments`" };
  return { entry: { text: rest.slice(stamp.length), number: Number(number) }, expected: Number(field("b")), dropsRepeated: control.includes("ignoredups") };
}

/** As libexec/gate.bash keeps a person's HISTIGNORE where it can be seen: one pattern, which is no command. */
function inert(patterns: string): boolean {
  return patterns === "" || /^autobot-sh\([^:]*\)$/.test(patterns);
}

export interface PersonsOwn {
  /** Their HISTCONTROL and HISTIGNORE. */
  readonly control: string;
  readonly ignore: string;
  /** They keep no history: HISTSIZE is 0. */
  readonly none: boolean;
}

/** What the shell has to do: `forget` the entries whose numbers are in `text`; `erase` others like `text`, the entry `path`; forget that where HISTIGNORE does `match` it. */
export interface Settled {
  readonly verdict: "keep" | "forget" | "erase" | "match";
  readonly path?: string;
  readonly text?: string;
}

export interface History {
  /** At a prompt: what the person has set for the lines to come, and the last entry before them. */
  begin(own: PersonsOwn, number: number): void;
  /** The line's text, where the entry is that line and not the one before. */
  take(reading: Reading): string | undefined;
  /** Whether the shell has something to do about the lines since the prompt. */
  owes(): boolean;
  /** What; they are several where they were pasted at once. */
  settle(): Settled;
}

export function createHistory(): History {
  let own: PersonsOwn = { control: "", ignore: "", none: false };
  let before = 0;
  let last: string | undefined;
  /** The last line of those that history keeps. */
  let previous: string | undefined;
  let dropped: number[] = [];
  let kept: Entry | undefined;
  const says = (word: string) => {
    const words = own.control.split(":");
    return words.includes(word) || (word !== "erasedups" && words.includes("ignoreboth"));
  };
  const drops = (text: string) => {
    const repeated = text === previous && (says("ignoredups") || own.ignore.split(":").includes("&"));
    return own.none || repeated || (says("ignorespace") && text.startsWith(" "));
  };
  return {
    begin: (given, number) => {
      own = given;
      before = number;
      dropped = [];
      kept = undefined;
    },
    take: ({ entry, expected, dropsRepeated }) => {
      const { number, text } = entry;
      // Commands of a PROMPT_COMMAND may have reloaded history, so that numbers alone do not tell.
      if (number !== expected && number <= before && text === last && !dropsRepeated) return undefined;
      before = number;
      last = text;
      if (drops(text)) dropped.unshift(number);
      else {
        previous = text;
        kept = { text, number };
      }
      return text;
    },
    owes: () => dropped.length > 0 || (kept !== undefined && (own.ignore !== "" || says("erasedups"))),
    settle: () => {
      if (dropped.length > 0) return { verdict: "forget", text: dropped.join(" ") };
      if (kept === undefined) return { verdict: "keep" };
      const entry = { path: String(kept.number), text: kept.text };
      return own.ignore !== "" ? { verdict: "match", ...entry } : says("erasedups") ? { verdict: "erase", ...entry } : { verdict: "keep" };
    },
  };
}
