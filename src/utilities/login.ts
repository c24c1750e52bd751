// What runs at the end of a connection: the words after the destination, or what a login shell reads.
import type { Stdin } from "../syntax/simple-command.ts";
import { known, prefix, show, textWord, type Word } from "../syntax/word.ts";
import type { Connection } from "./connection.ts";
import { request, unknown } from "./effect.ts";
import type { SshCall } from "./ssh-call.ts";
import type { Effect, Hop, Invocation } from "./utility.ts";

/** What an invocation brings along from here. */
type Local = Pick<Invocation, "command" | "readFile">;

/** The account that forges keep for git: it greets and closes, there is no shell behind it. */
const gitAccount = "git";

/** A shell for whoever sits in front of it. */
export function session(hops: readonly Hop[]): Effect {
  const last = hops.at(-1);
  const user = known(last?.user) ?? /^(?:ssh:\/\/)?([^@]*)@/.exec(last?.destination === undefined ? "" : prefix(last.destination))?.[1];
  return user === gitAccount ? request("read", undefined, { hops }) : request("session", undefined, { hops, note: "opens a shell there" });
}

const nothing: Stdin = { from: "text", text: textWord("") };

/** What a call of an ssh client starts at the end of `hops`. */
export function sessionEffects(invocation: Invocation, call: SshCall, connection: Connection, hops: readonly Hop[]): readonly Effect[] {
  const has = (name: string) => call.options.some((option) => option.name === name);
  const type = known(connection.directive("sessiontype"))?.toLowerCase();
  // A tunnel or a forwarded stream: no program is started there.
  if (has("-N") || has("-W") || type === "none") return [request("read", undefined, { hops })];
  if (has("-s") || type === "subsystem") return [request("execute", undefined, { name: "unclassified", hops, note: "talks to a subsystem" })];
  const closed = has("-n") || has("-f") || connection.says("stdinnull") || connection.says("forkafterauthentication");
  const stdin = closed ? nothing : undefined;
  const configured = connection.directive("remotecommand");
  const commands = [call.command, configured === undefined || known(configured) === "none" ? [] : [configured]];
  // A command of no characters is none: a login shell is started.
  const given = commands.filter((source) => source.length > 1 || (source[0] !== undefined && known(source[0]) !== ""));
  if (given.length > 0) return given.flatMap((source) => remoteCommand(invocation, source, hops, stdin));
  return closed ? [request("read", undefined, { hops })] : loginEffects(invocation, hops);
}

/** A login shell with no command: it reads its commands from standard input. */
export function loginEffects(invocation: Local, hops: readonly Hop[]): readonly Effect[] {
  const { stdin } = invocation.command;
  switch (stdin.from) {
    case "inherit":
      return [session(hops)];
    case "text":
      return [{ does: "code", source: [stdin.text], dialect: "bash", hops, stdin: nothing }];
    case "pipe":
      return [unknown("it runs there what a pipe brings", undefined, hops)];
    case "file":
      return fileEffects(stdin.path, invocation, hops);
  }
}

/** A login shell that reads its commands from a file of this machine. */
export function fileEffects(path: Word, invocation: Pick<Local, "readFile">, hops: readonly Hop[]): readonly Effect[] {
  const name = known(path);
  if (name === "/dev/null") return [request("read", undefined, { hops })];
  if (name === "/dev/tty" || name === "/dev/stdin") return [session(hops)];
  const text = name === undefined ? undefined : invocation.readFile(name);
  if (text === undefined) return [unknown(`it runs there what \`${show(path)}\` holds`, path, hops)];
  return [{ does: "code", source: [textWord(text, path.span)], dialect: "bash", hops, stdin: nothing }];
}

/** What runs at the end of `hops`: the operands joined, or what a login shell reads. */
export function remoteCommand(invocation: Local, source: readonly Word[], hops: readonly Hop[], stdin?: Stdin): readonly Effect[] {
  if (source.length === 0) return loginEffects(invocation, hops);
  return [{ does: "code", source, dialect: "bash", hops, stdin: stdin ?? carriedOver(invocation) }];
}

/** Standard input crosses over, but the name of a file here means nothing there: its text goes instead. */
function carriedOver({ command: { stdin }, readFile }: Local): Stdin {
  if (stdin.from !== "file" || known(stdin.path) === "/dev/null") return stdin;
  const name = known(stdin.path);
  const text = name === undefined ? undefined : readFile(name);
  return text === undefined ? { from: "pipe", commands: [] } : { from: "text", text: textWord(text, stdin.path.span) };
}
