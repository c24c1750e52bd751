// `autobotctl scan`: files → what in them would be refused, as text, JSON or SARIF, less what a baseline knows.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { isatty } from "node:tty";
import { createEngine, type Engine, type Span } from "../decide.ts";
import { needsMark, readerFor } from "../documents/index.ts";
import { asWorkstation } from "../policy/managed-host.ts";
import { approvedFile } from "../policy/routes.ts";
import { findingsJson, findingsText, type PlacedFinding, type PlacedNote, placeOf, type ScanReport } from "../report/finding.ts";
import { sarif } from "../report/sarif.ts";
import { styleFor } from "../report/style.ts";
import { type Finding, type Surroundings, scanDocument } from "../scan.ts";
import { filesBelow, readDocument } from "../survey/document-files.ts";
import { complain } from "../world/complaint.ts";
import { loadEngine } from "../world/engine.ts";
import { findLayers, layerPlaces } from "../world/layers.ts";
import { repositoryRoot } from "../world/repository.ts";
import { version } from "../world/version.ts";
import { defaultWidth, widthOn } from "../world/width.ts";
import { findWorkspace } from "../world/workspace.ts";
import { createWorld } from "../world/world.ts";
import { divide, readBaseline, writeBaseline } from "./baseline.ts";

export interface ScanOptions {
  /** Absolute; what files are called is relative to it. */
  readonly cwd: string;
  readonly format: "text" | "json" | "sarif";
  readonly baseline?: string | undefined;
  readonly updateBaseline: boolean;
}

const status = { clean: 0, found: 1, misuse: 2, failed: 125 } as const;

/** Exit status: 0 nothing found, 1 findings, 2 a wrong call, 125 failed. */
export async function scan(operands: readonly string[], options: ScanOptions): Promise<number> {
  const paths = (operands.length === 0 ? ["."] : operands).map((path) => resolve(options.cwd, path));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) return complain(`no such file or directory: \`${nameOf(missing, options.cwd)}\``, status.misuse);
  if (options.updateBaseline && options.baseline === undefined) return complain("`--update-baseline` needs `--baseline FILE`", status.misuse);
  const file = options.baseline === undefined ? undefined : resolve(options.cwd, options.baseline);
  const before = file === undefined || options.updateBaseline ? { baseline: new Map<string, number>() } : readBaseline(file);
  if ("fault" in before) return complain(before.fault, status.misuse);
  const report = await scanned([...new Set(paths.flatMap(filesBelow))], options.cwd);
  if ("failure" in report) return complain(report.failure, status.failed);
  if (options.updateBaseline && file !== undefined) {
    writeBaseline(file, report.findings);
    const { length } = report.findings;
    process.stderr.write(`${length} ${length === 1 ? "finding is" : "findings are"} now in \`${options.baseline}\`\n`);
    return status.clean;
  }
  const { known, fresh } = divide(report.findings, before.baseline);
  await print(shown({ ...report, findings: fresh, known }, options.format));
  return fresh.length > 0 ? status.found : status.clean;
}

/** Waits until it is written: whoever reads a pipe may be slower than we are. */
function print(text: string): Promise<void> {
  return new Promise((done) => void process.stdout.write(text, () => done()));
}

function shown(report: ScanReport, format: ScanOptions["format"]): string {
  if (format === "json") return `${JSON.stringify(findingsJson(report))}\n`;
  if (format === "sarif") return `${JSON.stringify(sarif(report, version), undefined, 2)}\n`;
  return findingsText(report, styleFor(process.env, isatty(1)), Math.min(widthOn(1), defaultWidth));
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

async function scanned(files: readonly string[], cwd: string): Promise<ScanReport | { readonly failure: string }> {
  const projects = createProjects();
  const first = await projects(cwd);
  if ("failure" in first) return first;
  const report: Mutable<ScanReport> = { findings: [], ignored: [], known: [], undecided: [], skipped: [], routes: [], files: 0, pieces: 0, policies: first.engine.policies };
  const progress = createProgress(files.length);
  for (const [index, file] of files.entries()) {
    progress.at(index);
    const project = await projects(dirname(file));
    if ("failure" in project) return project;
    scanFile(file, nameOf(file, cwd), project, report);
  }
  progress.end();
  return report;
}

function scanFile(file: string, name: string, { engine, surroundings }: Project, report: Mutable<ScanReport>): void {
  const path = relative(surroundings.root, file);
  if (readerFor(path) === undefined) return;
  if (approvedFile(engine.policies, file, surroundings.workspace, surroundings.world.digest) !== undefined) return void report.routes.push(name);
  const document = readDocument(file, needsMark(path));
  if ("skipped" in document) return document.skipped === undefined ? undefined : void report.skipped.push({ file: name, why: document.skipped });
  const { text } = document;
  const { findings, ignored, undecided, pieces, fault } = scanDocument({ path, text }, engine, surroundings);
  const placed = (finding: Finding) => placedFinding(finding, name, text);
  report.findings.push(...findings.map(placed));
  report.ignored.push(...ignored.map(placed));
  report.undecided.push(...undecided.map(({ message, span }): PlacedNote => ({ message, place: placeOf(name, text, span) })));
  if (fault !== undefined) report.skipped.push({ file: name, why: fault });
  report.files += 1;
  report.pieces += pieces;
}

function placedFinding(finding: Finding, file: string, text: string): PlacedFinding {
  const line = lineAt(text, finding.span);
  const fingerprint = createHash("sha256").update([finding.rule, file, line.trim()].join("\0")).digest("hex").slice(0, 32);
  return { finding, place: placeOf(file, text, finding.span), line, fingerprint };
}

function lineAt(text: string, { start }: Span): string {
  const end = text.indexOf("\n", start);
  return text.slice(text.lastIndexOf("\n", start - 1) + 1, end < 0 ? text.length : end).replace(/\r$/, "");
}

/** Relative where it lies below; in a URI of SARIF, and for people, that is what stays the same elsewhere. */
function nameOf(file: string, cwd: string): string {
  const name = relative(cwd, file);
  return name === "" ? "." : name.startsWith("../") || name === ".." || isAbsolute(name) ? file : name;
}

interface Project {
  readonly engine: Engine;
  readonly surroundings: Surroundings;
}

/** What holds in a directory: its project's policies and root. Each is looked for once. */
function createProjects(): (directory: string) => Promise<Project | { readonly failure: string }> {
  const byDirectory = new Map<string, Promise<Project | { readonly failure: string }>>();
  const engines = new Map<string, ReturnType<typeof loadEngine>>();
  const world = createWorld();
  const look = async (directory: string): Promise<Project | { readonly failure: string }> => {
    const places = layerPlaces(process.env, directory);
    const key = findLayers(places)
      .flatMap(({ files }) => files)
      .join("\0");
    const loading = engines.get(key) ?? workstation(loadEngine(places));
    engines.set(key, loading);
    const loaded = await loading;
    if ("failure" in loaded) return loaded;
    const { engine } = loaded;
    const workspace = findWorkspace(directory, engine.policies);
    return { engine, surroundings: { root: workspace ?? projectRoot(directory, engine), workspace, world } };
  };
  return (directory) => {
    const found = byDirectory.get(directory) ?? look(directory);
    byDirectory.set(directory, found);
    return found;
  };
}

/** Files are judged as what they are to whoever works with them, even where that is a server. */
async function workstation(loading: ReturnType<typeof loadEngine>): ReturnType<typeof loadEngine> {
  const loaded = await loading;
  return "failure" in loaded ? loaded : { ...loaded, engine: createEngine(asWorkstation(loaded.engine.policies)) };
}

/** The policies' own workspace, else the repository, else the directory itself. */
function projectRoot(directory: string, { policies: { fleet } }: Engine): string {
  const root = fleet.root?.replace(/\/$/, "");
  if (root !== undefined && (directory === root || directory.startsWith(`${root}/`))) return root;
  return repositoryRoot(directory) ?? directory;
}

/** Milliseconds. */
const betweenDrawings = 100;

/** A bar on standard error, if that is a terminal. */
function createProgress(total: number): { at(index: number): void; end(): void } {
  if (!process.stderr.isTTY || total < 2) return { at: () => undefined, end: () => undefined };
  const width = 30;
  let drawn = performance.now();
  let visible = false;
  return {
    at: (index) => {
      const now = performance.now();
      if (now - drawn < betweenDrawings) return;
      drawn = now;
      visible = true;
      const done = Math.round((width * index) / total);
      process.stderr.write(`\r\u001b[K${"█".repeat(done)}${"░".repeat(width - done)} ${index} of ${total} files`);
    },
    end: () => void (visible && process.stderr.write("\r\u001b[K")),
  };
}
