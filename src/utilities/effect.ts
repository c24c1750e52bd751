// Short forms of the effects that families yield most.
import type { Action } from "../policy/request.ts";
import type { Word } from "../syntax/word.ts";
import type { Effect, Hop } from "./utility.ts";

/** What more there is to say of a request than its action and path. */
export type Detail = Partial<Omit<Extract<Effect, { does: "request" }>, "does" | "action" | "path">>;

export function request(action: Action, path: Word | undefined, detail: Detail = {}): Effect {
  return { does: "request", action, path, ...detail };
}

/** A write to a file; nothing where the file is a process substitution, whose commands are judged on their own. */
export function write(path: Word | undefined, detail: Detail = {}): readonly Effect[] {
  return path?.process !== undefined ? [] : [request("write", path, detail)];
}

/** A write to each of the files. */
export function writes(paths: readonly Word[], detail: Detail = {}): readonly Effect[] {
  return paths.flatMap((path) => write(path, detail));
}

/** Changes to the data that an application keeps: recorded, and told from changes to the service itself. */
export function data(detail: Detail = {}): Effect {
  return request("execute", undefined, { name: "data", ...detail });
}

/** One of each: requests that differ in nothing but the word to point at say the same. */
export function distinct(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Set<string>();
  const paths = new Set<Word>();
  return effects.filter((effect) => {
    if (effect.does !== "request") return true;
    if (effect.path !== undefined) return !paths.has(effect.path) && paths.add(effect.path);
    const key = `${effect.action} ${effect.name ?? ""}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Text that a shell on the same machine runs. */
export function code(source: Word, dialect: "bash" | "sh" = "sh", hops?: readonly Hop[]): Effect {
  return { does: "code", source: [source], dialect, hops };
}

export function unknown(why: string, word?: Word, hops?: readonly Hop[]): Effect {
  return { does: "unknown", why, word, hops };
}
