// JSON Lines in → decisions out, one for each, in order, as they come.
import type { Face, Response } from "../decide.ts";
import { responseJson } from "../report/json.ts";

/** What a line of input may hold. What it leaves out is as the command's options say. */
export interface Query {
  readonly line: string;
  readonly cwd?: string | undefined;
  readonly tty?: boolean | undefined;
  readonly face?: Face | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Undefined: no engine, and why. */
export type Decider = (query: Query) => Promise<Response | { readonly failure: string }>;

const faces: readonly unknown[] = ["scripts", "login", "agent"] satisfies readonly Face[];

/** `write` is called once for each chunk of input, with whole lines. */
export async function decideLines(input: AsyncIterable<string>, decider: Decider, write: (text: string) => void | Promise<void>): Promise<void> {
  let rest = "";
  for await (const chunk of input) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    await write(await answers(lines, decider));
  }
  if (rest !== "") await write(await answers([rest], decider));
}

async function answers(lines: readonly string[], decider: Decider): Promise<string> {
  let text = "";
  for (const line of lines) text += `${JSON.stringify(await answer(line, decider))}\n`;
  return text;
}

async function answer(text: string, decider: Decider): Promise<object> {
  const query = parseQuery(text);
  if ("error" in query) return query;
  const response = await decider(query);
  return "failure" in response ? { error: response.failure } : responseJson(response);
}

export function parseQuery(text: string): Query | { readonly error: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { error: `not JSON: ${(error as Error).message}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { error: "not a JSON object" };
  const fields = value as Readonly<Record<string, unknown>>;
  const fault = fieldFault(fields);
  return fault === undefined ? (fields as unknown as Query) : { error: fault };
}

function fieldFault({ line, cwd, tty, face, env }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof line !== "string") return "`line` must be a string";
  if (cwd !== undefined && typeof cwd !== "string") return "`cwd` must be a string";
  if (tty !== undefined && typeof tty !== "boolean") return "`tty` must be true or false";
  if (face !== undefined && !faces.includes(face)) return "`face` must be `scripts`, `login` or `agent`";
  if (env !== undefined && !isEnvironment(env)) return "`env` must be an object of strings";
  return undefined;
}

function isEnvironment(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");
}
