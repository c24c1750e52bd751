// Text → the columns it takes on a terminal, and lines no wider than asked.

// Made when first asked: what Unicode knows of characters takes longer than a refusal in ASCII.
let patterns: ReturnType<typeof makePatterns> | undefined;
const makePatterns = () => ({
  zeroWidth: /\p{Mn}|\p{Me}|\u200d|\ufe0e|\ufe0f/u,
  twoWide: /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u,
});

/** East Asian Width (UAX 11), as wcwidth(3) has it for nearly all text. */
export function columns(text: string): number {
  let width = 0;
  for (const character of text) width += characterColumns(character);
  return width;
}

export function characterColumns(character: string): number {
  if (character < "\u0300") return 1;
  patterns ??= makePatterns();
  return patterns.zeroWidth.test(character) ? 0 : patterns.twoWide.test(character) ? 2 : 1;
}

/** Broken between words; a word wider than a line stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && columns(last) + 1 + columns(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
