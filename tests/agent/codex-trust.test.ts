// Digests that Codex 0.169.0 itself gave for hooks, by `hooks/list` of `codex app-server`.
import { expect, it } from "vitest";
import { codexDigest, trustPath } from "../../src/agent/codex-trust.ts";

it.each<[string, object, object, string]>([
  ["with a timeout", { matcher: "Bash" }, { type: "command", command: "/bin/a", timeout: 10 }, "883c1df90c0d6a92f1982ed3dfe69a15f60fc991f71746758aac262410f49b8e"],
  ["without", { matcher: "Bash" }, { command: '/bin/b \u00e9 "q" <>&', type: "command" }, "226b5507cf587eb4c1f265b7e098818ea6172518c37dd7e1db02aac904637f92"],
  ["with none, and no matcher", {}, { type: "command", command: "/bin/c", timeout: 0 }, "ef6766bac9dd526637c7c9cd965cf82e7af503475525cb1ccfebfbf543bcacc4"],
  [
    "with an empty matcher and a message",
    { matcher: "" },
    { type: "command", command: "/bin/d", async: false, statusMessage: "hi" },
    "3cebdfa87b4fb55ada0ed92bf3b37a8e60e42b8f54866b8f77197763e3c9f6db",
  ],
])("%s", (_, entry, handler, digest) => {
  expect(codexDigest({ ...entry, hooks: [{ ...handler }] }, { ...handler })).toBe(`sha256:${digest}`);
});

it("is not told of what nobody knows", () => {
  expect(codexDigest({}, { type: "command", command: "x", somethingNew: 1 })).toBeUndefined();
  expect(codexDigest({}, { type: "prompt" })).toBeUndefined();
  expect(codexDigest({}, "x")).toBeUndefined();
});

it("has its place by the file and the numbers in it", () => {
  expect(trustPath("/h/hooks.json", 1, 2)).toEqual(["hooks", "state", "/h/hooks.json:pre_tool_use:1:2", "trusted_hash"]);
});
