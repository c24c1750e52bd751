// A model on loopback that does as it is told: it calls the tools that a script names, one a turn, and keeps what came back.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Dialect, type DialectName, dialects, field, type Json, type Tool } from "./dialect.ts";

/** A turn's call, given the tool that was found among those offered. */
export interface Script {
  readonly tool: RegExp;
  readonly inputs: readonly Json[];
}

export interface Model {
  readonly port: number;
  /** What has come back from the script's calls, in their order. */
  readonly results: () => readonly string[];
  /** Every name of a tool that was offered. */
  readonly offered: () => readonly string[];
  /** Requests that were for no model, for the log. */
  readonly others: () => readonly string[];
  close(): void;
}

export async function startModel(name: DialectName, script: Script): Promise<Model> {
  const dialect: Dialect = dialects[name];
  const offered = new Set<string>();
  const others: string[] = [];
  let results: readonly string[] = [];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://model").pathname;
    const body = await bodyOf(request);
    if (request.method !== "POST" || !dialect.path.test(path)) {
      others.push(`${request.method} ${path}`);
      response.writeHead(path.endsWith("count_tokens") || path.endsWith("countTokens") ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify({ input_tokens: 1, totalTokens: 1 }));
      return;
    }
    const tools = dialect.tools(body);
    for (const tool of tools) offered.add(fullName(tool));
    const tool = tools.find((each) => script.tool.test(fullName(each)));
    const back = dialect.results(body);
    // Titles, summaries and the like are asked for without tools.
    if (tool !== undefined && back.length >= results.length) results = back;
    const input = tool === undefined ? undefined : script.inputs[back.length];
    const reply = tool === undefined || input === undefined ? "done" : { ...tool, input };
    answer(response, dialect.answer(reply, back.length), path, name);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    results: () => results,
    offered: () => [...offered],
    others: () => others,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function fullName({ group, name }: Tool): string {
  return group === undefined ? name : `${group}/${name}`;
}

function answer(response: ServerResponse, events: readonly Json[], path: string, name: DialectName): void {
  // Gemini's other form: one object, no stream.
  if (path.endsWith(":generateContent")) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(events[0]));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) {
    const type = typeof event === "object" && event !== null && "type" in event ? `event: ${String(field(event, "type"))}\n` : "";
    response.write(`${type}data: ${JSON.stringify(event)}\n\n`);
  }
  response.end(name === "chat" ? "data: [DONE]\n\n" : "");
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Json;
  } catch {
    return null;
  }
}
