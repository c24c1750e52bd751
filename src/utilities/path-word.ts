// A word as a path name: its parts, and what it becomes inside a directory.
import { known, type Piece, suffix, type Word } from "../syntax/word.ts";

/** Its characters, a hole counting as one: offsets into it are those that `slice` takes. */
export function flat(word: Word): string {
  return word.pieces.map((piece) => ("text" in piece ? piece.text : "\0")).join("");
}

/** The text itself says that it is a directory: `dir/`, `.`, `..`. */
export function isDirectory(path: Word): boolean {
  const text = known(path);
  return text !== undefined ? /^(?:\.{1,2}|.*\/\.{0,2})$/s.test(text) : /\/\.{0,2}$/.test(suffix(path));
}

/** The characters after its last slash. */
export function baseName(path: Word): string | undefined {
  const text = suffix(path).replace(/\/+$/, "");
  const slash = text.lastIndexOf("/");
  return slash >= 0 || known(path) !== undefined ? text.slice(slash + 1) : undefined;
}

/** `name` in `directory`; where nothing is known of the name, the directory. */
export function inside(directory: Word, name: string | undefined): Word {
  if (name === undefined || name === "" || name === "." || name === "..") return directory;
  const separator = suffix(directory).endsWith("/") ? "" : "/";
  const pieces: readonly Piece[] = [...directory.pieces, { text: separator + name }];
  return { pieces, span: directory.span, glob: /[*?[]/.test(name) ? true : directory.glob };
}

/** A word made of these words' pieces, one after the other. */
export function concatenated(...parts: readonly Word[]): Word {
  return { pieces: parts.flatMap((part) => part.pieces), span: parts[0]?.span ?? { start: 0, end: 0 } };
}
