// src/launcher/ → dist/launcher-ARCH for each architecture that a compiler is here for, and bin/autobot-sh with bin/autobot-bash:
// this machine's, or the same in bash where there is none.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const compilers = { x64: "x86_64-linux-gnu-gcc", arm64: "aarch64-linux-gnu-gcc" };

// Static: a launcher that a library is missing for locks its user out, and linking takes as long as what it does.
const flags = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-static", "-s", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-fstack-protector-strong"];

/** `dist`: where it is built. */
export function compileLauncher(dist) {
  for (const [arch, cross] of Object.entries(compilers)) {
    const own = arch === process.arch ? [process.env["CC"] ?? "cc"] : [];
    [...own, cross].find((compiler) => compiled(compiler, join(dist, `launcher-${arch}`)));
  }
}

function compiled(compiler, output) {
  const sources = readdirSync("src/launcher").filter((name) => name.endsWith(".c"));
  const { status, error, stderr } = spawnSync(compiler, [...flags, "-o", output, ...sources.map((name) => join("src/launcher", name))], { encoding: "utf8" });
  if (error === undefined && stderr !== "") process.stderr.write(stderr);
  return status === 0;
}

/** `portable`: for any machine, as it is packed; an installation's first command puts its machine's own in place (src/shell/installation.ts). */
export function installLauncher(root, { portable }) {
  const native = join(root, "dist", `launcher-${process.arch}`);
  const launcher = portable || !existsSync(native) ? join(root, "libexec", "autobot-sh") : native;
  // Agents take a shell only by a name with `bash` in it. A copy: npm packs no links.
  for (const name of ["autobot-sh", "autobot-bash"]) {
    const target = join(root, "bin", name);
    const draft = `${target}.${process.pid}`;
    copyFileSync(launcher, draft);
    chmodSync(draft, 0o755);
    renameSync(draft, target);
  }
}

// After packing: this machine's own again.
if (process.argv[1] === fileURLToPath(import.meta.url)) installLauncher(process.cwd(), { portable: false });
