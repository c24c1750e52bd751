// A Response with its trace → an Explanation: why a line is decided as it is, as one value. The text, the JSON and the screen
// of `autobotctl explain` are three views of it. Its fields are added to, never changed. Everything in it is safe to show.
import type { Denial, Host, NearMiss, PolicySet, Response, Span, Step, Suggestion } from "../decide.ts";
import { oneLine, shown } from "./mask.ts";
import { actionPhrase, describe, hostName } from "./wording.ts";

export interface Explanation {
  /** Without control characters and secrets; spans are offsets in it. */
  readonly line: string;
  readonly decision: Response["decision"];
  readonly effective: Response["effective"];
  /** The decision in a sentence. */
  readonly summary: string;
  /** Every simple command, wherever a shell would run one, in the order in which they would be reached. */
  readonly commands: readonly CommandExplanation[];
  readonly rules: readonly RuleExplanation[];
  readonly nearly: readonly NearMissExplanation[];
  /** What the text does not tell, and the decision rests on. */
  readonly unknown: readonly { readonly message: string; readonly host: string; readonly span: Span }[];
  readonly advice: readonly AdviceExplanation[];
}

export interface CommandExplanation {
  readonly text: string;
  readonly span: Span;
  /** How many commands run it: 0 for those of the line itself. */
  readonly depth: number;
  /** How it is reached, outermost first: each command on the way and the host that it runs on. */
  readonly hops: readonly { readonly utility: string; readonly host: string }[];
  readonly host: string;
  /** The name under which its utility is known; absent: nothing is known of it. */
  readonly utility?: string | undefined;
  /** It stands in a program file that the line runs. */
  readonly inFile: boolean;
  readonly words: readonly WordExplanation[];
  readonly options: readonly OptionExplanation[];
  readonly requests: readonly RequestExplanation[];
}

export interface WordExplanation {
  readonly text: string;
  readonly known: boolean;
  /** For each part that only run time tells, what it is. */
  readonly why: readonly string[];
}

export interface OptionExplanation {
  readonly name: string;
  readonly argument?: string | undefined;
  /** What would be without it; absent: the same. */
  readonly without?: string | undefined;
}

export interface RequestExplanation {
  readonly action: string;
  /** The action in words, after "asks to". */
  readonly phrase: string;
  readonly host: string;
  readonly path?: string | undefined;
  readonly name?: string | undefined;
  readonly note?: string | undefined;
  /** The rules that deny it. */
  readonly rules: readonly string[];
}

export interface RuleExplanation {
  readonly id: string;
  readonly reason: string;
  /** What it denies, in words. */
  readonly denies: string;
  readonly spans: readonly Span[];
}

export interface NearMissExplanation {
  readonly rule: string;
  /** What was asked for, in short. */
  readonly request: string;
  readonly span: Span;
  /** Why it does not deny that. */
  readonly but: string;
}

export interface AdviceExplanation {
  readonly say: string;
  readonly run?: string | undefined;
  /** What the same policies decide about `run`. What they would refuse is left out of a refusal. */
  readonly judged?: "permit" | "deny" | undefined;
  /** The rules that would refuse it. */
  readonly rules: readonly string[];
}

/** `response`: with its trace. */
export function explain(original: string, response: Response, policies: PolicySet): Explanation {
  const { text: line, at } = shown(original);
  const span = ({ start, end }: Span): Span => ({ start: at(start), end: at(end) });
  return {
    line,
    decision: response.decision,
    effective: response.effective,
    summary: summaryOf(response, policies),
    commands: response.steps.map((step) => commandOf(step, response, policies, span)),
    rules: rulesOf(response.denials, policies, span),
    nearly: (response.nearMisses ?? []).map((miss) => nearMissOf(miss, policies, span)),
    unknown: response.unknowns.map((each) => ({ message: oneLine(each.message), host: hostName(each.host, policies), span: span(each.span) })),
    advice: (response.suggestions ?? []).map(adviceOf),
  };
}

function summaryOf({ decision, effective, denials, requests, unknowns }: Response, policies: PolicySet): string {
  const [first] = denials;
  if (first !== undefined) {
    const rules = new Set(denials.map(({ rule }) => rule.id)).size;
    return `refused: this would ${describe([first.request], policies)}${rules > 1 ? `, and ${rules - 1} more ${rules === 2 ? "rule refuses" : "rules refuse"} it` : ""}`;
  }
  const told = unknowns[0] === undefined ? "" : `: ${oneLine(unknowns[0].message, 120)}`;
  if (decision === "indeterminate") {
    return effective === "deny" ? `refused: the text does not tell what this would do${told}` : `permitted, though the text does not tell all${told}`;
  }
  return requests.every(({ action }) => action === "read") ? "permitted: it only looks" : "permitted: no rule denies what it does";
}

function commandOf(step: Step, response: Response, policies: PolicySet, span: (span: Span) => Span): CommandExplanation {
  const { words, options } = step.meaning?.() ?? { words: [], options: [] };
  const chain = ancestorsOf(step, response.steps);
  const whole = shown(step.words.join(" ")).text;
  // What is hidden beside its neighbours (`-p secret`) stays hidden where it stands alone.
  const safe = (text: string, most: number) => (whole.includes(shown(text).text) ? oneLine(text, most) : "***");
  return {
    text: oneLine(step.words.join(" "), 400),
    span: span(placeOf(step, chain)),
    depth: chain.length,
    hops: chain.map((each) => ({ utility: oneLine(each.words[0] ?? "", 80), host: hostName(each.host, policies) })),
    host: hostName(step.host, policies),
    utility: step.utility,
    inFile: step.inFile,
    words: words.map(({ text, holes }) => ({
      text: safe(text, 400),
      known: holes.length === 0,
      why: holes.map((hole) => `\`${oneLine(hole.text, 80)}\` is ${holeWords[hole.why]}`),
    })),
    options: options.map(({ name, argument, without }) => ({
      name: oneLine(name, 80),
      argument: argument === undefined ? undefined : safe(argument, 120),
      without: without === undefined ? undefined : withoutIt(without),
    })),
    requests: step.requests.flatMap((index) => {
      const request = response.requests[index];
      if (request === undefined) return [];
      return {
        action: request.action,
        phrase: actionPhrase(request.action),
        host: hostOf(request.host),
        path: request.path === undefined ? undefined : oneLine(request.path.text),
        name: request.name === undefined ? undefined : oneLine(request.name, 120),
        note: request.note,
        rules: [...new Set(response.denials.filter((denial) => denial.request === request).map(({ rule }) => rule.id))],
      };
    }),
  };
}

/** What a utility starts by itself stands nowhere in the line: it is where that is. */
function placeOf(step: Step, chain: readonly Step[]): Span {
  return [step, ...[...chain].reverse()].map((each) => each.span).find(({ start, end }) => end > start) ?? step.span;
}

const holeWords = {
  environment: "a variable that the text does not set",
  computed: "a variable that is computed",
  command: "the output of a command",
  other: "only known at run time",
};

/** Outermost first. */
function ancestorsOf(step: Step, steps: readonly Step[]): readonly Step[] {
  const chain: Step[] = [];
  for (let each = parentOf(step, steps); each !== undefined; each = parentOf(each, steps)) chain.unshift(each);
  return chain;
}

function parentOf({ parent }: Step, steps: readonly Step[]): Step | undefined {
  return parent === undefined ? undefined : steps[parent];
}

type Doing = NonNullable<ReturnType<NonNullable<Step["meaning"]>>["options"][number]["without"]>[number];

const doingWords: Readonly<Record<string, string>> = {
  run: "runs",
  code: "has a shell read",
  unknown: "is not known:",
  session: "opens a session",
  edit: "edits",
  write: "writes",
  read: "reads",
};

function withoutIt(doings: readonly Doing[]): string {
  if (doings.length === 0) return "the same, by another host, port, user or key";
  return [...new Set(doings.map(({ does, what }) => `${doingWords[does] ?? `does ${does}`}${what === undefined ? "" : ` \`${oneLine(what, 80)}\``}`))].join("; ");
}

function hostOf(host: Host): string {
  return host.kind === "local" ? "local" : oneLine(host.typed, 120);
}

function rulesOf(denials: readonly Denial[], policies: PolicySet, span: (span: Span) => Span): readonly RuleExplanation[] {
  const ids = [...new Set(denials.map(({ rule }) => rule.id))];
  return ids.flatMap((id) => {
    const own = denials.filter(({ rule }) => rule.id === id);
    const reason = own[0]?.rule.reason;
    if (reason === undefined) return [];
    return {
      id,
      reason,
      denies: describe(
        [...own].map(({ request }) => request),
        policies,
      ),
      spans: own.map(({ request }) => span(request.span)),
    };
  });
}

function nearMissOf({ rule, request, miss }: NearMiss, policies: PolicySet, span: (span: Span) => Span): NearMissExplanation {
  const path = request.path === undefined ? "" : ` \`${oneLine(request.path.text, 80)}\``;
  return { rule: rule.id, request: `${request.action}${path} on ${hostName(request.host, policies)}`, span: span(request.span), but: missWords(miss) };
}

function missWords(miss: NearMiss["miss"]): string {
  switch (miss.by) {
    case "target":
      return `the rule is about ${miss.field}: ${oneLine(miss.wants.join(", "), 80)}`;
    case "when":
      return `only where ${matcherWords(miss.matcher)}`;
    case "unless":
      return `excepted: ${matcherWords(miss.matcher)}`;
    case "ask":
      return "it asks, and a person is there to answer";
  }
}

function matcherWords(matcher: object): string {
  const fields = Object.entries(matcher).map(([field, value]) => `${field}: ${[value].flat().join(", ")}`);
  return oneLine(fields.join("; "), 120);
}

function adviceOf({ advice: { say, run }, response }: Suggestion): AdviceExplanation {
  return { say, run, judged: response?.effective, rules: response === undefined ? [] : [...new Set(response.denials.map(({ rule }) => rule.id))] };
}
