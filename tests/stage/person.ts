// A person at a terminal: tmux, in which they type. What their shell's prompt hook notes tells when a line is done.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { scratch } from "../scratch.ts";
import { readRecord } from "./record.ts";
import { autobotSh } from "./run.ts";
import { executable } from "./stubs.ts";

export interface PersonOptions {
  /** More for their ~/.bashrc or ~/.zshrc. */
  readonly rc?: string;
  readonly shell?: "bash" | "zsh";
  readonly env?: Readonly<Record<string, string>>;
  /** In place of autobot-sh. */
  readonly command?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly size?: readonly [number, number];
  /** A bash to stand in the place of the system's, for all that they start. As root. Default: AUTOBOT_SH_TEST_BASH. */
  readonly bash?: string | undefined;
  /** A process whose network they have; default: none. */
  readonly network?: number;
}

export interface Person {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** What waits for the program in the terminal. */
  readonly pid: number;
  /** Types the text as it is; `\r` is Enter. */
  type(keys: string): void;
  /** As a terminal pastes it, between the brackets that it puts there. */
  paste(text: string): void;
  /** Types a line and Enter; the `$?` that the next prompt finds. */
  line(text: string): Promise<string>;
  /** The same for what makes several prompts, or more than one line. */
  lines(keys: string, prompts: number): Promise<string>;
  /** What the terminal shows, with what has scrolled away. */
  screen(): string;
  /** Waits until it holds. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Whether the file of this name was made in the home. */
  made(name: string): boolean;
  /** How many lines were refused, by the record. */
  refusals(): number;
  /** Statuses that prompts have found so far. */
  statuses(): readonly string[];
  /** Waits for the terminal's program to end; its status as the terminal has it. */
  ended(): Promise<string>;
  signal(name: string): void;
  resize(columns: number, rows: number): void;
  leave(): void;
}

const patience = 25_000;
const unshare = "/usr/bin/unshare";
const offline = spawnSync(unshare, ["-n", "true"]).status === 0 ? [unshare, "-n"] : [];
const inPlace = (bash: string) => [unshare, "-m", "/bin/sh", "-c", `mount --bind "$0" "$(readlink -f /bin/bash)" && exec "$@"`, bash];
const stubbed = ["ssh", "scp", "rsync", "sftp", "ansible", "docker"];

/** Major and minor version of the bash that people get here, as one number: 5.2 is 502. */
export const bashVersion = Number(
  execFileSync(process.env["AUTOBOT_SH_TEST_BASH"] ?? "/bin/bash", ["-c", "echo $((BASH_VERSINFO * 100 + BASH_VERSINFO[1]))"], { encoding: "utf8" }),
);

/** What a refusal leaves in `$?`. */
export const refusedStatus = bashVersion < 500 ? "1" : "2";

let people = 0;

export async function person({
  rc = "",
  shell = "bash",
  env = {},
  command,
  files = {},
  size = [100, 40],
  bash = process.env["AUTOBOT_SH_TEST_BASH"],
  network,
}: PersonOptions = {}): Promise<Person> {
  const home = scratch();
  const bin = join(home, "bin");
  mkdirSync(bin);
  for (const name of stubbed) executable(join(bin, name), `#!/bin/sh\necho "$(basename "$0") $*" >>"$HOME/calls"\n`);
  const hook = shell === "bash" ? `PROMPT_COMMAND='echo "$?" >>~/prompts'` : `precmd() { echo "$?" >>~/prompts }`;
  const start = shell === "bash" ? "PS1='> ' HISTFILE=~/history" : "PS1='> ' HISTFILE=~/history HISTSIZE=1000 SAVEHIST=1000";
  writeFileSync(join(home, shell === "bash" ? ".bashrc" : ".zshrc"), `${start}\n${hook}\n${rc}\n`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text, { mode: name.startsWith("bin/") ? 0o755 : 0o644 });
  }
  const socket = `autobot-sh-${process.pid}-${people++}`;
  const variables = {
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMUX_TMPDIR: home,
    XDG_STATE_HOME: join(home, "state"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_RUNTIME_DIR: home,
    LANG: "C.UTF-8",
    SHLVL: "1",
    AUTOBOT_INNER_SHELL: shell,
    ...env,
  };
  const tmux = (...words: string[]) => execFileSync("tmux", ["-L", socket, ...words], { env: variables, encoding: "utf8" });
  const [first = "", ...words] = [
    ...(network === undefined ? offline : ["/usr/bin/nsenter", "-t", String(network), "-n"]),
    ...(bash === undefined ? [] : inPlace(bash)),
    "tmux",
    "-L",
    socket,
    "-f",
    "/dev/null",
    "new-session",
    "-d",
    "-x",
    String(size[0]),
    "-y",
    String(size[1]),
    "-c",
    home,
    "/bin/sh",
    "-c",
    `"$@"; echo $? >~/ended.new; mv ~/ended.new ~/ended`,
    "sh",
    ...(command ?? [autobotSh]),
  ];
  execFileSync(first, words, { env: variables, cwd: home });
  tmux("set-option", "-w", "remain-on-exit", "on");
  tmux("set-option", "-g", "status", "off");
  const statuses = () => (existsSync(join(home, "prompts")) ? readFileSync(join(home, "prompts"), "utf8").split("\n").slice(0, -1) : []);
  const screen = () => tmux("capture-pane", "-p", "-J", "-S", "-2000").trimEnd();
  const until: Person["until"] = async (what, condition) => {
    for (const started = Date.now(); !condition(); await delay(15)) {
      if (Date.now() - started > patience) throw new Error(`waited in vain for ${what}\n${screen()}`);
    }
  };
  const type = (keys: string) => {
    const bytes = [...Buffer.from(keys)].map((byte) => byte.toString(16));
    if (bytes.length <= 1000) return void tmux("send-keys", "-H", ...bytes);
    writeFileSync(join(home, "typed"), keys);
    tmux("load-buffer", join(home, "typed"), ";", "paste-buffer", "-d", "-r");
  };
  const lines: Person["lines"] = async (keys, prompts) => {
    const before = statuses().length;
    type(keys);
    await until(`${prompts} prompts after ${JSON.stringify(keys)}`, () => statuses().length >= before + prompts);
    return statuses().at(-1) ?? "";
  };
  const me: Person = {
    home,
    env: variables,
    pid: Number(tmux("display-message", "-p", "#{pane_pid}")),
    type,
    paste: (text) => type(`\x1b[200~${text}\x1b[201~`),
    line: (text) => lines(`${text}\r`, 1),
    lines,
    screen,
    until,
    made: (name) => existsSync(join(home, name)),
    refusals: () => readRecord(join(home, "state", "autobot-sh", "audit.jsonl")).filter((line) => "record" in line && line.record.effective === "deny").length,
    statuses,
    ended: async () => {
      await until("the end", () => existsSync(join(home, "ended")));
      return readFileSync(join(home, "ended"), "utf8").trim();
    },
    signal: (name) => process.kill(Number(tmux("display-message", "-p", "#{pane_pid}")), name),
    resize: (columns, rows) => void tmux("resize-window", "-x", String(columns), "-y", String(rows)),
    leave: () => void spawnSync("tmux", ["-L", socket, "kill-server"], { env: variables }),
  };
  if (command === undefined) await until("the first prompt", () => statuses().length > 0 || existsSync(join(home, "ended")));
  return me;
}
