// Requests → the rules that deny them. Permit unless a rule denies: order never matters.
import type { Context } from "./match.ts";
import type { PolicySet } from "./policies.ts";
import type { Request } from "./request.ts";
import type { CompiledRule } from "./rule.ts";

export type { Context } from "./match.ts";

/** A rule that speaks of a request. */
export interface Denial {
  readonly rule: CompiledRule;
  readonly request: Request;
}

export interface Evaluation {
  readonly denials: readonly Denial[];
  /** What a person at the terminal may still answer; where nobody is there these are among the denials. */
  readonly asks: readonly Denial[];
}

export function evaluate(set: PolicySet, requests: readonly Request[], context: Context): Evaluation {
  const denials: Denial[] = [];
  const asks: Denial[] = [];
  for (const request of requests) {
    for (const rule of candidates(set, request)) {
      if (!applies(rule, request, context, set)) continue;
      (rule.decision === "ask" && context.tty ? asks : denials).push({ rule, request });
    }
  }
  return { denials, asks };
}

function applies(rule: CompiledRule, request: Request, context: Context, set: PolicySet): boolean {
  return rule.target(request, context, set) && rule.when(request, context, set) && !rule.unless(request, context, set);
}

function* candidates(set: PolicySet, request: Request): Iterable<CompiledRule> {
  const rules = set.byAction.get(request.action);
  if (rules === undefined) return;
  yield* rules.anywhere;
  const { host } = request;
  if (host.kind === "local") return;
  if (!host.known) {
    for (const named of rules.byHost.values()) yield* named;
    return;
  }
  for (const name of host.names) yield* rules.byHost.get(name) ?? [];
}
