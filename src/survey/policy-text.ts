// A policy → the YAML of its file; or what a file says already, with what is new in the policy added and its comments kept.
import { isDeepStrictEqual } from "node:util";
import { Document, isMap, isScalar, isSeq, type Node, parseDocument, visit, type YAMLMap, YAMLSeq } from "yaml";
import { namesOf } from "../policy/fleet.ts";
import type { FleetHost, Policy, Route } from "../policy/schema.ts";

const width = 120;

/** `from`: for each host, where it was found. */
export interface PolicyRemarks {
  readonly head: string;
  readonly from: ReadonlyMap<string, string>;
}

export function newPolicyText(policy: Policy, { head, from }: PolicyRemarks): string {
  const document = new Document(policy);
  document.commentBefore = head;
  for (const item of hostsIn(document)?.items ?? []) {
    const found = isMap(item) ? from.get(String(item.get("name"))) : undefined;
    if (isMap(item) && found !== undefined) item.commentBefore = ` ${found}`;
  }
  remark(document, "replaces", " in place of the fleet that the default policies describe");
  remark(document, "disable", " The defaults also say where logs, tests and reports belong in a repository; without this line, they do in yours.");
  compact(document);
  return document.toString({ lineWidth: width, flowCollectionPadding: true });
}

/** The file's text with the hosts, names, path maps and routes that it does not have yet; `error`: it is not valid YAML. */
export function mergedPolicyText(before: string, policy: Policy, { from }: PolicyRemarks): { readonly text: string } | { readonly error: string } {
  const document = parseDocument(before, { keepSourceTokens: true });
  const [fault] = document.errors;
  if (fault !== undefined) return { error: fault.message };
  if (!isMap(document.contents)) return { error: "it is no mapping" };
  const untouched = document.toString({ lineWidth: 0 });
  for (const host of policy.fleet?.hosts ?? []) mergeHost(document, host, from.get(host.name));
  for (const route of policy.routes ?? []) mergeRoute(document, route);
  const text = document.toString({ lineWidth: 0 });
  // Nothing is new: not even its form is touched.
  return { text: text === untouched ? before : text };
}

/** A route that is called the same is there already, whatever its owner has made of it since. */
function mergeRoute(document: Document.Parsed, route: Route): void {
  const routes = listAt(document, ["routes"]);
  const known = routes.items.flatMap((item) => (isMap(item) ? [item.toJS(document) as Route] : []));
  const isSame = (other: Route) =>
    route.script === undefined
      ? other.id === route.id || (route.run !== undefined && other.run === route.run && isDeepStrictEqual(other.for, route.for))
      : other.script === route.script;
  if (known.some(isSame)) return;
  let { id } = route;
  for (let number = 2; known.some((other) => other.id === id); number++) id = `${route.id}-${number}`;
  routes.add(compacted(document, { ...route, id }));
}

function mergeHost(document: Document.Parsed, host: FleetHost, found: string | undefined): void {
  const hosts = listAt(document, ["fleet", "hosts"]);
  const names = new Set(namesOf(host));
  const same = hosts.items.find((item): item is YAMLMap => isMap(item) && namesOf(item.toJS(document) as FleetHost).some((name) => names.has(name)));
  if (same === undefined) {
    const item = compacted(document, host);
    if (found !== undefined) item.commentBefore = ` ${found}`;
    return hosts.add(item);
  }
  const known = same.toJS(document) as FleetHost;
  for (const key of ["addresses", "aliases", "groups", "paths"] as const) {
    const has = new Set((known[key] ?? []).map((each) => JSON.stringify(each)));
    const fresh = (host[key] ?? []).filter((each) => !has.has(JSON.stringify(each)) && each !== known.name);
    const clear = key === "paths" ? fresh.filter((each) => !(known.paths ?? []).some(({ remote }) => typeof each === "object" && each.remote === remote)) : fresh;
    if (clear.length === 0) continue;
    const list = same.get(key);
    if (isSeq(list)) for (const each of clear) list.add(compacted(document, each));
    else same.set(key, compacted(document, clear));
  }
}

function hostsIn(document: Document): YAMLSeq | undefined {
  const hosts = document.getIn(["fleet", "hosts"]);
  return isSeq(hosts) ? hosts : undefined;
}

function listAt(document: Document, path: readonly string[]): YAMLSeq {
  const list = document.getIn(path);
  if (isSeq(list)) return list;
  const made = new YAMLSeq();
  document.setIn(path, made);
  return made;
}

function compacted(document: Document, value: unknown): Node {
  const node = document.createNode(value) as Node;
  flatten(node);
  return node;
}

function remark(document: Document, key: string, comment: string): void {
  if (!isMap(document.contents)) return;
  const pair = document.contents.items.find((each) => isScalar(each.key) && each.key.value === key);
  if (pair !== undefined && isScalar(pair.key)) pair.key.commentBefore = comment;
}

function compact(document: Document): void {
  if (document.contents !== null) flatten(document.contents as Node);
  if (!isMap(document.contents)) return;
  for (const pair of document.contents.items.slice(2)) if (isScalar(pair.key)) pair.key.spaceBefore = true;
}

/** Lists of words, and small mappings, stand in one line. */
function flatten(node: Node): void {
  const isWord = (each: unknown) => isScalar(each);
  visit(node, {
    Seq: (_, seq) => {
      if (seq.items.every(isWord)) seq.flow = true;
    },
    Map: (key, map) => {
      const plain = map.items.every(({ value }) => isScalar(value) || (isSeq(value) && value.items.every(isWord)));
      if (plain && key !== null && map.items.length <= 4 && JSON.stringify(map.toJSON()).length < width - 20) map.flow = true;
    },
  });
}
