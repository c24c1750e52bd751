// `runtime: strict`: which files the shims are to stand over, as words for bwrap(1). A shim of its own for each file, so
// that it knows what it stands over, whatever name it or a copy of it is called by: docs/adr/0013.
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Engine } from "../decide.ts";
import { quoted } from "../world/words.ts";
import { type Layer, layerOf, plainPath, searchPath } from "./shims.ts";

/** Where utilities are whatever PATH says: what `command -p`, execvp(3) without PATH, and programs that name a path find. */
const standard = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** ssh refuses files that it includes and that are neither root's nor the user's; in a user namespace root's are nobody's. */
const included = "/etc/ssh/ssh_config.d";

/** The names that lead to one file. */
interface Target {
  readonly file: string;
  readonly names: readonly string[];
}

/**
 * What the launcher is to start in place of `start`, which the launcher's words follow: libexec/strict.bash, which has `name`
 * for its argv[0]. `shims`: the directory of shims. `layer`: another installation than that of the program that runs.
 */
export function strictStart(
  start: readonly string[],
  name: string,
  shims: string,
  engine: Engine,
  layer: Layer = layerOf(engine),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  const directory = strictDirectory(shims, layer, plainPath(searchPath(environment)));
  return ["/bin/bash", "-p", join(layer.root, "libexec", "strict.bash"), directory, name, ...start, "--"];
}

/**
 * The directory for libexec/strict.bash, below that of the shims for the same PATH. In it: `mounts`, bwrap's words with a NUL
 * behind each; a shim for each file, called by its number, and in `names-` and that number a link by each name to the real file.
 */
function strictDirectory(shims: string, layer: Layer, path: string): string {
  const targets = targetsOf(layer.names, path);
  const copies = process.getuid?.() === 0 ? [] : copiesOf(included);
  // Loaded only where it is wanted: most policies are not strict.
  const generation = process
    .getBuiltinModule("node:crypto")
    .createHash("sha256")
    .update(JSON.stringify([layer.root, layer.usual, shims, targets, copies]))
    .digest("hex")
    .slice(0, 16);
  const directory = join(shims, ".strict", generation);
  if (existsSync(directory)) return directory;
  const draft = `${directory}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const place = `/dev/shm/autobot-sh-strict-${process.getuid?.() ?? 0}`;
  const real = join(place, generation);
  targets.forEach((target, index) => {
    writeFileSync(join(draft, String(index)), shimText(target, { layer, shims, links: join(directory, `names-${index}`), real }), { mode: 0o555 });
    const links = `names-${index}`;
    mkdirSync(join(draft, links));
    for (const name of target.names) symlinkSync(real + target.file, join(draft, links, name));
  });
  copies.forEach(({ text }, index) => {
    writeFileSync(join(draft, `copy-${index}`), text, { mode: 0o400 });
  });
  const words = [
    ...["--dev-bind", "/", "/", "--perms", "0111", "--tmpfs", place, "--ro-bind", "/", real],
    ...targets.flatMap(({ file }, index) => ["--ro-bind", join(directory, String(index)), file]),
    ...copies.flatMap(({ file }, index) => ["--ro-bind", join(directory, `copy-${index}`), file]),
  ];
  writeFileSync(join(draft, "place"), `${place}\n${targets[0]?.file ?? ""}\n`, { mode: 0o400 });
  writeFileSync(join(draft, "mounts"), words.map((word) => `${word}\0`).join(""), { mode: 0o400 });
  try {
    renameSync(draft, directory);
  } catch (error) {
    // Another process was faster.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}

function targetsOf(names: readonly string[], path: string): readonly Target[] {
  const wanted = new Set(names);
  const found = new Map<string, Set<string>>();
  for (const directory of new Set([...path.split(delimiter).filter((entry) => entry.startsWith("/")), ...standard])) {
    for (const name of list(directory)) {
      const file = wanted.has(name) ? programAt(join(directory, name)) : undefined;
      if (file !== undefined) found.set(file, (found.get(file) ?? new Set()).add(name));
    }
  }
  return [...found].map(([file, each]) => ({ file, names: [...each].sort() })).sort((left, right) => (left.file < right.file ? -1 : 1));
}

/** The file that is executed in the end: what is mounted over a link would be mounted over it anyway. */
function programAt(path: string): string | undefined {
  try {
    const file = realpathSync(path);
    const stat = statSync(file);
    return stat.isFile() && (stat.mode & 0o111) !== 0 ? file : undefined;
  } catch {
    return undefined;
  }
}

interface Copy {
  readonly file: string;
  readonly text: string;
}

function copiesOf(directory: string): readonly Copy[] {
  return list(directory)
    .filter((name) => name.endsWith(".conf"))
    .flatMap((name) => {
      try {
        const file = realpathSync(join(directory, name));
        return statSync(file).uid === 0 ? [{ file, text: readFileSync(file, "utf8") }] : [];
      } catch {
        return [];
      }
    });
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

interface Places {
  readonly layer: Layer;
  readonly shims: string;
  readonly links: string;
  readonly real: string;
}

function shimText({ file, names }: Target, { layer: { root, usual, confined }, shims, links, real }: Places): string {
  return `#!/bin/bash -p
# autobot-sh stands over this utility: has the call judged, then becomes it.
autobot_root=${quoted(root)} autobot_usual=${usual ? 1 : ""} autobot_shims=${quoted(shims)}
autobot_target=${quoted(file)} autobot_names=${quoted(` ${names.join(" ")} `)}
autobot_real=${quoted(real)} autobot_links=${quoted(links)}
autobot_confined=${quoted(` ${confined} `)}
. ${quoted(join(root, "libexec", "shim.bash"))}
printf 'autobot-sh: cannot read \`%s\`; nothing was run\\n  install autobot-sh again\\n' "$autobot_root/libexec/shim.bash" >&2
exit 125
`;
}
