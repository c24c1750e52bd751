// What is said of a permitted line that opens a session on another host: by the gate's end where no shim will say it.
import { beforeAll, expect, it } from "vitest";
import { createLines } from "../../src/session/lines.ts";
import { builtInEngine } from "../../src/world/engine.ts";
import { scratch } from "../stage/run.ts";

beforeAll(() => {
  process.env["XDG_STATE_HOME"] = scratch();
});

it.each([
  ["ssh 172.16.168.21", false, /notice: a shell on frontend/],
  ["ssh 172.16.168.21", true, /^$/],
  ["ssh 172.16.168.21 uptime", false, /^$/],
])("%s, below the runtime layer: %s", async (text, layered, said) => {
  const lines = createLines({
    shell: "bash",
    environment: {},
    policies: async () => ({ engine: builtInEngine() }),
    directory: () => "/",
    layered: () => layered,
    opens: async () => undefined,
    owes: () => {},
  });
  const answer = await lines.reply({ kind: "text", id: "1", fields: new Map([["t", text]]) });
  expect(answer.verdict === "tell" ? "" : answer.verdict).toBe("yes");
  expect(answer.said).toMatch(said);
});
