// `<service>` in a line that was copied from a document before anybody filled it in. To the shell it is two redirections, of
// which the first fails because no such file is there, so nothing is run and nothing written: what counts is what the
// line says it would do.
import type * as unbash from "unbash";
import { forEachChild } from "unbash";

/** Two redirections that are one placeholder. */
export interface Placeholder {
  readonly open: unbash.Redirect;
  readonly close: unbash.Redirect;
  /** The word that it ends or goes on in: no blank stands between. */
  readonly joined: boolean;
}

type Item = unbash.Command["suffix"][number];

/**
 * A name alone between `<` and `>`, without blanks, either as part of a word (`10.0.0.<n>:80`) or with a blank behind it
 * (`-u <unit> -f`); `sort <a>b` are redirections. By their first one.
 */
export function placeholdersIn(node: unbash.Command): ReadonlyMap<Item, Placeholder> {
  const found = new Map<Item, Placeholder>();
  if (node.redirects.length < 2) return found;
  let end = node.name?.end;
  node.suffix.forEach((open, index) => {
    const close = node.suffix[index + 1];
    if (isOpening(open) && isClosing(close, open)) {
      const joined = end === open.pos;
      if (joined || close.target?.pos !== close.pos + 1) found.set(open, { open, close, joined });
    }
    end = open.type === "Redirect" && open.target === undefined ? open.pos + 1 : open.end;
  });
  return found;
}

function isOpening(item: Item): item is unbash.Redirect {
  if (item.type !== "Redirect" || item.operator !== "<" || item.descriptor !== undefined || item.target === undefined) return false;
  return item.target.pos === item.pos + 1 && /^[A-Za-z][\w-]*$/.test(item.target.text);
}

function isClosing(item: Item | undefined, open: unbash.Redirect): item is unbash.Redirect {
  return item?.type === "Redirect" && item.operator === ">" && item.descriptor === undefined && item.pos === open.end;
}

/** Where the placeholders of a script end that have no word behind them, which the parser takes for an error. */
export function placeholderEnds(script: unbash.ParsedScript): ReadonlySet<number> {
  const ends = new Set<number>();
  const stack: unbash.SyntaxNode[] = [script];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.type === "Command") for (const { close } of placeholdersIn(node).values()) if (close.target === undefined) ends.add(close.end);
    if (node.type !== "Script" || node === script) forEachChild(node, (child) => void stack.push(child));
  }
  return ends;
}
