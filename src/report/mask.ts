// Text of unknown origin → text that is safe to show and to keep: no control or bidirectional characters, no secrets,
// and no longer than asked. Offsets can be carried over, so that a span still points at its word.

const hidden = "***";

/**
 * What secrets look like in commands. The first group is kept, what follows it is hidden. Kept narrow: text that is
 * hidden without need makes a refusal harder to understand. Before each, words of which one has to be there in lower or
 * upper case: to compile all patterns takes longer than to judge a line.
 */
const secretPatterns: readonly (readonly [words: string, pattern: RegExp])[] = [
  ["pass secret token key credential", /((?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|credentials?)["']?\s*[=:]\s*["']?)([^\s"'&;|<>]+)/gi],
  ["pass secret token key auth", /(--?(?:pass(?:word|wd|phrase)?|secret|token|api-?key|requirepass|auth)[\s=]+["']?)(?!-)([^\s"'&;|<>]+)/gi],
  ["sshpass", /(\bsshpass\s+(?:-\S+\s+)*?-p\s*["']?)([^\s"']+)/g],
  ["mysql mariadb", /(\b(?:mysql|mysqldump|mariadb|mysqladmin)\b[^;&|\n]*?\s-p["']?)([^\s"']+)/g],
  ["redis-cli", /(\bredis-cli\b[^;&|\n]*?\s-a\s*["']?)([^\s"']+)/g],
  ["curl", /(\bcurl\b[^;&|\n]*?\s(?:-u|--user)[\s=]*["']?[^\s:"']+:)([^\s"']+)/g],
  ["authorization", /(\bauthorization:\s*(?:bearer|basic|token)\s+)([^\s"']+)/gi],
  ["bearer", /(\bbearer\s+)([\w.~+/-]{16,}=*)/gi],
  ["://", /([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:)([^\s/@"']+)(?=@)/gi],
  [
    "gh github_pat_ glpat- sk- xox akia eyj",
    /()(\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{10,}\.[\w-]+\.[\w-]*))/g,
  ],
  ["private", /(-----BEGIN [A-Z ]*PRIVATE KEY-----)([\s\S]*?)(?=-----END|$)/g],
];

/** C0 and C1 controls, zero-width and bidirectional format characters, line and paragraph separators, lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

export interface Shown {
  readonly text: string;
  /** Offset in `text` of what stood at `offset` of the original. */
  at(offset: number): number;
}

/** Keeps newlines and tabs, the latter as one space. */
export function shown(original: string): Shown {
  const cuts = [...secretCuts(original), ...unsafeCuts(original)].sort((a, b) => a.start - b.start);
  const steps: { readonly from: number; readonly to: number }[] = [{ from: 0, to: 0 }];
  let text = "";
  let done = 0;
  for (const cut of cuts) {
    if (cut.start < done) continue;
    text += original.slice(done, cut.start) + cut.instead;
    done = cut.end;
    steps.push({ from: cut.start, to: text.length - cut.instead.length }, { from: cut.end, to: text.length });
  }
  text += original.slice(done);
  return { text: text.replaceAll("\t", " "), at: (offset) => moved(steps, offset, text.length) };
}

function moved(steps: readonly { readonly from: number; readonly to: number }[], offset: number, end: number): number {
  const index = steps.findLastIndex((each) => each.from <= offset);
  const step = steps[index] ?? { from: 0, to: 0 };
  return Math.min(step.to + (offset - step.from), steps[index + 1]?.to ?? end);
}

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly instead: string;
}

function secretCuts(text: string): readonly Cut[] {
  const folded = text.toLowerCase();
  const patterns = secretPatterns.filter(([words]) => words.split(" ").some((word) => folded.includes(word)));
  return patterns.flatMap(([, pattern]) =>
    [...text.matchAll(pattern)].flatMap(({ index, 1: before = "", 2: secret = "" }) => {
      // A parameter names a secret without telling it.
      if (secret === "" || secret.startsWith("$") || secret === hidden) return [];
      const start = index + before.length;
      return [{ start, end: start + secret.length, instead: hidden }];
    }),
  );
}

function unsafeCuts(text: string): readonly Cut[] {
  if (!/[^\t\n -~]/.test(text)) return [];
  return [...text.matchAll(unsafe)].map((match) => ({ start: match.index, end: match.index + match[0].length, instead: "" }));
}

/** One line, for messages and records: at most `most` characters. */
export function oneLine(original: string, most = 400): string {
  const text = shown(original)
    .text.replaceAll(/\s*\n\s*/g, " ")
    .trim();
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
