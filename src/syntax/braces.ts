// Brace expansion (bash(1), Brace Expansion): a word's source text → the texts that it stands for.

/** A text made of parts of the source and of generated characters. */
export type Run = { readonly start: number; readonly end: number } | { readonly text: string };
export type Runs = readonly Run[];

const maxWords = 4096;

/** All expansions of `text`, or undefined where there are more than a few thousand. */
export function expandBraces(text: string): readonly Runs[] | undefined {
  const budget = { left: maxWords };
  const found = expandRange(text, 0, text.length, budget, 0);
  return budget.left < 0 ? undefined : found;
}

interface Allowance {
  left: number;
}

function expandRange(text: string, start: number, end: number, budget: Allowance, depth: number): Runs[] {
  if (depth > 50) budget.left = -1;
  let results: Runs[] = [[]];
  let plain = start;
  for (let at = start; at < end && budget.left >= 0; ) {
    if (text[at] !== "{" || (at > 0 && text[at - 1] === "$")) {
      at = skip(text, at, end);
      continue;
    }
    const brace = readBrace(text, at, end);
    if (brace === undefined) {
      at++;
      continue;
    }
    const options = brace.sequence ?? brace.items.flatMap(([from, to]) => expandRange(text, from, to, budget, depth + 1));
    results = product(append(results, plain, at), options, budget);
    at = plain = brace.end;
  }
  return append(results, plain, end);
}

function append(results: Runs[], start: number, end: number): Runs[] {
  return start === end ? results : results.map((runs) => [...runs, { start, end }]);
}

function product(left: readonly Runs[], right: readonly Runs[], budget: Allowance): Runs[] {
  budget.left -= left.length * right.length;
  return budget.left < 0 ? [...left] : left.flatMap((one) => right.map((other) => [...one, ...other]));
}

interface Brace {
  readonly end: number;
  readonly items: readonly (readonly [number, number])[];
  readonly sequence: Runs[] | undefined;
}

function readBrace(text: string, open: number, limit: number): Brace | undefined {
  const items: [number, number][] = [];
  let from = open + 1;
  let depth = 0;
  for (let at = open + 1; at < limit; ) {
    const character = text[at];
    if (character === "{" && text[at - 1] !== "$") {
      depth++;
      at++;
    } else if (character === "}" && depth > 0) {
      depth--;
      at++;
    } else if (character === "," && depth === 0) {
      items.push([from, at]);
      from = ++at;
    } else if (character === "}") {
      items.push([from, at]);
      const sequence = items.length === 1 ? readSequence(text.slice(open + 1, at)) : undefined;
      return items.length > 1 || sequence !== undefined ? { end: at + 1, items, sequence } : undefined;
    } else at = skip(text, at, limit);
  }
  return undefined;
}

function readSequence(body: string): Runs[] | undefined {
  const [first, last, step, ...rest] = body.split("..");
  if (first === undefined || last === undefined || rest.length > 0) return undefined;
  const by = step === undefined ? 1 : Math.abs(Number(step)) || 1;
  if (step !== undefined && !isInteger(step)) return undefined;
  if (isInteger(first) && isInteger(last)) return numbers(first, last, by);
  if (first.length !== 1 || last.length !== 1 || !isLetter(first) || !isLetter(last)) return undefined;
  return count(first.charCodeAt(0), last.charCodeAt(0), by).map((code) => [{ text: String.fromCharCode(code) }]);
}

function numbers(first: string, last: string, by: number): Runs[] {
  const padded = [first, last].some((text) => text.replace("-", "").length > 1 && text.replace("-", "").startsWith("0"));
  const width = padded ? Math.max(first.length, last.length) : 0;
  return count(Number(first), Number(last), by).map((value) => {
    const sign = value < 0 ? "-" : "";
    return [{ text: sign + String(Math.abs(value)).padStart(width - sign.length, "0") }];
  });
}

function count(first: number, last: number, by: number): number[] {
  const length = Math.min(Math.floor(Math.abs(last - first) / by) + 1, maxWords + 1);
  return Array.from({ length }, (_, index) => first + (last < first ? -index : index) * by);
}

function isInteger(text: string): boolean {
  const digits = text.startsWith("-") || text.startsWith("+") ? text.slice(1) : text;
  if (digits === "" || digits.length > 15) return false;
  for (const digit of digits) if (digit < "0" || digit > "9") return false;
  return true;
}

function isLetter(text: string): boolean {
  return (text >= "a" && text <= "z") || (text >= "A" && text <= "Z");
}

// The index after the quoted string, escape, expansion or single character at `at`.
function skip(text: string, at: number, end: number): number {
  const character = text[at];
  if (character === "\\") return Math.min(at + 2, end);
  if (character === "'") return after(text.indexOf("'", at + 1), end);
  if (character === '"' || character === "`") return skipQuoted(text, at, end, character);
  if (character === "$" && (text[at + 1] === "{" || text[at + 1] === "(")) return skipExpansion(text, at + 1, end);
  return at + 1;
}

function after(found: number, end: number): number {
  return found < 0 ? end : Math.min(found + 1, end);
}

function skipQuoted(text: string, open: number, end: number, quote: string): number {
  for (let at = open + 1; at < end; ) {
    if (text[at] === "\\") at += 2;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === "$" && quote === '"' && (text[at + 1] === "{" || text[at + 1] === "(")) at = skipExpansion(text, at + 1, end);
    else at++;
  }
  return end;
}

function skipExpansion(text: string, open: number, end: number): number {
  const close = text[open] === "{" ? "}" : ")";
  let depth = 1;
  for (let at = open + 1; at < end; ) {
    if (text[at] === text[open]) depth++;
    if (text[at] === close && --depth === 0) return at + 1;
    at = skip(text, at, end);
  }
  return end;
}
