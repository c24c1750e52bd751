// A call of a function that the text defines, or that the shell has: its body, read with the call's words as positional parameters.
import { type Context, deeper, withOwnChoices } from "./context.ts";
import type { Redirected } from "./redirect.ts";
import { bind, type Content, lookup, positional, setLocals } from "./state.ts";
import { listed, setArguments } from "./variable.ts";
import type { Span, Word } from "./word.ts";

// A recursion deeper than this gives no command that is not listed already.
const maxRecursion = 4;

type FunctionContent = Content & { readonly kind: "function" };

/** `span`: of the call. Where the function's own code stands nowhere in the line, what it does is marked there. */
export function callFunction(context: Context, name: string, content: FunctionContent, words: readonly Word[], redirected: Redirected, span: Span): void {
  const active = context.calls.filter((call) => call === name).length;
  if (active > maxRecursion) return;
  const inner = deeper(context, content.node, {
    stdin: redirected.stdin,
    output: redirected.silent ? undefined : context.output,
    calls: [...context.calls, name],
    source: content.source.span === undefined ? content.source : { ...content.source, span },
  });
  if (inner === undefined) return;
  const { state } = context;
  const before = lookup(state, positional);
  const { ended } = state;
  const operands = words.slice(1);
  setArguments(state, active === maxRecursion ? undefined : operands.map(listed));
  const restore = setLocals(state);
  withOwnChoices(context.run, () => inner.run.evaluator.node(inner, content.node.body));
  restore();
  // `return` ends the function, not what follows the call
  state.ended = ended;
  if (before === undefined) state.bindings.delete(positional);
  else bind(state, positional, before);
}
