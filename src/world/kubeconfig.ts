// Kubeconfig files → the server that a context stands for, as kubectl(1) merges them: the first file to say something
// wins. Plug-ins and commands that they name for credentials are never run.
import type { World } from "../decide.ts";
import { createReader, textAt, valueAt } from "./client-file.ts";

interface Kubeconfig {
  readonly current: string | undefined;
  /** The clusters that contexts name. */
  readonly contexts: ReadonlyMap<string, string | undefined>;
  /** Servers' URLs. */
  readonly clusters: ReadonlyMap<string, string | undefined>;
}

/** A file that shares this much is no kubeconfig but a bomb. */
const maximumAliases = 100;

export function createKubeconfigs(home: string): World["kubernetesServer"] {
  const read = createReader(parse, home);
  return (named, list = "~/.kube/config") => {
    const files = list
      .split(":")
      .filter((path) => path !== "")
      .map(read);
    if (files.includes("damaged")) return undefined;
    const configs = files.flatMap((file) => (typeof file === "object" ? [file.content] : []));
    const context = named ?? configs.find(({ current }) => current !== undefined)?.current;
    if (context === undefined) return "unconfigured";
    const chosen = configs.find(({ contexts }) => contexts.has(context));
    if (chosen === undefined) return undefined;
    const cluster = chosen.contexts.get(context) ?? "";
    return { context, url: configs.find(({ clusters }) => clusters.has(cluster))?.clusters.get(cluster) };
  };
}

/** Undefined where it is not YAML, or not a mapping. */
function parse(text: string): Kubeconfig | undefined {
  const document = yaml().parseDocument(text, { prettyErrors: false, stringKeys: true, merge: true, uniqueKeys: false });
  if (document.errors.length > 0) return undefined;
  const value: unknown = document.toJS({ maxAliasCount: maximumAliases }) ?? {};
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  return {
    current: textAt(value, "current-context"),
    contexts: named(value, "contexts", "context", "cluster"),
    clusters: named(value, "clusters", "cluster", "server"),
  };
}

/** `list: [{name: n, entry: {key: text}}]` as a map from each `n` to its text. */
function named(value: unknown, list: string, entry: string, key: string): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const items = valueAt(value, list);
  for (const item of Array.isArray(items) ? (items as readonly unknown[]) : []) {
    const name = textAt(item, "name");
    if (name !== undefined && !found.has(name)) found.set(name, textAt(item, entry, key));
  }
  return found;
}

/** Loaded when a kubeconfig is first met; at once, because a World answers at once. */
function yaml(): typeof import("yaml") {
  const { createRequire } = process.getBuiltinModule("node:module");
  const { resolve } = process.getBuiltinModule("node:path");
  // The judge is one CommonJS file, in which a module has no URL; it is then the program itself.
  return createRequire(import.meta.url ?? resolve(process.argv[1] ?? ""))("yaml") as typeof import("yaml");
}
