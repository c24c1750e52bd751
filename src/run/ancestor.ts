// The processes above one, with what other users' still show of theirs, and an agent among them.
import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { attempt } from "../world/attempt.ts";
import { commandLineOf, facts } from "../world/process.ts";
import { agentPrograms, agentVariables } from "./agent-variables.ts";

export interface Ancestor {
  readonly pid: number;
  readonly parent: number;
  /** Of the file that it executes; where that is not shown to us, what the kernel calls it. */
  readonly name: string;
  readonly words: readonly string[];
  /** What it was started with, between NULs; empty where that is not shown to us. */
  readonly environment: string;
}

const mostAncestors = 64;

/** `first` itself, its parent, and so on. */
export function ancestorsOf(first: number): readonly Ancestor[] {
  const found: Ancestor[] = [];
  for (let pid = first; pid > 1 && found.length < mostAncestors; ) {
    const ancestor = ancestorAt(pid);
    if (ancestor === undefined) break;
    found.push(ancestor);
    pid = ancestor.parent;
  }
  return found;
}

/** An agent, or what one has started. An agent that is a script is the second word of what runs it. */
export function agentAmong(ancestors: readonly Ancestor[], programs = agentPrograms): Ancestor | undefined {
  return ancestors.find(
    ({ name, words, environment }) =>
      programs.has(name) || words.slice(0, 2).some((word) => programs.has(basename(word))) || agentVariables.some((each) => environment.includes(`\0${each}=`)),
  );
}

function ancestorAt(pid: number): Ancestor | undefined {
  const read = (name: string) => attempt(() => readFileSync(`/proc/${pid}/${name}`, "latin1"));
  const parent = attempt(() => facts(pid).parent);
  if (parent === undefined) return undefined;
  const executed = attempt(() => readlinkSync(`/proc/${pid}/exe`))?.replace(/ \(deleted\)$/, "");
  return {
    pid,
    parent,
    // tmux calls its server `tmux: server`.
    name: executed === undefined ? (read("comm") ?? "").replace(/[:\n].*$/s, "") : basename(executed),
    words: attempt(() => commandLineOf(pid)) ?? [],
    environment: `\0${read("environ") ?? ""}`,
  };
}
