// What a program's output loses by our pseudoterminal, against script(1), which makes one as well; and what it holds in memory
// while nobody reads.
import { spawn, spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { openPty } from "../src/session/pty.ts";

const mebibyte = 1024 * 1024;
const size = 200 * mebibyte;
/** Without newlines, of which a terminal makes two bytes. */
const command = `head -c ${size} /dev/zero | tr '\\0' a`;
const pause = 5000;

/** `rounds` of both, in turn. Returns lines to print. */
export async function throughput(rounds: number): Promise<readonly string[]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await seconds(throughOurs));
    theirs.push(await seconds(throughScript));
  }
  const rate = (times: readonly number[]) => size / mebibyte / median(times);
  const growth = await growthWhileStopped();
  return [
    `pty: ${size / mebibyte} MiB, medians of ${rounds}`,
    `  ours    ${rate(ours).toFixed(0)} MiB/s`,
    `  script  ${rate(theirs).toFixed(0)} MiB/s; ours ÷ script's ${(rate(ours) / rate(theirs)).toFixed(2)}`,
    `  a reader that stops for ${pause / 1000} s: memory grows by ${(growth / mebibyte).toFixed(1)} MiB`,
  ];
}

async function seconds(task: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const bytes = await task();
  if (bytes !== size) throw new Error(`${bytes} bytes came through, not ${size}`);
  return (performance.now() - started) / 1000;
}

async function opened() {
  const pty = await openPty({ file: "/bin/sh", args: ["-c", command], env: { PATH: "/usr/bin:/bin" }, cwd: "/", columns: 80, rows: 24 });
  if ("failure" in pty) throw new Error(pty.message);
  return pty;
}

async function throughOurs(): Promise<number> {
  const pty = await opened();
  let bytes = 0;
  for await (const chunk of pty.output) bytes += (chunk as Buffer).length;
  return bytes;
}

async function throughScript(): Promise<number> {
  if (spawnSync("script", ["--version"]).error !== undefined) throw new Error("script(1) is missing: install util-linux's");
  const child = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["ignore", "pipe", "inherit"] });
  let bytes = 0;
  for await (const chunk of child.stdout) bytes += (chunk as Buffer).length;
  return bytes;
}

/** Bytes. */
async function growthWhileStopped(): Promise<number> {
  const pty = await opened();
  const reader = pty.output[Symbol.asyncIterator]();
  await reader.next();
  const before = process.memoryUsage.rss();
  await delay(pause);
  const after = process.memoryUsage.rss();
  pty.kill("SIGKILL");
  pty.output.destroy();
  await pty.exited;
  return after - before;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
