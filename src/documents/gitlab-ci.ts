// GitLab CI: each job's scripts, which one shell runs in turn.
import { type Fragment, join } from "./fragment.ts";
import type { Document, Piece, Reading } from "./piece.ts";
import { parseYaml, textsOf, type Yaml } from "./yaml.ts";

export function readGitlabCi({ text }: Document): Reading {
  if (!/script\s*:/.test(text)) return { pieces: [] };
  const { roots, fault } = parseYaml(text);
  return { pieces: roots.flatMap(piecesOf), fault };
}

function piecesOf(root: Yaml): readonly Piece[] {
  const common = textsOf(root.get("variables"));
  const inherited = root.get("default");
  const jobs = [root, ...(inherited === undefined ? [] : [inherited]), ...root.entries().flatMap(([key, value]) => (value.kind === "map" && key !== "default" ? [value] : []))];
  return jobs.flatMap((job) => {
    const script = job.get("script");
    const before = job.get("before_script") ?? (script === undefined ? undefined : (inherited?.get("before_script") ?? root.get("before_script")));
    const main = [...scriptLines(before), ...scriptLines(script)];
    const environment = known({ ...common, ...textsOf(job.get("variables")) });
    return [main, scriptLines(job.get("after_script"))]
      .filter((parts) => parts.length > 0)
      .map((parts): Piece => ({ code: join(parts, "\n"), dialect: "bash", directory: "", environment, runner: "machine", apart: true }));
  });
}

/** A text, or a list of texts and of lists of them. */
function scriptLines(node: Yaml | undefined): readonly Fragment[] {
  if (node === undefined) return [];
  if (node.kind === "list") return node.items().flatMap(scriptLines);
  const text = node.text();
  return text === undefined ? [] : [text];
}

function known(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => !value.includes("$")));
}
