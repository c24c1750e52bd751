// xargs(1) and GNU parallel(1): commands made of a template and arguments from standard input or the command line.
import type { Grammar } from "../policy/descriptor.ts";
import type { Stdin } from "../syntax/simple-command.ts";
import { known, type Piece, textWord, type Word } from "../syntax/word.ts";
import type { Arguments } from "./arguments.ts";
import { request, writes } from "./effect.ts";
import { replaced } from "./find.ts";
import { flat } from "./path-word.ts";
import { hiddenCode, type Program, programInFile, programOnStdin } from "./program.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { partsOf, wordsOf } from "./word-list.ts";
import { commandsOf } from "./wrapped-command.ts";

/** More arguments than this are treated as unknown ones. */
const mostArguments = 64;

const nothing: Stdin = { from: "file", path: textWord("/dev/null") };
const terminal: Stdin = { from: "file", path: textWord("/dev/tty") };

const xargsGrammar: Grammar = {
  short: "a:d:E:e::I:i::J:L:l::n:P:R:S:s:",
  long: ["arg-file=", "delimiter=", "eof=?", "replace=?", "max-lines=?", "max-args=", "max-procs=", "process-slot-var=", "max-chars="],
  permute: false,
};

const xargs: Utility = {
  names: ["xargs", "gxargs"],
  wraps: 0,
  givesMore: true,
  grammar: xargsGrammar,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const template = commandsOf(given, 0)[0];
    if (template === undefined) return [];
    const stdin = given.has("-o", "--open-tty") ? terminal : given.has("-a", "--arg-file") ? invocation.command.stdin : nothing;
    const items = inputItems(invocation, replacementMark(given) === undefined);
    const mark = replacementMark(given);
    if (mark === undefined) return items === undefined ? [{ does: "run", words: template, more: true, stdin }] : [{ does: "run", words: [...template, ...items], stdin }];
    const fillings = items === undefined ? [[unknownItem(mark)]] : items.map(({ pieces }) => pieces);
    return fillings.map((pieces) => ({ does: "run", words: template.map((word) => replaced(word, mark, pieces)), stdin }));
  },
};

function replacementMark(given: Arguments): string | undefined {
  const option = given.options.findLast(({ name }) => ["-I", "-i", "-J", "--replace"].includes(name));
  return option === undefined ? undefined : (known(option.argument) ?? "{}");
}

function unknownItem(mark: string): Piece {
  return { hole: mark, why: "other", splits: false };
}

/** The arguments that it reads, one a word or a line, where the text tells all of them. */
function inputItems(invocation: Invocation, byWords: boolean): readonly Word[] | undefined {
  const { arguments: given } = invocation;
  const file = given.argument("-a", "--arg-file");
  const input = file === undefined ? programOnStdin(invocation) : programInFile(file, invocation.readFile);
  if (input.from !== "text" || known(input.text) === undefined) return undefined;
  const items = divided(input.text, given, byWords);
  return items.length > mostArguments ? undefined : items;
}

function divided(text: Word, given: Arguments, byWords: boolean): readonly Word[] {
  if (given.has("-0", "--null")) return partsOf(text, /\0/g);
  const delimiter = known(given.argument("-d", "--delimiter"));
  if (delimiter !== undefined) return partsOf(text, delimiter === "\\n" ? /\n/g : new RegExp(escaped(delimiter === "\\0" ? "\0" : delimiter), "g"));
  return byWords ? wordsOf(text, { escapes: true }) : partsOf(text);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

const parallelGrammar: Grammar = {
  short: "j:P:a:I:n:N:L:l:s:S:C:d:E:M:v:i::",
  long: [
    ..."jobs max-procs arg-file arg-sep arg-file-sep basefile bf block block-size colsep delay delimiter eof env halt halt-on-error header joblog load max-args max-replace-args max-lines max-chars memfree nice plus profile recend recstart replace return results retries rpl seqreplace semaphorename id shellquote sqlmaster sqlworker ssh sshlogin sshloginfile slf shebang-wrap tempdir tmpdir tagstring tag-string termseq timeout transferfile tf trim trc wd workdir"
      .split(" ")
      .map((name) => `${name}=`),
  ],
  permute: false,
};

const parallel: Utility = {
  names: ["parallel", "sem"],
  grammar: parallelGrammar,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (given.has("--dry-run", "--dryrun", "--citation", "--number-of-cores", "--number-of-cpus")) return [];
    const [template, ...sources] = sections(invocation.words, given);
    const jobs = argumentLists(sources, invocation);
    const hops = loginHops(given);
    return [
      ...writes(given.all("--joblog", "--results"), { note: "records to it" }),
      ...sentFiles(given, hops),
      ...hops.flatMap((each) => jobEffects(template?.words ?? [], jobs, given, each, invocation)),
    ];
  },
};

interface Section {
  /** `:::`, `::::` and their `+` forms; "" for the command itself. */
  readonly separator: string;
  readonly words: readonly Word[];
}

function sections(words: readonly Word[], given: Arguments): readonly Section[] {
  const result: { separator: string; words: Word[] }[] = [{ separator: "", words: [] }];
  for (const word of words.slice(Math.min(given.firstOperand, ...given.unknown.map((each) => words.indexOf(each))))) {
    const separator = /^:{3,4}\+?$/.exec(known(word) ?? "")?.[0];
    if (separator !== undefined) result.push({ separator, words: [] });
    else result.at(-1)?.words.push(word);
  }
  return result;
}

/** Every job's arguments; undefined where the text does not tell them. */
function argumentLists(sources: readonly Section[], invocation: Invocation): readonly (readonly Word[])[] | undefined {
  const takesNone = invocation.name === "sem" || invocation.arguments.has("--pipe", "--pipepart");
  if (sources.length === 0) return takesNone ? [[]] : inputItems(invocation, false)?.map((item) => [item]);
  let lists: readonly (readonly Word[])[] = [[]];
  for (const { separator, words } of sources) {
    const items = separator.startsWith("::::") ? words.map((file) => linesOf(file, invocation)) : [words];
    if (items.some((each) => each === undefined)) return undefined;
    const values = items.flatMap((each) => each ?? []);
    lists = separator.endsWith("+") ? lists.map((list, index) => [...list, ...values.slice(index, index + 1)]) : lists.flatMap((list) => values.map((value) => [...list, value]));
    if (lists.length > mostArguments) return undefined;
  }
  return lists;
}

function linesOf(file: Word, { readFile }: Invocation): readonly Word[] | undefined {
  const program: Program = programInFile(file, readFile);
  return program.from === "text" ? partsOf(program.text) : undefined;
}

function jobEffects(
  template: readonly Word[],
  jobs: readonly (readonly Word[])[] | undefined,
  given: Arguments,
  hops: readonly Hop[] | undefined,
  invocation: Invocation,
): readonly Effect[] {
  const stdin = given.has("--pipe", "--pipepart") ? invocation.command.stdin : nothing;
  if (template.length === 0) return lineEffects(jobs, hops, invocation);
  return (jobs ?? [undefined]).map((items): Effect => {
    const source = filled(template, items);
    return given.has("-q", "--quote") ? { does: "run", words: source, hops, stdin } : { does: "code", source, dialect: "bash", hops, stdin };
  });
}

/** Without a command, each argument is a command line. */
function lineEffects(jobs: readonly (readonly Word[])[] | undefined, hops: readonly Hop[] | undefined, invocation: Invocation): readonly Effect[] {
  if (jobs !== undefined) return jobs.map((source) => ({ does: "code", source, dialect: "bash", hops, stdin: nothing }));
  const input = programOnStdin(invocation);
  if (input.from === "text") return [{ does: "code", source: [input.text], dialect: "bash", hops, stdin: nothing }];
  if (input.from === "terminal") return [];
  return hiddenCode(input).map((effect) => ({ ...effect, hops }));
}

const mark = /\{(?:[.#%+]|\/{1,2}|\/\.|-?\d+(?:\.|\/{1,2}|\/\.)?|=.*?=)?\}/g;

/** The template with its replacement strings filled in, each quoted; where there is none the arguments follow it. */
function filled(template: readonly Word[], items: readonly Word[] | undefined): readonly Word[] {
  const all = items?.map(quoted) ?? [[{ hole: "{}", why: "other", splits: false } as const]];
  const joined = all.flatMap((pieces, index): readonly Piece[] => (index === 0 ? pieces : [{ text: " " }, ...pieces]));
  const marks = [...new Set(template.flatMap((word) => flat(word).match(mark) ?? []))];
  if (marks.length === 0) return [...template, ...all.map((pieces) => ({ pieces, span: template[0]?.span ?? { start: 0, end: 0 } }))];
  return template.map((word) => marks.reduce((result, each) => replaced(result, each, filling(each, all, joined)), word));
}

function filling(each: string, all: readonly (readonly Piece[])[], joined: readonly Piece[]): readonly Piece[] {
  if (each === "{}") return joined;
  const position = /^\{(\d+)\}$/.exec(each)?.[1];
  return (position === undefined ? undefined : all[Number(position) - 1]) ?? [{ hole: each, why: "other", splits: false }];
}

/** As the shell that parses the job reads it back. */
function quoted(item: Word): readonly Piece[] {
  const text = known(item);
  if (text === undefined) return item.pieces.map((piece) => ("text" in piece ? piece : { ...piece, splits: false }));
  return /^[\w@%+=:,./-]+$/.test(text) ? item.pieces : [{ text: `'${text.replaceAll("'", "'\\''")}'` }];
}

/** One list of hops for each login; `:` is this machine. */
function loginHops(given: Arguments): readonly (readonly Hop[] | undefined)[] {
  if (given.has("--sshloginfile", "--slf")) return [[{ kind: "host", destination: undefined }]];
  const logins = given.all("-S", "--sshlogin").flatMap((word) => partsOf(word, /,/g));
  if (logins.length === 0) return [undefined];
  return logins.map((login) => (known(login) === ":" ? undefined : [{ kind: "host", destination: withoutSlots(login) }]));
}

/** `4/user@host`: four jobs there. A login may be a whole ssh command, whose last word is the host. */
function withoutSlots(login: Word): Word {
  const words = wordsOf(login);
  const last = words.at(-1) ?? login;
  return partsOf(last, /^\d+\//g)[0] ?? last;
}

/** --transferfile and --trc copy files to each login before the job. */
function sentFiles(given: Arguments, logins: readonly (readonly Hop[] | undefined)[]): readonly Effect[] {
  const sends = given.options.find(({ name }) => ["--transferfile", "--tf", "--transfer", "--trc", "--basefile", "--bf"].includes(name));
  if (sends === undefined) return [];
  return logins.flatMap((hops) => (hops === undefined ? [] : [request("write", undefined, { hops, word: sends.word, note: "copies files there" })]));
}

export const utilities: readonly Utility[] = [parallel, xargs];
