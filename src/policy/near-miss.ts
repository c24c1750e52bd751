// Requests → the rules that speak of them but for one thing: what an explanation shows beside those that deny.
import { list } from "./list.ts";
import { type Context, compileMatcher, type Scope } from "./match.ts";
import type { PolicySet } from "./policies.ts";
import type { Request } from "./request.ts";
import type { CompiledRule } from "./rule.ts";
import type { Matcher } from "./schema.ts";

/**
 * Why the rule does not deny.
 *
 * - `target`: one field of its target is another
 * - `when`: its circumstances are not given
 * - `unless`: one of its exceptions holds, or one that another policy makes
 * - `ask`: it asks, and a person is there to answer
 */
export type Miss =
  | { readonly by: "target"; readonly field: keyof Matcher; readonly wants: readonly string[] }
  | { readonly by: "when" | "unless"; readonly matcher: Matcher }
  | { readonly by: "ask" };

export interface NearMiss {
  readonly rule: CompiledRule;
  readonly request: Request;
  readonly miss: Miss;
}

const mostRequests = 50;

/** Exceptions first, then the circumstances, then what lies one field away. A rule that speaks of another action is not near. */
export function nearMisses(set: PolicySet, requests: readonly Request[], context: Context): readonly NearMiss[] {
  const found = requests
    .slice(0, mostRequests)
    .flatMap((request) => set.rules.flatMap((rule) => missOf(rule, request, context, set)?.map((miss) => ({ rule, request, miss })) ?? []));
  const rank = ({ miss }: NearMiss) => ["unless", "ask", "when", "target"].indexOf(miss.by);
  return found.sort((left, right) => rank(left) - rank(right));
}

function missOf(rule: CompiledRule, request: Request, context: Context, scope: Scope): readonly Miss[] | undefined {
  const { action, ...rest } = rule.source;
  if (action !== undefined && !list(action).includes(request.action)) return undefined;
  const fields = (Object.keys(rest) as (keyof Matcher)[]).filter((field) => rule.source[field as keyof typeof rest] !== undefined);
  const failed = fields.filter((field) => !holds({ [field]: rule.source[field as keyof typeof rest] }, "possible", request, context, scope));
  const [field] = failed;
  if (failed.length > 1) return undefined;
  const given = rule.when(request, context, scope);
  const excepted = rule.exceptions.find((matcher) => holds(matcher, "certain", request, context, scope));
  if (field !== undefined) return given && excepted === undefined ? [{ by: "target", field, wants: list(rule.source[field as keyof typeof rest]).map(String) }] : undefined;
  if (excepted !== undefined) return [{ by: "unless", matcher: excepted }];
  if (!given) return list(rule.circumstances).map((matcher) => ({ by: "when", matcher }));
  return rule.decision === "ask" && context.tty ? [{ by: "ask" }] : undefined;
}

function holds(matcher: Matcher, certainty: "possible" | "certain", request: Request, context: Context, scope: Scope): boolean {
  return compileMatcher(matcher, certainty)(request, context, scope);
}
