// A host of the fleet as `autobotctl verify` asks it: by ssh and rsync, each command judged first, like anybody's.
import { execa } from "execa";
import { type Context, decide, type Engine } from "../decide.ts";
import { quoteWords } from "../policy/command.ts";
import type { FleetHost } from "../policy/schema.ts";
import { destinationOf } from "../policy/situation.ts";
import { contextHere } from "../world/context.ts";

/** A server that cannot be asked, or says something else than it should. */
export interface Failure {
  readonly failure: string;
}

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FleetServer {
  readonly name: string;
  readonly address: string;
  /** The workspace. */
  readonly root: string;
  /** A command there, as words to run here. */
  ssh(words: readonly string[]): readonly string[];
  rsync(options: readonly string[], local: string, remote: string): readonly string[];
  /** Only what the policies permit; `failure` where the server cannot be reached. Status 127: there is no such program here, or ssh's is none there. */
  run(words: readonly string[]): Promise<Answer | Failure>;
}

const connection = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"];
/** ssh(1): it has failed itself. */
const sshFailed = 255;
/** POSIX.1-2024 XCU 2.8.2. */
export const notFound = 127;
const maximumOutput = 256 * 1024 * 1024;

export function reach(host: FleetHost, engine: Engine, root: string): FleetServer {
  const { fleet } = engine.policies;
  const address = destinationOf(host);
  const user = host.user ?? fleet.user;
  const login = user === undefined ? address : `${user}@${address}`;
  const ssh = ["ssh", ...(fleet.key === undefined ? [] : ["-i", fleet.key]), ...connection];
  const context: Context = { ...contextHere("scripts", root, engine), workspace: root };
  return {
    name: host.name,
    address,
    root,
    ssh: (words) => [...ssh, login, quoteWords(words) ?? ""],
    // rsync(1) -e: divided at blanks, without a shell.
    rsync: (options, local, remote) => ["rsync", "--dry-run", ...options, "-e", ssh.join(" "), "--", local, `${login}:${remote}`],
    run: async (words) => {
      const [file = "", ...rest] = words;
      const line = quoteWords(words);
      if (line === undefined || decide(line, engine, context).effective !== "permit") return { failure: `the policies in force refuse \`${line ?? file}\`` };
      const { exitCode, stdout, stderr, message, code } = await execa(file, rest, {
        cwd: root,
        reject: false,
        stdin: "ignore",
        stripFinalNewline: false,
        maxBuffer: maximumOutput,
      });
      if (code === "ENOENT") return { status: notFound, stdout: "", stderr: `${file}: not found` };
      if (exitCode === undefined) return { failure: `\`${file}\` cannot be run: ${message ?? "it was ended"}` };
      if (exitCode === sshFailed) return { failure: `${host.name} (${address}) cannot be reached\n${stderr.trim()}` };
      return { status: exitCode, stdout, stderr };
    },
  };
}
