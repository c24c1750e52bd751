// `autobotctl mcp` as its clients start it, driven by the two official ones: a home of its own, and stubs for what would reach a server.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { autobotctl, environment, scratch } from "../stage/run.ts";
import { executable } from "../stage/stubs.ts";

export interface Called {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { readonly progress: number; readonly message?: string | undefined }) => void;
  readonly timeout?: number;
  readonly resetTimeoutOnProgress?: boolean;
}

export interface Connected {
  readonly pid: number;
  call(name: string, words?: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<Called>;
  tools(): Promise<readonly { readonly name: string; readonly annotations?: { readonly readOnlyHint?: boolean | undefined } | undefined }[]>;
  close(): Promise<void>;
}

export interface World {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

export function createWorld(): World {
  const directory = scratch();
  for (const name of ["bin", "home", "tmp"]) mkdirSync(join(directory, name));
  for (const name of ["ssh", "scp", "rsync"]) executable(join(directory, "bin", name), `#!/bin/bash\nprintf '%s' "\${0##*/}"; printf ' <%s>' "$@"; echo\n`);
  return {
    directory,
    environment: {
      ...environment,
      HOME: join(directory, "home"),
      PATH: `${join(directory, "bin")}:${environment["PATH"]}`,
      TMPDIR: join(directory, "tmp"),
      XDG_STATE_HOME: join(directory, "state"),
      XDG_CACHE_HOME: join(directory, "cache"),
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

const words = { command: autobotctl, args: ["mcp"], stderr: "ignore" as const };
const self = { name: "autobot-sh-test", version: "1" };

async function second({ directory, environment: env }: World, options?: ConstructorParameters<typeof Client>[1]): Promise<Connected> {
  const transport = new StdioClientTransport({ ...words, env: { ...env }, cwd: directory });
  const client = new Client(self, options);
  await client.connect(transport);
  return {
    pid: transport.pid ?? 0,
    call: async (name, given, callOptions) => called(await client.callTool({ name, arguments: { ...given } }, callOptions)),
    tools: async () => (await client.listTools()).tools,
    close: () => client.close(),
  };
}

export const clients: Readonly<Record<string, (world: World) => Promise<Connected>>> = {
  "client 2": (world) => second(world),
  "client 2, at its newest": (world) => second(world, { versionNegotiation: { mode: "auto" } }),
  "client 1": async ({ directory, environment: env }) => {
    const transport = new TransportV1({ ...words, env: { ...env }, cwd: directory });
    const client = new ClientV1(self);
    // Its types differ where properties may be undefined.
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    return {
      pid: transport.pid ?? 0,
      call: async (name, given, options) => called(await client.callTool({ name, arguments: { ...given } }, undefined, options as Parameters<typeof client.callTool>[2])),
      tools: async () => (await client.listTools()).tools,
      close: () => client.close(),
    };
  },
};

function called(result: { readonly [key: string]: unknown }): Called {
  const content = result["content"] as readonly { readonly type: string; readonly text?: string }[];
  const text = content.map((each) => each.text ?? "").join("");
  return { isError: result["isError"] === true, text, structured: (result["structuredContent"] ?? {}) as Called["structured"] };
}
