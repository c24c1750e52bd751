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
  const judge = (rule: CompiledRule, request: Request) => {
    if (applies(rule, request, context, set)) (rule.decision === "ask" && context.tty ? asks : denials).push({ rule, request });
  };
  for (const request of requests) {
    const rules = set.byAction.get(request.action);
    if (rules === undefined) continue;
    for (const rule of request.host.kind === "local" ? rules.local : rules.remote) judge(rule, request);
    if (rules.byHost.size > 0) for (const rule of namedRules(set, rules, request.host)) judge(rule, request);
  }
  return { denials, asks };
}

function applies(rule: CompiledRule, request: Request, context: Context, set: PolicySet): boolean {
  return rule.target(request, context, set) && rule.when(request, context, set) && !rule.unless(request, context, set);
}

/** Rules for single hosts, each once. */
function namedRules(set: PolicySet, { byHost }: RuleIndex, host: Host): Iterable<CompiledRule> {
  if (host.kind === "local") return [];
  if (!host.known) return new Set([...byHost.values()].flat());
  const found = findHost(set, host)?.name.toLowerCase();
  const names = found === undefined || host.names.includes(found) ? host.names : [...host.names, found];
  const rules = names.flatMap((name) => byHost.get(name) ?? []);
  return names.length > 1 ? new Set(rules) : rules;
}
