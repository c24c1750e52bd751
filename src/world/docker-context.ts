// Docker's own configuration → the engine that a context stands for, as docker(1) looks it up.
import type { World } from "../decide.ts";
import { createReader, textAt } from "./client-file.ts";

/** What docker talks to where nothing else is said, and what its context `default` stands for. */
const defaultEngine = "unix:///var/run/docker.sock";

export function createDockerContexts(home: string): World["dockerEndpoint"] {
  const read = createReader((text): unknown => JSON.parse(text), home);
  return (named, directory = "~/.docker") => {
    const context = named ?? currentContext(read(`${directory}/config.json`));
    if (context === "default") return defaultEngine;
    const meta = read(`${directory}/contexts/meta/${sha256(context)}/meta.json`);
    return typeof meta === "object" ? textAt(meta.content, "Endpoints", "docker", "Host") : undefined;
  };
}

/** With a file that it cannot parse docker warns, and goes on as if there were none. */
function currentContext(config: ReturnType<ReturnType<typeof createReader<unknown>>>): string {
  return (typeof config === "object" ? textAt(config.content, "currentContext") : undefined) ?? "default";
}

function sha256(text: string): string {
  // Not imported at the top: most lines never need it.
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest("hex");
}
