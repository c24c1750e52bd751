// Bytes that a program has written to a terminal → what is seen on it, line by line, with colours.
import headless from "@xterm/headless";

export const columns = 120;
export const rows = 40;

/** Text of one look. `color`: of the terminal's 16 (ECMA-48 SGR 30-37, 90-97), undefined its own. */
export interface Run {
  readonly text: string;
  readonly color: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

export type Line = readonly Run[];

export interface Screen {
  write(data: Uint8Array): Promise<void>;
  /** Without the empty ones at the end. */
  lines(): readonly Line[];
  /** As they were written: what had to be broken at the edge is whole. */
  texts(): readonly string[];
}

export function createScreen(): Screen {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  return {
    write: (data) => new Promise((resolve) => terminal.write(data, resolve)),
    lines: () => {
      const buffer = terminal.buffer.normal;
      const all = Array.from({ length: buffer.length }, (_, index) => lineOf(buffer.getLine(index)));
      return all.slice(0, all.findLastIndex((line) => line.length > 0) + 1);
    },
    texts: () => {
      const buffer = terminal.buffer.normal;
      const texts: string[] = [];
      for (let index = 0; index < buffer.length; index++) {
        const line = buffer.getLine(index);
        if (line?.isWrapped === true && texts.length > 0) texts.push((texts.pop() ?? "") + line.translateToString());
        else texts.push(line?.translateToString() ?? "");
      }
      return texts.map((text) => text.trimEnd());
    },
  };
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join("");
}

type BufferLine = ReturnType<headless.Terminal["buffer"]["normal"]["getLine"]>;

function lineOf(line: BufferLine): Line {
  const runs: Run[] = [];
  for (let column = 0; column < (line?.length ?? 0); column++) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const look = { color: cell.isFgPalette() ? cell.getFgColor() : undefined, bold: cell.isBold() !== 0, dim: cell.isDim() !== 0 };
    const last = runs.at(-1);
    const text = cell.getChars() || " ";
    if (last !== undefined && last.color === look.color && last.bold === look.bold && last.dim === look.dim) runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ text, ...look });
  }
  return trimmed(runs);
}

function trimmed(runs: readonly Run[]): Line {
  const last = runs.at(-1);
  if (last === undefined) return [];
  const text = last.text.trimEnd();
  return text === "" ? trimmed(runs.slice(0, -1)) : [...runs.slice(0, -1), { ...last, text }];
}
