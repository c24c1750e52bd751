// Ansible's own form of an inventory, `[group]` and `host key=value`, line by line; and what its patterns of hosts stand for. Pure.

export type IniLine =
  | { readonly is: "group"; readonly group: string }
  | { readonly is: "host"; readonly group: string; readonly pattern: string; readonly values: Readonly<Record<string, string>> }
  | { readonly is: "child"; readonly group: string; readonly name: string }
  | { readonly is: "variable"; readonly group: string; readonly name: string; readonly value: string };

const section = /^\[([^:\]]+)(?::(\w+))?\]\s*(?:#.*)?$/;

export function iniLines(text: string): readonly IniLine[] {
  let group = "ungrouped";
  let kind = "hosts";
  return text.split(/\r?\n/).flatMap((raw): readonly IniLine[] => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) return [];
    const [heading, name, as] = section.exec(line) ?? [];
    if (heading !== undefined) {
      group = name ?? "";
      kind = as ?? "hosts";
      return [{ is: "group", group }];
    }
    if (kind === "vars") return variableIn(line, group);
    const [pattern, ...rest] = wordsOf(line);
    if (pattern === undefined) return [];
    if (kind === "children") return [{ is: "child", group, name: pattern }];
    return [{ is: "host", group, pattern, values: Object.fromEntries(rest.map((word) => pairOf(word))) }];
  });
}

function variableIn(line: string, group: string): readonly IniLine[] {
  const [name, value] = pairOf(line);
  return [{ is: "variable", group, name, value: literal(value) }];
}

function pairOf(word: string): readonly [string, string] {
  const equals = word.indexOf("=");
  return equals < 0 ? [word.trim(), ""] : [word.slice(0, equals).trim(), word.slice(equals + 1).trim()];
}

/** Such values are read as Python's: of those that matter here, texts in quotes. */
function literal(value: string): string {
  return /^(?:'[^'\\]*'|"[^"\\]*")$/.test(value) ? value.slice(1, -1) : value;
}

/** As Python's shlex divides a line, `#` beginning a comment anywhere outside of quotes. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    if (character === "\\" && quote !== "'") word = (word ?? "") + line.charAt(++index);
    else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "#") break;
    else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  return word === undefined ? words : [...words, word];
}

/** `host:22`, `[2001:db8::1]:22`; a colon inside of brackets is a range's. */
export function dividedHost(pattern: string): { readonly host: string; readonly port?: number } {
  const [, bracketed, portAfter] = /^\[([\da-fA-F:.]*::?[\da-fA-F:.]+)\](?::(\d+))?$/.exec(pattern) ?? [];
  if (bracketed !== undefined && bracketed.split(":").length > 3) return portAfter === undefined ? { host: bracketed } : { host: bracketed, port: Number(portAfter) };
  const [, host, port] = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(pattern) ?? [];
  return host === undefined ? { host: pattern } : { host, port: Number(port) };
}

const mostHosts = 10_000;

/** `web[01:20]`, `db-[a:f].example.org`, `n[1:9:2]` → each name. */
export function expandRanges(pattern: string): readonly string[] {
  const found = /\[([^\]:]*):([^\]:]+)(?::(\d+))?\]/.exec(pattern);
  if (found === null) return [pattern];
  const [whole, first = "", last = "", step = "1"] = found;
  const before = pattern.slice(0, found.index);
  const after = pattern.slice(found.index + whole.length);
  const items = itemsOf(first === "" ? "0" : first, last, Math.max(Number(step), 1));
  return items === undefined ? [pattern] : items.flatMap((item) => expandRanges(`${before}${item}${after}`)).slice(0, mostHosts);
}

function itemsOf(first: string, last: string, step: number): readonly string[] | undefined {
  const letters = /^[A-Za-z]$/.test(first) && /^[A-Za-z]$/.test(last);
  if (!letters && !(/^\d+$/.test(first) && /^\d+$/.test(last))) return undefined;
  const [from, to] = letters ? [first.charCodeAt(0), last.charCodeAt(0)] : [Number(first), Number(last)];
  const count = Math.min(Math.max(Math.floor((to - from) / step) + 1, 0), mostHosts);
  // A leading zero means that all are of that width.
  const width = !letters && first.length > 1 && first.startsWith("0") ? first.length : 0;
  return Array.from({ length: count }, (_, index) => from + index * step).map((each) => (letters ? String.fromCharCode(each) : String(each).padStart(width, "0")));
}
