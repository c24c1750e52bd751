// The terminal's size, as it changes, and lines of text that fit it.
import { Text, useStdout } from "ink";
import { useEffect, useState } from "react";

export interface Window {
  readonly columns: number;
  readonly rows: number;
}

export function useWindow(): Window {
  const { stdout } = useStdout();
  const current = () => ({ columns: stdout.columns, rows: stdout.rows });
  const [size, resize] = useState(current);
  useEffect(() => {
    const changed = () => resize(current());
    stdout.on("resize", changed);
    return () => void stdout.off("resize", changed);
  });
  return size;
}

/** One row each, whatever they hold. */
export function Lines({ lines, bold = false }: { readonly lines: readonly string[]; readonly bold?: boolean }) {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
    <Text key={index} wrap="truncate" bold={bold}>
      {line === "" ? " " : line}
    </Text>
  ));
}

/** Where a window of `most` rows over a list begins, so that the selected one is in it. */
export function windowStart(selected: number, length: number, most: number): number {
  return Math.max(Math.min(selected - Math.floor(most / 2), length - most), 0);
}
