// A line for an agent → the decision about it, with the policies in force where it would run.
import { type Context, createEngine, decide, type Engine, type PolicySet, type Response } from "../decide.ts";
import { account } from "../shell/account.ts";
import { isRecordRequired, record } from "../shell/outcome.ts";
import { watchPolicies } from "../shell/policy-watch.ts";
import { findWorkspace } from "../shell/workspace.ts";
import { createWorld } from "../shell/world.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Judged {
  readonly engine: Engine;
  readonly response: Response;
}

export interface Asked {
  readonly cwd: string;
  readonly stdin?: Context["stdin"];
  /** The runtime layer will see what it starts. */
  readonly runtime: boolean;
}

export interface Judging {
  /** `failure`: it cannot be judged, in the house's form. */
  judge(line: string, asked: Asked): Promise<Judged | { readonly failure: string }>;
  /** Why it may not run although it is permitted: the policy wants a record and there can be none. */
  keep(line: string, judged: Judged, cwd: string): string | undefined;
}

/** `policies`: in the place of those in force at `cwd`. */
export function createJudging(environment: Environment, policies?: PolicySet): Judging {
  const given = policies === undefined ? undefined : createEngine(policies);
  const inForce = watchPolicies(environment);
  const contextOf = ({ cwd, stdin, runtime }: Asked, engine: Engine): Context => ({
    face: "agent",
    tty: false,
    runtime,
    user: account()?.name,
    cwd,
    workspace: findWorkspace(cwd, engine.policies),
    environment,
    stdin,
    // Anew: ssh's configuration may have changed.
    world: createWorld(),
  });
  return {
    async judge(line, asked) {
      const found = given === undefined ? await inForce(asked.cwd) : { engine: given };
      if ("failure" in found && found.failure !== undefined) return { failure: found.failure };
      const { engine } = found;
      return { engine, response: decide(line, engine, contextOf(asked, engine)) };
    },
    keep(line, { engine, response }, cwd) {
      const problem = record({ text: line, response }, engine, contextOf({ cwd, runtime: false }, engine));
      return problem !== undefined && isRecordRequired(engine) ? "the policy wants every command recorded, and the record cannot be written; nothing was run" : undefined;
    },
  };
}
