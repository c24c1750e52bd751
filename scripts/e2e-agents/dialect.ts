// The four dialects in which agents speak to a model, as far as a scripted one needs them: which tools it is offered, what has come
// back from those that it called, and an answer as server-sent events. Shapes are those of the services' own references.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface Call {
  readonly name: string;
  /** Where the tool was offered inside a group of tools: the group's name. */
  readonly group?: string | undefined;
  readonly input: Json;
}

export type Tool = Pick<Call, "name" | "group">;

export interface Dialect {
  /** Whether a request to this path is one for the model to answer. */
  readonly path: RegExp;
  tools(body: Json): readonly Tool[];
  /** Texts of the tools' results so far, in their order. */
  results(body: Json): readonly string[];
  /** The whole answer, a call or a text. `turn`: how many calls there have been. */
  answer(reply: Call | string, turn: number): readonly Json[];
}

export function field(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  let at = value;
  for (const name of names) at = typeof at === "object" && at !== null && !Array.isArray(at) ? (at as { readonly [key: string]: Json | undefined })[name] : undefined;
  return at;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function string(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** All strings in a value, however the dialect nests them. */
function texts(value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).map(texts).filter(Boolean).join("\n");
}

const id = (turn: number) => `call_${turn}`;

/** https://platform.claude.com/docs/en/build-with-claude/streaming */
const messages: Dialect = {
  path: /\/v1\/messages$/,
  tools: (body) => list(field(body, "tools")).map((tool) => ({ name: string(field(tool, "name")) })),
  results: (body) =>
    list(field(body, "messages"))
      .flatMap((message) => list(field(message, "content")))
      .filter((block) => field(block, "type") === "tool_result")
      .map((block) => texts(field(block, "content"))),
  answer: (reply, turn) => {
    const [block, delta, stop]: readonly [Json, Json, string] =
      typeof reply === "string"
        ? [{ type: "text", text: "" }, { type: "text_delta", text: reply }, "end_turn"]
        : [{ type: "tool_use", id: `toolu_${turn}`, name: reply.name, input: {} }, { type: "input_json_delta", partial_json: JSON.stringify(reply.input) }, "tool_use"];
    const usage = { input_tokens: 1, output_tokens: 1 };
    return [
      { type: "message_start", message: { id: `msg_${turn}`, type: "message", role: "assistant", model: "scripted", content: [], stop_reason: null, stop_sequence: null, usage } },
      { type: "content_block_start", index: 0, content_block: block },
      { type: "content_block_delta", index: 0, delta },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 1 } },
      { type: "message_stop" },
    ];
  },
};

/** https://platform.openai.com/docs/api-reference/responses-streaming */
const responses: Dialect = {
  path: /\/responses$/,
  tools: (body) =>
    list(field(body, "tools")).flatMap((tool): readonly Tool[] =>
      field(tool, "type") === "namespace"
        ? list(field(tool, "tools")).map((inner) => ({ name: string(field(inner, "name")), group: string(field(tool, "name")) }))
        : [{ name: string(field(tool, "name")) }],
    ),
  results: (body) =>
    list(field(body, "input"))
      .filter((item) => field(item, "type") === "function_call_output")
      .map((item) => texts(field(item, "output"))),
  answer: (reply, turn) => {
    const item: Json =
      typeof reply === "string"
        ? { type: "message", id: `msg_${turn}`, role: "assistant", content: [{ type: "output_text", text: reply, annotations: [] }] }
        : {
            type: "function_call",
            id: `fc_${turn}`,
            call_id: id(turn),
            name: reply.name,
            arguments: JSON.stringify(reply.input),
            ...(reply.group === undefined ? {} : { namespace: reply.group }),
          };
    const usage = { input_tokens: 1, input_tokens_details: null, output_tokens: 1, output_tokens_details: null, total_tokens: 2 };
    return [
      { type: "response.created", response: { id: `resp_${turn}` } },
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: { id: `resp_${turn}`, usage, output: [] } },
    ];
  },
};

/** https://platform.openai.com/docs/api-reference/chat-streaming */
const chat: Dialect = {
  path: /\/chat\/completions$/,
  tools: (body) => list(field(body, "tools")).map((tool) => ({ name: string(field(tool, "function", "name")) })),
  results: (body) =>
    list(field(body, "messages"))
      .filter((message) => field(message, "role") === "tool")
      .map((message) => texts(field(message, "content"))),
  answer: (reply, turn) => {
    const chunk = (delta: Json, finish: string | null): Json => ({
      id: `chat_${turn}`,
      object: "chat.completion.chunk",
      created: 0,
      model: "scripted",
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(finish === null ? {} : { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }),
    });
    if (typeof reply === "string") return [chunk({ role: "assistant", content: reply }, null), chunk({}, "stop")];
    const call = { index: 0, id: id(turn), type: "function", function: { name: reply.name, arguments: JSON.stringify(reply.input) } };
    return [chunk({ role: "assistant", content: null, tool_calls: [call] }, null), chunk({}, "tool_calls")];
  },
};

/** https://ai.google.dev/api/generate-content */
const generateContent: Dialect = {
  path: /:(?:streamG|g)enerateContent$/,
  tools: (body) =>
    list(field(body, "tools"))
      .flatMap((tool) => list(field(tool, "functionDeclarations")))
      .map((tool) => ({ name: string(field(tool, "name")) })),
  results: (body) =>
    list(field(body, "contents"))
      .flatMap((content) => list(field(content, "parts")))
      .map((part) => field(part, "functionResponse"))
      .filter((response) => response !== undefined)
      .map((response) => texts(field(response, "response"))),
  answer: (reply) => [
    {
      candidates: [
        {
          index: 0,
          finishReason: "STOP",
          content: { role: "model", parts: [typeof reply === "string" ? { text: reply } : { functionCall: { name: reply.name, args: reply.input } }] },
        },
      ],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    },
  ],
};

export const dialects = { messages, responses, chat, generateContent } as const;

export type DialectName = keyof typeof dialects;
