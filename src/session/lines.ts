// What a gate asks about the lines of its shell → whether each may run, and what to say. The same for a shell on this
// machine and for one on another host; how they talk, and what else is seen of the shell, is the caller's.
import type { Context, Engine, Response } from "../decide.ts";
import { refusal } from "../report/refusal.ts";
import { styleFor } from "../report/style.ts";
import { isRecordRequired, record, sessionNotice } from "../run/outcome.ts";
import type { InForce } from "../world/policy-watch.ts";
import { findWorkspace } from "../world/workspace.ts";
import { createWorld } from "../world/world.ts";
import { type Answer, field, type Question, say } from "./channel.ts";
import { createHistory, readEntry } from "./history.ts";
import type { InnerShell } from "./inner-shell.ts";
import { createKeyboard, type Keyboard } from "./keyboard.ts";
import { type Asked, judgeTyped, type TypedLine, typedLine, withTold } from "./typed-line.ts";

/** The shell whose lines are judged, as its gatekeeper sees it. */
export interface Post {
  readonly shell: InnerShell;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The policies in force in a directory of this machine. */
  policies(cwd: string | undefined): Promise<InForce>;
  /** The directory of this machine that lines and advice start from. */
  directory(): string | undefined;
  /** Whether the runtime layer will see what the line calls. */
  layered(question: Question): boolean;
  /** Where the shell is, if it is not here. */
  place?(question: Question): Context["place"];
  /** What a permitted line would open whose lines nobody would judge: a refusal, or a notice. */
  opens(
    judged: Response,
    line: { readonly text: string; readonly question: Question; readonly engine: Engine },
  ): Promise<{ readonly refused: string } | { readonly notice: string } | undefined>;
  /** The last lines are not to stay in history as they are: the shell is to ask at its next prompt. */
  owes(): void;
}

export interface Lines {
  readonly keyboard: Keyboard;
  /** The shell shows a prompt. What the person is to be told: that a part of the gate was put back, or nothing. */
  atPrompt(question: Question): string;
  /** The answer to a question about lines or their history. */
  reply(question: Question): Promise<Answer>;
}

/** The line being decided, and what was asked of the shell about it. */
interface Pending {
  readonly id: string;
  readonly line: TypedLine;
  /** To be decided after it. */
  readonly next: string | undefined;
  readonly asked: Asked;
  readonly question: Question;
}

export function createLines(post: Post): Lines {
  const history = createHistory();
  const keyboard = createKeyboard();
  let pending: Pending | undefined;
  /** The rest of a block that was refused comes line by line. */
  let refusing = false;
  /** There was a prompt since: it comes until another key accepts a line. */
  let untilKey = false;
  /** The keys that had accepted lines when the block came. */
  let acceptedWith = 0;
  let inBlock = false;
  let complained = false;
  let prompted = false;
  /** What a prompt hook of the person's own sets anew each time. */
  let setAnew = "";

  async function reply(question: Question): Promise<Answer> {
    switch (question.kind) {
      case "owed":
        return history.settle();
      case "line":
        return atLine(question);
      case "typed":
        return atTyped(question);
      case "text":
        return decideLine(question, lineOf(field(question, "t"), question));
      case "told":
        return pending?.id === question.id ? decideLine(pending.question, withTold(pending.line, pending.asked, field(question, "l")), pending.next) : { verdict: "no" };
      default:
        return { verdict: "no" };
    }
  }

  function atPrompt(question: Question): string {
    const lost = field(question, "l");
    const late = field(question, "q") === "late";
    // Start-up files set what they like, and no line was read.
    const expected = !prompted || (late && lost === setAnew);
    prompted = true;
    if (late) setAnew = lost;
    keyboard.atPrompt();
    // bash before 5.1 calls its prompt hook for each line of a block: what comes without another key is the rest of it.
    refusing &&= field(question, "o") !== "";
    untilKey = refusing;
    history.begin({ control: field(question, "c"), ignore: field(question, "i"), none: field(question, "z") !== "" }, Number(field(question, "n")));
    return lost === "" || expected ? "" : `${lost} was set without the gate; it is there again`;
  }

  async function atLine(question: Question): Promise<Answer> {
    const seen = readEntry(question);
    if ("unseen" in seen) {
      // The one way out of history being off: by the keys alone.
      const way = "set -o history";
      return keyboard.line() === way ? decideLine(question, lineOf(way, question)) : { verdict: "no", said: unseen(seen.unseen) };
    }
    const text = history.take(seen);
    if (text === undefined) return { verdict: "no", said: unseen("history shows the line before it\ngive the line again") };
    if (history.owes()) post.owes();
    if (untilKey && keyboard.accepted() > acceptedWith) refusing = false;
    if (refusing) return { verdict: "no" };
    const block = keyboard.takeBlock();
    inBlock = block !== undefined;
    if (inBlock) acceptedWith = keyboard.accepted();
    return block === undefined ? decideLine(question, lineOf(text, question)) : decideLine(question, lineOf(block, question), text);
  }

  /** zsh tells a line as it was typed, and as it has understood it, with aliases in their places: both have to pass. */
  async function atTyped(question: Question): Promise<Answer> {
    const [typed, understood] = [field(question, "t"), field(question, "x")];
    inBlock = false;
    return decideLine(question, lineOf(typed === "" ? understood : typed, question), understood);
  }

  /** `next`: what is decided after it. A block is decided whole, and then line by line as the shell has read it. */
  async function decideLine(question: Question, line: TypedLine, next?: string): Promise<Answer> {
    const cwd = post.directory();
    const { engine } = await post.policies(cwd);
    const runtime = engine.policies.settings.runtime !== "off" && post.layered(question);
    const place = post.place?.(question);
    const context: Context = {
      face: "login",
      dialect: post.shell,
      tty: true,
      runtime,
      cwd,
      workspace: findWorkspace(cwd, engine.policies),
      environment: {},
      world: createWorld(),
      place,
    };
    const judged = judgeTyped(line, engine, context);
    if ("called" in judged) {
      pending = { id: question.id, line, next, asked: judged, question };
      return { verdict: "tell", path: judged.used.join(" "), text: judged.called.join(" ") };
    }
    pending = undefined;
    const opened = judged.effective === "permit" ? await post.opens(judged, { text: line.text, question, engine }) : undefined;
    if (opened !== undefined && "refused" in opened) return { verdict: "no", said: say(opened.refused) };
    if (next !== undefined && judged.effective === "permit") return decideLine(question, lineOf(next, question));
    refusing = inBlock && next !== undefined;
    const problem = record({ text: line.text, response: judged }, engine, context);
    if (judged.effective === "deny") return { verdict: "no", said: refused(line.text, judged, engine) };
    if (problem !== undefined && isRecordRequired(engine))
      return { verdict: "no", said: say("the policy wants every command recorded, and the record cannot be written; nothing was run") };
    const said = problem === undefined || complained ? "" : say(`${problem}\nlines run on without it; this is said once`);
    complained ||= problem !== undefined;
    const notice = opened === undefined ? (sessionNotice(judged, engine, context) ?? "") : say(`notice: ${opened.notice}`);
    return { verdict: "yes", said: said + notice };
  }

  function refused(text: string, response: Response, { policies: set }: Engine): string {
    return refusal(text, response, { policies: set, width: process.stdout.columns ?? process.stderr.columns, style: styleFor(post.environment, true), person: true });
  }

  return { keyboard, atPrompt, reply: (question) => reply(question).catch(mistaken) };
}

function lineOf(text: string, question: Question): TypedLine {
  return typedLine(text, { PATH: field(question, "w") }, definedIn(question));
}

/** bash lists its aliases and functions; zsh those whose names stand somewhere in the line as it was typed. */
function definedIn(question: Question): (name: string) => boolean {
  const names = new Set(
    field(question, "d")
      .split(/declare -f\S* |[ \n]/)
      .concat(field(question, "a").split(" ")),
  );
  if (question.kind === "line") return (name) => names.has(name);
  const looked = new Set(field(question, "t").split(/[^\w@%+:,.!?-]/));
  return (name) => names.has(name) || !looked.has(name);
}

/** A fault of ours costs the line, and not the session. */
function mistaken(error: unknown): Answer {
  return { verdict: "no", said: say(`internal error: ${error instanceof Error ? error.message : String(error)}; nothing was run`) };
}

function unseen(why: string): string {
  return say(`refused: this line cannot be seen before it runs: ${why}`);
}
