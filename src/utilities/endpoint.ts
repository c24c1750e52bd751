// An address that a client is given or configured with → the machine it reaches, none where that is this one.
import { known, prefix, slice, type Word } from "../syntax/word.ts";
import { flat } from "./path-word.ts";
import { readUrl } from "./url.ts";
import type { Configuration, Hop, Invocation, Utility } from "./utility.ts";

/** Schemes of services that listen on a socket of this machine. */
const localSchemes = new Set(["unix", "npipe", "fd"]);

/** `unix://…`, `ssh://user@host`, `tcp://host:2375`, `https://host:6443/path`, `host:2375`. */
export function endpointHops(address: Word): readonly Hop[] {
  if (prefix(address).startsWith("/") || known(address) === "") return [];
  const url = readUrl(address);
  if (url === undefined) return [{ kind: "host", destination: slice(address, 0, portColon(address)) }];
  if (localSchemes.has(url.scheme) || url.host === undefined) return [];
  // A port of the service's own protocol says nothing about the machine; one of ssh may be a forwarded one.
  const ssh = url.scheme === "ssh" ? { port: url.port, sshOptions: [] } : {};
  return [{ kind: "host", destination: url.host, user: url.user, ...ssh }];
}

function portColon(address: Word): number {
  const colon = flat(address).lastIndexOf(":");
  return colon > 0 ? colon : Number.POSITIVE_INFINITY;
}

/** A setting that is given and not empty: an empty one counts as none. */
export function filled(word: Word | undefined): Word | undefined {
  return known(word) === "" ? undefined : word;
}

/** It is not given, or the text tells it whole. */
export function isKnown(word: Word | undefined): boolean {
  return word === undefined || known(word) !== undefined;
}

/** The utility's requests change a client's configuration so. */
export function configuring(utility: Utility, change: (invocation: Invocation) => Configuration | undefined): Utility {
  const effects = (invocation: Invocation) => {
    const configures = change(invocation);
    return utility.effects(invocation).map((effect) => (effect.does === "request" ? { ...effect, configures } : effect));
  };
  return { ...utility, effects };
}

/** A context that the line has set, as a word: one that is not said, or that only run time tells, is not known either. */
export function currentContext(current: Configuration["current"]): Word | undefined {
  return current === "another" ? { pieces: [{ hole: "another context", why: "computed", splits: false }], span: { start: 0, end: 0 } } : current;
}
