// What the judge tells the launcher, which does nothing that is not said here in full (src/launcher/judge.c, libexec/autobot-sh).
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../world/descriptor.ts";
import { temporaryDirectory } from "../world/directory.ts";
import { quoted } from "../world/words.ts";
import type { Spool } from "./program.ts";

/** What the launcher is told of the process that it becomes. */
export interface Permit {
  /** Environment variables to set, or with undefined to unset. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
  /** A descriptor that has been read empty, and what it is to give. */
  readonly spool?: Spool | undefined;
  /** What to put around a word of the launcher's, counted from 1: we have it decoded, and its bytes may be no text. */
  readonly word?: { readonly index: number; readonly before?: string | undefined; readonly behind?: string | undefined } | undefined;
  /** What to start in place of bash; the launcher's words follow. */
  readonly start?: readonly string[] | undefined;
  /** What the launcher has kept from node, `NODE_OPTIONS` and the like, goes to `start` under other names (src/terminal.ts). */
  readonly keepsNode?: true | undefined;
  /** The launcher stays behind `start`, a person's session (src/launcher/session.c). */
  readonly attended?: true | undefined;
  /** Printed first. */
  readonly print?: string | undefined;
}

export type Answer = { readonly show: string } | { readonly permit: Permit };

/** How the launcher reads: fields that end with NUL, or words that bash splits. */
export type Form = "fields" | "words";

/** Returns the process's status. */
export function writeAnswer(answer: Answer, form: Form): 0 {
  const fields = fieldsOf(answer);
  writeWhole(1, form === "words" ? fields.map(quoted).join(" ") : fields.map((field) => `${field}\0`).join(""));
  return 0;
}

function fieldsOf(answer: Answer): readonly string[] {
  if ("show" in answer) return ["show", `${answer.show}\n`];
  const { variables = {}, spool, word, start = [], keepsNode, attended, print } = answer.permit;
  return [
    "permit",
    ...(print === undefined ? [] : [`>${print}\n`]),
    ...(spool === undefined ? [] : [`<${spool.descriptor} ${fileOf(spool)}`]),
    ...(word?.before === undefined ? [] : [`=${word.index} ${word.before}`]),
    ...(word?.behind === undefined ? [] : [`~${word.index} ${word.behind}`]),
    ...(keepsNode === true ? ["*"] : []),
    ...(attended === true ? ["&"] : []),
    ...Object.entries(variables).map(([name, value]) => (value === undefined ? `-${name}` : `+${name}=${value}`)),
    ...start.map((each) => `@${each}`),
    ".",
  ];
}

/** In a directory of its own, mode 0700; whoever reads the answer removes both. */
function fileOf({ bytes }: Spool): string {
  const path = join(mkdtempSync(join(temporaryDirectory(), "autobot-sh-")), "program");
  writeFileSync(path, bytes, { flag: "wx", mode: 0o600 });
  return path;
}
