// Judges lines that nobody has asked for, so that the code caches made meanwhile (docs/adr/0014) hold what judging takes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hook } from "../agent/hook.ts";
import type { Waiting } from "../session/attended.ts";
import { type Exit, openPty, type PtyFailure } from "../session/pty.ts";
import { temporaryDirectory } from "../world/directory.ts";
import { builtInEngine, loadEngine } from "../world/engine.ts";

type Judge = (words: readonly string[]) => Promise<number>;
type Session = (words: readonly string[], environment: NodeJS.ProcessEnv, waiting: Waiting) => Promise<unknown>;

/** What the launcher leaves to the judge: other hosts, programs that nobody knows, loops and expansions. */
const commands: readonly (readonly string[])[] = [
  line(": | xargs true"),
  line("case a in b) ;; esac"),
  line("cd /tmp && ls -la | grep x > out.txt"),
  ["call", "git", "push"],
  line("ssh 172.16.168.21 'sudo systemctl restart x; sed -i s/a/b/ /etc/hosts'"),
  line('for f in {1..3} src/*.ts; do x=${f%.txt}; cp "$x" /tmp/$((f + 1)); done'),
  ["call", "ssh", "172.16.168.21", "cat", "/etc/hosts"],
  ["call", "rsync", "-a", "./", "172.16.168.21:/tmp/"],
  ["call", "docker", "ps"],
];

/** For agents, which wait before each command: to pass, and to refuse, one of them twice. */
const agentsLines: readonly string[] = [
  "git status && ls | head",
  "npx tsc --noEmit -p . 2>&1 | tail -20; cat package.json | jq .version",
  "ssh 172.16.168.21 'vim /home/autobot/app.py'",
  "ssh 172.16.168.21 'vim /home/autobot/app.py'",
  "ssh host.invalid reboot",
  "ssh autobot@172.16.168.21 \"sed -i 's/a/b/' /home/autobot/autobot-vue/src/App.vue\"",
];

function line(text: string): readonly string[] {
  return ["shell", "fields", "autobot-sh", "-c", text];
}

/**
 * Yields after each round; after the last, everything has been loaded. Expects nobody at its standard streams. `session`: comes
 * first, for its own caches; somebody types `typed` then.
 */
export async function* rehearse(judge: Judge, session?: Session): AsyncGenerator<void> {
  const scratch = mkdtempSync(join(temporaryDirectory(), "autobot-sh-"));
  Object.assign(process.env, { PATH: "/usr/bin:/bin", XDG_STATE_HOME: scratch, XDG_CACHE_HOME: scratch });
  process.chdir("/");
  try {
    await session?.(
      ["--norc", "--noprofile"],
      { ...process.env, HOME: scratch, TERM: "dumb" },
      { settings: undefined, channel: undefined, shell: undefined, raw: undefined, tell: () => {} },
    );
    for (const words of commands) await judge(words);
    for (const command of agentsLines) await hook("claude", { read: () => call(command) });
    await readPolicy(scratch);
    yield;
    const { registry } = builtInEngine();
    for (const name of registry.names) registry.find(name);
    yield;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const policy = `policy: own
description: of nobody
settings: { runtime: on }
fleet:
  user: ops
  hosts:
    - { name: web, addresses: [192.0.2.1], groups: [servers] }
rules:
  - id: no-reboot
    target: { action: service, host: web, name: "web*" }
    reason: somebody uses it
    advice:
      - say: "Then check, read-only:"
        run: "{check}"
    examples:
      deny: [ssh 192.0.2.1 systemctl restart web]
      permit: [ssh 192.0.2.1 uptime]
`;

async function readPolicy(directory: string): Promise<void> {
  writeFileSync(join(directory, "own.yaml"), policy, { mode: 0o600 });
  await loadEngine({ system: join(directory, "none"), user: directory, configured: undefined, cwd: undefined });
}

function call(command: string): string {
  return JSON.stringify({ session_id: "rehearsal", cwd: "/", hook_event_name: "PreToolUse", tool_name: "Bash", tool_input: { command } });
}

const typed = ": ls\nexit\n";

/** Runs a program of node's where a session can be rehearsed. */
export async function onRehearsalTerminal(words: readonly string[]): Promise<Exit | PtyFailure> {
  const pty = await openPty({ file: process.execPath, args: [...process.execArgv, ...words], env: {}, cwd: "/", columns: 80, rows: 24 });
  if ("failure" in pty) return pty;
  pty.output.resume();
  await pty.write(typed);
  return pty.exited;
}
