// Judges lines that nobody has asked for, so that the code caches made meanwhile (docs/adr/0014) hold what judging takes.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directory.ts";
import { builtInEngine } from "./engine.ts";

type Judge = (words: readonly string[]) => Promise<number>;

/** What most commands take comes first; with the rest in the same cache each start would be slower. */
const rounds: readonly (readonly (readonly string[])[])[] = [
  [line(": | xargs true"), line("case a in b) ;; esac"), line("cd /tmp && ls -la | grep x > out.txt"), ["call", "git", "push"]],
  [
    line("ssh 172.16.168.21 'sudo systemctl restart x; sed -i s/a/b/ /etc/hosts'"),
    line("for f in {1..3}; do x=${f%.txt}; cp $x /tmp/$((f + 1)); done"),
    ["call", "ssh", "172.16.168.21", "cat", "/etc/hosts"],
    ["call", "rsync", "-a", "./", "172.16.168.21:/tmp/"],
    ["call", "docker", "ps"],
  ],
];

function line(text: string): readonly string[] {
  return ["shell", "fields", "autobot-sh", "-c", text];
}

/** Yields after each round; after the last, everything has been loaded. Expects nobody at its standard streams. */
export async function* rehearse(judge: Judge): AsyncGenerator<void> {
  const scratch = mkdtempSync(join(temporaryDirectory(), "autobot-sh-"));
  Object.assign(process.env, { PATH: "/usr/bin:/bin", XDG_STATE_HOME: scratch, XDG_CACHE_HOME: scratch });
  process.chdir("/");
  try {
    for (const round of rounds) {
      for (const words of round) await judge(words);
      yield;
    }
    const { registry } = builtInEngine();
    for (const name of registry.names) registry.find(name);
    yield;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
