// Docker's configuration as its own client leaves it: config.json, and a directory of metadata for each context.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDockerContexts } from "../../src/world/docker-context.ts";
import { createWorld } from "../../src/world/world.ts";
import { scratch } from "../stage/run.ts";

const standard = "unix:///var/run/docker.sock";

interface Files {
  /** The text of config.json; absent: there is none. */
  readonly config?: string;
  /** meta.json by context. */
  readonly contexts?: Readonly<Record<string, string>>;
}

function metadata(name: string, host: string): string {
  return JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } });
}

function configure(directory: string, { config, contexts = {} }: Files): void {
  mkdirSync(directory, { recursive: true });
  if (config !== undefined) writeFileSync(join(directory, "config.json"), config);
  for (const [name, meta] of Object.entries(contexts)) {
    const at = join(directory, "contexts", "meta", createHash("sha256").update(name).digest("hex"));
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, "meta.json"), meta);
  }
}

function homeWith(files: Files): string {
  const home = scratch();
  configure(join(home, ".docker"), files);
  return home;
}

const prod = { prod: metadata("prod", "ssh://u@h") };

const cases: readonly (readonly [title: string, files: Files, context: string | undefined, endpoint: string | undefined])[] = [
  ["no configuration", {}, undefined, standard],
  ["no current context", { config: "{}", contexts: prod }, undefined, standard],
  ["an empty current context", { config: '{"currentContext": ""}', contexts: prod }, undefined, standard],
  ["the current context", { config: '{"auths": {}, "currentContext": "prod"}', contexts: prod }, undefined, "ssh://u@h"],
  ["the context `default`", { config: '{"currentContext": "default"}', contexts: prod }, undefined, standard],
  ["`default` by name", { config: '{"currentContext": "prod"}', contexts: prod }, "default", standard],
  ["a context by name", { contexts: prod }, "prod", "ssh://u@h"],
  ["a name with a slash and dots", { contexts: { "../a/b": metadata("../a/b", "tcp://h:2376") } }, "../a/b", "tcp://h:2376"],
  ["a context that does not exist", { contexts: prod }, "stage", undefined],
  ["a current context that does not exist", { config: '{"currentContext": "stage"}', contexts: prod }, undefined, undefined],
  ["docker goes on without a configuration that is no JSON", { config: "{currentContext: prod", contexts: prod }, undefined, standard],
  ["a configuration that is no object", { config: "5" }, undefined, standard],
  ["a current context that is no text", { config: '{"currentContext": ["prod"]}', contexts: prod }, undefined, standard],
  ["metadata that is no JSON", { contexts: { prod: "{" } }, "prod", undefined],
  ["metadata without an engine", { contexts: { prod: '{"Name": "prod", "Endpoints": {"kubernetes": {"Host": "https://h"}}}' } }, "prod", undefined],
  ["metadata larger than 1 MiB", { contexts: { prod: metadata("prod", "ssh://u@h").padEnd(1024 * 1024 + 1) } }, "prod", undefined],
];

describe("docker's contexts", () => {
  it.each(cases)("%s", (_, files, context, endpoint) => {
    expect(createDockerContexts(homeWith(files))(context, undefined)).toBe(endpoint);
  });

  it("another directory of configuration", () => {
    const home = homeWith({ config: '{"currentContext": "prod"}', contexts: prod });
    const other = scratch();
    configure(other, { config: '{"currentContext": "stage"}', contexts: { stage: metadata("stage", "ssh://u@stage") } });
    const endpoint = createDockerContexts(home);
    expect([endpoint(undefined, other), endpoint("prod", other), endpoint("prod", undefined)]).toEqual(["ssh://u@stage", undefined, "ssh://u@h"]);
  });

  it("a directory below `~`", () => {
    const home = scratch();
    configure(join(home, "d"), { config: '{"currentContext": "prod"}', contexts: prod });
    expect(createDockerContexts(home)(undefined, "~/d")).toBe("ssh://u@h");
  });

  it("a context that is changed later counts from then on", () => {
    const home = homeWith({ config: "{}", contexts: prod });
    const { dockerEndpoint } = createWorld({ home });
    expect(dockerEndpoint(undefined, undefined)).toBe(standard);
    configure(join(home, ".docker"), { config: '{"currentContext": "prod"}' });
    expect(dockerEndpoint(undefined, undefined)).toBe("ssh://u@h");
  });
});
