// An operand of a transfer (`user@host:path`, `scp://host/path`, `host::module`) → the host and the path it names.
import { type Hole, slice, textWord, type Word } from "../syntax/word.ts";
import { flat } from "./path-word.ts";

/**
 * Where an operand points.
 *
 * - `local`: a file here
 * - `remote`: a file there; `path` relative to the login directory unless absolute. With `module` it begins with the
 *   name of an rsync daemon's module, and what directory that is only the daemon knows
 * - `unknown`: only run time tells, for all of it may come from one expansion
 */
export type Location =
  | { readonly kind: "local"; readonly path: Word }
  | { readonly kind: "remote"; readonly destination: Word; readonly path: Word; readonly port?: Word | undefined; readonly module?: true | undefined }
  | { readonly kind: "unknown"; readonly word: Word };

/** scp(1), sftp(1), rsync(1): a colon before any slash divides host and path; brackets hold an IPv6 address. */
export function locationOf(word: Word): Location {
  const text = flat(word);
  const scheme = /^(scp|sftp|ssh|rsync|fish|ftps?|https?|davs?):\/\//.exec(text);
  if (scheme !== null) return urlLocation(word, text, scheme[0].length, scheme[1] ?? "");
  const colon = colonOf(text);
  if (colon < 0) return isUnknown(word, text) ? { kind: "unknown", word } : { kind: "local", path: word };
  const destination = slice(word, 0, colon);
  if (text[colon + 1] === ":") return { kind: "remote", destination, path: slice(word, colon + 2), module: true };
  return { kind: "remote", destination, path: orHome(slice(word, colon + 1)) };
}

/** The index of the colon that ends the host, or -1: OpenSSH's `colon()`. */
function colonOf(text: string): number {
  if (text.startsWith(":")) return -1;
  const bracket = /^([^/:]*@)?\[[^\]]*\]:/.exec(text);
  if (bracket !== null) return bracket[0].length - 1;
  const at = text.search(/[:/]/);
  return at >= 0 && text[at] === ":" ? at : -1;
}

/** Of scp's and sftp's URLs the first slash only divides: a path below the login directory follows. */
function urlLocation(word: Word, text: string, start: number, scheme: string): Location {
  const fromHome = scheme === "scp" || scheme === "sftp";
  const module = scheme === "rsync" ? true : undefined;
  const rest = text.slice(start);
  const slash = rest.indexOf("/");
  const authority = slice(word, start, slash < 0 ? undefined : start + slash);
  const path = slash < 0 ? textWord("") : slice(word, start + slash + (fromHome ? 1 : 0));
  const port = /:(\d+)$/.exec(flat(authority));
  if (port === null) return { kind: "remote", destination: authority, path: orHome(path), module };
  return { kind: "remote", destination: slice(authority, 0, port.index), path: orHome(path), port: slice(authority, port.index + 1), module };
}

function orHome(path: Word): Word {
  return path.pieces.length === 0 ? textWord("~", path.span) : path;
}

/** It begins with an expansion that may hold a host as well, with the colon or without. */
function isUnknown(word: Word, text: string): boolean {
  const first = word.pieces[0];
  if (first === undefined || !("hole" in first)) return false;
  return /^\0+$/.test(text) ? !namesFile(first) : /^\0\//.test(text) && namesHost(first);
}

/** People name parameters for what they hold: `$LOG_DIR` is a place here, `$REMOTE_DIR` may be one there. */
function namesFile(hole: Hole): boolean {
  return /home|pwd|dir|root|file|path|local|src|out|backup|te?mp|log/i.test(hole.hole) && !namesHost(hole) && !/server|vm|node|target|dest/i.test(hole.hole);
}

function namesHost(hole: Hole): boolean {
  return /remote|host/i.test(hole.hole);
}
