// Shell patterns (XCU 2.14) against known text. In a pattern, `\` makes the next character literal.

/** Whether the whole text matches; undefined for patterns with extended operators. */
export function matches(pattern: string, text: string): boolean | undefined {
  if (isExtended(pattern)) return undefined;
  let p = 0;
  let t = 0;
  let starAt = -1;
  let retry = 0;
  while (t < text.length) {
    const end = p < pattern.length && pattern[p] !== "*" ? matchOne(pattern, p, text[t] as string) : -1;
    if (end > 0) {
      p = end;
      t++;
    } else if (pattern[p] === "*") {
      starAt = p++;
      retry = t;
    } else if (starAt >= 0) {
      p = starAt + 1;
      t = ++retry;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p >= pattern.length;
}

// The index after the pattern element at `p` when it matches the character, else -1.
function matchOne(pattern: string, p: number, character: string): number {
  const first = pattern[p];
  if (first === "?") return p + 1;
  if (first === "\\" && p + 1 < pattern.length) return pattern[p + 1] === character ? p + 2 : -1;
  if (first === "[") {
    const end = closing(pattern, p);
    if (end > 0) return inBracket(pattern.slice(p + 1, end), character) ? end + 1 : -1;
  }
  return first === character ? p + 1 : -1;
}

function closing(pattern: string, open: number): number {
  let at = open + 1;
  if (pattern[at] === "!" || pattern[at] === "^") at++;
  if (pattern[at] === "]") at++;
  for (; at < pattern.length; at++) {
    if (pattern[at] === "\\") at++;
    else if (pattern[at] === "[" && pattern[at + 1] === ":") at = Math.max(pattern.indexOf(":]", at + 2), at) + 1;
    else if (pattern[at] === "]") return at;
  }
  return -1;
}

const classes: Readonly<Record<string, (character: string) => boolean>> = {
  alpha: (c) => c.toLowerCase() !== c.toUpperCase(),
  digit: (c) => c >= "0" && c <= "9",
  alnum: (c) => (c >= "0" && c <= "9") || c.toLowerCase() !== c.toUpperCase(),
  upper: (c) => c !== c.toLowerCase(),
  lower: (c) => c !== c.toUpperCase(),
  space: (c) => " \t\n\r\v\f".includes(c),
  blank: (c) => c === " " || c === "\t",
  xdigit: (c) => "0123456789abcdefABCDEF".includes(c),
  punct: (c) => c > " " && c < "\x7f" && !((c >= "0" && c <= "9") || c.toLowerCase() !== c.toUpperCase()),
};

function inBracket(body: string, character: string): boolean {
  const negated = body[0] === "!" || body[0] === "^";
  let found = false;
  for (let at = negated ? 1 : 0; at < body.length; at++) {
    if (body[at] === "[" && body[at + 1] === ":") {
      const end = body.indexOf(":]", at + 2);
      if (end > 0) {
        if (classes[body.slice(at + 2, end)]?.(character) === true) found = true;
        at = end + 1;
        continue;
      }
    }
    if (body[at] === "\\" && at + 1 < body.length) at++;
    const low = body[at] as string;
    if (body[at + 1] === "-" && at + 2 < body.length) {
      const high = body[at + 2] as string;
      if (low <= character && character <= high) found = true;
      at += 2;
    } else if (low === character) found = true;
  }
  return found !== negated;
}

function isExtended(pattern: string): boolean {
  for (let at = 0; at + 1 < pattern.length; at++) {
    if (pattern[at] === "\\") at++;
    else if (pattern[at + 1] === "(" && "?*+@!".includes(pattern[at] as string)) return true;
  }
  return false;
}

/** The same pattern for text that is to match literally. */
export function escapePattern(text: string): string {
  let escaped = "";
  for (const character of text) escaped += "*?[]\\()|!@+-^".includes(character) ? `\\${character}` : character;
  return escaped;
}

/** The text that the pattern stands for when it has no special characters, else undefined. */
export function literalPattern(pattern: string): string | undefined {
  let text = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === "\\" && at + 1 < pattern.length) text += pattern[++at];
    else if ("*?[".includes(character)) return undefined;
    else text += character;
  }
  return isExtended(pattern) ? undefined : text;
}

const maxLength = 2048;

/** Where `${x#p}` (`fromStart`) or `${x%p}` cuts: the length of the part that matches, or undefined. */
export function removal(pattern: string, text: string, fromStart: boolean, longest: boolean): number | undefined {
  const literal = literalPattern(pattern);
  if (literal !== undefined) return (fromStart ? text.startsWith(literal) : text.endsWith(literal)) ? literal.length : 0;
  if (text.length > maxLength) return undefined;
  for (let step = 0; step <= text.length; step++) {
    const length = longest ? text.length - step : step;
    const part = fromStart ? text.slice(0, length) : text.slice(text.length - length);
    const matched = matches(pattern, part);
    if (matched === undefined) return undefined;
    if (matched) return length;
  }
  return 0;
}

/** `${x/p/r}` (`all` false), `${x//p/r}`; `anchor` for `/#` and `/%`. Undefined: cannot tell. */
export function replace(text: string, pattern: string, replacement: string, all: boolean, anchor: "start" | "end" | undefined): string | undefined {
  if (pattern === "" && anchor === undefined) return text;
  if (anchor !== undefined) {
    const length = removal(pattern, text, anchor === "start", true);
    if (length === undefined || (length === 0 && matches(pattern, "") !== true)) return length === undefined ? undefined : text;
    return anchor === "start" ? replacement + text.slice(length) : text.slice(0, text.length - length) + replacement;
  }
  const literal = literalPattern(pattern);
  if (literal !== undefined) return all ? text.split(literal).join(replacement) : replaceFirst(text, literal, replacement);
  if (text.length > 256 || isExtended(pattern)) return undefined;
  let result = "";
  for (let at = 0; at < text.length; ) {
    let length = text.length - at;
    while (length > 0 && matches(pattern, text.slice(at, at + length)) !== true) length--;
    if (length === 0) result += text[at++];
    else {
      result += replacement;
      at += length;
      if (!all) return result + text.slice(at);
    }
  }
  return result;
}

function replaceFirst(text: string, literal: string, replacement: string): string {
  const at = text.indexOf(literal);
  return at < 0 ? text : text.slice(0, at) + replacement + text.slice(at + literal.length);
}
