// A line for an agent → the decision about it, with the policies in force where it would run.
import { statSync } from "node:fs";
import { type Context, decide, type Engine, type Response } from "../decide.ts";
import { account } from "../shell/account.ts";
import { isRecordRequired, record } from "../shell/outcome.ts";
import { watchPolicies } from "../shell/policy-watch.ts";
import { shimsFor } from "../shell/shims.ts";
import { findWorkspace } from "../shell/workspace.ts";
import { createWorld } from "../shell/world.ts";
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
  /** What is decided goes into the record: it is to run. */
  readonly recorded: boolean;
}

export interface Judged {
  readonly engine: Engine;
  readonly response: Response;
  /** The directory of shims for what it starts. */
  readonly shims: string | undefined;
}

/** In the house's form, the way out on the next line. */
export interface Unjudged {
  readonly failure: string;
}

export interface Judging {
  judge(line: string, asked: Asked): Promise<Judged | Unjudged>;
}

/** `environment`: whose policies are in force. */
export function createJudging(environment: Environment): Judging {
  const inForce = watchPolicies(environment);
  return {
    async judge(line, asked) {
      const { cwd } = asked;
      if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) return { failure: `there is no directory \`${cwd}\`; nothing was run\ngive one that exists` };
      const { engine, failure } = await inForce(cwd);
      if (failure !== undefined) return { failure };
      const shims = asked.layered && engine.policies.settings.runtime !== "off" ? shimsFor(engine, asked.environment, packageRoot()) : undefined;
      const context: Context = {
        face: "agent",
        tty: asked.tty ?? false,
        runtime: shims !== undefined,
        user: account()?.name,
        cwd,
        workspace: findWorkspace(cwd, engine.policies),
        environment: asked.environment,
        stdin: asked.stdin,
        // Anew: ssh's configuration may have changed.
        world: createWorld(),
      };
      const response = decide(line, engine, context);
      if (!asked.recorded) return { engine, response, shims };
      const problem = record({ text: line, response }, engine, context);
      if (problem !== undefined && response.effective === "permit" && isRecordRequired(engine))
        return { failure: "the policy wants every command recorded, and the record cannot be written; nothing was run\nsee `autobotctl doctor`" };
      return { engine, response, shims };
    },
  };
}
