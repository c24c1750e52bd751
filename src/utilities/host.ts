// A hop's destination word → the Host it is, by what its options, `ssh -G` and /etc/hosts say; never by asking the network.
import type { Host } from "../policy/request.ts";
import { known, prefix, show, slice, suffix, type Word } from "../syntax/word.ts";
import { canonicalAddress, canonicalName, isLoopback } from "./address.ts";
import { flat } from "./path-word.ts";
import type { Hop } from "./utility.ts";
import type { World } from "./world.ts";

export const local: Host = { kind: "local" };

/** The machine at the end of a hop; `local` for this one. */
export function hostOf(hop: Hop, world: World): Host {
  if (hop.destination === undefined) return { kind: "remote", typed: "an unknown host", known: false, names: [], user: hop.user && show(hop.user) };
  const { name, user, port } = parts(hop.destination);
  const text = known(name);
  if (text === undefined) return unknownHost(name, hop.user ?? user);
  const full = known(hop.destination);
  const configured = hop.sshOptions === undefined || full === undefined ? undefined : world.sshConfiguration([...hop.sshOptions, full]);
  const portNumber = portOf(hop.port) ?? port ?? portOf(configured?.port);
  const names = namesOf(text, configured?.hostname, world);
  const forwarded = portNumber !== undefined && portNumber !== 22;
  if (hop.inventory !== true && !forwarded && names.some((each) => isLoopback(each) || world.ownNames.has(each))) return local;
  if (hop.inventory === true && text === "localhost") return local;
  const typedUser = hop.user ?? user;
  return {
    kind: "remote",
    typed: text,
    known: true,
    names,
    user: typedUser === undefined ? configured?.user : show(typedUser),
    port: forwarded ? portNumber : undefined,
  };
}

function namesOf(typed: string, configured: string | undefined, world: World): readonly string[] {
  const names = new Set<string>();
  for (const each of [typed, configured]) {
    if (each === undefined || each === "") continue;
    const name = canonicalName(each);
    names.add(canonicalAddress(name) ?? name);
    for (const address of world.addresses(name)) names.add(canonicalAddress(address) ?? address);
  }
  return [...names];
}

function unknownHost(name: Word, user: Word | undefined): Host {
  return {
    kind: "remote",
    typed: show(name),
    known: false,
    names: [],
    prefix: canonicalName(prefix(name)),
    suffix: canonicalName(suffix(name)),
    user: user === undefined ? undefined : show(user),
  };
}

interface Parts {
  readonly name: Word;
  readonly user: Word | undefined;
  readonly port: number | undefined;
}

/** `[user@]host`, `scheme://[user@]host[:port][/…]`, `[v6]`. The last `@` divides, as in ssh(1). */
function parts(destination: Word): Parts {
  let word = destination;
  let port: number | undefined;
  const scheme = flat(word).indexOf("://");
  if (scheme >= 0) {
    word = slice(word, scheme + 3);
    const slash = flat(word).indexOf("/");
    if (slash >= 0) word = slice(word, 0, slash);
  }
  const at = flat(word).lastIndexOf("@");
  const user = at < 0 ? undefined : slice(word, 0, at);
  if (at >= 0) word = slice(word, at + 1);
  const text = known(word);
  const bracket = text === undefined ? null : /^\[(.*)\](?::(\d+))?$/.exec(text);
  if (bracket !== null) {
    port = portOfText(bracket[2]);
    word = slice(word, 1, 1 + (bracket[1]?.length ?? 0));
  } else if (scheme >= 0) {
    const colon = flat(word).indexOf(":");
    if (colon >= 0) {
      port = portOf(slice(word, colon + 1));
      word = slice(word, 0, colon);
    }
  }
  return { name: word, user, port };
}

function portOf(port: Word | string | undefined): number | undefined {
  return portOfText(typeof port === "object" ? known(port) : port);
}

function portOfText(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
