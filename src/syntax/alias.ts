// Aliases that the text defines: their text takes the place of the command's name, and the result is read as code.
import type * as unbash from "unbash";
import { type Context, deeper, withOwnChoices } from "./context.ts";
import type { Redirected } from "./redirect.ts";
import type { Source } from "./source.ts";
import { aliasKey, lookup } from "./state.ts";
import { textOf } from "./value.ts";

/** Lists what the alias stands for as well as the command itself: whether aliases are on is not known. */
export function expandAlias(context: Context, node: unbash.Command, redirected: Redirected): void {
  const { name } = node;
  if (name === undefined || name.parts !== undefined || name.text !== name.value) return;
  const text = aliasText(context, name.value);
  const call = aliasKey(name.value);
  if (text === undefined || context.calls.includes(call)) return;
  const inner = deeper(context, node, { stdin: redirected.stdin, calls: [...context.calls, call] });
  if (inner !== undefined) withOwnChoices(context.run, () => context.run.evaluator.interpret(inner, replaced(context, node, text)));
}

function aliasText(context: Context, name: string): string | undefined {
  const content = lookup(context.state, aliasKey(name))?.[0];
  if (content?.kind === "alias") return textOf(content.value);
  const { aliases } = context.run.options;
  return content === undefined && aliases !== undefined && Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}

function replaced(context: Context, node: unbash.Command, first: string): Source {
  const texts = [first];
  let end = node.name?.end ?? node.pos;
  // an alias that ends in a blank has the next word looked up too
  for (const word of node.suffix) {
    const last = texts.at(-1) ?? "";
    if (!last.endsWith(" ") && !last.endsWith("\t")) break;
    const next = word.type === "Word" ? aliasText(context, word.text) : undefined;
    if (next === undefined) break;
    texts.push(next);
    end = word.end;
  }
  const { source } = context;
  const text = texts.join("");
  const own = text.length;
  const rest = source.text.slice(end, node.end);
  return { text: text + rest, holes: source.holes, origin: (offset) => source.origin(offset < own ? node.pos : end + offset - own) };
}
