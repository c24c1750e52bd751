// Shell scripts: the whole file is one piece.
import { scriptDialect } from "../utilities/script-file.ts";
import { verbatim } from "./fragment.ts";
import type { Document, Reading } from "./piece.ts";

/** A file of another language has none. Scripts are taken to start at the project's root, as the policy's own are. */
export function readScript({ path, text }: Document): Reading {
  const dialect = scriptDialect(text);
  if (dialect === undefined) return { pieces: [] };
  const zsh = dialect === "bash" && !text.startsWith("#!") && /(^|[./])z(sh|shrc|profile|shenv|login|logout)$/.test(path);
  return { pieces: [{ code: verbatim(text, 0, text.length), dialect: zsh ? "zsh" : dialect, directory: "" }] };
}

/** Of a file whose name says nothing: it has to say for itself that it is a shell's. */
export function readMarkedScript(document: Document): Reading {
  return document.text.startsWith("#!") ? readScript(document) : { pieces: [] };
}
