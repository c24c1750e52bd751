// Backslash-newlines that stand inside a token: the parser keeps some of them in the token, the shell none.

/** Offsets of the doubtful ones; `quoted` are the ranges where they mean something else. */
export function lineContinuations(text: string, quoted: readonly (readonly [number, number])[]): number[] {
  const doubtful: number[] = [];
  for (let at = text.indexOf("\\\n"); at >= 0; at = text.indexOf("\\\n", at + 2)) {
    if (isEscaped(text, at)) continue;
    if (followsDollar(text, at)) doubtful.push(at);
    else if (!isBlank(text[at - 1]) && !isBlank(text[at + 2]) && !quoted.some(([start, end]) => start <= at && at < end)) doubtful.push(at);
  }
  // at the very end it is a character for `bash -c` and nothing in a file: that matters where it is part of a word
  const last = text.length - 1;
  if (text.endsWith("\\") && !isEscaped(text, last) && !isBlank(text[last - 1]) && !quoted.some(([, end]) => end === text.length)) doubtful.push(last);
  return doubtful;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

function followsDollar(text: string, at: number): boolean {
  return text[at - 1] === "$" || (text[at - 1] === "{" && text[at - 2] === "$");
}

function isBlank(character: string | undefined): boolean {
  return character === undefined || character === " " || character === "\t" || character === "\n" || character === "\\";
}
