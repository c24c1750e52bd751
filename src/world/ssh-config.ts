// ssh_config(5) files → what they say about a destination. Read by us to see whether `ssh -G` may be asked (it runs what
// `Match exec` names), and in its place where it may not.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import { homeDirectory } from "./account.ts";

/** One setting, in the order of the files, with the `Host` patterns it stands under. */
interface Setting {
  /** In lower case. */
  readonly keyword: string;
  readonly argument: string;
  /** Undefined: under a `Match`, which we do not evaluate. */
  readonly patterns: readonly string[] | undefined;
}

export interface SshConfigFiles {
  readonly settings: readonly Setting[];
  /** A file may run a command (`Match exec`), or one could not be read to know. */
  readonly runsCommands: boolean;
}

const maximumDepth = 16;

/** The user's file, then the system's, or the one that `-F` names (ssh(1)). */
export function readSshConfig(file: string | undefined, home: string | undefined): SshConfigFiles {
  const user = file ?? (home === undefined ? undefined : join(home, ".ssh", "config"));
  const files = file === undefined ? [user, "/etc/ssh/ssh_config"] : file === "none" ? [] : [user];
  const settings: Setting[] = [];
  let runsCommands = false;
  for (const path of files) {
    if (path === undefined) continue;
    const base = path === "/etc/ssh/ssh_config" ? "/etc/ssh" : join(home ?? homeDirectory(), ".ssh");
    if (!collect(path, base, ["*"], settings, 0)) runsCommands = true;
  }
  return { settings, runsCommands };
}

/** False where the file, or one it includes, may run a command. */
function collect(path: string, base: string, outer: readonly string[] | undefined, settings: Setting[], depth: number): boolean {
  const text = textOf(path);
  if (text === undefined) return true;
  if (depth > maximumDepth) return false;
  let patterns: readonly string[] | undefined = outer;
  let harmless = true;
  for (const line of text.split("\n")) {
    const { keyword, argument } = parseLine(line);
    if (keyword === "host") patterns = outer === undefined ? undefined : words(argument);
    else if (keyword === "match") {
      patterns = words(argument)[0]?.toLowerCase() === "all" ? outer : undefined;
      if (/\bexec\b/i.test(argument)) harmless = false;
    } else if (keyword === "include") {
      for (const included of words(argument)) {
        const paths = expand(included, base);
        if (paths === undefined) harmless = false;
        for (const each of paths ?? []) harmless = collect(each, base, patterns, settings, depth + 1) && harmless;
      }
    } else if (keyword !== "") settings.push({ keyword, argument, patterns });
  }
  return harmless;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** `Keyword argument`, `Keyword=argument`; `#` begins a comment only at the line's start. */
function parseLine(line: string): { readonly keyword: string; readonly argument: string } {
  const [, keyword = "", argument = ""] = /^\s*"?([A-Za-z]\w*)"?\s*[\s=]\s*(.*?)\s*$/.exec(line) ?? [];
  return { keyword: keyword.toLowerCase(), argument };
}

function words(argument: string): readonly string[] {
  return [...argument.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

/** glob(7) in the last component only; undefined where more than that is asked. */
function expand(pattern: string, base: string): readonly string[] | undefined {
  const path = pattern.startsWith("~/") ? join(homeDirectory(), pattern.slice(2)) : isAbsolute(pattern) ? pattern : join(base, pattern);
  if (/[*?[%$]/.test(dirname(path)) || /[[%$]/.test(basename(path))) return undefined;
  if (!/[*?]/.test(path)) return [path];
  try {
    const names = readdirSync(dirname(path)).filter((name) => !name.startsWith(".") && matches(name, basename(path)));
    return names.sort().map((name) => join(dirname(path), name));
  } catch {
    return [];
  }
}

/** `*` and `?` as ssh_config(5), PATTERNS. */
function matches(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i").test(name);
}

/** The arguments of a keyword for a host, the first of which ssh takes. */
export function settingsFor(files: SshConfigFiles, host: string, keyword: string): readonly string[] {
  return files.settings.filter((each) => each.keyword === keyword && applies(each.patterns, host)).map(({ argument }) => words(argument).join(" "));
}

function applies(patterns: readonly string[] | undefined, host: string): boolean {
  if (patterns === undefined) return false;
  const refused = patterns.some((each) => each.startsWith("!") && matches(host, each.slice(1)));
  return !refused && patterns.some((each) => !each.startsWith("!") && matches(host, each));
}

const identifying = new Set(["hostname", "user", "port", "proxyjump", "proxycommand", "remotecommand", "identityfile", "canonicalizehostname", "match"]);

/** Whether the files say anything about who a destination is. */
export function identifies(files: SshConfigFiles): boolean {
  return files.settings.some(({ keyword }) => identifying.has(keyword));
}
