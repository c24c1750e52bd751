// package.json: what `npm run` gives to sh.
import { type Document, directoryOf, type Piece, type Reading } from "./piece.ts";
import { parseYaml } from "./yaml.ts";

export function readPackageScripts({ path, text }: Document): Reading {
  if (!text.includes('"scripts"')) return { pieces: [] };
  const { roots, fault } = parseYaml(text);
  const scripts = roots[0]?.get("scripts")?.entries() ?? [];
  const pieces = scripts.flatMap(([, value]): readonly Piece[] => {
    const code = value.text();
    return code === undefined ? [] : [{ code, dialect: "sh", directory: directoryOf(path) }];
  });
  return { pieces, fault };
}
