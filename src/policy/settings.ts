// Settings: which of two is the tighter, and the rules that some of them stand for.
import { type CompiledRule, compileRule } from "./rule.ts";
import type { Rule, Settings } from "./schema.ts";

/** What each setting may be, from the loosest to the tightest. One without an order is only set by who is trusted. */
const tightness = {
  posture: ["prohibition", "read-only"],
  indeterminate: ["permit", "deny"],
  "remote-session": ["notice", "guard", "refuse"],
  terminal: ["exec", "pty"],
  runtime: ["off", "on", "strict"],
  role: ["workstation", "managed-host"],
} as const satisfies Partial<Record<keyof Settings, readonly string[]>>;

/** Whether nothing that is refused or recorded under `current` is not under `value`. */
export function tightens(key: string, current: unknown, value: unknown): boolean {
  if (key === "audit") return JSON.stringify(value) === '{"required":true}';
  // What is off unless somebody trusted says otherwise.
  if (key === "break-glass") return value === "off";
  const order: readonly unknown[] | undefined = (tightness as Readonly<Record<string, readonly unknown[]>>)[key];
  if (order === undefined) return false;
  return order.indexOf(value) >= (current === undefined ? 0 : order.indexOf(current));
}

export function mergeSettings(before: Settings, after: Settings): Settings {
  const audit = after.audit === undefined ? before.audit : { ...before.audit, ...after.audit };
  return { ...before, ...after, ...(audit === undefined ? {} : { audit }) };
}

/** Rules that a setting stands for; they are called `settings/…`. */
export function settingRules(settings: Settings): readonly CompiledRule[] {
  return settingTable.filter(({ holds }) => holds(settings)).map(({ rule }) => compileRule("settings", "built-in", rule));
}

const advice = [{ say: "Look at it with a read-only command:", run: "{look}" }];

const settingTable: readonly { readonly holds: (settings: Settings) => boolean; readonly rule: Rule }[] = [
  {
    holds: (settings) => settings.posture === "read-only",
    rule: {
      id: "posture",
      target: { action: "execute", host: "remote", name: "unclassified" },
      reason: "Only what is known to read runs on a server here, and this utility is not known.",
      advice,
      examples: { deny: ["ssh autobot@172.16.168.21 frobnicate"], permit: ["frobnicate", "ssh autobot@172.16.168.21 uptime"] },
    },
  },
  {
    holds: (settings) => settings["remote-session"] === "refuse",
    rule: {
      id: "remote-session",
      target: { action: "session", host: "remote" },
      reason: "Nobody opens a shell on a server here: what is typed in it is not seen.",
      advice,
      examples: { deny: [{ line: "ssh autobot@172.16.168.21", tty: true }], permit: ["bash", "ssh autobot@172.16.168.21 uptime"] },
    },
  },
];
