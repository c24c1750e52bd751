// Whether Codex runs a hook: it keeps a digest of each that somebody has trusted, and skips one whose digest is another without a word.
import { createHash } from "node:crypto";
import { isObject, type Json, type JsonPath, valueAt } from "./edit.ts";

/** Where in Codex's config.toml. `file`: the one that names the hook; the numbers are places in its lists. */
export function trustPath(file: string, entry: number, handler: number): JsonPath {
  return ["hooks", "state", `${file}:pre_tool_use:${entry}:${handler}`, "trusted_hash"];
}

const defaultTimeout = 600;
const known = ["type", "command", "timeout", "async", "statusMessage"];

/**
 * What Codex calls `currentHash` of a handler for PreToolUse, as `hooks/list` of `codex app-server` gave it (0.169.0): of the hook's own
 * settings, with what is not said filled in, as JSON with its keys in order. Undefined where it has a setting whose part in that is not known.
 */
export function codexDigest(entry: Json, handler: Json): string | undefined {
  const { command, timeout = defaultTimeout, async: later = false, statusMessage } = isObject(handler) ? handler : {};
  if (!isObject(handler) || !Object.keys(handler).every((key) => known.includes(key)) || typeof command !== "string" || typeof timeout !== "number") return undefined;
  const matcher = valueAt(entry, ["matcher"]);
  const hook = { async: later, command, ...(statusMessage === undefined ? {} : { statusMessage }), timeout: Math.max(timeout, 1), type: "command" };
  const text = JSON.stringify({ event_name: "pre_tool_use", hooks: [hook], ...(matcher === undefined ? {} : { matcher }) });
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
