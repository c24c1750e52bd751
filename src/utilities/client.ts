// What the clients of this machine are configured to reach at a point of the line: what the World says, and what the
// line itself has changed of that before.
import type { Request } from "../policy/request.ts";
import { textWord } from "../syntax/word.ts";
import { pathOf } from "./path.ts";
import type { Clients, Configuration, Effect } from "./utility.ts";
import type { World } from "./world.ts";

/** The configurations as a line changes them, command by command. */
export interface ClientState {
  /** After what was asked for on this machine. `effect`: undefined for a redirection. */
  note(request: Request, effect?: Extract<Effect, { does: "request" }>): void;
  /** `base`: the directory that the files named by words are seen from. */
  at(base: () => string | undefined): Clients;
}

const kubeconfig = "~/.kube/config";

export function createClientState(world: World): ClientState {
  const current = new Map<Configuration["of"], Configuration["current"]>();
  const written = new Set<string>();
  const docker = remembered((context, config) => world.dockerEndpoint(context, config));
  const kubernetes = remembered((context, files) => world.kubernetesServer(context, files));
  const absolute = (path: string, base?: string) => {
    const { text } = pathOf(textWord(path), base);
    return text.startsWith("~/") && world.home !== undefined ? world.home + text.slice(1) : text;
  };
  return {
    note({ action, host, path }, effect) {
      const changed = effect?.configures;
      if (changed?.current !== undefined) current.set(changed.of, changed.current);
      if (changed === undefined && path !== undefined && action !== "read" && host.kind === "local") written.add(absolute(path.text));
    },
    at: (base) => ({
      current: (client) => current.get(client),
      dockerEndpoint: (context, config) => docker(context, config && absolute(config, base())),
      kubernetesServer(context, list) {
        const files = (list ?? kubeconfig).split(":").map((path) => path && absolute(path, base()));
        return files.some((file) => written.has(file)) ? undefined : kubernetes(context, list && files.join(":"));
      },
    }),
  };
}

/** Asked once for each question of a line, which may be long. */
function remembered<Answer>(ask: (context: string | undefined, files: string | undefined) => Answer): typeof ask {
  const answers = new Map<string, { readonly answer: Answer }>();
  return (context, files) => {
    const question = JSON.stringify([context, files]);
    const known = answers.get(question) ?? { answer: ask(context, files) };
    answers.set(question, known);
    return known.answer;
  };
}
