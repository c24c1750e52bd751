// SQL, and the commands that SQL clients add to it → what each statement changes: data, the server, files, or nothing.
import { known, slice, textWord, type Word } from "../syntax/word.ts";
import { code, data, distinct, request, write } from "./effect.ts";
import { flat } from "./path-word.ts";
import type { Effect, Hop } from "./utility.ts";
import { wordsOf } from "./word-list.ts";

export interface Session {
  readonly hops: readonly Hop[] | undefined;
  /** Text of a local file, where it can be read. */
  readFile(path: string): string | undefined;
  /** The database is a file on this machine (SQLite). */
  readonly file?: Word | undefined;
  /** A backslash escapes in its string literals (MySQL). */
  readonly escapes?: boolean | undefined;
  readonly depth?: number;
}

const reads = new Set(
  "select explain values table begin start commit rollback end savepoint release abort set reset declare fetch close prepare execute deallocate listen unlisten discard exit quit connect analyze analyse pragma check checksum handler exists".split(
    " ",
  ),
);

/** Statements that change the server rather than its data; the first words, in lower case. */
const administers =
  /^(?:alter system|set (?:global|persist)|reset (?:master|replica|slave|persist)|shutdown|restart|kill|flush|change (?:master|replication)|(?:start|stop) (?:slave|replica|group_replication)|install (?:plugin|component)|uninstall|purge (?:binary|master)|system (?:shutdown|kill|restart|reload|drop|stop|start)|select .*\bpg_(?:reload_conf|rotate_logfile|terminate_backend|cancel_backend|promote|switch_wal|wal_replay_pause|wal_replay_resume)\s*\()/s;

/** Statements about databases, tables and accounts rather than rows; what is temporary is the session's own. */
const structural =
  /^(?:create(?! (?:global |local )?temp)|alter|drop(?! temporary)|truncate|rename|comment on|grant|revoke|reassign owned|import foreign schema|security label|set password|attach|detach)\b/;

const writing =
  /\b(?:insert|update|delete|merge|truncate|create|drop|alter)\b|\binto\s+(?:temp|temporary|unlogged|table|outfile|dumpfile|[a-z_"])|\b(?:setval|nextval|lo_import|lo_unlink|pg_write_file|set_config|dblink_exec)\s*\(/;

/** String literals, quoted names, dollar quotes, comments; what divides statements; the rest. */
const tokens = {
  plain: /'[^']*'?|"[^"]*"?|`[^`]*`?|\$(\w*)\$.*?(?:\$\1\$|$)|--[^\n]*|\/\*.*?(?:\*\/|$)|;|\n|[^'"`$;\n/-]+|./gs,
  escaped: /'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|`[^`]*`?|--(?=\s)[^\n]*|#[^\n]*|\/\*.*?(?:\*\/|$)|;|\n|[^'"`#;\n/-]+|./gs,
};

/** Effects of a text of statements. */
export function sqlEffects(text: Word, session: Session): readonly Effect[] {
  return distinct(statements(text, session).flatMap((statement) => statementEffects(statement, session)));
}

/** Divides at semicolons outside quotes, dollar quotes and comments; a client's own command ends with its line. */
function statements(text: Word, session: Session): readonly Word[] {
  const source = flat(text);
  const parts: Word[] = [];
  const token = session.escapes === true ? tokens.escaped : tokens.plain;
  let start = 0;
  const take = (end: number) => {
    if (source.slice(start, end).trim() !== "") parts.push(slice(text, start + (/^\s*/.exec(source.slice(start, end))?.[0].length ?? 0), end));
  };
  for (const match of source.matchAll(token)) {
    const ownCommand = match[0] === "\n" && /^\s*[\\.]/.test(source.slice(start, match.index));
    if (match[0] !== ";" && !ownCommand) continue;
    take(match.index);
    start = match.index + 1;
  }
  take(source.length);
  return parts;
}

function statementEffects(statement: Word, session: Session): readonly Effect[] {
  const source = flat(statement);
  if (/^\\/.test(source)) return backslash(statement, session);
  if (/^\.[a-z]/.test(source)) return dotCommand(statement, session);
  const text = withoutLiterals(source, session).trim().toLowerCase();
  const [, first = ""] = /^\(*\s*([a-z]+)/.exec(text) ?? [];
  // Statements mostly look or change data, which is recorded in any case.
  if (text.startsWith("\0")) return [change(statement, session)];
  if (first === "" || /^(?:source|system)\b(?! (?:shutdown|kill|restart|reload|drop|stop|start))/.test(text)) return clientWord(statement, text, session);
  if (administers.test(text)) return [request("service", undefined, { name: "database server", hops: session.hops, word: statement, note: "changes the database server" })];
  if (structural.test(text) && session.file === undefined) return [structure(session.hops, statement)];
  return looksOnly(first, text) ? look(session) : [change(statement, session)];
}

function looksOnly(first: string, text: string): boolean {
  if (/^(?:show|desc|describe|use|help)$/.test(first)) return true;
  if (first === "explain" && !text.includes("analy")) return true;
  if (first === "pragma" && text.includes("=")) return false;
  return (reads.has(first) || first === "with") && !writing.test(text);
}

/** `source file` and `system command` of the MySQL client. */
function clientWord(statement: Word, text: string, session: Session): readonly Effect[] {
  const start = /^\w+\s+/.exec(text)?.[0].length ?? 0;
  if (text.startsWith("source")) return restored(slice(statement, start), session);
  return text.startsWith("system") ? [code(slice(statement, start))] : [];
}

/** Literals become empty ones, comments a blank; quoted names stay, and so do MySQL's comments that it runs (`/*! … *\/`). */
function withoutLiterals(source: string, { escapes }: Session): string {
  return source.replace(escapes === true ? tokens.escaped : tokens.plain, (token) => {
    if (token.startsWith("/*!")) return token.replace(/^\/\*!\d*|\*\/$/g, " ");
    if (token.startsWith("--") || token.startsWith("/*") || (escapes === true && token.startsWith("#"))) return " ";
    return token.startsWith("'") || (token.startsWith("$") && token.length > 1) ? "''" : token;
  });
}

function look({ hops, file }: Session): readonly Effect[] {
  return file === undefined && hops !== undefined ? [request("read", undefined, { hops })] : [];
}

/** What migrations and playbooks decide of a database: what it is made of, and who may use it. */
export function structure(hops: readonly Hop[] | undefined, word?: Word): Effect {
  return request("service", undefined, { name: "database", hops, word, note: "changes the structure of the database, or its accounts" });
}

function change(word: Word, { hops, file }: Session): Effect {
  return file === undefined ? data({ hops, word, note: "changes data in the database" }) : request("write", file, { note: "changes data in the database" });
}

/** Commands of psql(1) and mysql(1): `\!` runs a shell, `\o`, `\g`, `\w` and `\copy … to` write files, `\i` reads one. */
function backslash(statement: Word, session: Session): readonly Effect[] {
  const source = flat(statement);
  const [head = "", name = ""] = /^\\(!|\w+\+?|.)\s*/.exec(source) ?? [];
  const rest = slice(statement, head.length);
  if (name === "!") return source.length > head.length ? [code(rest)] : [request("session", undefined, { word: statement })];
  if (/^(?:o|out|g|gx|w|write|T|s)$/.test(name)) return output(rest, session);
  if (/^(?:i|ir|include|include_relative|\.)$/.test(name)) return restored(rest, session);
  if (name === "copy") return copied(statement, session);
  if (/^(?:e|edit|ef|ev)$/.test(name)) return [request("edit", undefined, { word: statement })];
  return look(session);
}

function output(target: Word, session: Session): readonly Effect[] {
  const [file] = wordsOf(target);
  if (file === undefined) return look(session);
  return flat(file).startsWith("|") ? [code(slice(target, flat(target).indexOf("|") + 1))] : write(file, { note: "writes the output" });
}

function copied(statement: Word, session: Session): readonly Effect[] {
  const words = wordsOf(statement);
  const texts = words.map((word) => known(word)?.toLowerCase());
  const program = texts.indexOf("program");
  const command = program < 0 ? undefined : words[program + 1];
  const to = texts.indexOf("to");
  const target = words[to + 1];
  const runs = command === undefined ? [] : [code(command)];
  if (to < 0) return [...runs, change(statement, session)];
  return [...runs, ...(program >= 0 || target === undefined || /^(?:stdout|pstdout)$/.test(texts[to + 1] ?? "") ? look(session) : write(target, { note: "writes the output" }))];
}

/** Commands of sqlite3(1). */
function dotCommand(statement: Word, session: Session): readonly Effect[] {
  const words = wordsOf(statement);
  const name = (known(words[0]) ?? "").slice(1);
  if (/^(?:sh|shell|system)$/.test(name)) return [code(slice(statement, name.length + 2))];
  if (/^(?:output|once|backup|save|log|trace|clone|excel|archive)$/.test(name)) return words.length > 1 ? write(words.at(-1), { note: "writes the output" }) : [];
  if (name === "read" && words[1] !== undefined) return flat(words[1]).startsWith("|") ? [code(slice(statement, flat(statement).indexOf("|") + 1))] : restored(words[1], session);
  return /^(?:import|restore|load|recover|filectrl|dbconfig)$/.test(name) ? [change(statement, session)] : [];
}

/** How deep files of statements may include others. */
const deepest = 4;

/** Statements of a file: each judged where it can be read, else a restore. */
export function restored(file: Word, session: Session): readonly Effect[] {
  const name = known(file)?.trim();
  const depth = (session.depth ?? 0) + 1;
  const text = name === undefined || depth > deepest ? undefined : session.readFile(name);
  if (text === undefined) return [restore(file, session)];
  const effects = sqlEffects(textWord(text, file.span), { ...session, depth });
  const runs = effects.filter((effect) => effect.does !== "request");
  const changes = effects.some((effect) => effect.does === "request" && effect.action !== "read");
  return [...(changes ? [restore(file, session)] : look(session)), ...runs];
}

export function restore(word: Word | undefined, { hops, file }: Session): Effect {
  return file === undefined ? request("write", undefined, { name: "database", hops, word, note: "restores a database" }) : request("write", file, { note: "restores a database" });
}
