// Commands of ex(1), vim and ed(1) → effects: which of them run a shell, and which files they write or open.
import { slice, type Word } from "../syntax/word.ts";
import { code, request, unknown, write } from "./effect.ts";
import { flat } from "./path-word.ts";
import { hopsOf, readUrl } from "./url.ts";
import type { Effect } from "./utility.ts";

type ExDialect = "vim" | "ed";

/** What reads a script named by `:source`; undefined where it cannot be read. */
type ReadFile = (path: string) => string | undefined;

const address = /^(?:[\s:]|\d+|[.$%,;+-]|'.|\/(?:\\.|[^/\\])*\/|\?(?:\\.|[^?\\])*\?)*/;

const modifiers = new Set(
  "sil silent noa noautocmd keepj keepjumps keepa keepalt kee keepmarks keepp keeppatterns lockm lockmarks vert vertical tab bel belowright bo botright to topleft lefta leftabove abo aboveleft rightb rightbelow conf confirm verb verbose hid hide noswap noswapfile uns unsilent".split(
    " ",
  ),
);
const repeaters = new Set("bufdo argdo windo tabdo cdo cfdo ldo lfdo foldd folddoopen".split(" "));
const writers = new Set("w write wq x xit exit up update sav saveas wn wnext wN wp wprevious W".split(" "));
const openers = new Set(
  "e edit E ex vi visual view sp split sv sview vs vsplit tabe tabedit tabnew new vne vnew fin find n next ar args argadd bad badd dr drop ped pedit diffs diffsplit".split(" "),
);
const inserters = new Set("a append i insert c change".split(" "));
const languages = new Set(
  "py python py3 python3 pyx pythonx lua luado luaf luafile perl perldo pe rub ruby rubyd rubydo rubyf rubyfile tcl mz mzscheme pyf pyfile py3f py3file call cal let normal norm exe execute mak make gr grep grepadd".split(
    " ",
  ),
);
const shells = new Set("ter term terminal".split(" "));

/** Effects of a script: commands separated by newlines and, except in ed, by bars. */
export function exEffects(script: Word, dialect: ExDialect, readFile: ReadFile, depth = 0): readonly Effect[] {
  const effects: Effect[] = [];
  let inserting = false;
  let start = 0;
  for (const line of flat(script).split("\n")) {
    if (effects.length > most) return [...effects, unknown("it holds more editor commands than are followed", script)];
    if (inserting) inserting = line !== ".";
    else {
      const step: Step = { script, at: start, text: line, dialect, readFile, depth };
      effects.push(...commands(step));
      inserting = inserters.has(
        line
          .slice(address.exec(line)?.[0].length ?? 0)
          .replace(/!$/, "")
          .trim(),
      );
    }
    start += line.length + 1;
  }
  return effects;
}

/** Commands not yet judged: `text` stands at offset `at` of `script`. */
interface Step {
  readonly script: Word;
  readonly at: number;
  readonly text: string;
  readonly dialect: ExDialect;
  readonly readFile: ReadFile;
  readonly depth: number;
}

/** How deep commands may run commands, how many may stand on a line, and have effects, before the rest is not followed. */
const deepest = 8;
const mostOnALine = 200;
const most = 500;

/** The commands of one line: bars divide them, except where one takes the rest of the line. */
function commands(first: Step): readonly Effect[] {
  const effects: Effect[] = [];
  let step: Step | undefined = first;
  for (let count = 0; step !== undefined; count++) {
    if (count > mostOnALine || step.depth > deepest) return [...effects, unknown("it holds more editor commands than are followed")];
    const start = advance(step, address.exec(step.text)?.[0].length ?? 0);
    const rest = takesRest(start);
    if (rest !== undefined) return [...effects, ...rest];
    const [name = ""] = /^[A-Za-z]+/.exec(start.text) ?? [];
    effects.push(...named(name, advance(start, name.length)));
    step = afterBar(start);
  }
  return effects;
}

/** What a command does that takes the rest of its line, bars included; undefined for others. */
function takesRest(start: Step): readonly Effect[] | undefined {
  if (start.text.startsWith("!")) return [shellCommand(start, 1)];
  const [name = ""] = /^[A-Za-z]+/.exec(start.text) ?? [];
  if (/^(?:g|v|global|vglobal)$/.test(name) || /^[gv](?=[^A-Za-z0-9\s])/.test(start.text)) return global(start);
  if (!modifiers.has(name) && !repeaters.has(name)) return undefined;
  const bang = start.text.startsWith("! ", name.length) ? 1 : 0;
  return commands({ ...advance(start, name.length + bang), depth: start.depth + 1 });
}

/** What one command does; `rest` begins right after its name. */
function named(name: string, rest: Step): readonly Effect[] {
  const argument = advance(rest, /^!?\s*/.exec(rest.text)?.[0].length ?? 0);
  const shell = /^\s*!(?=.)/s.exec(rest.text);
  if ((name === "r" || name === "read") && shell !== null) return [shellCommand(rest, shell[0].length)];
  if (shells.has(name) && argument.text.trim() !== "") return [shellCommand(argument, 0)];
  if (writers.has(name)) return writeEffects(rest, argument);
  if (openers.has(name)) return opened(rest, argument);
  if (name === "so" || name === "source") return sourced(argument);
  if (languages.has(name)) return evaluated(name, argument);
  return [];
}

function writeEffects(rest: Step, argument: Step): readonly Effect[] {
  const shell = rest.dialect === "ed" ? /^\s*!/.exec(rest.text) : /^\s+!/.exec(rest.text);
  if (shell !== null) return [shellCommand(rest, shell[0].length)];
  const file = fileOf(advance(argument, /^(?:>>|\+\+\S+)?\s*/.exec(argument.text)?.[0].length ?? 0));
  return file === undefined ? [] : fileEffects(file, "write");
}

function opened(rest: Step, argument: Step): readonly Effect[] {
  const shell = rest.dialect === "ed" ? /^\s*!/.exec(rest.text) : null;
  if (shell !== null) return [shellCommand(rest, shell[0].length)];
  const file = fileOf(argument);
  return file === undefined ? [] : fileEffects(file, "edit");
}

function sourced(argument: Step): readonly Effect[] {
  const name = untilBar(argument.text).trim();
  const script = name === "" ? undefined : argument.readFile(name);
  if (script === undefined) return [unknown("it runs an editor script that cannot be read here")];
  return exEffects({ pieces: [{ text: script }], span: argument.script.span }, "vim", argument.readFile, argument.depth + 1);
}

/** Script languages and keystrokes: only a literal `:execute "…"` or `:normal :…` tells what it does. */
function evaluated(name: string, argument: Step): readonly Effect[] {
  if (/^exe/.test(name)) {
    const literal = /^(["'])(.*)\1\s*$/s.exec(argument.text);
    if (literal !== null) return commands({ ...advance(argument, 1), text: literal[2] ?? "", depth: argument.depth + 1 });
    return [unknown("it executes a computed editor command")];
  }
  if (/^norm/.test(name)) {
    const colon = argument.text.search(/[:!]/);
    return colon < 0 ? [] : commands({ ...advance(argument, argument.text[colon] === "!" ? colon : colon + 1), depth: argument.depth + 1 });
  }
  if (
    /^(?:let|cal|call)$/.test(name) &&
    !/system|libcall|writefile|delete\(|rename\(|mkdir\(|job_start|jobstart|termopen|term_start|eval|feedkeys|luaeval|pyeval|py3eval/.test(argument.text)
  )
    return [];
  return [unknown("it runs an editor's script language")];
}

/** `g/pattern/commands` runs the commands on each line that matches. */
function global(start: Step): readonly Effect[] {
  const [, head = ""] = /^([A-Za-z]+!?\s*)/.exec(start.text) ?? [];
  const delimiter = start.text[head.length];
  if (delimiter === undefined) return [];
  let end = head.length + 1;
  while (end < start.text.length && start.text[end] !== delimiter) end += start.text[end] === "\\" ? 2 : 1;
  return commands({ ...advance(start, end + 1), depth: start.depth + 1 });
}

function afterBar(start: Step): Step | undefined {
  if (start.dialect === "ed") return undefined;
  const bar = untilBar(start.text).length;
  return bar >= start.text.length ? undefined : advance(start, bar + 1);
}

/** What an editor does with a file that it opens or writes: one on another host where the name is a URL. */
export function fileEffects(file: Word, action: "edit" | "write"): readonly Effect[] {
  const url = readUrl(file);
  if (url === undefined) return action === "edit" ? [request("edit", file)] : write(file);
  if (/^(?:https?|fetch|file)$/.test(url.scheme) || url.host === undefined) return [];
  const path = url.path.pieces.length > 1 || flat(url.path).length > 1 ? slice(url.path, 1) : undefined;
  return [request(action, path, { hops: hopsOf(url), word: file })];
}

function shellCommand(step: Step, offset: number): Effect {
  return code(part(advance(step, offset)), "bash");
}

function fileOf(step: Step): Word | undefined {
  const name = (step.dialect === "ed" ? step.text : untilBar(step.text)).trimEnd();
  return name === "" || /^[%#|"]/.test(name) ? undefined : part({ ...step, text: name });
}

function untilBar(text: string): string {
  return /^(?:\\.|[^|\\])*/s.exec(text)?.[0] ?? text;
}

function advance(step: Step, by: number): Step {
  return { ...step, at: step.at + by, text: step.text.slice(by) };
}

function part(step: Step): Word {
  return slice(step.script, step.at, step.at + step.text.length);
}
