// Requests as tests write them: only what a case is about.
import type { Host, Path, Request } from "../../src/policy/request.ts";

export const local: Host = { kind: "local" };

/** A remote host that is known by all these names, the first as typed. */
export function host(...names: readonly string[]): Host {
  return { kind: "remote", typed: names[0] ?? "", known: true, names };
}

/** A remote host of which only the beginning and the end are known: `172.16.168.$vm`. */
export function partly(prefix: string, suffix = ""): Host {
  return { kind: "remote", typed: `${prefix}$vm${suffix}`, known: false, names: [], prefix, suffix };
}

/** `$` begins what is not known. */
export function path(text: string): Path {
  const hole = text.indexOf("$");
  return { text, known: hole < 0, prefix: hole < 0 ? text : text.slice(0, hole), glob: /[*?]/.test(text) };
}

export function request(given: Partial<Request>): Request {
  return { action: "read", host: local, utility: "cat", via: [], span: { start: 0, end: 0 }, ...given };
}
