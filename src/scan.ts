// A document → what in it would be refused, piece by piece of its shell code, with the place in the document.
import { type Advice, adviceFor, type Context, type Denial, decide, type Engine, type Request, type Response, type Span, type World } from "./decide.ts";
import type { Fragment } from "./documents/fragment.ts";
import { readerFor } from "./documents/index.ts";
import { covers, exemptionsIn } from "./documents/marks.ts";
import type { Document, Piece } from "./documents/piece.ts";

/** What one rule refuses in one place. */
export interface Finding {
  /** `<policy>/<id>` */
  readonly rule: string;
  readonly reason: string;
  /** What is asked for there; one, or the same on several hosts. Their spans are the code's, not the document's. */
  readonly requests: readonly Request[];
  /** Offsets in the document. */
  readonly span: Span;
  /** Computed when first read. */
  readonly advice: readonly Advice[];
}

/** What the text does not tell, where that would be refused if it had to be known. */
export interface Undecided {
  readonly message: string;
  readonly span: Span;
}

export interface Scan {
  readonly findings: readonly Finding[];
  /** What the document itself exempts. */
  readonly ignored: readonly Finding[];
  readonly undecided: readonly Undecided[];
  readonly pieces: number;
  /** Why the document could not be read. */
  readonly fault?: string | undefined;
}

export interface Surroundings {
  /** The project's root, where its scripts are started: absolute. */
  readonly root: string;
  /** The same, where it is a workspace that the policies do not name themselves. */
  readonly workspace: string | undefined;
  readonly world: World;
}

const nothing: Scan = { findings: [], ignored: [], undecided: [], pieces: 0 };

/** Reads nothing but through the world. Never throws on any text. */
export function scanDocument(document: Document, engine: Engine, surroundings: Surroundings): Scan {
  const reading = readerFor(document.path)?.(document);
  if (reading === undefined) return nothing;
  const exempt = exemptionsIn(document.text);
  const undecided = new Map<string, Undecided>();
  // The same line may belong to several pieces: a job's and the one before it that it shares.
  const found = new Map<string, { readonly finding: Finding; readonly ignored: boolean }>();
  for (const piece of reading.pieces) {
    const context = contextOf(piece, surroundings);
    const response = decide(piece.code.text, engine, context);
    for (const finding of findingsOf(response, piece, engine, context)) {
      const ignored = (piece.exempt !== undefined && covers(piece.exempt, finding.rule)) || exempt(finding.span.start, finding.rule);
      found.set(`${finding.rule} ${finding.span.start}`, { finding, ignored });
    }
    if (response.denials.length === 0 && response.effective === "deny" && piece.exempt !== "") {
      // A function is read again wherever it is called.
      for (const each of undecidedOf(response, piece.code)) undecided.set(`${each.message} ${each.span.start}`, each);
    }
  }
  const all = [...found.values()].sort((left, right) => left.finding.span.start - right.finding.span.start);
  return {
    findings: all.filter(({ ignored }) => !ignored).map(({ finding }) => finding),
    ignored: all.filter(({ ignored }) => ignored).map(({ finding }) => finding),
    undecided: [...undecided.values()],
    pieces: reading.pieces.length,
    fault: reading.fault,
  };
}

function contextOf({ dialect, directory, environment = {}, runner = "person" }: Piece, { root, workspace, world }: Surroundings): Context {
  return {
    face: runner === "agent" ? "agent" : "scripts",
    // Whoever reads a document may sit at a terminal when it comes to that.
    tty: runner === "person",
    runtime: false,
    dialect,
    cwd: directory === "" ? root : `${root}/${directory}`,
    workspace,
    environment: { HOME: world.home, ...environment },
    world,
  };
}

function findingsOf(response: Response, piece: Piece, engine: Engine, context: Context): readonly Finding[] {
  const groups = new Map<string, Denial[]>();
  for (const denial of response.denials) {
    const { host, span } = denial.request;
    if (piece.apart === true && host.kind === "local") continue;
    const key = `${denial.rule.id} ${span.start}`;
    groups.set(key, [...(groups.get(key) ?? []), denial]);
  }
  return [...groups.values()].map((denials): Finding => {
    const [first] = denials as [Denial, ...Denial[]];
    let advice: readonly Advice[] | undefined;
    return {
      rule: first.rule.id,
      reason: first.rule.reason,
      requests: denials.map(({ request }) => request),
      span: placeOf(first.request.span, piece.code),
      get advice() {
        advice ??= adviceFor(denials, undefined, engine, context);
        return advice;
      },
    };
  });
}

function undecidedOf({ unknowns }: Response, code: Fragment): readonly Undecided[] {
  return unknowns.map(({ message, span }) => ({ message, span: placeOf(span, code) }));
}

function placeOf({ start, end }: Span, code: Fragment): Span {
  const from = code.at(start);
  return { start: from, end: Math.max(from + 1, end > start ? code.at(end - 1) + 1 : from) };
}
