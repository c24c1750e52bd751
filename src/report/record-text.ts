// A record → a row of a list, and its details for people.
import { columns, wrap } from "./columns.ts";
import { oneLine } from "./mask.ts";

interface Shown {
  readonly time: string;
  readonly id: string;
  readonly face: string;
  readonly user: string;
  readonly cwd?: string | undefined;
  readonly decision: string;
  readonly effective: string;
  readonly rules: readonly string[];
  readonly requests: readonly {
    readonly action: string;
    readonly host: string;
    readonly path?: string | undefined;
    readonly name?: string | undefined;
    readonly utility: string;
  }[];
  readonly text?: string | undefined;
  readonly route?: string | undefined;
  readonly rescue?: string | undefined;
  readonly breakGlass?: { readonly host: string; readonly reason: string } | undefined;
  readonly closes?: string | undefined;
}

export function recordRow({ time, user, effective, rules, text, requests, rescue }: Shown): string {
  const what = rescue ?? text ?? requests.map(({ action, host, path }) => `${action} ${host}${path === undefined ? "" : `:${path}`}`).join(", ");
  const outcome = rescue !== undefined ? "rescue" : effective === "deny" ? "refused" : "ran";
  return `${time.slice(5, 19).replace("T", " ")}  ${oneLine(user, 12).padEnd(8)}  ${outcome.padEnd(7)}  ${rules.length > 0 ? `[${rules[0]}${rules.length > 1 ? ` +${rules.length - 1}` : ""}] ` : ""}${oneLine(what, 300)}`;
}

const label = 10;

/** `follower`: the deployment that did in the approved way what was refused. */
export function recordLines(record: Shown, follower: Pick<Shown, "id" | "time" | "route"> | undefined, width: number): readonly string[] {
  const { id, time, face, user, cwd, decision, effective, rules, requests, text, route, rescue, breakGlass, closes } = record;
  const rows: readonly (readonly [name: string, value: string | undefined])[] = [
    ["time", time],
    ["id", id],
    ["by", `${user}, ${face}`],
    ["in", cwd],
    ["decision", decision === effective ? decision : `${decision}, ${effective === "deny" ? "refused" : "ran"}`],
    ["rules", rules.join(", ")],
    ["route", route],
    ["rescue", rescue],
    ["broken", breakGlass === undefined ? undefined : `on ${breakGlass.host}: ${breakGlass.reason}`],
    ["closes", closes],
    ["line", text],
    ["followed", follower === undefined ? undefined : `by ${follower.route ?? "a deployment"} at ${follower.time} (${follower.id})`],
    ...requests.map(
      ({ action, host, path, name, utility }) =>
        ["asked", `${action} ${host}${path === undefined ? "" : `:${path}`}${name === undefined ? "" : ` (${name})`} by ${utility}`] as const,
    ),
  ];
  return rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : labelled(name, oneLine(value, 1000), width)));
}

function labelled(name: string, value: string, width: number): readonly string[] {
  return wrap(value, Math.max(width - label, 20)).map((line, index) => `${index === 0 ? name + " ".repeat(label - columns(name)) : " ".repeat(label)}${line}`);
}
