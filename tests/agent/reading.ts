// How each agent reads what a hook leaves behind, as it was observed with the agents themselves, headless, with all approvals bypassed. None
// of it is ours: it is what the hook's answers have to get through.
import { isDeepStrictEqual } from "node:util";

/** What a hook has printed, and ended with. */
export interface Left {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `told`: it did not run, and the model knows why. `stopped`: it did not run. `hangs`: the agent waits for an answer to a question. */
export type Effect = "told" | "stopped" | "runs" | "hangs";

type Body = { readonly [key: string]: unknown };
type Reader = (left: Left, body: Body | undefined) => Effect;

/** Claude Code's form, in which a denial has its reason. */
function specific(body: Body | undefined): string | undefined {
  const output = body?.["hookSpecificOutput"] as Body | undefined;
  return output?.["hookEventName"] === "PreToolUse" ? String(output["permissionDecision"]) : undefined;
}

const legacy = (body: Body | undefined, word: string) => body?.["decision"] === word && typeof body["reason"] === "string";

const claude: Reader = ({ status, stderr }, body) => {
  if (specific(body) === "deny" || specific(body) === "ask" || legacy(body, "block")) return "told";
  if (status === 2) return stderr.trim() === "" ? "stopped" : "told";
  return "runs";
};

/** Refuses to read a body with a key that it does not know, and then runs the command. */
const codex: Reader = ({ status, stderr }, body) => {
  const known = ["continue", "stopReason", "suppressOutput", "systemMessage", "decision", "reason", "hookSpecificOutput"];
  if (status === 0 && body !== undefined && Object.keys(body).every((key) => known.includes(key)) && (specific(body) === "deny" || legacy(body, "block"))) return "told";
  return status === 2 && stderr.trim() !== "" ? "told" : "runs";
};

/** A body counts with status 0 alone. Statuses from 3 on block with the text that there is; nothing tells the model which. */
const gemini: Reader = ({ status, stderr }, body) => {
  if (status === 0 && body?.["decision"] === "ask") return "hangs";
  if (status === 0) return legacy(body, "deny") || legacy(body, "block") ? "told" : "runs";
  return status !== 1 && stderr.trim() !== "" ? "told" : "runs";
};

const qwen: Reader = ({ status, stderr }, body) => {
  if (status === 0 && specific(body) === "ask") return "stopped";
  if (status === 0) return specific(body) === "deny" || legacy(body, "block") || legacy(body, "deny") ? "told" : "runs";
  return status === 2 && stderr.trim() !== "" ? "told" : "runs";
};

/** In the form that an installation has: no other form's body is anything to it, and a status that is not 0 blocks without its text. */
const copilot: Reader = ({ status }, body) => {
  if (status === 0 && body?.["permissionDecision"] === "deny") return "told";
  if (status === 0 && body?.["permissionDecision"] === "ask") return "stopped";
  return status === 0 ? "runs" : "stopped";
};

/** Statuses 2 and 1 are nothing to it. `cancel` ends the run, of which the model hears nothing; other commands in place of those are run. */
const cline: Reader = ({ status, stderr }, body) => {
  if (body?.["cancel"] === true) return "stopped";
  const commands = (body?.["overrideInput"] as Body | undefined)?.["commands"];
  if (Array.isArray(commands) && /^printf '%s\\n' .*>&2; exit 126$/s.test(String(commands))) return "told";
  return status === 2 && stderr.trim() === "" ? "stopped" : status !== null && status > 2 ? "stopped" : "runs";
};

const readers: Readonly<Record<string, Reader>> = { claude, codex, gemini, qwen, copilot, cline };

/** Those of which it is known; opencode and pi run a plugin of ours, which is tried itself. */
export const agentsRead = Object.keys(readers);

export function readBy(agent: string, left: Left): Effect {
  const read = readers[agent];
  if (read === undefined) throw new Error(`nobody knows how ${agent} reads`);
  return read(left, bodyOf(left.stdout));
}

export function isSilence(left: Left): boolean {
  return isDeepStrictEqual({ status: left.status, stdout: left.stdout, stderr: left.stderr }, { status: 0, stdout: "", stderr: "" });
}

function bodyOf(text: string): Body | undefined {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
}
