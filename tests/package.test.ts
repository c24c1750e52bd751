// The packed package, installed as its users install it: from the tarball alone, without a compiler, without install scripts.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { root, run, scratch } from "./stage/run.ts";

const minute = 60_000;
const work = scratch();
const local = join(work, "local");
const prefix = join(work, "prefix");
const modules = join(prefix, "lib", "node_modules", "autobot-sh");

/** PATH without compilers, make and python: what building a native module would need. */
function pathWithoutCompiler(): string {
  const folder = join(work, "bin");
  mkdirSync(folder);
  const programs = (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((directory) => (existsSync(directory) ? readdirSync(directory).map((name) => [name, join(directory, name)] as const) : []));
  for (const [name, path] of new Map(programs.reverse())) {
    if (!/^(cc|c\+\+|gcc|g\+\+|clang|make|gmake|python)/.test(name)) symlinkSync(path, join(folder, name));
  }
  return folder;
}

const env = { PATH: "", HOME: process.env["HOME"] ?? "/", npm_config_update_notifier: "false" };

beforeAll(() => {
  env.PATH = pathWithoutCompiler();
  // Of a copy, because packing builds, and other tests use what is built here.
  const checkout = join(work, "checkout");
  cpSync(root, checkout, { recursive: true, filter: (path) => !/^\/(?:\.git|node_modules|dist)(?:\/|$)/.test(path.slice(root.length)) });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  const packed = run("npm", ["pack", "--silent", "--pack-destination", work], { cwd: checkout, env: { ...env, PATH: process.env["PATH"] ?? "" }, timeout: minute });
  const tarball = join(work, packed.stdout.trim().split("\n").at(-1) ?? "");
  mkdirSync(local);
  writeFileSync(join(local, "package.json"), '{ "name": "user", "private": true, "type": "module" }');
  const offline = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  const installed = run("npm", ["install", ...offline, tarball], { cwd: local, env });
  if (installed.status !== 0) throw new Error(installed.stderr);
  const everywhere = run("npm", ["install", "--global", "--prefix", prefix, ...offline, tarball], { env });
  if (everywhere.status !== 0) throw new Error(everywhere.stderr);
}, 2 * minute);

describe("installed in a directory", { timeout: minute }, () => {
  it("runs a command", () => {
    expect(run("npx", ["autobot-sh", "-c", "echo hi"], { cwd: local, env }).stdout).toBe("hi\n");
  });

  it("refuses one", () => {
    expect(run("npx", ["autobot-sh", "-c", "ssh autobot@172.16.168.21 'vim /home/autobot/app.py'"], { cwd: local, env }).status).toBe(126);
  });

  it("has the tools", () => {
    expect(run("npx", ["autobotctl", "policy", "check"], { cwd: local, env }).stdout).toMatch(/examples hold\n$/);
  });

  it("is a library with strict types, as README.md shows", () => {
    const [, example] = /^```ts\n(.*?)^```/ms.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
    writeFileSync(join(local, "use.ts"), `${example}console.log(decision, advice.length);\n`);
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    const options = ["--strict", "--exactOptionalPropertyTypes", "--module", "nodenext", "--target", "es2023", ...types, "use.ts"];
    expect(run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...options], { cwd: local, env }).stdout).toBe("");
    expect(run(process.execPath, ["use.js"], { cwd: local, env }).stdout).toMatch(/^deny [1-9]\n$/);
  });

  it("runs commands as a library, by `import` and by `require`", () => {
    const use = '.createGuard().exec("echo hi; echo no >/dev/stderr").then((result) => console.log(JSON.stringify([result.stdout, result.stderr])))';
    for (const words of [
      ["--input-type=module", "-e", `(await import("autobot-sh"))${use}`],
      ["-e", `require("autobot-sh")${use}`],
    ]) {
      const { stdout, stderr } = run(process.execPath, words, { cwd: local, env });
      expect([stdout, stderr]).toEqual(['["hi\\n","no\\n"]\n', ""]);
    }
  });

  it("makes its code caches, which are not packed, with the first command", () => {
    expect(run("tar", ["-tf", join(work, readdirSync(work).find((name) => name.endsWith(".tgz")) ?? "")]).stdout).not.toMatch(/\.cache$/m);
    const judge = join(local, "node_modules", "autobot-sh", "dist", "judge");
    const files = readdirSync(judge);
    expect(files.filter((name) => name.endsWith(".js") && !files.includes(`${name}.cache`))).toEqual([]);
    expect(readFileSync(join(judge, "..", "node-path"), "utf8")).toMatch(/^\/.*node\n$/);
  });
});

describe("the launcher", () => {
  const kindOf = (file: string) => (readFileSync(file).subarray(0, 2).toString("latin1") === "#!" ? "in bash" : "compiled");
  const here = existsSync(join(root, "dist", `launcher-${process.arch}`));

  it.each(["autobot-sh", "autobotctl"])("in the package is the one that runs on any machine: %s", (name) => {
    const tarball = readdirSync(work).find((each) => each.endsWith(".tgz")) ?? "";
    expect(run("tar", ["-xOf", join(work, tarball), `package/bin/${name}`]).stdout).toMatch(/^#!\/bin\/bash -p\n/);
  });

  it("in the checkout that was packed is its own again", () => {
    expect(kindOf(join(work, "checkout", "bin", "autobot-sh"))).toBe(here ? "compiled" : "in bash");
  });

  it.skipIf(!here)("is this machine's own after the first command, and refuses as before", { timeout: minute }, () => {
    const bin = join(local, "node_modules", "autobot-sh", "bin");
    expect(readdirSync(bin).map((name) => kindOf(join(bin, name)))).toEqual(["compiled", "compiled", "compiled"]);
    expect(run(join(bin, "autobot-sh"), ["-c", "ssh autobot@172.16.168.21 'vim /home/autobot/app.py'"], { cwd: local, env }).status).toBe(126);
    expect(run(join(bin, "autobotctl"), ["policy", "check"], { cwd: local, env }).stdout).toMatch(/examples hold\n$/);
  });

  it.skipIf(!here)("stays where what was compiled does not run", { timeout: minute }, () => {
    const other = join(work, "other");
    cpSync(modules, other, { recursive: true });
    // The first command has been given there already.
    for (const name of readdirSync(join(other, "dist", "judge"))) if (name.endsWith(".cache")) rmSync(join(other, "dist", "judge", name));
    for (const name of ["autobot-sh", "autobotctl"]) cpSync(join(root, "libexec", name), join(other, "bin", name));
    writeFileSync(join(other, "dist", `launcher-${process.arch}`), Buffer.from("\u007fELF, and nothing that runs", "latin1"));
    expect(run(join(other, "bin", "autobot-sh"), ["-c", "echo hi"], { cwd: local, env }).stdout).toBe("hi\n");
    expect(["autobot-sh", "autobotctl"].map((name) => kindOf(join(other, "bin", name)))).toEqual(["in bash", "in bash"]);
    expect(readdirSync(join(other, "bin")).sort()).toEqual(["autobot-bash", "autobot-sh", "autobotctl"]);
  });
});

describe("installed for everybody", () => {
  it("runs from its bin directory, whatever PATH is", () => {
    expect(run(join(prefix, "bin", "autobot-sh"), ["-c", "echo $PATH"], { env: { PATH: "/nonexistent" } }).stdout).toMatch(/(?:^|:)\/nonexistent\n$/);
  });

  it.each(["autobot-sh", "autobot-bash"])("refuses there too, as %s", (name) => {
    expect(run(join(prefix, "bin", name), ["-c", "ssh autobot@172.16.168.21 reboot"], {}).status).toBe(126);
    expect(run(join(prefix, "bin", name), ["-c", "echo hi"], {}).stdout).toBe("hi\n");
  });

  it.each(["man1/autobot-sh.1", "man1/autobotctl.1", "man5/autobot-sh-policy.5"])("has its manual page where man looks: %s", (page) => {
    expect(readFileSync(join(prefix, "share", "man", page), "utf8")).toMatch(/^\.TH AUTOBOT/);
  });
});

describe("package-lock.json", () => {
  interface Locked {
    readonly resolved?: string;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const { packages }: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));

  // Without them `npm ci` fails. npm leaves them out where its registry does not offer them.
  it("lists every platform's packages", () => {
    const optional = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
    expect(optional.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });

  it("names no host to load from", () => {
    expect(Object.values(packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
  });
});
