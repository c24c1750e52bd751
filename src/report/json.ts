// A Response → the JSON of `autobotctl check`, whose fields other programs rely on: added to, never changed.
import type { Response, Span } from "../decide.ts";
import { oneLine } from "./mask.ts";

export interface ResponseJson {
  readonly decision: Response["decision"];
  /** What the shell would do. */
  readonly effective: Response["effective"];
  /** `<policy>/<id>` of each rule that denies, once. */
  readonly rules: readonly string[];
  readonly requests: readonly RequestJson[];
  readonly advice: readonly { readonly say: string; readonly run?: string }[];
  readonly unknown: readonly { readonly message: string; readonly host: string; readonly span: Span }[];
}

interface RequestJson {
  readonly action: string;
  /** `local`, or the host as it was typed. */
  readonly host: string;
  readonly path?: string | undefined;
  readonly name?: string | undefined;
  readonly utility: string;
  readonly via: readonly string[];
  readonly span: Span;
}

export function responseJson(response: Response): ResponseJson {
  return {
    decision: response.decision,
    effective: response.effective,
    rules: [...new Set(response.denials.map(({ rule }) => rule.id))],
    requests: response.requests.map(({ action, host, path, name, utility, via, span }) => ({
      action,
      host: host.kind === "local" ? "local" : host.typed,
      path: path?.text,
      name,
      utility,
      via,
      span: { start: span.start, end: span.end },
    })),
    advice: response.advice.map(({ say, run }) => (run === undefined ? { say } : { say, run })),
    unknown: response.unknowns.map(({ message, host, span }) => ({
      message: oneLine(message),
      host: host.kind === "local" ? "local" : host.typed,
      span: { start: span.start, end: span.end },
    })),
  };
}
