// Requests → the rules that deny them. Permit unless a rule denies: order never matters.
import { findHost } from "./fleet.ts";
import type { Context } from "./match.ts";
import type { PolicySet, RuleIndex } from "./policies.ts";
import type { Host, Request } from "./request.ts";
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
  if (rules.byHost.size > 0) yield* namedRules(set, rules, request.host);
}

function namedRules(set: PolicySet, { byHost }: RuleIndex, host: Host): Iterable<CompiledRule> {
  if (host.kind === "local") return [];
  if (!host.known) return new Set([...byHost.values()].flat());
  const found = findHost(set, host);
  const names = found === undefined ? host.names : [...host.names, found.name.toLowerCase()];
  return new Set(names.flatMap((name) => byHost.get(name) ?? []));
}
