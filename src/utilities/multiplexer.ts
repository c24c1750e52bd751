// tmux(1) and screen(1): the commands of new windows, and the text typed into old ones, which a shell there runs.
import type { Grammar } from "../policy/descriptor.ts";
import type { Stdin } from "../syntax/simple-command.ts";
import { known, type Piece, prefix, slice, type Word } from "../syntax/word.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { request, unknown, write } from "./effect.ts";
import { flat } from "./path-word.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";
import { partsOf, wordsOf } from "./word-list.ts";

/** A window of its own: nothing of the caller's input reaches it. */
const ownTerminal: Stdin = { from: "inherit" };

interface TmuxCommand {
  /** Name and alias; any other beginning of the name means it too. */
  readonly names: string;
  readonly short: string;
  /**
   * - `window`: operands are a command, one string for a shell or several words
   * - `shell`: the first operand is shell code
   * - `type`: operands are keys
   * - `commands`: operands from `from` on are tmux commands, in one string or as words
   */
  readonly does: "window" | "shell" | "type" | "commands" | "attach" | "kill" | "save" | "source" | "look";
  readonly from?: number;
}

const tmuxCommands: readonly TmuxCommand[] = [
  { names: "new-session new", short: "c:e:F:f:n:s:t:x:y:", does: "window" },
  { names: "new-window neww", short: "c:e:F:n:t:", does: "window" },
  { names: "split-window splitw", short: "c:e:F:l:p:t:", does: "window" },
  { names: "respawn-pane respawnp", short: "c:e:t:", does: "window" },
  { names: "respawn-window respawnw", short: "c:e:t:", does: "window" },
  { names: "display-popup popup", short: "b:c:d:e:h:s:S:t:T:w:x:y:", does: "window" },
  { names: "run-shell run", short: "c:d:t:", does: "shell" },
  { names: "pipe-pane pipep", short: "t:", does: "shell" },
  { names: "if-shell if", short: "t:", does: "commands", from: 1 },
  { names: "send-keys send", short: "c:N:t:", does: "type" },
  { names: "bind-key bind", short: "T:N:", does: "commands", from: 1 },
  { names: "set-hook", short: "t:", does: "commands", from: 1 },
  { names: "command-prompt", short: "I:p:t:T:", does: "commands", from: 0 },
  { names: "confirm-before confirm", short: "c:p:t:", does: "commands", from: 0 },
  { names: "attach-session attach", short: "c:f:t:", does: "attach" },
  { names: "kill-pane killp", short: "t:", does: "kill" },
  { names: "kill-window killw", short: "t:", does: "kill" },
  { names: "kill-session", short: "t:", does: "kill" },
  { names: "kill-server", short: "", does: "kill" },
  { names: "save-buffer saveb", short: "b:", does: "save" },
  { names: "source-file source", short: "t:", does: "source" },
  { names: "set-buffer setb", short: "b:n:t:", does: "look" },
  { names: "set-option set", short: "t:", does: "look" },
];

const tmuxOptions: Grammar = { short: "c:f:L:S:T:", permute: false };
const deepest = 8;

const tmux: Utility = {
  names: ["tmux", "byobu"],
  grammar: tmuxOptions,
  effects: ({ arguments: given, words, readFile }) => {
    const code = given.argument("-c");
    if (code !== undefined) return [shellCode(code)];
    if (given.has("-V")) return [];
    const operands = given.operands.length > 0 ? words.slice(given.firstOperand) : given.unknown;
    return operands.length === 0 ? [request("session", undefined, { note: "starts a terminal session" })] : commandLine(operands, readFile, 0);
  },
};

/** tmux commands separated by `;`. */
function commandLine(words: readonly Word[], readFile: Invocation["readFile"], depth: number): readonly Effect[] {
  if (depth > deepest) return [unknown("it nests tmux commands too deep")];
  const commands: Word[][] = [[]];
  for (const word of words) {
    const text = flat(word);
    const ends = text.endsWith(";") && !text.endsWith("\\;");
    const kept = ends ? slice(word, 0, text.length - 1) : word;
    if (kept.pieces.length > 0 || !ends) commands.at(-1)?.push(kept);
    if (ends) commands.push([]);
  }
  return commands.flatMap((command) => (command.length === 0 ? [] : tmuxEffects(command, readFile, depth)));
}

function tmuxEffects([name, ...words]: readonly Word[], readFile: Invocation["readFile"], depth: number): readonly Effect[] {
  const text = known(name);
  if (text === undefined) return [unknown("its tmux command is only known at run time", name)];
  const command = tmuxCommands.find(({ names }) => names.split(" ").some((each) => each === text)) ?? tmuxCommands.find(({ names }) => text.length > 2 && names.startsWith(text));
  if (command === undefined) return [];
  const given = readArguments(words, { short: command.short, permute: false });
  const [first] = given.operands;
  switch (command.does) {
    case "window":
      return windowEffects(command, given);
    case "shell":
      return first === undefined ? [] : given.has("-C") ? strings(given.operands, readFile, depth) : [shellCode(first)];
    case "type":
      if (given.has("-X")) return [];
      return [shellCode(typed(given.operands, !given.has("-l"))), ...(given.has("-l") ? [] : interrupts(given.operands))];
    case "commands":
      return [
        ...(command.names.startsWith("if") && first !== undefined && !given.has("-F") ? [shellCode(first)] : []),
        ...strings(given.operands.slice(command.from), readFile, depth),
      ];
    case "attach":
      return [request("session", undefined, { note: "attaches a terminal session" })];
    case "kill":
      return [request("service", undefined, { name: known(given.argument("-t")), note: "ends what runs in a terminal session" })];
    case "save":
      return first === undefined ? [] : write(first);
    case "source":
      return given.operands.flatMap((file) => sourced(file, readFile, depth));
    case "look":
      return [];
  }
}

function windowEffects({ names }: TmuxCommand, given: Arguments): readonly Effect[] {
  const { operands } = given;
  const [first] = operands;
  const attaches = names.startsWith("new-session") && !given.has("-d");
  if (first === undefined) return attaches ? [request("session", undefined, { note: "starts a terminal session" })] : [];
  const cwd = given.argument("-c");
  if (operands.length === 1) return [{ ...shellCode(first), cwd }];
  return [{ does: "run", words: operands, stdin: ownTerminal, cwd }];
}

function strings(operands: readonly Word[], readFile: Invocation["readFile"], depth: number): readonly Effect[] {
  const single = operands.every((word) => /\s/.test(flat(word)));
  return single ? operands.flatMap((word) => commandLine(wordsOf(word, { escapes: true }), readFile, depth + 1)) : commandLine(operands, readFile, depth + 1);
}

function sourced(file: Word, readFile: Invocation["readFile"], depth: number): readonly Effect[] {
  const text = known(file) === undefined ? undefined : readFile(known(file) ?? "");
  if (text === undefined) return [request("execute", file, { name: "script", note: "runs tmux commands from a file" })];
  const lines = partsOf({ pieces: [{ text }], span: file.span }).filter((line) => !/^\s*#/.test(flat(line)));
  return lines.flatMap((line) => commandLine(wordsOf(line, { escapes: true }), readFile, depth + 1));
}

function shellCode(source: Word): Extract<Effect, { does: "code" }> {
  return { does: "code", source: [source], dialect: "bash", stdin: ownTerminal };
}

const keyNames: Readonly<Record<string, string>> = { Enter: "\n", KPEnter: "\n", "C-m": "\n", "C-M": "\n", "C-j": "\n", Space: " ", Tab: "\t" };
const otherKey = /^(?:(?:[CMS]-)+\S+|\^.|Escape|BSpace|BTab|DC|End|Home|IC|NPage|PageDown|PgDn|PPage|PageUp|PgUp|Up|Down|Left|Right|F\d+)$/;

/** Keys by which the terminal signals what runs in it (stty(1)): `intr`, `quit`, `susp`. */
function interrupts(keys: readonly Word[]): readonly Effect[] {
  const key = keys.find((word) => /^C-[cCzZ\\]$/.test(known(word) ?? ""));
  return key === undefined ? [] : [request("service", undefined, { word: key, note: "signals what runs in a terminal session" })];
}

/** The text that keys type: each word that is no key's name as it is, one after the other. */
function typed(keys: readonly Word[], named: boolean): Word {
  const pieces = keys.flatMap((key): readonly Piece[] => {
    const name = known(key) ?? "";
    if (named && keyNames[name] !== undefined) return [{ text: keyNames[name] ?? "" }];
    return named && otherKey.test(name) ? [{ text: "\n" }] : key.pieces;
  });
  return { pieces, span: keys[0]?.span ?? { start: 0, end: 0 } };
}

const screenOptions: Grammar = { short: "c:e:h:p:s:S:t:T:", permute: false };

const screen: Utility = {
  names: ["screen"],
  grammar: screenOptions,
  effects: ({ arguments: given, words, command }) => {
    if (words.some((word) => ["-ls", "-list", "-wipe", "-v"].includes(known(word) ?? ""))) return [];
    if (given.has("-X", "-Q")) return given.has("-X") ? screenCommand(given.operands) : [];
    if (given.has("-r", "-R", "-x")) return [request("session", undefined, { note: "attaches a terminal session" })];
    if (given.operands.length > 0) return [{ does: "run", words: given.operands, stdin: ownTerminal }];
    return given.has("-m") && given.has("-d", "-D") ? [] : [request("session", undefined, { word: command.words[0], note: "starts a terminal session" })];
  },
};

/** screen(1) "CUSTOMIZATION": commands sent to a running session. */
function screenCommand([name, ...words]: readonly Word[]): readonly Effect[] {
  switch (known(name)) {
    case "stuff":
      return words[0] === undefined ? [] : [shellCode(withNewlines(words[0]))];
    case "screen":
    case "exec":
      return words.length === 0 ? [] : [{ does: "run", words, stdin: ownTerminal }];
    case "quit":
    case "kill":
      return [request("service", undefined, { word: name, note: "ends what runs in a terminal session" })];
    case "source":
      return words[0] === undefined ? [] : [request("execute", words[0], { name: "script" })];
    case "hardcopy":
    case "writebuf":
      return words.flatMap((file) => (prefix(file).startsWith("-") ? [] : write(file)));
    default:
      return [];
  }
}

/** `stuff` writes control characters as `^M` and `\015`. */
function withNewlines(word: Word): Word {
  const pieces = word.pieces.map(
    (piece): Piece => ("text" in piece && /\^M|\\0?15|\\n|\\r|\r/.test(piece.text) ? { text: piece.text.replace(/\^M|\\0?15|\\n|\\r|\r/g, "\n") } : piece),
  );
  return { ...word, pieces };
}

export const utilities: readonly Utility[] = [screen, tmux];
