// GitHub's workflows and composite actions: each step's `run`, with the variables, shell and directory that stand around it.
import type { Dialect } from "../syntax/simple-command.ts";
import { type Fragment, replace } from "./fragment.ts";
import { type Document, type Piece, type Reading, unknownParameter } from "./piece.ts";
import { parseYaml, textsOf, type Yaml } from "./yaml.ts";

interface Around {
  readonly environment: Readonly<Record<string, string>>;
  readonly shell: string | undefined;
  readonly directory: string | undefined;
}

export function readWorkflow({ text }: Document): Reading {
  if (!/\brun\s*:/.test(text)) return { pieces: [] };
  const { roots, fault } = parseYaml(text);
  return { pieces: roots.flatMap(piecesOf), fault };
}

function piecesOf(root: Yaml): readonly Piece[] {
  const workflow = within({ environment: {}, shell: undefined, directory: undefined }, root);
  const jobs = (root.get("jobs")?.entries() ?? []).flatMap(([, job]) => stepsOf(job, within(workflow, job)));
  return [...jobs, ...stepsOf(root.get("runs"), workflow)];
}

function stepsOf(job: Yaml | undefined, around: Around): readonly Piece[] {
  return (job?.get("steps")?.items() ?? []).flatMap((step): readonly Piece[] => {
    const code = step.get("run")?.text();
    const { environment, shell, directory } = within(around, step);
    const dialect = dialectOf(step.get("shell")?.text()?.text ?? shell);
    if (code === undefined || dialect === undefined) return [];
    const where = step.get("working-directory")?.text()?.text ?? directory ?? "";
    return [{ code: withExpressions(code, environment), dialect, directory: where.replace(/^\.\/?/, ""), environment, runner: "machine", apart: true }];
  });
}

function within(around: Around, node: Yaml): Around {
  const defaults = node.get("defaults")?.get("run");
  return {
    environment: { ...around.environment, ...known(textsOf(node.get("env"))) },
    shell: defaults?.get("shell")?.text()?.text ?? around.shell,
    directory: defaults?.get("working-directory")?.text()?.text ?? around.directory,
  };
}

/** A value with an expression in it is not known. */
function known(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => !value.includes("${{")));
}

/** `bash`, `sh`, or a template, `bash -eo pipefail {0}`; undefined: another language. */
function dialectOf(shell: string | undefined): Dialect | undefined {
  const name = shell?.trim().split(/\s+/, 1)[0]?.replace(/.*\//, "") ?? "bash";
  return name === "bash" || name === "sh" || name === "zsh" ? name : undefined;
}

function withExpressions(code: Fragment, environment: Readonly<Record<string, string>>): Fragment {
  return replace(code, /\$\{\{(.*?)\}\}/gs, ([, expression = ""]) => environment[/^\s*env\.(\w+)\s*$/.exec(expression)?.[1] ?? ""] ?? unknownParameter(expression));
}
