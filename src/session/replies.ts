// What a session answers its shell, and has on record about it: all that takes policies. The other half of guard.ts, which
// lets the shell go on before this is loaded (docs/adr/0031).
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Response } from "../decide.ts";
import { keepTables } from "../launcher/tables.ts";
import { oneLine } from "../report/mask.ts";
import { multiplexer, ungatedShell } from "../run/nested-shell.ts";
import { recordIncident } from "../run/outcome.ts";
import { behindShims, shimsFor } from "../run/shims.ts";
import { currentDirectory } from "../world/directory.ts";
import { builtInEngine, type Loaded } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";
import { watchPolicies } from "../world/policy-watch.ts";
import { directoryOf } from "../world/process.ts";
import { type Answer, field, type Question, say } from "./channel.ts";
import type { InnerShell } from "./inner-shell.ts";
import { createLines } from "./lines.ts";
import type { Pty } from "./pty.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The shell once it runs. */
export interface Inner {
  pty: Pty | undefined;
  /** The channel's directory. */
  directory: string;
}

export interface Circumstances {
  readonly shell: InnerShell;
  readonly environment: Environment;
  readonly inner: Inner;
  /** The policies, where they have been read already. */
  readonly loaded: Loaded | undefined;
  /** Those are all that there are: none is left out, because it is not valid. */
  readonly valid: boolean;
}

export interface Replies {
  /** Whether one of the keys accepts a line. */
  typed(keys: Buffer): boolean;
  /** Has what the first line takes, and keeps the launcher's tables. */
  prepare(): void;
  /** A message to the person, which is on record too. */
  note(what: string): Promise<string>;
  /** Undefined where none is waited for. */
  reply(question: Question): Promise<Answer | undefined>;
}

export function createReplies({ shell, environment, inner, loaded, valid }: Circumstances): Replies {
  const policies = watchPolicies(environment, loaded);
  const directory = () => directoryOf(inner.pty?.pid);
  const owedFile = () => join(inner.directory, "owed");
  const lines = createLines({
    shell,
    environment,
    policies,
    directory,
    layered: isLayered,
    opens: async (judged, { text, question }) => {
      const nested = ungatedShell(judged, field(question, "s").includes("n"));
      if (nested === undefined) return windowsOf(judged, environment);
      if (!nested.own) return { notice: `lines typed in the shell that ${nested.by} opens are not judged` };
      await note(`refused: ${text}`);
      return { refused: unjudgedShell(nested.word) };
    },
    owes: () => writeFileSync(owedFile(), ""),
  });

  async function note(what: string): Promise<string> {
    const cwd = directory();
    recordIncident(what, (await policies(cwd)).engine, cwd);
    return say(`notice: ${what}`);
  }

  async function atChange(question: Question, told: string): Promise<Answer> {
    const said = told === "" ? "" : await note(told);
    return { verdict: "keep", said, path: await layeredPath(field(question, "w")) };
  }

  /** The person's PATH with the shims in front; undefined where there is no layer. */
  async function layeredPath(path: string): Promise<string | undefined> {
    const { engine } = await policies(directory());
    const shims = engine.policies.settings.runtime === "off" ? undefined : shimsFor(engine, { ...environment, PATH: path });
    return shims === undefined ? undefined : behindShims(shims, path);
  }

  return {
    typed: (keys) => lines.keyboard.type(keys),
    prepare: () => {
      const current = loaded ?? { engine: builtInEngine(), layers: [] };
      if (valid) keepTables(current, layerPlaces(environment, currentDirectory()));
    },
    note,
    reply: async (question) => {
      const told = question.kind === "prompt" || question.kind === "changed" ? lines.atPrompt(question) : "";
      // The shell looks for the file before it asks, so that nearly no prompt has to wait for us.
      if (question.kind === "owed") rmSync(owedFile(), { force: true });
      if (question.kind === "prompt" || question.kind === "seen") return undefined;
      return question.kind === "changed" ? atChange(question, told) : lines.reply(question);
    },
  };
}

function isLayered(question: Question): boolean {
  return /^[^:]*\/autobot-sh\/shims\/[^/:]+:/.test(field(question, "w"));
}

/** Undefined where its shells are sessions, because the account's shell is the launcher. */
function windowsOf(judged: Response, { SHELL: shell = "" }: Environment): { readonly notice: string } | undefined {
  const opened = shell.endsWith("/autobot-sh") ? undefined : multiplexer(judged);
  return opened === undefined
    ? undefined
    : { notice: `lines typed in the windows of \`${opened}\` are judged only where their shell is autobot-sh\nhave SHELL=$(command -v autobot-sh) when its server starts` };
}

function unjudgedShell(word: string): string {
  return `refused: the lines typed in \`${oneLine(word, 80)}\` would not be judged; nothing was run\ntype \`bash\`, \`zsh\` or \`autobot-sh\` by that name: it is a session again`;
}
