// src/launcher/ → dist/launcher-ARCH for each architecture that a compiler is here for, and what is in bin/: this machine's, or the
// same in bash where there is none.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const compilers = { x64: "x86_64-linux-gnu-gcc", arm64: "aarch64-linux-gnu-gcc" };

// Static: a launcher that a library is missing for locks its user out, and linking takes as long as what it does.
const flags = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-static", "-s", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-fstack-protector-strong"];

/** `dist`: where it is built. `headers`: the directory of those that the build writes. */
export function compileLauncher(dist, headers) {
  for (const [arch, cross] of Object.entries(compilers)) {
    const own = arch === process.arch ? [process.env["CC"] ?? "cc"] : [];
    [...own, cross].find((compiler) => compiled(compiler, headers, join(dist, `launcher-${arch}`)));
  }
}

function compiled(compiler, headers, output) {
  const sources = readdirSync("src/launcher").filter((name) => name.endsWith(".c"));
  const { status, error, stderr } = spawnSync(compiler, [...flags, "-I", headers, "-o", output, ...sources.map((name) => join("src/launcher", name))], { encoding: "utf8" });
  if (error === undefined && stderr !== "") process.stderr.write(stderr);
  return status === 0;
}

/** `portable`: for any machine, as it is packed; an installation's first command puts its machine's own in place (src/launcher/installation.ts). */
export function installLauncher(root, { portable }) {
  const native = join(root, "dist", `launcher-${process.arch}`);
  const compiled = !portable && existsSync(native);
  mkdirSync(join(root, "bin"), { recursive: true });
  // Agents take a shell only by a name with `bash` in it. A copy: npm packs no links.
  for (const [name, inBash] of Object.entries({ "autobot-sh": "autobot-sh", "autobot-bash": "autobot-sh", autobotctl: "autobotctl" })) {
    const target = join(root, "bin", name);
    const draft = `${target}.${process.pid}`;
    copyFileSync(compiled ? native : join(root, "libexec", inBash), draft);
    chmodSync(draft, 0o755);
    renameSync(draft, target);
  }
}

// After packing: this machine's own again.
if (process.argv[1] === fileURLToPath(import.meta.url)) installLauncher(process.cwd(), { portable: false });
