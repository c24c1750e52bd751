// Shows the requests of a line as one compact string each, so that tables of cases stay readable.
import type { Descriptor } from "../src/policy/descriptor.ts";
import type { Request } from "../src/policy/request.ts";
import { rootSource } from "../src/syntax/source.ts";
import { createRegistry } from "../src/utilities/registry.ts";
import { requestsOf as findingsOf } from "../src/utilities/requests.ts";
import { emptyWorld, type World } from "../src/utilities/world.ts";

interface Options {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly world?: Partial<World>;
  readonly utilities?: readonly Descriptor[];
}

const plain = createRegistry([]);

/** `<action> <host>[:<path>][ (<name>)]`; reads only where they are all there is; `unknown <why>` for what the text does not tell. */
export function requestsOf(line: string, options: Options = {}): string[] {
  const files = options.files ?? {};
  const findings = findingsOf(rootSource(line), {
    registry: options.utilities === undefined ? plain : createRegistry(options.utilities),
    cwd: options.cwd,
    environment: options.environment ?? {},
    world: { ...emptyWorld, readFile: (path) => files[path], ...options.world },
  });
  const unknowns = findings.unknowns.map((unknown) => `unknown ${unknown.message}`);
  const changes = findings.requests.filter((request) => request.action !== "read").map(shown);
  if (changes.length + unknowns.length > 0) return [...new Set([...changes, ...unknowns])];
  return [...new Set(findings.requests.map((request) => `read ${hostOf(request)}`))];
}

function shown(request: Request): string {
  const path = request.path === undefined ? "" : `:${request.path.text}`;
  const name = request.name === undefined ? "" : ` (${request.name})`;
  return `${request.action} ${hostOf(request)}${path}${name}`;
}

function hostOf(request: Request): string {
  return request.host.kind === "local" ? "local" : request.host.typed;
}
