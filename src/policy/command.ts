// Words → a command line that can be pasted into a shell and means just these words.
import { quote } from "shell-quote";

const plain = /^[\w./:@%+,-][\w./:@%+,=~-]*$/;
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** Nothing to hide, and no need to ask what Unicode knows, which takes longer than all else here. */
const printable = /^[ -~]*$/;

/** `$'…'` shows what a terminal would act on or hide (POSIX.1-2024 XCU 2.2.4). */
function dollarQuote(word: string): string {
  const escaped = [...word].map((character) => {
    if (character === "\\" || character === "'") return `\\${character}`;
    if (!hidden.test(character)) return character;
    return [...new TextEncoder().encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  });
  return `$'${escaped.join("")}'`;
}

/** One word, quoted only where it has to be; undefined for what no command line can hold. */
export function quoteWord(word: string): string | undefined {
  if (!printable.test(word)) {
    if (word.includes("\0") || /\p{Cs}/u.test(word)) return undefined;
    if (hidden.test(word)) return dollarQuote(word);
  }
  if (plain.test(word)) return word;
  // A shell expands `~/` only where it is not quoted, and that is what is meant.
  if (word.startsWith("~/") && plain.test(word.slice(2))) return word;
  return quote([word]);
}

export function quoteWords(words: readonly string[]): string | undefined {
  const quoted = words.map(quoteWord);
  return quoted.includes(undefined) ? undefined : quoted.join(" ");
}

/** A path whose `*`, `?` and `[…]` the shell shall expand. */
export function quotePattern(pattern: string): string | undefined {
  if (/[{}]/.test(pattern) || (!printable.test(pattern) && (hidden.test(pattern) || /\p{Cs}/u.test(pattern)))) return undefined;
  return quote([{ op: "glob", pattern }] as unknown as readonly string[]);
}
