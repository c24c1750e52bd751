// What an agent writes to a hook's standard input → the shell calls in it.
import { resolve } from "node:path";
import type { Form, Reply } from "./dialect.ts";

export interface ShellCall {
  readonly commands: readonly string[];
  readonly cwd: string;
  readonly dialect: "bash" | "powershell";
  readonly session: string | undefined;
}

/** `silent`: no call of a shell. `unreadable`: it may be one, and why it cannot be told. */
export type Payload =
  | { readonly call: ShellCall; readonly deny: Form["deny"] }
  | { readonly silent: true }
  | { readonly unreadable: string; readonly deny: (reason: string) => Reply };

type Json = Readonly<Record<string, unknown>>;

const own = ["mcp__autobot__", "mcp_autobot_", "autobot-", "autobot_"];
const ownTools = ["exec", "read", "write", "kill", "sessions", "check"];

/** `forms`: the agent's, at least one. `directory`: where the hook was started. */
export function readPayload(text: string, forms: readonly Form[], directory: string): Payload {
  const payload = parsed(text);
  const last = forms.at(-1) as Form;
  if (payload === undefined) return { unreadable: "its hook's input is no JSON object", deny: last.deny };
  const form = forms.find(({ mark }) => mark !== undefined && at(payload, mark) !== undefined) ?? last;
  const { deny } = form;
  const event = form.event === undefined ? undefined : at(payload, form.event.at);
  if (typeof event === "string" && form.event?.names.includes(event) === false) return { silent: true };
  const tool = form.tool === undefined ? "" : at(payload, form.tool);
  if (typeof tool !== "string" || (event !== undefined && typeof event !== "string")) return { unreadable: "its hook's input names no tool", deny };
  if (own.some((prefix) => ownTools.some((name) => tool === prefix + name))) return { silent: true };
  const input = form.input === "" ? payload : objectOf(at(payload, form.input));
  const commands = commandsOf(input === undefined ? undefined : at(input, form.command));
  // Another tool with a command, as a server of shells brings it, is judged by that.
  if (commands === undefined) return form.tool === undefined || form.shells.includes(tool) ? { unreadable: "its hook's input names no command", deny } : { silent: true };
  const session = at(payload, form.session);
  const places = [firstOf(at(payload, form.cwd)), ...(form.directories ?? []).map((each) => at(input ?? {}, each))].filter((each) => each !== undefined);
  if (!places.every((each) => typeof each === "string")) return { unreadable: "its hook's input names no directory", deny };
  const cwd = resolve(directory, ...(places as string[]));
  const dialect = tool.toLowerCase() === "powershell" ? "powershell" : "bash";
  return { call: { commands, cwd, dialect, session: typeof session === "string" ? session : undefined }, deny };
}

function parsed(text: string): Json | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Some agents give an object as its JSON. */
function objectOf(value: unknown): Json | undefined {
  if (typeof value === "string" && value.startsWith("{")) return parsed(value);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function at(payload: Json, place: string): unknown {
  let value: unknown = payload;
  for (const name of place.split(".")) value = Object.hasOwn(objectOf(value) ?? {}, name) ? objectOf(value)?.[name] : undefined;
  return value;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function commandsOf(value: unknown): readonly string[] | undefined {
  const all = Array.isArray(value) ? value : [value];
  return all.length > 0 && all.every((each) => typeof each === "string") ? all : undefined;
}
