// A machine and a repository → what a fleet's policy can be made of. Reads files, and asks `ssh -G`, which contacts nobody; runs
// `ansible-inventory` only where that is asked for.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { createEngine } from "../decide.ts";
import { combine } from "../policy/policies.ts";
import { homeDirectory } from "../world/account.ts";
import { builtIn } from "../world/built-in.ts";
import { repositoryRoot } from "../world/repository.ts";
import { filesBelow } from "./document-files.ts";
import { type Findings, firstChoice, policyOf, type WayDraft } from "./fleet-draft.ts";
import { commonest, draftHosts } from "./host-draft.ts";
import { type Inventory, isInventoryName, parseInventoryList, readInventory } from "./inventory.ts";
import { findPlaybooks, type Playbook } from "./playbooks.ts";
import { readSshHosts } from "./ssh-hosts.ts";
import { findSyncScripts, type SyncScript } from "./sync-scripts.ts";

export interface SurveyOptions {
  /** Absolute. */
  readonly cwd: string;
  /** Default: those of the repository, else /etc/ansible/hosts. */
  readonly inventory?: string | undefined;
  /** Default: the user's and the system's. */
  readonly sshConfig?: string | undefined;
  /** `ansible-inventory` may be run. */
  readonly ansible: boolean;
}

const ansiblePatience = 60_000;
const ansibleOutput = 64 * 1024 * 1024;

/** `fault`: a file that was named is not there. In the house's form. */
export function survey({ cwd, inventory, sshConfig, ansible }: SurveyOptions): Findings | { readonly fault: string } {
  const home = homeDirectory();
  const missing = [inventory, sshConfig].find((file) => file !== undefined && !existsSync(resolve(cwd, file)));
  if (missing !== undefined) return { fault: `no such file: \`${missing}\`` };
  const root = repositoryRoot(cwd);
  const files = root === undefined ? [] : filesBelow(root);
  const sources = inventory === undefined ? inventoriesOf(root, files) : [resolve(cwd, inventory)];
  const playbookDirectories = [...new Set(files.filter((file) => /\/(?:group_vars|host_vars)\//.test(file)).map((file) => file.replace(/\/(?:group_vars|host_vars)\/.*$/, "")))];
  const read = sources.map((source) => ({ source, ...inventoryAt(source, playbookDirectories, ansible) })).filter(({ hosts, notes }) => hosts.length > 0 || notes.length > 0);
  const ssh = readSshHosts(sshConfig === undefined ? undefined : resolve(cwd, sshConfig), home);
  const known = [...new Map(read.flatMap(({ hosts }) => hosts).map((host) => [host.name, host])).values()];
  const hosts = draftHosts(known, ssh.hosts);
  const sshFile = sshConfig ?? join(home, ".ssh", "config");
  const found: Findings = {
    root,
    sources: [...(existsSync(resolve(cwd, sshFile)) ? [sshFile] : []), ...read.map(({ source }) => source), ...(root === undefined ? [] : [root])].map((path) =>
      shortened(path, home),
    ),
    hosts,
    ways: [],
    compose: files.filter((file) => /(^|\/)(docker-)?compose[\w.-]*\.ya?ml$/.test(file)).map((file) => relative(root ?? "/", file)),
    notes: [
      ...ssh.notes,
      ...read.flatMap(({ notes }) => notes),
      ...(root === undefined ? ["this directory is in no repository\nrun it in yours to have its scripts and playbooks found"] : []),
    ],
    ansible: read.length > 0,
    user: commonest(hosts.filter(({ chosen }) => chosen).map(({ host }) => host.user)),
    key: undefined,
  };
  return root === undefined
    ? found
    : withWays(
        found,
        root,
        files,
        read.map(({ source, hosts: some }) => ({ source, names: new Set(some.map(({ name }) => name)) })),
        home,
      );
}

function shortened(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

interface Source {
  readonly source: string;
  readonly names: ReadonlySet<string>;
}

/** Those that an ansible.cfg names, else by their names. */
function inventoriesOf(root: string | undefined, files: readonly string[]): readonly string[] {
  const configured = files.filter((file) => basename(file) === "ansible.cfg").flatMap(inventoriesIn);
  if (configured.length > 0) return [...new Set(configured)];
  const named = files.filter((file) => {
    const path = relative(root ?? "/", file);
    if (/(^|\/)(group_vars|host_vars|roles)\//.test(path) || /\.(md|txt|j2|rst)$/.test(path)) return false;
    return /(^|\/)(inventory|inventories)\//.test(path) || isInventoryName(path);
  });
  return named.length > 0 ? named : ["/etc/ansible/hosts"].filter((file) => existsSync(file));
}

/** ansible.cfg: `inventory` of `[defaults]`, relative to the file. */
function inventoriesIn(file: string): readonly string[] {
  const [, section = ""] = /^\[defaults\][^\n]*\n(.*?)(?=^\[|$(?![\s\S]))/ms.exec(readFileSync(file, "utf8")) ?? [];
  const [, value = ""] = /^inventory\s*=\s*([^\n#;]*)/m.exec(section) ?? [];
  return value
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "" && !/[$%{~]/.test(each))
    .map((each) => resolve(dirname(file), each))
    .filter((each) => existsSync(each));
}

function inventoryAt(source: string, playbookDirectories: readonly string[], ansible: boolean): Inventory {
  if (ansible) {
    const { status, stdout, stderr, error } = spawnSync("ansible-inventory", ["-i", source, "--list"], {
      cwd: dirname(source),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: ansiblePatience,
      maxBuffer: ansibleOutput,
    });
    const listed = status === 0 ? parseInventoryList(stdout) : undefined;
    if (listed !== undefined) return listed;
    const why = error === undefined ? (stderr.trim().split("\n").at(-1) ?? "") : error.message;
    return withNote(readPlainly(source, playbookDirectories), `\`ansible-inventory\` failed for \`${source}\`, which was read without it\n${why}`);
  }
  return readPlainly(source, playbookDirectories);
}

function withNote(inventory: Inventory, note: string): Inventory {
  return { hosts: inventory.hosts, notes: [note, ...inventory.notes] };
}

function readPlainly(source: string, playbookDirectories: readonly string[]): Inventory {
  try {
    return readInventory(source, playbookDirectories);
  } catch (error) {
    return { hosts: [], notes: [`\`${source}\` cannot be read: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

function withWays(found: Findings, root: string, files: readonly string[], inventories: readonly Source[], home: string): Findings {
  const combined = combine([builtIn, { origin: "user", policies: [{ file: "draft", policy: policyOf(found, firstChoice(found)) }] }]);
  if ("issues" in combined) return { ...found, notes: [...found.notes, ...combined.issues.map(({ message }) => message)] };
  const scripts = findSyncScripts(root, files, createEngine(combined.set));
  const playbooks = findPlaybooks(
    root,
    files,
    found.hosts.filter(({ chosen }) => chosen),
  );
  const keys = new Set(scripts.map((script) => script.key));
  const [key] = keys;
  return {
    ...found,
    ways: [...scripts.map(scriptWay), ...playbookWays(playbooks, root, files, inventories)],
    ansible: found.ansible || playbooks.length > 0,
    // Where every script names the same: whoever has it in ssh's configuration need not name it.
    key: keys.size === 1 && key !== undefined ? shortened(key, home) : undefined,
  };
}

function scriptWay(script: SyncScript): WayDraft {
  const { path } = script;
  return script.run === undefined
    ? { kind: "script", script, path, chosen: true, why: "how it is called is not told by its text: approved, and not advised" }
    : { kind: "script", script, path, chosen: true };
}

/** What a playbook is called that brings all of its hosts' state. */
const generalName = /^(?:.*[-_])?(?:site|main|deploy|deployment|provision|setup|install|configure|update|release|rollout|playbook|all|apply)(?:[-_].*)?$/;

function playbookWays(playbooks: readonly Playbook[], root: string, files: readonly string[], inventories: readonly Source[]): readonly WayDraft[] {
  const configurations = files.filter((file) => basename(file) === "ansible.cfg").map((file) => relative(root, dirname(file)));
  return playbooks.map((playbook) => {
    const { path } = playbook;
    const only = playbooks.length === 1;
    const general = only || generalName.test(basename(path).replace(/\.ya?ml$/, ""));
    const inventory = inventories.find(({ names }) => playbook.hosts.some((host) => names.has(host)))?.source;
    const from = configurations.filter((directory) => directory !== "" && path.startsWith(`${directory}/`)).sort((left, right) => right.length - left.length)[0];
    const base = from === undefined ? root : join(root, from);
    const words = ["ansible-playbook", ...(inventory === undefined ? [] : ["-i", relative(base, inventory)]), relative(base, join(root, path))];
    const run = `${from === undefined ? "" : `cd ${from} && `}${words.join(" ")}`;
    const kept = inventory?.startsWith(`${root}/`) === true ? [relative(root, inventory)] : [];
    const useful = general || playbook.writes.length > 0;
    return { kind: "playbook", playbook, run, general, files: [...kept, path], path, chosen: useful, ...(useful ? {} : { why: "what it is for is not told by its name" }) };
  });
}
