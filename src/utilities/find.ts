// find(1) and fd(1): what they run on the files they find, and what they write themselves.
import type { Grammar } from "../policy/descriptor.ts";
import { known, type Piece, prefix, suffix, type Word } from "../syntax/word.ts";
import { request, writes } from "./effect.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

const runners: readonly string[] = ["-exec", "-execdir", "-ok", "-okdir"];
const reporters: readonly string[] = ["-fprint", "-fprint0", "-fls", "-fprintf"];

const find: Utility = {
  names: ["find", "gfind", "bfs"],
  grammar: {},
  confined: "existing",
  commandAfter: runners.join(" "),
  newAfter: reporters.join(" "),
  effects: ({ words }) => {
    const { starts, expression } = divide(words);
    return expression.flatMap((word, index): readonly Effect[] => {
      const primary = known(word) ?? "";
      if (runners.includes(primary)) return runs(commandFrom(expression, index + 1), starts);
      if (reporters.includes(primary)) return writes(expression.slice(index + 1, index + 2), { note: "writes its findings" });
      return primary === "-delete"
        ? starts.map((path) => request("write", path, { existing: true, word: path.pieces.length > 0 ? path : word, note: "deletes files below it" }))
        : [];
    });
  },
};

/** Starting points come after -H, -L, -P, -D, -O and before the first primary. */
function divide(words: readonly Word[]): { readonly starts: readonly Word[]; readonly expression: readonly Word[] } {
  let first = 0;
  while (/^-(?:[HLP]|D|O.*)$/.test(known(words[first]) ?? "")) first += known(words[first]) === "-D" ? 2 : 1;
  let end = first;
  while (end < words.length && !/^(?:-.|[(),!]$)/.test(prefix(words[end] as Word))) end++;
  const starts = words.slice(first, end);
  return { starts: starts.length > 0 ? starts : [currentDirectory], expression: words.slice(end) };
}

const currentDirectory: Word = { pieces: [{ text: "." }], span: { start: 0, end: 0 } };

/** Up to `;`, or `+` after `{}`. */
function commandFrom(expression: readonly Word[], from: number): readonly Word[] {
  let end = from;
  while (end < expression.length) {
    const text = known(expression[end]);
    if (text === ";" || (text === "+" && known(expression[end - 1]) === "{}")) break;
    end++;
  }
  return expression.slice(from, end);
}

function runs(command: readonly Word[], starts: readonly Word[]): readonly Effect[] {
  if (command.length === 0) return [];
  return starts.map((start) => ({ does: "run", words: command.map((word) => replaced(word, "{}", below(start))) }));
}

/** A path below `start` that only run time tells. */
function below(start: Word): readonly Piece[] {
  const separator: readonly Piece[] = suffix(start).endsWith("/") ? [] : [{ text: "/" }];
  return [...start.pieces, ...separator, { hole: "{}", why: "other", splits: false }];
}

/** The word with every `mark` among its known characters replaced. The same word where there is none. */
export function replaced(word: Word, mark: string, by: readonly Piece[]): Word {
  if (!word.pieces.some((piece) => "text" in piece && piece.text.includes(mark))) return word;
  const pieces = word.pieces.flatMap((piece): readonly Piece[] => {
    if (!("text" in piece)) return [piece];
    return piece.text.split(mark).flatMap((text, index) => [...(index > 0 ? by : []), ...(text === "" ? [] : [{ text }])]);
  });
  return { ...word, pieces };
}

const fdGrammar: Grammar = {
  short: "d:t:e:E:c:j:S:o:x:X:",
  long: "max-depth min-depth exact-depth exclude type extension size changed-within changed-before owner format color threads batch-size ignore-file base-directory path-separator search-path max-results strip-cwd-prefix=?"
    .split(" ")
    .map((name) => (name.includes("=") ? name : `${name}=`)),
};

const fdMarks = ["{}", "{/}", "{//}", "{.}", "{/.}"];

/** fd(1): everything after -x or -X is the command, up to `;`. */
const fd: Utility = {
  names: ["fd", "fdfind"],
  grammar: fdGrammar,
  effects: ({ words }: Invocation) => {
    const at = words.findIndex((word) => /^(?:-[A-Za-z]*[xX]|--exec(?:-batch)?)$/.test(known(word) ?? ""));
    const command = at < 0 ? [] : words.slice(at + 1);
    const end = command.findIndex((word) => known(word) === ";");
    const template = end < 0 ? command : command.slice(0, end);
    if (template.length === 0) return [];
    const filled = template.map((word) => fdMarks.reduce((result, mark) => replaced(result, mark, [found]), word));
    const marked = filled.some((word, index) => word !== template[index]);
    return [{ does: "run", words: marked ? filled : [...filled, { pieces: [found], span: { start: 0, end: 0 } }] }];
  },
};

const found: Piece = { hole: "{}", why: "other", splits: false };

export const utilities: readonly Utility[] = [fd, find];
