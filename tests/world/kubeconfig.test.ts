// Kubeconfig files as `kubectl config` writes and merges them, and files that only look like it.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createKubeconfigs } from "../../src/world/kubeconfig.ts";
import { createWorld } from "../../src/world/world.ts";
import { run, scratch } from "../stage/run.ts";

interface Entries {
  readonly current?: string;
  /** Clusters by context. */
  readonly contexts?: Readonly<Record<string, string>>;
  /** Servers by cluster. */
  readonly clusters?: Readonly<Record<string, string>>;
}

function kubeconfig({ current = "", contexts = {}, clusters = {} }: Entries): string {
  return [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    ...Object.entries(clusters).map(([name, server]) => `- cluster:\n    server: ${server}\n  name: ${name}`),
    "contexts:",
    ...Object.entries(contexts).map(([name, cluster]) => `- context:\n    cluster: ${cluster}\n    user: u\n  name: ${name}`),
    `current-context: "${current}"`,
    "users: []",
    "",
  ].join("\n");
}

/** A directory with these files; `.kube/config` is kubectl's own. */
function homeWith(files: Readonly<Record<string, string>>): string {
  const home = scratch();
  mkdirSync(join(home, ".kube"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  return home;
}

const usual = kubeconfig({ current: "prod", contexts: { prod: "p", dev: "d" }, clusters: { p: "https://10.0.0.9:6443", d: "https://127.0.0.1:40123" } });
const prod = { context: "prod", url: "https://10.0.0.9:6443" };

/** One file, and what is asked of it. */
const cases: readonly (readonly [title: string, text: string, context: string | undefined, server: unknown])[] = [
  ["the current context", usual, undefined, prod],
  ["a context by name", usual, "dev", { context: "dev", url: "https://127.0.0.1:40123" }],
  ["a context that does not exist", usual, "stage", undefined],
  ["no current context", kubeconfig({ contexts: { prod: "p" }, clusters: { p: "https://h" } }), undefined, "unconfigured"],
  ["an empty file", "", undefined, "unconfigured"],
  ["an empty file, a context by name", "", "prod", undefined],
  [
    "JSON",
    '{"current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "c"}}], "clusters": [{"name": "c", "cluster": {"server": "https://h"}}]}',
    undefined,
    { context: "a", url: "https://h" },
  ],
  [
    "anchors",
    "x: &c {server: 'https://h'}\nclusters: [{name: c, cluster: *c}]\ncontexts: [{name: a, context: {cluster: c}}]\ncurrent-context: a\n",
    undefined,
    { context: "a", url: "https://h" },
  ],
  ["a cluster that is not there", kubeconfig({ current: "a", contexts: { a: "c" } }), undefined, { context: "a", url: undefined }],
  ["entries of wrong types", "contexts: [5, {name: [a]}, {name: a, context: c}]\nclusters: 3\ncurrent-context: a\n", undefined, { context: "a", url: undefined }],
  ["a current context that does not exist", kubeconfig({ current: "gone" }), undefined, undefined],
  ["no YAML", "a: [", undefined, undefined],
  ["a list", "- a\n", undefined, undefined],
  ["a text", "kubeconfig", undefined, undefined],
  ["two documents", `${usual}---\n${usual}`, undefined, undefined],
  [
    "a bomb",
    `a: &a [${"x,".repeat(50)}x]\n${"bcdefgh".replace(/./g, (name) => `${name}: &${name} [${`*${String.fromCharCode(name.charCodeAt(0) - 1)},`.repeat(50)}]\n`)}`,
    undefined,
    undefined,
  ],
  ["nested too deeply", "[".repeat(200_000), undefined, undefined],
  ["larger than 1 MiB", usual.padEnd(1024 * 1024 + 1, "\n"), undefined, undefined],
];

describe("one kubeconfig", () => {
  it.each(cases)("%s", (_, text, context, server) => {
    expect(createKubeconfigs(homeWith({ ".kube/config": text }))(context, undefined)).toEqual(server);
  });

  it("none at all", () => {
    const server = createKubeconfigs(scratch());
    expect([server(undefined, undefined), server("prod", undefined)]).toEqual(["unconfigured", undefined]);
  });

  it("a directory in its place is not known", () => {
    const home = homeWith({});
    mkdirSync(join(home, ".kube", "config"));
    expect(createKubeconfigs(home)(undefined, undefined)).toBeUndefined();
  });

  it("a pipe in its place does not hold up the answer", () => {
    const home = homeWith({});
    run("mkfifo", [join(home, ".kube", "config")]);
    expect(createKubeconfigs(home)(undefined, undefined)).toBeUndefined();
  });

  it("a plug-in for credentials is not run", () => {
    const home = homeWith({});
    const mark = join(home, "ran");
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "touch", args: [mark], interactiveMode: "Never" };
    const text = `${usual.replace("users: []", "")}users: ${JSON.stringify([{ name: "u", user: { exec } }])}\n`;
    writeFileSync(join(home, ".kube", "config"), text);
    expect(createKubeconfigs(home)(undefined, undefined)).toEqual(prod);
    expect(existsSync(mark)).toBe(false);
  });

  it("a file that is changed later counts from then on", () => {
    const home = homeWith({ ".kube/config": usual });
    const { kubernetesServer } = createWorld({ home });
    expect(kubernetesServer(undefined, undefined)).toEqual(prod);
    writeFileSync(join(home, ".kube", "config"), usual.replace('"prod"', '"dev"'));
    expect(kubernetesServer(undefined, undefined)).toEqual({ context: "dev", url: "https://127.0.0.1:40123" });
  });
});

describe("a list of kubeconfigs", () => {
  const home = homeWith({
    ".kube/config": usual,
    a: kubeconfig({ contexts: { x: "c1" }, clusters: { c1: "https://10.0.0.1:6443" } }),
    b: kubeconfig({ current: "x", contexts: { x: "c2" }, clusters: { c1: "https://10.0.0.2:6443", c2: "https://10.0.0.3:6443" } }),
    c: kubeconfig({ contexts: { z: "c2" } }),
    damaged: "a: [",
  });
  const server = createKubeconfigs(home);

  // As `kubectl config view --minify` merges them.
  it.each([
    ["a:b", undefined, { context: "x", url: "https://10.0.0.1:6443" }],
    ["b:a", undefined, { context: "x", url: "https://10.0.0.3:6443" }],
    ["c:b", "z", { context: "z", url: "https://10.0.0.3:6443" }],
    [":a::b:", undefined, { context: "x", url: "https://10.0.0.1:6443" }],
    ["gone:b", undefined, { context: "x", url: "https://10.0.0.3:6443" }],
    ["gone", undefined, "unconfigured"],
    ["a", undefined, "unconfigured"],
    [":", undefined, "unconfigured"],
    ["b:damaged", undefined, undefined],
  ])("%s, context %s", (list, context, expected) => {
    const files = list.replace(/\w+/g, (name) => join(home, name));
    expect(server(context, files)).toEqual(expected);
  });

  it("/dev/null is an empty file", () => expect(server(undefined, "/dev/null")).toBe("unconfigured"));
  it("`~/` begins in the home directory", () => expect(server(undefined, "~/b")).toEqual({ context: "x", url: "https://10.0.0.3:6443" }));
  it("a relative name, where nobody knows from where, is not known", () => expect(server(undefined, "b")).toBeUndefined());
});
