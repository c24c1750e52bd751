// Somebody at a terminal of the workstation, in autobot-sh: types, waits for the prompt, and does what a refusal suggests.
import { openPty, type Pty } from "../../src/session/pty.ts";
import { exec, execution, type Fleet, machine, workspace } from "../../tests/fleet/fleet.ts";
import type { Step } from "./scenes.ts";
import { columns, createScreen, rows, type Screen } from "./screen.ts";

/** How fast: milliseconds between keys, and before and after a line. */
export interface Pace {
  readonly key: number;
  readonly line: number;
}

export interface Person {
  readonly screen: Screen;
  take(step: Step): Promise<void>;
  leave(): Promise<void>;
}

const prompt = "~/Desktop/AutoBot $ ";
const startUp = `PS1='\\[\\e[34m\\]\\w\\[\\e[39m\\] $ ' PATH=$AUTOBOT_SH_DEMO_BIN:$PATH\nunset HISTFILE\n`;

/** `show` gets what the terminal shows, as it comes. */
export async function sitDown(fleet: Fleet, bin: string, pace: Pace, show: (data: Buffer) => void): Promise<Person> {
  exec(fleet, "workstation", ["tee", "/home/kali/.bashrc"], { input: startUp });
  const env = { TERM: "xterm-256color", AUTOBOT_SH_DEMO_BIN: bin };
  const { file, args } = execution(fleet, "workstation", [`${bin}/autobot-sh`], { cwd: workspace, env });
  const pty = await openPty({ file, args, env: machine, cwd: "/", columns, rows });
  if ("failure" in pty) throw new Error(pty.message);
  const screen = createScreen();
  const reader = read(pty, screen, show);
  await reader.until(prompt);
  return {
    screen,
    take: async (step) => {
      const lines = "type" in step ? [step.type] : suggestions(screen);
      for (const line of lines) {
        await pause(pace.line);
        for (const key of line) {
          await pty.write(key);
          await pause(pace.key);
        }
        reader.forget();
        await pty.write("\r");
        if ("keys" in step && step.keys !== undefined && line.includes("vim ")) {
          await reader.until("\u001b[?25h");
          await pause(pace.line);
          for (const key of step.keys) {
            await pty.write(key);
            await pause(pace.key);
          }
        }
        await reader.until(prompt);
        await pause(pace.line);
      }
    },
    leave: async () => {
      await pty.write("exit\r");
      await pty.exited;
    },
  };
}

/** Of the last refusal: the lines that are set apart by four blanks. */
function suggestions(screen: Screen): readonly string[] {
  const lines = screen.texts();
  return lines.slice(lines.findLastIndex((line) => line.startsWith("autobot-sh: refused"))).flatMap((line) => (/^ {4}\S/.test(line) ? [line.trim()] : []));
}

interface Reader {
  /** Forgets what has been read up to now. */
  forget(): void;
  /** Waits until the terminal shows it, at the end of what has been read. */
  until(mark: string): Promise<void>;
}

function read(pty: Pty, screen: Screen, show: (data: Buffer) => void): Reader {
  let seen = "";
  let wake = () => {};
  let ended = false;
  void (async () => {
    for await (const chunk of pty.output as AsyncIterable<Buffer>) {
      await screen.write(chunk);
      show(chunk);
      seen += chunk.toString("latin1");
      wake();
    }
    ended = true;
    wake();
  })();
  // What moves nothing and shows nothing may come behind a prompt: colours, and modes of the keyboard.
  const shown = () => seen.replaceAll(new RegExp(String.raw`${"\u001b"}\[\??[\d;]*[mh]`, "g"), (code) => (code.endsWith("?25h") ? code : ""));
  return {
    forget: () => {
      seen = "";
    },
    until: async (mark) => {
      while (!(mark === prompt ? shown().endsWith(mark) : shown().includes(mark))) {
        if (ended) throw new Error(`the terminal has ended before \`${mark.trim()}\`: ${seen}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return milliseconds === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));
}
