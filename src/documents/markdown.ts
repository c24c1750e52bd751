// Markdown: fenced blocks that are marked as shell code or a session (CommonMark 4.5), and what agents' commands run by themselves.
import type { Dialect } from "../syntax/simple-command.ts";
import { type Fragment, join, lines, replace, slice, verbatim } from "./fragment.ts";
import type { Document, Piece, Reading } from "./piece.ts";
import { unknownParameter } from "./piece.ts";

const dialects: Readonly<Record<string, Dialect>> = { sh: "bash", bash: "bash", shell: "bash", shellscript: "bash", ksh: "bash", zsh: "zsh" };
const sessions: ReadonlySet<string> = new Set(["console", "shell-session", "shellsession", "sh-session", "bash-session", "terminal"]);

/** Files that are written for AI agents, who do what they say with nobody at a terminal. */
const forAgents =
  /(^|\/)((CLAUDE|AGENTS?|GEMINI|QWEN|WARP|CRUSH|SKILL)(\.\w+)?\.md|copilot-instructions\.md|\.(cursor|windsurf|cline)rules|\.goosehints|\.(claude|cursor|gemini|codex|windsurf|clinerules|roo|amazonq|kiro)\/.*|\.github\/(instructions|prompts|agents|chatmodes)\/.*)$/i;

export function isForAgents(path: string): boolean {
  return forAgents.test(path);
}

export function readMarkdown({ path, text }: Document): Reading {
  const runner = isForAgents(path) ? ("agent" as const) : ("person" as const);
  const fences = fencesIn(text).flatMap((fence) => pieceOf(fence, runner) ?? []);
  return { pieces: runner === "agent" ? [...fences, ...inlineCommands(text)] : fences };
}

interface Fence {
  /** The first word behind the opening fence, in lower case. */
  readonly language: string;
  readonly lines: readonly Fragment[];
  readonly exempt: string | undefined;
}

function fencesIn(text: string): readonly Fence[] {
  if (!text.includes("```") && !text.includes("~~~")) return [];
  const fences: Fence[] = [];
  let open: { readonly mark: string; readonly indent: number; readonly language: string; readonly exempt: string | undefined; readonly lines: Fragment[] } | undefined;
  let exempt: string | undefined;
  for (const line of lines(verbatim(text, 0, text.length))) {
    const [, indent = "", mark, info = ""] = /^([ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(`{3,}|~{3,})(.*)$/.exec(line.text.replace(/\r$/, "")) ?? [];
    if (open === undefined) {
      if (mark !== undefined && !(mark.startsWith("`") && info.includes("`"))) {
        open = { mark, indent: indent.length, language: languageOf(info), exempt, lines: [] };
        exempt = undefined;
      } else if (line.text.trim() !== "") exempt = exemptionIn(line.text);
    } else if (mark?.startsWith(open.mark) === true && info.trim() === "") {
      fences.push(open);
      open = undefined;
    } else open.lines.push(slice(line, Math.min(open.indent, /^[ \t>]*/.exec(line.text)?.[0].length ?? 0)));
  }
  // One that is not closed goes on to the end.
  return open === undefined ? fences : [...fences, open];
}

/** `bash`, `{.bash}`, `bash title="x"` */
function languageOf(info: string): string {
  return (/^\s*\{?\.?([\w-]+)/.exec(info)?.[1] ?? "").toLowerCase();
}

/** `<!-- autobot-sh: ignore -->` before a fence, perhaps with a rule or policy, and a reason. */
function exemptionIn(line: string): string | undefined {
  const [, rest] = /^\s*<!--\s*autobot-sh:\s*ignore\b(.*?)-->\s*$/.exec(line) ?? [];
  return rest === undefined ? undefined : (/^\s+([a-z0-9]+(?:-[a-z0-9]+)*(?:\/[a-z0-9-]+)?)(?=\s|$)/.exec(rest)?.[1] ?? "");
}

function pieceOf({ language, lines: body, exempt }: Fence, runner: "agent" | "person"): Piece | undefined {
  const dialect = dialects[language];
  const prompted = body.find(({ text }) => text.trim() !== "" && !text.trimStart().startsWith("#"))?.text.startsWith("$ ") === true;
  if (dialect === undefined && !sessions.has(language)) return undefined;
  const typed = sessions.has(language) || prompted ? typedLines(body) : body;
  if (typed.length === 0) return undefined;
  return { code: withPlaceholders(join(typed, "\n")), dialect: dialect ?? "bash", directory: "", runner, exempt };
}

/** What stands behind `$ `, and goes on behind `> ` or after a backslash. */
function typedLines(body: readonly Fragment[]): readonly Fragment[] {
  let goesOn = false;
  let typing = false;
  return body.flatMap((line) => {
    const prompt = /^\s*[$%] /.exec(line.text)?.[0] ?? (typing && line.text.startsWith("> ") ? "> " : undefined);
    const taken = prompt !== undefined || goesOn;
    typing = taken;
    goesOn = taken && line.text.endsWith("\\");
    return taken ? [slice(line, prompt?.length ?? 0)] : [];
  });
}

/** `<host>` in a document is for its reader to fill in, no redirection. */
function withPlaceholders(code: Fragment): Fragment {
  return replace(code, /(?<!<)<([A-Za-z][\w .|:/-]*)>(?!>)/g, ([, name = ""]) => unknownParameter(name));
}

/** !`git status` in an agent's command is run when somebody calls it. */
function inlineCommands(text: string): readonly Piece[] {
  return [...text.matchAll(/(?<![\w`])!`([^`\n]+)`/g)].map(({ index, 1: code = "" }) => ({
    code: verbatim(text, index + 2, index + 2 + code.length),
    dialect: "bash",
    directory: "",
    runner: "agent",
  }));
}
