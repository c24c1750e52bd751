// The plugins that are packed: that they are what is generated, and that those in JavaScript stop an agent where they have to, and only there.
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { opencodePlugin, piExtension } from "../../src/agent/adapters.ts";
import { pluginFiles } from "../../src/agent/plugins.ts";
import { root, scratch } from "../stage/run.ts";

const { version }: { readonly version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

it("plugins/ is what `npm run generate` writes", () => {
  const folder = join(root, "plugins");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile());
  expect(Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]))).toEqual(pluginFiles(version));
});

interface Given {
  readonly args: { readonly command?: unknown; readonly workdir?: string };
  readonly cwd: string;
}

/** A hook in place of ours, which keeps what it is given and gives the answer. */
function hook(answer: string): { readonly program: string; readonly given: () => Given } {
  const folder = scratch();
  const program = join(folder, "autobotctl");
  writeFileSync(program, `#!/bin/sh\ncat > ${folder}/given\n${answer}\n`);
  chmodSync(program, 0o755);
  return { program, given: () => JSON.parse(readFileSync(join(folder, "given"), "utf8")) };
}

async function plugin(text: string) {
  const folder = join(scratch(), "plugin");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "plugin.js"), text);
  return import(pathToFileURL(join(folder, "plugin.js")).href);
}

async function opencode(program: string, tool: string, args: Given["args"]): Promise<string> {
  const { AutobotSh } = await plugin(opencodePlugin(JSON.stringify(program)));
  const hooks = await AutobotSh({ directory: "/work" });
  return hooks["tool.execute.before"]({ tool, sessionID: "s", callID: "c" }, { args }).then(
    () => "runs",
    (error: Error) => `stopped: ${error.message}`,
  );
}

async function pi(program: string, toolName: string, input: Given["args"]): Promise<string> {
  const handlers = new Map<string, (event: object, context: object) => { block: boolean; reason: string } | undefined>();
  (await plugin(piExtension(JSON.stringify(program)))).default({ on: (name: string, handler: never) => handlers.set(name, handler) });
  const answer = handlers.get("tool_call")?.({ toolName, input }, { cwd: "/work" });
  return answer?.block ? `stopped: ${answer.reason}` : "runs";
}

describe.each([
  ["opencode", opencode],
  ["pi", pi],
])("%s", (_, call) => {
  it("runs what the hook says nothing of", async () => {
    const { program, given } = hook("exit 0");
    expect(await call(program, "bash", { command: "ls" })).toBe("runs");
    expect(given()).toMatchObject({ tool: "bash", args: { command: "ls" }, cwd: "/work" });
  });

  it("does not ask about other tools", async () => {
    expect(await call("/nonexistent/autobotctl", "read", {})).toBe("runs");
  });

  it.each([
    ["refuses", `echo '{"decision":"block","reason":"REFUSED: no"}'`, "stopped: REFUSED: no"],
    ["refuses in words", "echo no", "stopped: no"],
    ["fails", "echo broken >&2; exit 125", "stopped: broken"],
    ["fails without a word", "exit 1", "stopped: autobot-sh cannot judge this command, so it was not run: status 1"],
    ["is killed", "kill -9 $$", "stopped: autobot-sh cannot judge this command, so it was not run: status null"],
  ])("stops where the hook %s", async (_, answer, expected) => {
    expect(await call(hook(answer).program, "bash", { command: "ls" })).toBe(expected);
  });

  it("stops where there is no hook", async () => {
    expect(await call("/nonexistent/autobotctl", "bash", { command: "ls" })).toMatch(/^stopped: autobot-sh cannot judge .*ENOENT/);
  });
});

it("opencode judges where the call says that it runs", async () => {
  const { program, given } = hook("exit 0");
  await opencode(program, "bash", { command: "ls", workdir: "sub" });
  expect(given().cwd).toBe("/work/sub");
});
