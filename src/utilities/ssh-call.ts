// The words of an ssh command line → options, destination and command, exactly as OpenSSH's own loop divides them.
import type { Grammar } from "../policy/descriptor.ts";
import { known, type Word } from "../syntax/word.ts";
import { type Option, readArguments } from "./arguments.ts";
import { namesOptions } from "./operand-list.ts";
import { flat } from "./path-word.ts";

/** ssh(1), and ssh.c where the page leaves a letter out. */
export const sshGrammar: Grammar = {
  short: "1246ab:c:e:fgi:kl:m:no:p:qstvxAB:CD:E:F:GI:J:KL:MNO:P:Q:R:S:TVw:W:XYy",
  permute: false,
};

/** One call of an ssh client, divided. */
export interface SshCall {
  readonly options: readonly Option[];
  readonly destination: Word | undefined;
  /** Operands after the destination. */
  readonly command: readonly Word[];
}

/** Options count before the destination and, once, right after it; a `--` ends them for good. */
export function readSshCall(words: readonly Word[], grammar: Grammar = sshGrammar): SshCall {
  const at = destinationIndex(words, grammar);
  const before = readArguments(words.slice(0, at), grammar).options;
  const destination = words[at];
  if (at > 0 && known(words[at - 1]) === "--") return { options: before, destination, command: words.slice(at + 1) };
  const rest = words.slice(at + 1);
  const cut = firstSplit(rest, grammar);
  const after = readArguments(rest.slice(0, cut), grammar);
  return { options: [...before, ...after.options], destination, command: rest.slice(Math.min(after.firstOperand, cut)) };
}

/** Index of the first option-less word that may be several or none. */
function firstSplit(words: readonly Word[], grammar: Grammar): number {
  const first = readArguments(words, grammar).unknown[0];
  return first === undefined ? words.length : words.indexOf(first);
}

/** An unquoted `$OPTIONS` before the destination hides where the options end: names and looks decide. */
function destinationIndex(words: readonly Word[], grammar: Grammar): number {
  const given = readArguments(words, grammar);
  const next = given.operands[0];
  if (given.unknown.length === 0 || looksLikeHost(next)) return given.firstOperand;
  const host = given.unknown.find((word) => !namesOptions(word) && words.indexOf(word) < given.firstOperand);
  if (host !== undefined) return words.indexOf(host);
  const last = given.unknown.at(-1);
  return next === undefined && last !== undefined ? words.indexOf(last) : given.firstOperand;
}

function looksLikeHost(word: Word | undefined): boolean {
  if (word === undefined) return false;
  const text = flat(word);
  if (/\s/.test(text)) return false;
  return /^ssh:\/\/|^[^/=]+@[^/]/.test(text) || (/^[\w\0]+(\.[\w\0-]+)+$/.test(text) && !/\.(sh|py|pl|rb|js)$/.test(text));
}
