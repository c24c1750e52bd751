// Ansible's playbooks and task files: what `shell`, `command` and `raw` run. A play is for its hosts, so what a task does to
// the machine that it runs on is the approved way; what it does from there to another one is not.
import { type Fragment, join, replace, standIn } from "./fragment.ts";
import { type Document, type Piece, type Reading, unknownParameter } from "./piece.ts";
import { parseYaml, textsOf, type Yaml } from "./yaml.ts";

type Values = Readonly<Record<string, string>>;

const shells = ["shell", "raw"];
const commands = ["command"];
const collections = ["", "ansible.builtin.", "ansible.legacy."];
const nested = ["block", "rescue", "always", "tasks", "pre_tasks", "post_tasks", "handlers"];

export function readAnsibleTasks({ text }: Document): Reading {
  if (!/\b(shell|command|raw|local_action)["']?\s*:/.test(text)) return { pieces: [] };
  const { roots, fault } = parseYaml(text);
  return { pieces: roots.flatMap((root) => (root.kind === "list" ? tasksIn(root, {}) : [])), fault };
}

function tasksIn(list: Yaml | undefined, around: Values): readonly Piece[] {
  return (list?.items() ?? []).flatMap((item) => {
    const values = { ...around, ...textsOf(item.get("vars")) };
    return [...piecesOf(item, values), ...nested.flatMap((key) => tasksIn(item.get(key), values))];
  });
}

function piecesOf(task: Yaml, values: Values): readonly Piece[] {
  const found = collections.flatMap((collection) => [
    ...shells.map((module) => codeOf(task.get(collection + module))),
    ...commands.map((module) => codeOf(task.get(collection + module))),
  ]);
  const codes = [...found, localAction(task.get("local_action"))];
  return codes.flatMap((code): readonly Piece[] =>
    code === undefined || code.text.trim() === "" ? [] : [{ code: filled(code, values), dialect: "sh", directory: "", runner: "machine", apart: true }],
  );
}

/** A text, or `cmd` or `argv` of a map. */
function codeOf(module: Yaml | undefined): Fragment | undefined {
  if (module === undefined) return undefined;
  if (module.kind === "scalar") return module.text();
  const argv = module.get("argv")?.items() ?? [];
  if (argv.length === 0) return module.get("cmd")?.text() ?? module.get("_raw_params")?.text();
  return join(
    argv.flatMap((word) => {
      const text = word.text();
      return text === undefined ? [] : [standIn(`'${text.text.replaceAll("'", "'\\''")}'`, text.at(0))];
    }),
    " ",
  );
}

/** `local_action: shell ssh …` */
function localAction(node: Yaml | undefined): Fragment | undefined {
  const text = node?.text();
  if (text === undefined) return undefined;
  const [head] = /^\s*(?:ansible\.(?:builtin|legacy)\.)?(?:shell|command|raw)\s+/.exec(text.text) ?? [];
  return head === undefined ? undefined : { text: text.text.slice(head.length), at: (offset) => text.at(head.length + offset) };
}

/** Jinja: a variable of the play is its text, all else a parameter that nothing sets. Blocks (`{% … %}`) and comments say nothing to a shell. */
function filled(code: Fragment, values: Values): Fragment {
  return replace(code, /\{\{(.*?)\}\}|\{[%#].*?[%#]\}/gs, ([whole, expression]) => {
    if (expression === undefined) return whole.includes("\n") ? "\n" : " ";
    const value = values[expression.trim()];
    return value === undefined || value.includes("{{") ? unknownParameter(expression) : value;
  });
}
