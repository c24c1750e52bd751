// A word that holds a URL (RFC 3986): its scheme, whom it reaches, and the path there, as parts of the same word.
import { slice, type Word } from "../syntax/word.ts";
import { flat } from "./path-word.ts";
import type { Hop } from "./utility.ts";

export interface Url {
  /** Lower case, without the colon: `sftp`. */
  readonly scheme: string;
  readonly user: Word | undefined;
  /** Undefined where the authority is empty: `file:///etc/hosts`. */
  readonly host: Word | undefined;
  readonly port: Word | undefined;
  /** From the slash on; empty where there is none. */
  readonly path: Word;
}

/** Undefined where the word is not `scheme://…`; parts that only run time tells stay parts of the words. */
export function readUrl(word: Word): Url | undefined {
  const text = flat(word);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text);
  if (scheme === null) return undefined;
  const start = scheme[0].length;
  const end = start + (/^[^/?#]*/.exec(text.slice(start))?.[0].length ?? 0);
  const at = text.lastIndexOf("@", end - 1);
  const hostStart = at >= start ? at + 1 : start;
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text.slice(hostStart, end)) ?? [];
  const brackets = host.startsWith("[") ? 1 : 0;
  const user = at >= start ? slice(word, start, start + (/^[^:@]*/.exec(text.slice(start, at))?.[0].length ?? 0)) : undefined;
  return {
    scheme: scheme[1]?.toLowerCase() ?? "",
    user: user !== undefined && user.pieces.length > 0 ? user : undefined,
    host: host === "" ? undefined : slice(word, hostStart + brackets, hostStart + host.length - brackets),
    port: port === undefined || port === "" ? undefined : slice(word, end - port.length, end),
    path: slice(word, end),
  };
}

/** The machine that a URL names, none where it names none. Only a port of ssh may be one that is forwarded elsewhere. */
export function hopsOf(url: Url): readonly Hop[] | undefined {
  const port = /ssh|^(?:sftp|scp|fish)$/.test(url.scheme) ? url.port : undefined;
  return url.host === undefined ? undefined : [{ kind: "host", destination: url.host, user: url.user, port }];
}
