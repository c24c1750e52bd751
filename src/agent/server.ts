// The MCP server `autobot`: its tools, from what a call says to what its result shows. What runs is decided first, in the agent's
// face; a refusal is a result that is an error, because only that reaches the model.
import { resolve } from "node:path";
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { reasonId } from "../report/agent-refusal.ts";
import { responseJson } from "../report/json.ts";
import { oneLine } from "../report/mask.ts";
import { version } from "../world/version.ts";
import { refusedBy } from "./guard.ts";
import type { Environment, Judged, Judging } from "./judging.ts";
import { limits } from "./limits.ts";
import type { Seen, Session, Sessions } from "./sessions.ts";
import { createTyping, type Typing } from "./typing.ts";

export interface Serving {
  readonly judging: Judging;
  readonly sessions: Sessions;
  /** What commands get. */
  readonly environment: Environment;
  /** Which time it is that this is refused. */
  timesRefused(line: string, cwd: string, rule: string): number;
}

const instructions = `Runs shell commands with bash on this machine. A command that would change a server by hand (over ssh, scp, rsync, docker and the like) is refused, \
and the refusal names the command to run instead: run that one, and do not try another spelling. Reading a server is allowed. Each \`exec\` is a shell of its own: \`cd\` and variables do not last.`;

const command = z.string().describe("the command line, as for `bash -c`");
const cwd = z.string().optional().describe("the directory to run it in; default: the one that this server was started in");
const yieldMs = z.number().int().min(0).max(limits.longestYield);
const session_id = z.string().describe("as `exec` has returned it");

const execInput = z.object({
  command,
  cwd,
  timeout_ms: z
    .number()
    .int()
    .min(1)
    .max(limits.longestTimeout)
    .optional()
    .describe(`the command is ended after this time; default: ${limits.timeout / 60_000} minutes`),
  yield_ms: yieldMs.optional().describe(`return after this time with a session id where the command still runs; default: ${limits.yieldAfter}`),
  tty: z.boolean().optional().describe("give it a terminal, of one output, into which `write` types"),
  stdin: z.string().optional().describe("what the command reads; default: nothing. Not with `tty`"),
});
const writeInput = z.object({
  session_id,
  text: z.string().describe("what to type: whole lines with their newline where a shell reads them"),
  yield_ms: yieldMs.optional().describe("then wait this long for output; default: 1000"),
});
const readInput = z.object({ session_id, yield_ms: yieldMs.optional().describe("wait this long for its end; default: 1000") });
const sessionInput = z.object({ session_id });
const checkInput = z.object({ command, cwd, stdin: execInput.shape.stdin });

const resultSchema = z.object({
  exitCode: z.number().int().nullable().describe("as `$?`; null: it runs"),
  signal: z.string().optional().describe("what has ended it"),
  stdout: z.string(),
  stderr: z.string().optional().describe("absent: a terminal has one output"),
  truncated: z.boolean().describe("a middle is left out; the files hold all of it"),
  stdoutFile: z.string().optional(),
  stderrFile: z.string().optional(),
  timedOut: z.boolean().optional(),
  held: z.number().int().optional().describe("characters typed that are kept until their line is complete"),
  sessionId: z.string().optional().describe("for `read`, `write` and `kill`: it runs, or what it has left in the background does"),
  durationMs: z.number().int(),
});

const sessionsSchema = z.object({
  sessions: z.array(
    z.object({
      sessionId: z.string(),
      command: z.string(),
      cwd: z.string(),
      state: z.enum(["running", "background", "ended"]),
      waiting: z.number().int().describe("characters to read"),
    }),
  ),
});

const checkSchema = z.object({
  permitted: z.boolean(),
  decision: z.enum(["permit", "deny", "indeterminate"]),
  rules: z.array(z.string()),
  advice: z.array(z.object({ say: z.string(), run: z.string().optional() })),
});

type Result = z.infer<typeof resultSchema>;

interface ToolResult {
  [key: string]: unknown;
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: true;
}

/** Of a call: what its caller is told meanwhile, and whether it still wants to know. */
interface Call {
  readonly mcpReq: {
    readonly signal: AbortSignal;
    readonly _meta?: { readonly progressToken?: string | number | undefined } | undefined;
    notify(notification: { method: string; params: Record<string, unknown> }): Promise<void>;
  };
}

const running = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true } as const;
const looking = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const;

export function createServer(serving: Serving): McpServer {
  const { sessions } = serving;
  const server = new McpServer({ name: "autobot", version }, { instructions });
  server.registerTool(
    "exec",
    { title: "Run a command", description: descriptions.exec, inputSchema: execInput, outputSchema: resultSchema, annotations: running },
    (call, context) => exec(call, context, serving),
  );
  server.registerTool(
    "read",
    { title: "Read a session", description: descriptions.read, inputSchema: readInput, outputSchema: resultSchema, annotations: { ...looking, idempotentHint: false } },
    ({ session_id: id, yield_ms: wait = 1000 }, context) => withSession(sessions, id, (session) => watched(session, wait, context, sessions)),
  );
  server.registerTool(
    "write",
    { title: "Type into a session", description: descriptions.write, inputSchema: writeInput, outputSchema: resultSchema, annotations: running },
    (call, context) => withSession(sessions, call.session_id, (session) => write(call, session, context, serving)),
  );
  server.registerTool(
    "kill",
    { title: "End a session", description: descriptions.kill, inputSchema: sessionInput, outputSchema: resultSchema, annotations: { ...running, openWorldHint: false } },
    ({ session_id: id }, context) =>
      withSession(sessions, id, async (session) => {
        await session.execution.end();
        return watched(session, limits.grace, context, sessions);
      }),
  );
  server.registerTool("sessions", { title: "List sessions", description: descriptions.sessions, outputSchema: sessionsSchema, annotations: looking }, () => listed(sessions));
  server.registerTool(
    "check",
    { title: "Ask about a command", description: descriptions.check, inputSchema: checkInput, outputSchema: checkSchema, annotations: looking },
    (call) => checked(call, serving),
  );
  return server;
}

const descriptions = {
  exec: "Runs a command line with bash, and returns its exit status, standard output and standard error. Returns early with a session id where it takes long; then `read` it. What would change a server by hand is refused.",
  read: "Returns what a session has written since it was last asked, and how it has ended.",
  write: "Types into a session that `exec` has started with `tty`, and returns what comes back. What a shell in it would read is judged as a command line.",
  kill: "Ends a session with all that it has started, and returns the rest of its output.",
  sessions: "Lists what was started and has not been read to its end.",
  check: "Says whether `exec` would run a command line, without running it.",
};

async function exec(call: z.infer<typeof execInput>, context: Call, serving: Serving): Promise<ToolResult> {
  const { judging, sessions, environment } = serving;
  const { command: line, stdin, tty = false } = call;
  if (tty && stdin !== undefined) return failed("autobot-sh: `stdin` and `tty` cannot both be given; nothing was run\n  type with the tool `write`");
  const directory = resolve(call.cwd ?? ".");
  const input = stdin === undefined ? undefined : { text: stdin };
  const judged = await judging.judgeToRun(line, { cwd: directory, environment, stdin: input, layered: true });
  const refusal = refusalOf(line, directory, judged, serving);
  if (refusal !== undefined) return refusal;
  if (context.mcpReq.signal.aborted) return failed("autobot-sh: the call was cancelled; nothing was run");
  const session = await sessions.start(line, judged as Judged, { cwd: directory, environment, input, terminal: tty ? terminal : undefined }, call.timeout_ms);
  if ("failure" in session) return failed(`autobot-sh: not started: ${session.failure}. Nothing was run.`);
  const end = () => void session.execution.end();
  context.mcpReq.signal.addEventListener("abort", end);
  if (context.mcpReq.signal.aborted) end();
  const result = await watched(session, call.yield_ms ?? limits.yieldAfter, context, sessions);
  context.mcpReq.signal.removeEventListener("abort", end);
  // Nobody has been given its id.
  if (context.mcpReq.signal.aborted) sessions.forget(session);
  return result;
}

/** Of a person's window. */
const terminal = { columns: 120, rows: 40 } as const;

async function write({ text, yield_ms: wait = 1000 }: z.infer<typeof writeInput>, session: Session, context: Call, serving: Serving): Promise<ToolResult> {
  const { type } = session.execution;
  if (type === undefined) return failed("autobot-sh: this session has no terminal; nothing was typed\n  give `exec` its `stdin`, or `tty`");
  if (session.state() !== "running") return failed("autobot-sh: this session has ended; nothing was typed");
  const typed = await typingOf(session, serving).offer(text);
  if ("refused" in typed) return failed(typed.message);
  // In order; and not waited for, because a program may never read it.
  if (typed.send !== "") void type(typed.send);
  return watched(session, typed.send === "" ? 0 : wait, context, serving.sessions, typed.held);
}

const typings = new WeakMap<Session, Typing>();

function typingOf(session: Session, { judging, timesRefused }: Serving): Typing {
  const { cwd, execution } = session;
  const typing = typings.get(session) ?? createTyping({ cwd, pid: execution.pid }, judging, (text, rule) => timesRefused(text, cwd, rule));
  typings.set(session, typing);
  return typing;
}

function refusalOf(line: string, directory: string, judged: Awaited<ReturnType<Judging["judge"]>>, { timesRefused }: Serving): ToolResult | undefined {
  const denied = "response" in judged && judged.response.effective === "deny";
  const times = denied ? timesRefused(line, directory, reasonId(judged.response)) : 1;
  const refused = refusedBy(line, judged, times);
  return refused === undefined ? undefined : failed(refused.message);
}

async function withSession(sessions: Sessions, id: string, use: (session: Session) => Promise<ToolResult>): Promise<ToolResult> {
  const session = sessions.get(id);
  return session === undefined ? failed(`autobot-sh: there is no session \`${oneLine(id, 40)}\`\n  the tool \`sessions\` lists them`) : use(session);
}

/** Waits for the session's end, for that long at most. */
async function watched(session: Session, wait: number, { mcpReq: { signal, _meta, notify } }: Call, sessions: Sessions, held = 0): Promise<ToolResult> {
  const started = performance.now();
  const token = _meta?.progressToken;
  const tell = () => {
    const seconds = Math.round((performance.now() - started) / 1000);
    const params = { progressToken: token, progress: seconds, message: `running for ${seconds} s; ${session.waiting()} characters of output so far` };
    // Whoever does not listen any more is none that waits.
    notify({ method: "notifications/progress", params }).catch(() => {});
  };
  const ticking = token === undefined ? undefined : setInterval(tell, limits.progress);
  let stop = () => {};
  const waited = new Promise<void>((done) => {
    stop = done;
  });
  const timer = setTimeout(stop, wait);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  await Promise.race([session.finished, waited]);
  clearTimeout(timer);
  clearInterval(ticking);
  signal.removeEventListener("abort", stop);
  const seen = session.see();
  if (seen.complete) sessions.forget(session);
  return resultOf(session, seen, held);
}

function resultOf({ id }: Session, { exit, stdout, stderr, complete, timedOut, durationMs }: Seen, held: number): ToolResult {
  const result: Result = {
    exitCode: exit?.status ?? null,
    ...(exit?.signal === undefined ? {} : { signal: exit.signal }),
    stdout: stdout.text,
    ...(stderr === undefined ? {} : { stderr: stderr.text }),
    truncated: stdout.truncated || stderr?.truncated === true,
    ...(stdout.file === undefined ? {} : { stdoutFile: stdout.file }),
    ...(stderr?.file === undefined ? {} : { stderrFile: stderr.file }),
    ...(timedOut ? { timedOut } : {}),
    ...(held > 0 ? { held } : {}),
    ...(complete ? {} : { sessionId: id }),
    durationMs,
  };
  return { content: [{ type: "text", text: shown(result) }], structuredContent: result };
}

/** For the model: what was written, and on the last line how it ended. */
function shown({ stdout, stderr = "", ...result }: Result): string {
  const parts = [stdout, ...(stderr === "" ? [] : [`[standard error]\n${stderr}`])].filter((part) => part !== "").map((part) => part.replace(/\n?$/, "\n"));
  return `${parts.join("")}[${status(result)}]`;
}

function status({ exitCode, signal, timedOut, sessionId, durationMs, held }: Omit<Result, "stdout" | "stderr">): string {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  if (held !== undefined) return `${held} characters are kept until their line is complete; session ${sessionId} runs`;
  if (exitCode === null) return `runs for ${seconds}; \`read\` or \`kill\` session ${sessionId}`;
  const how = timedOut === true ? `ended after ${seconds}, its time` : signal === undefined ? `exit status ${exitCode}, ${seconds}` : `ended by ${signal}, ${seconds}`;
  return sessionId === undefined ? how : `${how}; what it left in the background runs on as session ${sessionId}`;
}

function listed(sessions: Sessions): ToolResult {
  const all = sessions.list().map((session) => ({
    sessionId: session.id,
    command: oneLine(session.line, 200),
    cwd: session.cwd,
    state: session.state(),
    waiting: session.waiting(),
  }));
  const text = all.map(({ sessionId, state, command: line }) => `${sessionId} ${state}: ${line}`).join("\n");
  return { content: [{ type: "text", text: text === "" ? "none" : text }], structuredContent: { sessions: all } };
}

async function checked({ command: line, cwd: directory = ".", stdin }: z.infer<typeof checkInput>, { judging, environment }: Serving): Promise<ToolResult> {
  const input = stdin === undefined ? undefined : { text: stdin };
  const judged = await judging.judge(line, { cwd: resolve(directory), environment, stdin: input, layered: true });
  const refused = refusedBy(line, judged);
  if ("failure" in judged) return failed(refused?.message ?? judged.failure);
  const { decision, rules, advice } = responseJson(judged.response);
  return { content: [{ type: "text", text: refused?.message ?? "permitted" }], structuredContent: { permitted: refused === undefined, decision, rules, advice } };
}

function failed(message: string): ToolResult {
  return { isError: true, content: [{ type: "text", text: message }] };
}
