// `autobotctl break-glass LINE`: where the policy has it, a person at a terminal has one refused line run all the same: the host's name and a
// reason are typed, it is on record before it runs, and a follow-up is due (docs/adr/0028).
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { constants } from "node:os";
import { createInterface, type Interface } from "node:readline";
import { ReadStream, WriteStream } from "node:tty";
import { decide, type Engine, type Response } from "../decide.ts";
import { brokenGlass } from "../record/audit.ts";
import { wrap } from "../report/columns.ts";
import { refusal } from "../report/refusal.ts";
import { styleFor } from "../report/style.ts";
import { deniedHosts } from "../run/broken-glass.ts";
import { record } from "../run/outcome.ts";
import { whyNoPerson } from "../run/person.ts";
import { complain } from "../world/complaint.ts";
import { contextHere } from "../world/context.ts";
import { loadEngine } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";

const status = { nothing: 1, refused: 126, failed: 125 } as const;
const consequence =
  "It runs once, now, and is on record with your reason. Then a follow-up is due, until the same is deployed the approved way, or `autobotctl audit close` says why it is not.";
const patience = 120_000;
const leastReason = 10;

/** Exit status: the line's own; 126 it is not for whoever asks; 1 nothing was to be broken, or the answers were not given; 125 failed. */
export async function breakGlass(line: string, cwd: string): Promise<number> {
  const loaded = await loadEngine(layerPlaces(process.env, cwd));
  if ("failure" in loaded) return complain(loaded.failure, status.failed);
  const { engine } = loaded;
  if (engine.policies.settings[brokenGlass] !== "on")
    return complain("the policies in force have no break-glass\nit is `settings: { break-glass: on }` in one that is trusted", status.refused);
  const stranger = whyNoPerson();
  if (stranger !== undefined) return complain(`refused: ${stranger}`, status.refused);
  const context = { ...contextHere("scripts", cwd, engine), tty: true };
  const response = decide(line, engine, context);
  if (response.effective === "permit") return complain("this line is not refused\nrun it as it is", status.nothing);
  const host = oneHost(response, engine);
  if ("fault" in host) return complain(`refused: ${host.fault}`, status.refused);
  process.stderr.write(`${refusal(line, response, { policies: engine.policies, width: process.stderr.columns, style: styleFor(process.env, true) })}\n`);
  process.stderr.write(`${wrap(consequence, process.stderr.columns).join("\n")}\n`);
  const answers = await ask(host.name);
  if ("fault" in answers) return complain(`${answers.fault}; nothing was run`, status.nothing);
  const problem = record({ text: line, response }, engine, context, brokenGlass, { host: host.name, reason: answers.reason });
  if (problem !== undefined) return complain(`${problem}\nwhat is not on record is not run`, status.failed);
  return run(line, cwd);
}

function oneHost(response: Response, engine: Engine): { readonly name: string } | { readonly fault: string } {
  const hosts = deniedHosts(response, engine);
  if (hosts === undefined) return { fault: "which server this line changes has to be told by its text\nwrite the host and the command out in full" };
  const [name = "", ...others] = hosts;
  return others.length === 0 ? { name } : { fault: `this line is about ${hosts.size} hosts\ngive one line for each` };
}

type Answers = { readonly reason: string } | { readonly fault: string };

/** From the terminal itself; what was typed before it asked does not count. */
async function ask(host: string): Promise<Answers> {
  const input = new ReadStream(openSync("/dev/tty", "r+"));
  const output = new WriteStream(openSync("/dev/tty", "r+"));
  input.setRawMode(true);
  await drained(input);
  let chunks = 0;
  input.on("data", () => {
    chunks++;
  });
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  try {
    const name = await answer(lines, "the host's name: ");
    if (name?.trim().toLowerCase() !== host.toLowerCase()) return { fault: `that is not its name, \`${host}\`` };
    // What arrives at once was not typed by hand.
    if (chunks <= Math.min(host.length, 2)) return { fault: "the name has to be typed, key by key" };
    const reason = (await answer(lines, "the reason: "))?.trim() ?? "";
    return reason.length < leastReason ? { fault: `a reason of at least ${leastReason} characters is needed` } : { reason };
  } finally {
    lines.close();
    input.destroy();
    output.destroy();
  }
}

const quiet = 300;

function drained(input: ReadStream): Promise<void> {
  const drop = () => {};
  input.on("data", drop);
  return new Promise((resolve) =>
    setTimeout(() => {
      input.off("data", drop);
      resolve();
    }, quiet),
  );
}

/** Undefined: interrupted, ended, or no answer in time. */
function answer(lines: Interface, question: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const finish = (text: string | undefined) => {
      clearTimeout(timer);
      lines.off("SIGINT", none).off("close", none);
      resolve(text);
    };
    const none = () => finish(undefined);
    const timer = setTimeout(none, patience);
    lines.once("SIGINT", none).once("close", none);
    lines.question(question, finish);
  });
}

/** This process stays: what the line calls is permitted as long as it is there (src/run/broken-glass.ts). */
function run(line: string, cwd: string): Promise<number> {
  // The terminal sends them to the line too, which is whom they are for.
  for (const signal of ["SIGINT", "SIGQUIT"] as const) process.on(signal, () => {});
  const child = spawn("/bin/bash", ["-c", line], { cwd, stdio: "inherit" });
  return new Promise((resolve) => {
    child.on("error", ({ message }) => resolve(complain(`bash cannot be started: ${message}`, status.failed)));
    child.on("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
