// A glob as policy files write them → a test of a text, in time linear in the text.
// `*` and `?` stop at `/`, `**` does not; `{a,b}` alternatives; `[a-z]`, `[!a-z]` classes; `\` takes the next character as it is.

type Token =
  | { readonly is: "character"; readonly value: string }
  | { readonly is: "class"; readonly has: (character: string) => boolean }
  | { readonly is: "?" | "*" | "**" | "**/" | "inside **/" };

/** Text of a glob → whether a text matches it. */
export type Glob = (text: string) => boolean;

const maximumLength = 4096;
const maximumAlternatives = 256;

/** What is wrong with a glob, in the house's wording; undefined when nothing is. */
export function globFault(glob: string): string | undefined {
  if (glob === "") return "a glob must not be empty";
  if (glob.length > maximumLength) return `a glob must not be longer than ${maximumLength} characters`;
  const alternatives = expandBraces(glob);
  if (typeof alternatives === "string") return alternatives;
  for (const alternative of alternatives) {
    const tokens = tokenize(alternative);
    if (typeof tokens === "string") return tokens;
  }
  return undefined;
}

const compiled = new Map<string, Glob>();

/** Compiled when it is first asked for, and then kept: of globs that most lines do not come to. */
export function globOf(glob: string): Glob {
  const known = compiled.get(glob) ?? compileGlob(glob);
  compiled.set(glob, known);
  return known;
}

/** Throws on a glob that `globFault` refuses: the schema has checked it. */
export function compileGlob(glob: string): Glob {
  const alternatives = expandBraces(glob);
  if (typeof alternatives === "string") throw new Error(alternatives);
  const tests = alternatives.map(compileAlternative);
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : (text) => tests.some((test) => test(text));
}

/** For each of a glob's alternatives the longest text that stands in whatever it matches; "" where there is none. */
export function literalParts(glob: string): readonly string[] {
  const alternatives = expandBraces(glob);
  return typeof alternatives === "string" ? [""] : alternatives.map(longestLiteral);
}

function longestLiteral(glob: string): string {
  const tokens = tokenize(glob);
  return typeof tokens === "string" ? "" : literalsOf(tokens).reduce((longest, run) => (run.length > longest.length ? run : longest), "");
}

/** The runs of characters that stand for themselves. */
function literalsOf(tokens: readonly Token[]): readonly string[] {
  return tokens
    .map((token) => (token.is === "character" ? token.value : "\0"))
    .join("")
    .split("\0");
}

function compileAlternative(glob: string): Glob {
  if (!/[*?[\\]/.test(glob)) return (text) => text === glob;
  const directory = coveredDirectory(glob);
  if (directory !== undefined) return (text) => text.startsWith(directory);
  const tokens = tokenize(glob);
  if (typeof tokens === "string") throw new Error(tokens);
  const test = tokens.some(({ is }) => is.startsWith("**")) ? simulate : scan;
  const parts = literalsOf(tokens);
  // Most texts do without one of them.
  return (text) => parts.every((part) => text.includes(part)) && test(tokens, text);
}

/** The directory that a glob of the form `dir/**` covers whole, with its slash. */
export function coveredDirectory(glob: string): string | undefined {
  return glob.endsWith("/**") && !/[*?[{\\]/.test(glob.slice(0, -3)) ? glob.slice(0, -2) : undefined;
}

function expandBraces(glob: string): readonly string[] | string {
  if (!/[{}]/.test(glob)) return [glob];
  let done: string[] = [""];
  let index = 0;
  while (index < glob.length) {
    const character = glob[index] ?? "";
    if (character === "\\") {
      done = done.map((start) => start + glob.slice(index, index + 2));
      index += 2;
    } else if (character === "{") {
      const group = readBraces(glob, index);
      if (typeof group === "string") return group;
      const inner: string[] = [];
      for (const option of group.options) {
        const expanded = expandBraces(option);
        if (typeof expanded === "string") return expanded;
        inner.push(...expanded);
      }
      done = done.flatMap((start) => inner.map((option) => start + option));
      index = group.end;
    } else if (character === "}") {
      return `\`}\` without \`{\` in \`${glob}\``;
    } else {
      done = done.map((start) => start + character);
      index++;
    }
    if (done.length > maximumAlternatives) return `more than ${maximumAlternatives} alternatives in \`${glob}\``;
  }
  return done;
}

function readBraces(glob: string, start: number): { readonly options: readonly string[]; readonly end: number } | string {
  const options: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let index = start; index < glob.length; index++) {
    const character = glob[index];
    if (character === "\\") index++;
    else if (character === "{") depth++;
    else if (character === "," && depth === 1) {
      options.push(glob.slice(from, index));
      from = index + 1;
    } else if (character === "}" && --depth === 0) {
      options.push(glob.slice(from, index));
      return { options, end: index + 1 };
    }
  }
  return `\`{\` is not closed in \`${glob}\``;
}

function tokenize(glob: string): readonly Token[] | string {
  const tokens: Token[] = [];
  let index = 0;
  while (index < glob.length) {
    const character = glob[index] ?? "";
    if (glob.startsWith("**/", index)) {
      tokens.push({ is: "**/" }, { is: "inside **/" });
      index += 3;
    } else if (glob.startsWith("**", index)) {
      tokens.push({ is: "**" });
      index += 2;
    } else if (character === "*" || character === "?") {
      tokens.push({ is: character });
      index++;
    } else if (character === "[") {
      const read = readClass(glob, index);
      if (typeof read === "string") return read;
      tokens.push(read.token);
      index = read.end;
    } else {
      const escaped = character === "\\";
      if (escaped && index + 1 === glob.length) return `\`\\\` at the end of \`${glob}\``;
      const value = characterAt(glob, escaped ? index + 1 : index);
      tokens.push({ is: "character", value });
      index += value.length + (escaped ? 1 : 0);
    }
  }
  return tokens;
}

function readClass(glob: string, start: number): { readonly token: Token; readonly end: number } | string {
  let index = start + 1;
  const negated = glob[index] === "!" || glob[index] === "^";
  if (negated) index++;
  const end = glob.indexOf("]", index + 1);
  if (end < 0) return `\`[\` is not closed in \`${glob}\``;
  const ranges: (readonly [string, string])[] = [];
  while (index < end) {
    const first = glob[index] ?? "";
    const ranged = glob[index + 1] === "-" && index + 2 < end;
    const last = ranged ? (glob[index + 2] ?? "") : first;
    if (last < first) return `\`${first}-${last}\` is not a range in \`${glob}\``;
    ranges.push([first, last]);
    index += ranged ? 3 : 1;
  }
  const has = (character: string) => character !== "/" && ranges.some(([first, last]) => first <= character && character <= last) !== negated;
  return { token: { is: "class", has }, end: end + 1 };
}

// Without `**` the slashes of both sides stand for each other, so only the last `*` can take more than it did.
function scan(tokens: readonly Token[], text: string): boolean {
  let token = 0;
  let index = 0;
  let star = -1;
  let taken = 0;
  while (index < text.length) {
    const character = characterAt(text, index);
    const current = tokens[token];
    if (current?.is === "*") {
      star = token++;
      taken = index;
    } else if (current !== undefined && takes(current, character)) {
      token++;
      index += character.length;
    } else {
      if (star < 0 || text[taken] === "/") return false;
      taken += characterAt(text, taken).length;
      index = taken;
      token = star + 1;
    }
  }
  while (tokens[token]?.is === "*") token++;
  return token === tokens.length;
}

function characterAt(text: string, index: number): string {
  const unit = text[index] ?? "";
  return unit >= "\ud800" && unit <= "\udbff" ? String.fromCodePoint(text.codePointAt(index) ?? 0) : unit;
}

function takes(token: Token, character: string): boolean {
  if (token.is === "character") return token.value === character;
  return token.is === "class" ? token.has(character) : token.is === "?" && character !== "/";
}

// The set of tokens that may come next, advanced a character at a time: nothing is tried twice.
function simulate(tokens: readonly Token[], text: string): boolean {
  let states = new Uint8Array(tokens.length + 1);
  enter(tokens, states, 0);
  for (const character of text) {
    const next = new Uint8Array(tokens.length + 1);
    for (let state = 0; state < tokens.length; state++) {
      const token = tokens[state];
      if (states[state] === 1 && token !== undefined) advance(tokens, next, state, token, character);
    }
    states = next;
  }
  return states[tokens.length] === 1;
}

function enter(tokens: readonly Token[], states: Uint8Array, state: number): void {
  states[state] = 1;
  const is = tokens[state]?.is;
  if (is === "*" || is === "**") enter(tokens, states, state + 1);
  if (is === "**/") enter(tokens, states, state + 2);
}

function advance(tokens: readonly Token[], next: Uint8Array, state: number, token: Token, character: string): void {
  const slash = character === "/";
  switch (token.is) {
    case "character":
    case "class":
    case "?":
      if (takes(token, character)) enter(tokens, next, state + 1);
      return;
    case "*":
      if (!slash) enter(tokens, next, state);
      return;
    case "**":
      enter(tokens, next, state);
      return;
    case "**/":
      if (slash) enter(tokens, next, state);
      else next[state + 1] = 1;
      return;
    case "inside **/":
      if (slash) enter(tokens, next, state - 1);
      else next[state] = 1;
  }
}
