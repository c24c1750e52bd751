// A program's screen in a terminal of a given size, by tmux.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { environment, scratch } from "../stage/run.ts";

export interface Screen {
  /** tmux's names for keys, or text. */
  press(...keys: readonly string[]): void;
  type(text: string): void;
  text(): string;
  /** Waits until the screen holds it. */
  shows(text: string): Promise<void>;
  hides(text: string): Promise<void>;
  /** Waits for its end: the exit status. */
  status(): Promise<number>;
  close(): void;
}

const patience = 20_000;
let count = 0;

export function screen(command: readonly string[], columns: number, rows: number, env: Readonly<Record<string, string>> = {}): Screen {
  const home = scratch();
  const socket = join(home, `tmux-${count++}`);
  // tmux sets TERM itself.
  const words = ["env", ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...command].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const variables = { ...environment, HOME: home };
  const tmux = (...args: readonly string[]) =>
    execFileSync("tmux", ["-f", "/dev/null", "-S", socket, ...args], { encoding: "utf8", env: variables, stdio: ["ignore", "pipe", "pipe"] });
  tmux("new-session", "-d", "-x", `${columns}`, "-y", `${rows}`, `${words}; echo "left with $?."; exec sleep 600`);
  const text = () => tmux("capture-pane", "-p");
  const until = async (what: string, holds: () => boolean) => {
    for (const end = Date.now() + patience; !holds(); await delay(50)) if (Date.now() > end) throw new Error(`${what}:\n${text()}`);
  };
  return {
    press: (...keys) => void tmux("send-keys", ...keys),
    type: (given) => void tmux("send-keys", "-l", given),
    text,
    shows: (given) => until(`never shown: ${given}`, () => text().includes(given)),
    hides: (given) => until(`always shown: ${given}`, () => !text().includes(given)),
    status: async () => {
      await until("never left", () => text().includes("left with "));
      return Number(/left with (\d+)\./.exec(text())?.[1]);
    },
    close: () => void tmux("kill-server"),
  };
}
