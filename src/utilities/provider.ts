// What command lines of providers (clouds, managers of virtual machines) have in common: names instead of addresses.
import { known, slice, textWord, type Word } from "../syntax/word.ts";
import { transferEffects } from "./copy.ts";
import { matchesGlob } from "./descriptor.ts";
import type { Door } from "./door.ts";
import { request } from "./effect.ts";
import { listed } from "./host-list.ts";
import { flat } from "./path-word.ts";
import type { Effect, Hop, Invocation } from "./utility.ts";

/** Long options that take an argument. */
export function long(names: string): string[] {
  return names.split(" ").map((name) => `${name}=`);
}

/** Sources and a destination written `name:path`, where names are the provider's. */
export function copiesByName(operands: readonly Word[], address = false): readonly Effect[] {
  const destination = operands.at(-1);
  if (destination === undefined || operands.length < 2) return [];
  const hop = (host: Word): Hop => (address ? { kind: "host", destination: host } : nameHop(host));
  return transferEffects({ sources: operands.slice(0, -1), destination, hop });
}

/** `[user@]name`. */
function nameHop(host: Word): Hop {
  const at = flat(host).lastIndexOf("@");
  return at < 0 ? listed(host) : { ...listed(slice(host, at + 1)), user: slice(host, 0, at) };
}

/** Subcommands of a provider that only look, by their names; others change something there, and are recorded. */
export const looking = [
  "list*",
  "describe*",
  "get*",
  "show*",
  "ls",
  "head*",
  "lookup*",
  "search*",
  "status",
  "info",
  "version",
  "help",
  "wait",
  "diff",
  "ps",
  "logs",
  "print*",
  "check*",
  "whoami",
  "config",
];

/** They write a cluster's credentials into the client's kubeconfig, and make it the current one. */
const kubeconfigWriters = new Set(["get-credentials", "update-kubeconfig", "kubeconfig"]);

export function providerEffects({ arguments: given }: Invocation): readonly Effect[] {
  if (given.operands.some((word) => kubeconfigWriters.has(known(word) ?? ""))) {
    return [request("write", textWord("~/.kube/config"), { hops: [], configures: { of: "kubernetes", current: "another" } })];
  }
  const looks = given.operands.some((word) => looking.some((glob) => matchesGlob(known(word), glob)));
  return looks ? [] : [request("execute", undefined, { name: "unclassified" })];
}

/** The machine itself is switched or removed. */
export const power = (at: string, host: Door["host"]): Door => ({ at, host, does: "service", note: "stops, restarts or removes the machine" });
