// `cd`, `pushd` and `popd`: where the commands that follow run.
import type { Context, Status } from "./context.ts";
import { currentDirectory } from "./emit.ts";
import { bind, directory, directoryStack, lookup, previousDirectory, setScalar } from "./state.ts";
import { hole, textOf, type Value, valueOf } from "./value.ts";
import { contentsOf, scalarOf } from "./variable.ts";
import { known, type Word } from "./word.ts";

interface Operands {
  readonly operands: readonly Word[];
}

export function changeDirectory(context: Context, { operands }: Operands): Status {
  const target = operandOf(operands);
  enter(context, target === undefined ? home(context) : known(target) === "-" ? previous(context) : target.pieces);
  return "assumed";
}

function operandOf(operands: readonly Word[]): Word | undefined {
  const options = new Set(["-L", "-P", "-e", "-@", "-n"]);
  let at = 0;
  while (options.has(known(operands[at]) ?? "")) at++;
  return known(operands[at]) === "--" ? operands[at + 1] : operands[at];
}

function home(context: Context): Value {
  const value = scalarOf(contentsOf(context, "HOME")[0] ?? { kind: "unset" });
  return value === undefined || textOf(value) === undefined ? valueOf("~") : value;
}

function previous(context: Context): Value {
  const content = lookup(context.state, previousDirectory)?.[0];
  return content?.kind === "scalar" ? content.value : [hole("$OLDPWD", "environment")];
}

function enter(context: Context, target: Value): void {
  const before = currentDirectory(context)?.pieces;
  setScalar(context.state, previousDirectory, before ?? [hole("$OLDPWD", "environment")]);
  const after = join(
    before,
    target.map((piece) => ("hole" in piece && piece.splits ? { ...piece, splits: false } : piece)),
  );
  setScalar(context.state, directory, after);
  setScalar(context.state, "PWD", isAbsolute(after) ? after : [hole("$PWD", "computed")]);
}

function isAbsolute(value: Value): boolean {
  const first = value[0];
  return first !== undefined && "text" in first && first.text.startsWith("/");
}

function join(base: Value | undefined, target: Value): Value {
  const first = target[0];
  if (base === undefined || base.length === 0 || first === undefined || !("text" in first) || first.text.startsWith("/") || first.text.startsWith("~")) return simplified(target);
  return simplified([...base, { text: "/" }, ...target]);
}

// Without `.` and with `..` taken back, as `cd` does by default.
function simplified(value: Value): Value {
  const text = textOf(value);
  if (text === undefined || !(text.includes("/.") || text.startsWith(".") || text.includes("//") || (text.length > 1 && text.endsWith("/")))) return value;
  const parts: string[] = [];
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== ".." && parts.at(-1) !== "~") parts.pop();
    else if (part !== ".." || !text.startsWith("/")) parts.push(part);
  }
  const path = (text.startsWith("/") ? "/" : "") + parts.join("/");
  return valueOf(path === "" ? "." : path);
}

export function pushDirectory(context: Context, { operands }: Operands): Status {
  const target = operandOf(operands);
  const stack = lookup(context.state, directoryStack)?.[0];
  const entries = stack?.kind === "array" ? [...stack.elements.values()] : [];
  const before = currentDirectory(context)?.pieces ?? [hole("$OLDPWD", "environment")];
  if (target === undefined) enter(context, entries.pop() ?? previous(context));
  else enter(context, target.pieces);
  setStack(context, [...entries, before]);
  return "assumed";
}

export function popDirectory(context: Context): Status {
  const stack = lookup(context.state, directoryStack)?.[0];
  const entries = stack?.kind === "array" ? [...stack.elements.values()] : [];
  const target = entries.pop();
  enter(context, target ?? [hole("$OLDPWD", "environment")]);
  setStack(context, entries);
  return "assumed";
}

function setStack(context: Context, entries: readonly Value[]): void {
  bind(context.state, directoryStack, [{ kind: "array", elements: new Map(entries.map((value, index) => [String(index), value])), associative: false }]);
}
