// Which version of an agent is here: by where its program is, else by what the program says of itself. Older ones than the one that was tried
// may send or read a hook's words otherwise.
import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Finding } from "../report/doctor-text.ts";
import { isProgram } from "../world/program-file.ts";
import type { Agent } from "./agents.ts";

const timeLimit = 3000;
const number = /\d+\.\d+\.\d+/;

/** Nothing where its program is not in PATH, or nobody has tried it and its version stands nowhere. */
export function examineVersion({ name, title, program = name, tried }: Agent): readonly Finding[] {
  const file = programIn(process.env["PATH"] ?? "", program);
  if (file === undefined) return [];
  const of = `${name} version`;
  const version = versionAt(realpathSync(file)) ?? (tried === undefined ? undefined : said(file));
  if (version === undefined) {
    return tried === undefined
      ? []
      : [{ of, state: "warning", found: `\`${file}\` does not tell its version; ${tried} was tried`, mend: `see that \`${program} --version\` works` }];
  }
  if (tried === undefined) return [{ of, state: "ok", found: `${version}, as documented; no version was tried (${file})` }];
  if (!isOlder(version, tried)) return [{ of, state: "ok", found: `${version}; ${tried} was tried (${file})` }];
  return [{ of, state: "warning", found: `${version} is older than ${tried}, which was tried: it may not understand a refusal (${file})`, mend: `update ${title}` }];
}

function programIn(path: string, name: string): string | undefined {
  return path
    .split(delimiter)
    .filter((directory) => directory.startsWith("/"))
    .map((directory) => join(directory, name))
    .find(isProgram);
}

/** Of a file's name, as installers keep versions side by side, or of the npm package that it is in. */
function versionAt(file: string): string | undefined {
  if (new RegExp(`^${number.source}$`).test(basename(file))) return basename(file);
  for (let directory = dirname(file); directory !== dirname(directory); directory = dirname(directory)) {
    const above = dirname(directory);
    const isPackage = basename(above) === "node_modules" || (basename(above).startsWith("@") && basename(dirname(above)) === "node_modules");
    if (isPackage) return versionOfPackage(join(directory, "package.json"));
  }
  return undefined;
}

function versionOfPackage(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(file, "utf8"));
    return typeof version === "string" ? number.exec(version)?.[0] : undefined;
  } catch {
    return undefined;
  }
}

/** What others may write is not started to look at it. */
function said(file: string): string | undefined {
  const { uid, mode } = statSync(file);
  if (![0, process.geteuid?.()].includes(uid) || (mode & 0o022) !== 0) return undefined;
  const { stdout } = spawnSync(file, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: timeLimit, killSignal: "SIGKILL" });
  return number.exec(stdout ?? "")?.[0];
}

export function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((each) => each.split(".").map(Number)) as [number[], number[]];
  const at = one.findIndex((part, index) => part !== other[index]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}
