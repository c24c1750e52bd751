// A shell whose gate is gone, found out before it gets the next key that accepts a line: at another key, which nobody types, it says
// whether the gate is there, or puts it back (`__autobot_recall`, libexec/gate.bash and gate.zsh). Asked only where it
// edits a line, has told of no prompt, and is still the shell that has loaded the gate.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { field, type Question } from "./channel.ts";
import type { Pty } from "./pty.ts";
import { stty } from "./stty.ts";

const key = "\x1b[7777~";
/** Milliseconds. A shell at its line editor answers in two. */
const patience = 10_000;
/** How soon we look again at a shell that had no line editor when a key came that accepts a line. */
const interval = 250;

/** How long one may be about to show its prompt; it would not take the key any sooner. */
const busiest = 500;
const moment = 5;

export interface Recall {
  /** What the shell has said: that it shows a prompt, that it has read a line, that the gate is there. */
  hear(question: Question): void;
  /** Before it gets a key that accepts a line. False: it could have answered, and has not. */
  isThere(pty: Pty, channel: string): Promise<boolean>;
  close(): void;
}

/** `isShell`: whether the process is the person's shell, and no program in its place (`exec vim f`). `lost`: called where the gate is found to be gone when nobody waits for `isThere`. */
export function createRecall(isShell: (pid: number) => boolean, lost: () => void): Recall {
  let known = false;
  let atPrompt = false;
  let answered = (_there: boolean): void => {};
  let asking: Promise<boolean> | undefined;
  let later: NodeJS.Timeout | undefined;

  async function isThere(pty: Pty, channel: string): Promise<boolean> {
    // Without its pipes nothing runs.
    if (!known || atPrompt || !isShell(pty.pid) || !isPipe(join(channel, "ask")) || !isPipe(join(channel, "answer"))) return true;
    for (let waited = 0; waited < busiest && !atPrompt && isBusy(pty.pid); waited += moment) await new Promise((resolve) => setTimeout(resolve, moment));
    if (!isEditing(pty)) {
      lookAgain(pty, channel);
      return true;
    }
    // It says that it shows a prompt before it does: what it has said is in the pipe by now.
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
    if (atPrompt) return true;
    asking ??= ask(pty).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  function ask(pty: Pty): Promise<boolean> {
    return new Promise((resolve) => {
      // One that is stopped answers when it goes on.
      const timer = setTimeout(() => answered(fieldsOf(pty.pid)[0] !== "S"), patience);
      answered = (there) => {
        clearTimeout(timer);
        resolve(there);
      };
      void pty.write(key);
      void pty.exited.then(() => answered(true));
    });
  }

  /** The line was typed ahead, and nobody may come to type the next one. */
  function lookAgain(pty: Pty, channel: string): void {
    clearTimeout(later);
    later = setTimeout(() => void isThere(pty, channel).then((there) => there || lost()), interval);
  }

  return {
    hear: (question) => {
      const { kind } = question;
      if ((kind === "prompt" || kind === "changed") && field(question, "q") === "") known = atPrompt = true;
      else if (kind === "line" || kind === "typed") atPrompt = false;
      else if (kind === "seen") answered(true);
    },
    isThere,
    close: () => clearTimeout(later),
  };
}

function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false;
}

/** It has the terminal itself, and waits for nothing. */
function isBusy(pid: number): boolean {
  const [state = "", , group, , , foreground] = fieldsOf(pid);
  return "RD".includes(state) && state !== "" && group === foreground;
}

/** It has the terminal itself, set as line editors do and nothing else: readline without ICRNL, which `read -n` leaves on, zsh with INLCR. */
function isEditing({ pid, terminal }: Pty): boolean {
  const [state, , group, , , foreground] = fieldsOf(pid);
  if (state !== "S" || group === undefined || group !== foreground || hasCompany(pid, group)) return false;
  const settings = stty("-a", "-F", terminal);
  return /\s-icanon\b/.test(settings) && /\s(?:-icrnl|inlcr)\b/.test(settings);
}

/** What a substitution runs has the terminal too, and its keys. */
function hasCompany(pid: number, group: string): boolean {
  return textOf(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .some((child) => fieldsOf(Number(child))[2] === group);
}

/** proc_pid_stat(5), behind the name: state, parent, process group, session, terminal, foreground process group. */
function fieldsOf(pid: number): readonly string[] {
  return textOf(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ");
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
