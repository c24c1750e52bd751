// A small world for the runtime layer: stubs in place of every utility that could reach another host, which note how
// they were called, in a PATH that holds nothing else but harmless tools; without a network where that can be had.
import { type StdioOptions, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { autobotSh, scratch } from "./run.ts";

const tools =
  "base64 basename bash cat chmod cp cut date dirname env grep head id kill ln ls make mkdir mv nohup od printf python3 readlink rm sed setsid sh sha256sum sleep sort stat tail tee timeout touch tr true uname wc xargs".split(
    " ",
  );

const names =
  "ansible ansible-playbook curl docker docker-compose git kubectl podman redis-cli rsync scp sftp ssh ssh-copy-id ssh-keygen sshpass sudo systemctl tmux vim wget frobnicate".split(
    " ",
  );

/** Notes its name and words, then does what STUB_CODE says. */
const stub = `#!/bin/bash
{ printf '%s' "\${0##*/}"; printf ' <%s>' "$@"; printf '\\n'; } >>"$STUB_CALLS"
[[ -n $STUB_CODE ]] && eval "$STUB_CODE"
exit "\${STUB_STATUS:-0}"
`;

export interface Stubs {
  readonly directory: string;
  readonly workspace: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs with stubs alone. */
  plain(words: readonly string[], options?: StubOptions): Promise<Ran>;
  /** Runs below the layer, as what autobot-sh has started would. */
  layered(words: readonly string[], options?: StubOptions): Promise<Ran>;
  /** Runs autobot-sh itself with these words. */
  guarded(words: readonly string[], options?: StubOptions): Promise<Ran>;
}

export interface StubOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly stdio?: StdioOptions;
}

export interface Ran {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** One line a call: \`ssh <172.16.168.21> <uptime>\`. */
  readonly calls: readonly string[];
}

const unshare = "/usr/bin/unshare";
const offline = spawnSync(unshare, ["-n", "true"]).status === 0 ? [unshare, "-n"] : [];

export function createStubs(): Stubs {
  const directory = scratch();
  const [bin, tool, workspace, home] = ["bin", "tools", "workspace", "home"].map((name) => join(directory, name)) as [string, string, string, string];
  for (const each of [bin, tool, workspace, home]) mkdirSync(each);
  for (const name of names) executable(join(bin, name), stub);
  for (const name of tools) {
    const found = ["/usr/bin", "/bin"].map((each) => join(each, name)).find((each) => existsSync(each));
    if (found !== undefined) symlinkSync(found, join(tool, name));
  }
  const environment = {
    PATH: `${bin}:${tool}`,
    HOME: home,
    XDG_CACHE_HOME: join(directory, "cache"),
    XDG_STATE_HOME: join(directory, "state"),
    LANG: "C.UTF-8",
    SHLVL: "1",
  };
  let runs = 0;
  const run = (words: readonly string[], { cwd = workspace, env = {}, input = "", stdio }: StubOptions = {}): Promise<Ran> => {
    const calls = join(directory, `calls-${runs++}`);
    const [file = "", ...args] = [...offline, ...words];
    return new Promise((resolve) => {
      const child = spawn(file, args, { cwd, env: { ...environment, STUB_CALLS: calls, ...env }, stdio: stdio ?? ["pipe", "pipe", "pipe"] });
      let [stdout, stderr] = ["", ""];
      child.stdout?.on("data", (data) => (stdout += String(data)));
      child.stderr?.on("data", (data) => (stderr += String(data)));
      // What does not read its input closes it.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
      child.once("close", (status, signal) => {
        const noted = existsSync(calls) ? readFileSync(calls, "utf8").split("\n").slice(0, -1) : [];
        resolve({ status, signal, stdout, stderr, calls: noted });
      });
    });
  };
  let layer: Promise<Readonly<Record<string, string>>> | undefined;
  const below = async () => {
    const [path = "", hook = ""] = (await run([autobotSh, "-c", 'uname >/dev/null; printf "%s\\n" "$PATH" "$BASH_ENV"'])).stdout.split("\n");
    return { PATH: path, BASH_ENV: hook.replace(/^.*\+(.*)\}$/, "$1") };
  };
  return {
    directory,
    workspace,
    environment,
    plain: run,
    layered: async (words, options) => {
      layer ??= below();
      return run(words, { ...options, env: { ...(await layer), ...options?.env } });
    },
    guarded: (words, options) => run([autobotSh, ...words], options),
  };
}

export function executable(path: string, text: string): string {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}
