// `autobotctl check`: a line, or JSON Lines on standard input → decisions, without running anything.
import { isatty } from "node:tty";
import { type Context, decide, type Face, type Response } from "../decide.ts";
import { agentRefusal } from "../report/agent-refusal.ts";
import { responseJson } from "../report/json.ts";
import { refusal } from "../report/refusal.ts";
import { styleFor } from "../report/style.ts";
import { account } from "../world/account.ts";
import { complain } from "../world/complaint.ts";
import { type LoadedEngine, loadEngine } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";
import { widthOn } from "../world/width.ts";
import { findWorkspace } from "../world/workspace.ts";
import { createWorld } from "../world/world.ts";
import { decideLines, type Query } from "./ndjson.ts";

export interface CheckOptions {
  readonly cwd: string;
  readonly tty: boolean;
  readonly runtime: boolean;
  readonly face: Face;
  readonly trace?: boolean | undefined;
}

interface Judged {
  readonly response: Response;
  readonly loaded: Extract<LoadedEngine, { engine: unknown }>;
}

const undecided = 125;

/** Exit status: 0 it would run, 126 it would be refused, 125 it cannot be decided. */
export async function checkLine(line: string, options: CheckOptions, json: boolean): Promise<number> {
  const judged = await createJudge(options)({ line });
  if ("failure" in judged) return complain(judged.failure, undecided);
  const { response, loaded } = judged;
  if (json) process.stdout.write(`${JSON.stringify(responseJson(response))}\n`);
  else if (response.effective === "permit") process.stdout.write(permitted(response));
  else process.stdout.write(refusalText(line, response, loaded, options.face));
  return response.effective === "permit" ? 0 : 126;
}

function permitted({ decision, unknowns }: Response): string {
  return decision === "indeterminate" ? `permitted, though the text does not tell all: ${unknowns[0]?.message ?? ""}\n` : "permitted\n";
}

function refusalText(line: string, response: Response, { engine }: Judged["loaded"], face: Face): string {
  if (face === "agent") return agentRefusal(line, response, engine.policies);
  return refusal(line, response, { policies: engine.policies, width: widthOn(1), style: styleFor(process.env, isatty(1)) });
}

/** Decides one object a line until standard input ends. */
export async function checkLines(options: CheckOptions): Promise<number> {
  const judgeQuery = createJudge(options);
  process.stdin.setEncoding("utf8");
  await decideLines(
    process.stdin,
    async (query) => {
      const judged = await judgeQuery(query);
      return "failure" in judged ? judged : judged.response;
    },
    (text) => new Promise((resolve) => void process.stdout.write(text, () => resolve())),
  );
  return 0;
}

/** Policies are looked for once for each directory. */
export function createJudge(options: CheckOptions): (query: Query) => Promise<Judged | { readonly failure: string }> {
  const engines = new Map<string, Promise<LoadedEngine>>();
  const workspaces = new Map<string, string | undefined>();
  const world = createWorld();
  return async ({ line, cwd = options.cwd, tty = options.tty, face = options.face, env = process.env }) => {
    const found = engines.get(cwd) ?? loadEngine(layerPlaces(process.env, cwd));
    engines.set(cwd, found);
    const loaded = await found;
    if ("failure" in loaded) return loaded;
    if (!workspaces.has(cwd)) workspaces.set(cwd, findWorkspace(cwd, loaded.engine.policies));
    const context: Context = { face, tty, user: account()?.name, runtime: options.runtime, cwd, workspace: workspaces.get(cwd), environment: env, trace: options.trace, world };
    return { response: decide(line, loaded.engine, context), loaded };
  };
}
