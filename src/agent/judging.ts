// A line for an agent → the decision about it, with the policies in force where it would run.
import { statSync } from "node:fs";
import { type Context, decide, type Engine, type Response } from "../decide.ts";
import { oneLine } from "../report/mask.ts";
import { isRecordRequired, record } from "../run/outcome.ts";
import { shimsFor } from "../run/shims.ts";
import { contextHere } from "../world/context.ts";
import { watchPolicies } from "../world/policy-watch.ts";
import { packageRoot } from "./package-root.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Asked {
  /** Absolute. */
  readonly cwd: string;
  readonly environment: Environment;
  readonly stdin?: Context["stdin"];
  readonly tty?: boolean;
  /** The runtime layer is to be below it, where that can be had. */
  readonly layered: boolean;
}

export interface Judged {
  readonly engine: Engine;
  readonly response: Response;
  /** The directory of shims for what it starts. */
  readonly shims: string | undefined;
}

/** Why not, for a model: nothing of what stands in a policy. */
export interface Unjudged {
  readonly failure: string;
  /** What the model itself can do about it; absent: nothing. */
  readonly way?: string | undefined;
  /** The same for people, with what stands in a policy. */
  readonly problem?: string | undefined;
}

export interface Judging {
  judge(line: string, asked: Asked): Promise<Judged | Unjudged>;
  /** The same, for a line that is to run: what is decided goes into the record. */
  judgeToRun(line: string, asked: Asked): Promise<Judged | Unjudged>;
  /** Puts a decision into the record; a failure where the policy wants one that cannot be written. */
  keep(line: string, judged: Judged, cwd: string): Unjudged | undefined;
}

/** `environment`: whose policies are in force. */
export function createJudging(environment: Environment): Judging {
  const inForce = watchPolicies(environment);

  async function judge(line: string, { cwd, environment: own, tty = false, stdin, layered }: Asked): Promise<Judged | Unjudged> {
    // No program can be given one.
    if (`${line}${cwd}`.includes("\0")) return { failure: "it holds a NUL byte", way: "Give it without." };
    if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true)
      return { failure: `there is no directory \`${oneLine(cwd, 200)}\``, way: "Give a directory that is there." };
    const { engine, failure } = await inForce(cwd);
    if (failure !== undefined) return { failure: "the policies in force here are not valid", problem: failure };
    const shims = layered && engine.policies.settings.runtime !== "off" ? shimsFor(engine, own, packageRoot()) : undefined;
    // Anew each time: ssh's configuration may have changed.
    const context: Context = { ...contextHere("agent", cwd, engine), tty, runtime: shims !== undefined, environment: own, stdin };
    return { engine, response: decide(line, engine, context), shims };
  }

  function keep(line: string, { engine, response }: Judged, cwd: string): Unjudged | undefined {
    const problem = record({ text: line, response }, engine, { face: "agent", cwd });
    return problem !== undefined && response.effective === "permit" && isRecordRequired(engine) ? { failure: "the record that the policy requires cannot be written" } : undefined;
  }

  return {
    judge,
    async judgeToRun(line, asked) {
      const judged = await judge(line, asked);
      return "failure" in judged ? judged : (keep(line, judged, asked.cwd) ?? judged);
    },
    keep,
  };
}
