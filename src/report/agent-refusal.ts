// A Response that refuses → what an agent's model reads of it: at most 8 lines, final and about the whole class, so that it does not try
// another spelling. What others wrote is not in it: no file's text, and of a project's policy no words but its rules' names.
import type { Advice, Denial, PolicySet, Response, Span } from "../decide.ts";
import { oneLine } from "./mask.ts";
import { allowedAsWell, describe, describeClass, hostName } from "./wording.ts";

const mostSteps = 3;
const mostOtherRules = 2;

/** `times`: how often this very command has been refused in this session, now included. Ends in a newline. */
export function agentRefusal(line: string, response: Response, all: PolicySet, times = 1): string {
  const [denial] = response.denials;
  const policies = withoutSentences(all);
  const lines = denial === undefined ? unknownLines(line, response, policies, times) : denialLines(line, denial, response, policies, times);
  return `${lines.join("\n")}\n`;
}

/** What it is refused by: the first rule's id, or `indeterminate`. */
export function reasonId({ denials }: Response): string {
  return denials[0]?.rule.id ?? "indeterminate";
}

/** A failure, told apart from a refusal by policy. `why`: nothing that others wrote, such as what is wrong with a policy. `way`: out of it. */
export function agentFailure(why: string, way = "Tell the user, who can run `autobotctl doctor`; another spelling will not help."): string {
  return `autobot-sh REFUSED [failure] This command could not be judged: ${why}.\nNothing was run. ${way}`;
}

function denialLines(line: string, denial: Denial, { denials, advice }: Response, policies: PolicySet, times: number): readonly string[] {
  const { rule, request } = denial;
  const all = rule.origin === "project" ? projectSteps : stepsOf(advice, denial);
  const head = `autobot-sh REFUSED [${nameOf(rule)}]`;
  if (times > 1) return [`${head} ${repeated(times)} ${onlyPath(all)}`, otherwise];
  const same = denials.filter((each) => each.rule.id === rule.id).map((each) => each.request);
  const reason = rule.origin === "project" ? "a policy of this project denies it." : rule.reason;
  return [
    ascii(`${head} This command would ${describe(same, policies)}.`),
    ascii(`Why: ${reason} Blocked part: ${blockedPart(line, request.span, request.utility)}`),
    ...otherRules(denials, policies),
    ...all.slice(0, mostSteps).map(({ label, text }) => `${label} ${text}`.trimStart()),
    ascii(`This is policy, not a transient error. Any variant that ${describeClass(request)} is refused too. ${allowedAsWell(request)}`),
    ending,
  ];
}

/** A name that says something is a project's way to speak to the model. */
function isSentence(name: string): boolean {
  return /[A-Za-z]{2,}(?:[^A-Za-z]+[A-Za-z]{2,}){5}/.test(name);
}

function nameOf({ id, origin }: Denial["rule"]): string {
  return origin === "project" && id.split("/").some(isSentence) ? "project/rule" : id;
}

/** A host is then called as it was typed. */
function withoutSentences(policies: PolicySet): PolicySet {
  const byName = new Map([...policies.fleet.byName].filter(([, { name }]) => !isSentence(name)));
  return { ...policies, fleet: { ...policies.fleet, byName } };
}

const otherwise = "If you cannot go on this way, stop and tell the user.";
const ending = `Nothing was run. ${otherwise}`;

/** So that the next try does not run into these. */
function otherRules(denials: readonly Denial[], policies: PolicySet): readonly string[] {
  const phrases = new Map<string, string>();
  for (const { rule } of denials) {
    const requests = denials.filter((each) => each.rule.id === rule.id).map(({ request }) => request);
    phrases.set(nameOf(rule), describe(requests, policies));
  }
  const [[, main] = [], ...others] = phrases;
  const told = others.slice(0, mostOtherRules).map(([id, phrase]) => (phrase === main ? `[${id}]` : `it would ${phrase} [${id}]`));
  return told.length === 0 ? [] : [ascii(`Also refused: ${told.join("; ")}.`)];
}

interface Step {
  /** Ends in a colon; empty before a sentence that stands by itself. */
  readonly label: string;
  readonly text: string;
  /** Whether it brings the change about, and does not only look. */
  readonly leads: boolean;
}

const first = "Do this instead:";
const next = "Then:";

/** The words of a project's policy are its author's, who may be anybody. A tool's output, which is no refusal's text, is the place for them. */
const projectSteps: readonly Step[] = [{ label: first, text: "ask the user, who finds its reason and advice by `autobotctl check`", leads: true }];
const noSteps: readonly Step[] = [{ label: first, text: "tell the user what you wanted to change, and why", leads: true }];

/** The steps of a person's advice, told apart: what is done, in which order, and what only looks. */
function stepsOf(advice: readonly Advice[], denial: Denial): readonly Step[] {
  const usable = advice.filter(({ run = "" }) => !run.includes("\n") && !isProse(run));
  const [lead] = usable;
  const seen = new Set<string>();
  const steps = usable.flatMap(({ say, run }, index): readonly Step[] => {
    const text = run ?? ascii(say).replace(/\.$/, "");
    if (seen.has(text)) return [];
    seen.add(text);
    const leads = say === lead?.say;
    if (run === undefined) return [{ label: index === 0 ? first : "", text, leads }];
    if (index > 0) return [{ label: usable[index - 1]?.say === say ? next : labelOf(say, next), text, leads }];
    if (isRepeated(run, denial)) return [{ label: denial.request.action === "edit" ? `${first.slice(0, -1)}, with your own tool for editing files:` : first, text, leads }];
    return isChange(denial)
      ? [
          { label: first, text: "make the change in this repository", leads },
          { label: next, text, leads },
        ]
      : [{ label: labelOf(say, first), text, leads }];
  });
  return steps.length > 0 ? steps : noSteps;
}

/** Words that somebody wrote for whoever reads them, in quotes or a file's name. From here they would come as advice. */
function isProse(command: string): boolean {
  return /[A-Za-z]{2,}(?:\s+[A-Za-z]{2,}){4}/.test(command);
}

/** The refused command itself, on the copy that is here. An agent has no terminal for an editor, and a tool of its own. */
function isRepeated(command: string, { request }: Denial): boolean {
  return command.split(" ").includes(request.utility);
}

/** A way to the host alone would bring there what is here, which nobody has changed yet. */
function isChange({ request }: Denial): boolean {
  return (request.action === "edit" || request.action === "write") && request.transfer !== true && request.host.kind !== "local";
}

/** "Instead, run the playbook:" is a person's heading. The label that a model looks for stays the same. */
function labelOf(say: string, label: string): string {
  return ascii(say.startsWith("Instead") ? `${label} ${say.replace(/^Instead[,:]\s*/, "")}`.trimEnd() : say);
}

function repeated(times: number): string {
  return `Already refused (${times}x), and it stays so.`;
}

function onlyPath(steps: readonly Step[]): string {
  const path = steps.filter(({ leads }) => leads).map(({ text }) => text);
  return `The only accepted path: ${path.slice(0, mostSteps).join("; then: ")}`;
}

function unknownLines(line: string, { unknowns }: Response, policies: PolicySet, times: number): readonly string[] {
  const head = "autobot-sh REFUSED [indeterminate]";
  if (times > 1) return [`${head} ${repeated(times)} The only accepted path: the host and the command, written out in full`, otherwise];
  const [unknown] = unknowns;
  const where = unknown === undefined || unknown.host.kind === "local" ? "" : ` on ${hostName(unknown.host, policies)}`;
  return [
    ascii(`${head} The text does not tell what this command would do${where}.`),
    ascii(`Why: what cannot be read before it runs is refused where a server is in reach${unknown === undefined ? "." : unknownPart(line, unknown)}`),
    `${first} write the host and the command out in full, and run one command at a time.`,
    "This is policy, not a transient error. Any variant that leaves it to run time (a variable, a pipe, a script) is refused too. Commands that only read are allowed, written out.",
    ending,
  ];
}

function unknownPart(line: string, { message, span }: Response["unknowns"][number]): string {
  const part = `\`${oneLine(line.slice(span.start, span.end), 120)}\``;
  const said = oneLine(message, 160);
  return said.includes(part) || part === "``" ? ` (${said}).` : ` (${said}). Blocked part: ${part}`;
}

/** The words that say so, behind the command that they belong to. */
function blockedPart(line: string, { start, end }: Span, utility: string): string {
  const words = oneLine(line.slice(start, end), 120);
  // One character of a longer word stands for what came out of that word.
  if (words === "" || words === "$" || (end - start === 1 && /^[^\s'"]/.test(line.slice(end)))) return `\`${oneLine(utility, 40)}\``;
  const named = words.split(/\s/).includes(utility) || words.startsWith(">");
  return `\`${named ? "" : `${oneLine(utility, 40)} … `}${words}\``;
}

/** Reasons are for people and may be typeset; commands are left as they are. */
function ascii(text: string): string {
  return text.replaceAll("…", "...").replaceAll("→", "->").replaceAll(/[‘’]/g, "'").replaceAll(/[“”]/g, '"').replaceAll(/[–—]/g, "-");
}
