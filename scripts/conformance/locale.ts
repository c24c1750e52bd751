// The locales that bash's tests ask for, made in a directory of the suite's own: the machine keeps the ones it has.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./account.ts";

const wanted: readonly (readonly [name: string, input: string, charmap: string])[] = [
  ["en_US.UTF-8", "en_US", "UTF-8"],
  ["de_DE.UTF-8", "de_DE", "UTF-8"],
  ["fr_FR.ISO8859-1", "fr_FR", "ISO-8859-1"],
  ["zh_HK.big5hkscs", "zh_HK", "BIG5-HKSCS"],
  ["ja_JP.SJIS", "ja_JP", "SHIFT_JIS"],
];

// `locale -a` does not look where LOCPATH says, and tests ask it.
const listing = `#!/bin/sh
[ "$1" = -a ] || exec /usr/bin/locale "$@"
ls "$LOCPATH"
`;

/**
 * In `tree`, with a `locale` that lists them in `programs`. Nothing where Debian's `locales` is not installed: some tests
 * then fail, with both shells.
 */
export function makeLocales(tree: string, programs: string): void {
  if (!existsSync("/usr/share/i18n/charmaps")) return;
  mkdirSync(join(tree, "locale"));
  writeFileSync(join(programs, "locale"), listing, { mode: 0o755 });
  // Status 1 is a warning: Shift JIS is not quite ASCII.
  for (const [name, input, charmap] of wanted) {
    must("/bin/bash", ["-c", 'localedef --force --inputfile="$2" --charmap="$3" "$1" 2>/dev/null || (($? == 1))', "-", join(tree, "locale", name), input, charmap]);
  }
}

export function localesFor(tree: string): Readonly<Record<string, string>> {
  const folder = join(tree, "locale");
  return existsSync(folder) ? { LOCPATH: folder } : {};
}
