// `autobotctl init`: a policy of one's own fleet, made from what is there already, shown before it is written, and proven by a refusal for
// one of its hosts. No host is contacted.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isatty } from "node:tty";
import { createEngine, decide, type Engine, type Response } from "../decide.ts";
import { quoteWords } from "../policy/command.ts";
import { combine } from "../policy/policies.ts";
import type { PathMap } from "../policy/schema.ts";
import { destinationOf } from "../policy/situation.ts";
import { refusal } from "../report/refusal.ts";
import { plain, type Style, styleFor } from "../report/style.ts";
import { policyDiff, type SurveyView, surveyLines } from "../report/survey-text.ts";
import { type Choice, type Findings, firstChoice, policyName, policyOf, type WayDraft } from "../survey/fleet-draft.ts";
import { mergedPolicyText, newPolicyText } from "../survey/policy-text.ts";
import { type SurveyOptions, survey } from "../survey/survey.ts";
import { builtIn } from "../world/built-in.ts";
import { complain } from "../world/complaint.ts";
import { contextHere } from "../world/context.ts";
import { makeDirectories } from "../world/directory.ts";
import { findLayers, layerPlaces, type Origin } from "../world/layers.ts";
import { parsePolicyText, readLayers, showIssues } from "../world/policy-files.ts";
import { replaceFile } from "../world/replace-file.ts";
import { widthOn } from "../world/width.ts";
import { drawsHere } from "./screen.ts";

export interface InitOptions extends SurveyOptions {
  readonly form: "json" | "text" | "screen";
  /** It may be written without being asked. */
  readonly yes: boolean;
  /** For everybody on this machine, in place of the user's own. */
  readonly system: boolean;
}

/** What a choice would make of the file. */
export interface Plan {
  readonly file: string;
  readonly origin: Origin;
  /** "" where there is none. */
  readonly before: string;
  readonly after: string;
  /** The policies with it in force. */
  readonly engine: Engine;
}

export type Planning = Plan | { readonly fault: string };

/** The choice, once it has been seen what it makes; undefined: it is not to be written. */
export type InitScreen = (findings: Findings, first: Choice, plan: (choice: Choice) => Planning) => Promise<Choice | undefined>;

const status = { done: 0, unwritten: 1, misuse: 2, failed: 125 } as const;
const fileMode = 0o644;

/** Exit status: 0 written, or as it should be already; 1 not written; 2 a wrong call; 125 it cannot be made. */
export async function init(options: InitOptions, screen: () => Promise<InitScreen>): Promise<number> {
  const findings = survey(options);
  if ("fault" in findings) return complain(findings.fault, status.misuse);
  if (findings.hosts.length === 0) return complain(nothingFound(findings), status.unwritten);
  const place = placeFor(options);
  if ("fault" in place) return complain(place.fault, status.misuse);
  const first = firstChoice(findings);
  const planned = (choice: Choice) => plan(findings, choice, place);
  if (options.form === "screen" && !options.yes && drawsHere(process.env)) {
    const choice = await (await screen())(findings, first, planned);
    return choice === undefined ? complain("nothing was written", status.unwritten) : finish(findings, choice, planned(choice), { ...options, yes: true, form: "screen" });
  }
  return finish(findings, first, planned(first), options);
}

function nothingFound({ sources, notes }: Findings): string {
  const looked = sources.length === 0 ? "no ssh configuration, no inventory" : `in ${sources.join(", ")}`;
  return [`no hosts were found: ${looked}`, "name a file: `--ssh-config FILE`, `--inventory FILE`", ...notes].join("\n");
}

interface Place {
  readonly file: string;
  readonly origin: Origin;
}

function placeFor({ system, cwd }: InitOptions): Place | { readonly fault: string } {
  const places = layerPlaces(process.env, cwd);
  if (system) return process.geteuid?.() === 0 ? { file: join(places.system, `${policyName}.yaml`), origin: "system" } : { fault: "`--system` writes into /etc\nrun it as root" };
  if (places.user === undefined) return { fault: "your account has no home directory\n`--system`, as root, writes the policy for everybody" };
  const inForce = findLayers({ ...places, user: undefined, configured: undefined, cwd: undefined });
  if (inForce.length > 0)
    return {
      fault: `the system's policies are in force (${inForce.flatMap(({ files }) => files).join(", ")}), and yours could only tighten them\nrun \`autobotctl init --system\` as root`,
    };
  return { file: join(places.user, `${policyName}.yaml`), origin: "user" };
}

function plan(findings: Findings, choice: Choice, { file, origin }: Place): Planning {
  const policy = policyOf(findings, choice);
  const from = new Map(findings.hosts.map(({ host, from: sources }) => [host.name, `from ${sources.join(" and ")}`]));
  const remarks = {
    head: ` Made by \`autobotctl init\` from what was here already, and yours from now on: it adds to this file, and takes nothing away.\n See \`autobotctl policy check\`, and \`autobotctl policy schema\` for what can stand here.`,
    from,
  };
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const merged = before === "" ? { text: newPolicyText(policy, remarks) } : mergedPolicyText(before, policy, remarks);
  if ("error" in merged) return { fault: `\`${file}\` is there and not valid: ${merged.error}\nmend it, or move it away` };
  const engine = engineWith(merged.text, file, origin, findings.root);
  return "fault" in engine ? engine : { file, origin, before, after: merged.text, engine: engine.engine };
}

/** The policies that would be in force: those of all files but this one, and this text. */
function engineWith(text: string, file: string, origin: Origin, cwd: string | undefined): { readonly engine: Engine } | { readonly fault: string } {
  const parsed = parsePolicyText(text, file);
  if ("issues" in parsed) return { fault: showIssues(parsed.issues) };
  const others = findLayers(layerPlaces(process.env, cwd)).map((layer) => ({ ...layer, files: layer.files.filter((each) => each !== file) }));
  const read = readLayers(others);
  if ("issues" in read) return { fault: showIssues(read.issues) };
  const own = { origin, policies: [{ file, policy: parsed.policy }] };
  const combined = combine([builtIn, ...read.layers, own]);
  return "issues" in combined ? { fault: showIssues(combined.issues) } : { engine: createEngine(combined.set) };
}

function finish(findings: Findings, choice: Choice, planned: Planning, options: InitOptions): number {
  if ("fault" in planned) return complain(`this would not be a valid policy; nothing was written\n${planned.fault}`, status.failed);
  const changes = planned.before !== planned.after;
  const writes = changes && options.yes;
  const written = writes ? write(planned) : undefined;
  if (written !== undefined && "fault" in written) return complain(written.fault, status.failed);
  const proof = proofFor(findings, choice, planned.engine);
  const shown =
    options.form === "json" ? json(findings, choice, planned, written, proof) : text(findings, choice, planned, written, proof, options.form === "text" || !writes || !isatty(1));
  process.stdout.write(shown);
  if (changes && !writes) return complain("nothing was written\n`--yes` writes it", status.unwritten);
  return proof !== undefined && proof.response.effective !== "deny" ? complain(`\`${proof.line}\` would not be refused\nsee \`autobotctl explain\``, status.failed) : status.done;
}

interface Written {
  /** What the file said before; undefined: there was none. */
  readonly backup: string | undefined;
}

function write({ file, origin, before, after }: Plan): Written | { readonly fault: string } {
  try {
    makeDirectories(dirname(file), origin === "system" ? 0o755 : 0o700);
    const there = existsSync(file);
    if (there && readFileSync(file, "utf8") !== before) return { fault: `\`${file}\` was changed meanwhile; nothing was written\nrun it again` };
    const backup = there ? backupOf(file) : undefined;
    if (backup !== undefined) writeFileSync(backup, before, { flag: "wx", mode: statSync(file).mode & 0o777 });
    replaceFile(file, after, { mode: there ? statSync(file).mode : fileMode });
    return { backup };
  } catch (error) {
    return { fault: `\`${file}\` cannot be written: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** No policy by its name, and never one that is there already. */
function backupOf(file: string): string {
  const names = ["", ...Array.from({ length: 1000 }, (_, index) => `.${index + 2}`)].map((end) => `${file}.before-init${end}`);
  return names.find((name) => !existsSync(name)) ?? `${file}.before-init.${Date.now()}`;
}

interface Proof {
  readonly line: string;
  readonly response: Response;
  readonly refusal: string;
}

/** A change by hand on one of the hosts, decided and not run: what its owner would read. */
function proofFor({ hosts, root }: Findings, choice: Choice, engine: Engine): Proof | undefined {
  const { fleet } = engine.policies;
  const known = (fleet.hosts ?? []).filter(({ name }) => hosts.some(({ host }) => host.name === name) && choice.hosts.has(name));
  const host = known.find(({ paths = [] }) => paths.length > 0) ?? known[0];
  if (host === undefined) return undefined;
  const path = (host.paths ?? []).map((map) => fileOf(map, root)).find((each) => each !== undefined) ?? "/etc/hosts";
  const user = host.user ?? fleet.user;
  const line = `${quoteWords(["ssh", `${user === undefined ? "" : `${user}@`}${destinationOf(host)}`]) ?? "ssh"} ${quoteWords([`vim ${path}`]) ?? ""}`;
  const cwd = root ?? process.cwd();
  const response = decide(line, engine, contextHere("scripts", cwd, engine));
  return {
    line,
    response,
    refusal: response.effective === "deny" ? refusal(line, response, { policies: engine.policies, width: widthOn(1), style: styleFor(process.env, isatty(1)) }) : "",
  };
}

/** A file of the workspace as the host has it. */
function fileOf({ remote, local }: PathMap, root: string | undefined): string | undefined {
  if (!remote.endsWith("/")) return remote;
  const directory = join(root ?? "/", local);
  const [name] = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }).filter((each) => each.isFile() && /^\w[\w.-]*$/.test(each.name)) : [];
  return name === undefined ? undefined : remote + name.name;
}

/** What was found, as rows. */
export function viewOf({ sources, hosts, ways, compose, notes }: Findings, choice: Choice): SurveyView {
  return {
    sources,
    hosts: hosts.map(({ host, from, why }) => ({
      name: host.name,
      what: [...(host.addresses ?? []), ...(host.aliases ?? [])].join(", "),
      remark: why === undefined ? from.join(", ") : `${from.join(", ")}: ${why}`,
      chosen: choice.hosts.has(host.name),
    })),
    ways: ways.map((way) => ({ name: way.path, what: callOf(way), remark: way.why ?? hostsOf(way).join(", "), chosen: choice.ways.has(way.path) })),
    user: choice.user,
    key: choice.key,
    compose,
    notes,
  };
}

function callOf(way: WayDraft): string {
  return (way.kind === "script" ? way.script.run : way.run) ?? "";
}

function hostsOf(way: WayDraft): readonly string[] {
  return way.kind === "script" ? way.script.hosts : way.playbook.hosts;
}

function text(findings: Findings, choice: Choice, { file, before, after }: Plan, written: Written | undefined, proof: Proof | undefined, whole: boolean): string {
  const style = styleFor(process.env, isatty(1));
  const lines = [
    ...(whole ? [...surveyLines(viewOf(findings, choice), widthOn(1), style), "", ...differenceLines(file, before, after, style), ""] : []),
    ...(written === undefined ? [] : [`wrote ${file}`, ...(written.backup === undefined ? [] : [`  as it was: ${written.backup}`]), ""]),
    ...(proof === undefined
      ? []
      : [`${written === undefined && before !== after ? "with it," : "now"} this is refused (decided here, not run):`, `$ ${proof.line}`, proof.refusal.trimEnd()]),
    ...(written === undefined ? [] : ["", "next: `autobotctl policy check`, `autobotctl doctor`"]),
  ];
  return `${lines.join("\n")}\n`;
}

function differenceLines(file: string, before: string, after: string, style: Style): readonly string[] {
  const lines = policyDiff(file, before, after, style);
  return lines.length === 0 ? [`${file} says all of it already`] : lines;
}

function json(findings: Findings, choice: Choice, { file, before, after }: Plan, written: Written | undefined, proof: Proof | undefined): string {
  return `${JSON.stringify({
    root: findings.root,
    ...viewOf(findings, choice),
    file,
    written: written !== undefined,
    backup: written?.backup,
    difference: policyDiff(file, before, after, plain).join("\n"),
    policy: parsedOf(after),
    refused: proof === undefined ? undefined : { line: proof.line, text: proof.refusal },
  })}\n`;
}

function parsedOf(text: string): unknown {
  const parsed = parsePolicyText(text, "");
  return "policy" in parsed ? parsed.policy : undefined;
}
