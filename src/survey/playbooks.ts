// A repository's playbooks → which hosts each is for, and which file of the repository it puts where.
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parseDocument } from "yaml";
import { readDocument } from "./document-files.ts";
import type { HostDraft } from "./host-draft.ts";
import type { HostMap } from "./sync-scripts.ts";

export interface Playbook {
  /** Below the repository's root. */
  readonly path: string;
  /** Names of the fleet's hosts that its plays are for. */
  readonly hosts: readonly string[];
  readonly maps: readonly HostMap[];
  /** Paths that it writes on its hosts. */
  readonly writes: readonly string[];
  /** Playbooks that it takes in. */
  readonly imports: readonly string[];
}

type Node = Readonly<Record<string, unknown>>;

interface Put {
  readonly remote: string;
  /** The file that is put there as it is, below the root; undefined: it is made from something else. */
  readonly local?: string | undefined;
}

const mostFiles = 2000;
const deepest = 8;

/** `files`: of the repository, absolute. Hosts are matched by their names in the inventory and its groups. */
export function findPlaybooks(root: string, files: readonly string[], hosts: readonly HostDraft[]): readonly Playbook[] {
  const candidates = files.filter((file) => /\.ya?ml$/.test(file) && !/(^|\/)(roles\/[^/]+\/|group_vars\/|host_vars\/|\.github\/|\.gitlab)/.test(relative(root, file)));
  const found = candidates.slice(0, mostFiles).flatMap((file) => playbookOf(file, root, hosts) ?? []);
  const byPath = new Map(found.map((each) => [each.path, each]));
  return found.map((each) => withImports(each, byPath, 0)).filter((each) => each.hosts.length > 0);
}

function withImports(playbook: Playbook, all: ReadonlyMap<string, Playbook>, depth: number): Playbook {
  if (depth > deepest) return playbook;
  const taken = playbook.imports.flatMap((path) => all.get(path) ?? []).map((each) => withImports(each, all, depth + 1));
  const union = <Item>(of: (each: Playbook) => readonly Item[]) => [...new Set([playbook, ...taken].flatMap(of))];
  return { ...playbook, hosts: union((each) => each.hosts), maps: union((each) => each.maps), writes: union((each) => each.writes) };
}

function playbookOf(file: string, root: string, hosts: readonly HostDraft[]): Playbook | undefined {
  const plays = listIn(file);
  const imports = plays.flatMap((play) => importOf(play) ?? []).map((name) => relative(root, join(dirname(file), name)));
  const own = plays.filter((play) => typeof play["hosts"] === "string" || Array.isArray(play["hosts"]));
  if (own.length === 0 && imports.length === 0) return undefined;
  const parts = own.map((play) => ({ on: hostsOf(play["hosts"], hosts), puts: putsOf(play, dirname(file), root) }));
  return {
    path: relative(root, file),
    hosts: [...new Set(parts.flatMap(({ on }) => on))],
    maps: parts.flatMap(({ on, puts }) => on.flatMap((host) => puts.flatMap(({ remote, local }) => (local === undefined ? [] : [{ remote, local, host }])))),
    writes: [...new Set(parts.flatMap(({ puts }) => puts.map(({ remote }) => remote)))],
    imports,
  };
}

function importOf(play: Node): string | undefined {
  const name = play["import_playbook"] ?? play["ansible.builtin.import_playbook"];
  return typeof name === "string" && !name.includes("{{") ? name : undefined;
}

/** The mappings of a file that is a list of them. */
function listIn(file: string): readonly Node[] {
  const document = existsSync(file) ? readDocument(file, false) : { skipped: undefined };
  if ("skipped" in document) return [];
  const tagged = ["!vault", "!unsafe"].map((tag) => ({ tag, resolve: () => undefined }));
  const parsed = parseDocument(document.text, { customTags: tagged, logLevel: "silent", uniqueKeys: false });
  if (parsed.errors.length > 0) return [];
  try {
    return nodesOf(parsed.toJS({ maxAliasCount: 1000 }));
  } catch {
    return [];
  }
}

function nodesOf(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter((each): each is Node => typeof each === "object" && each !== null && !Array.isArray(each)) : [];
}

/** `web:&prod:!web9`, as Ansible reads it: first all that are named, then what stays, then what goes. */
function hostsOf(pattern: unknown, hosts: readonly HostDraft[]): readonly string[] {
  const parts = (Array.isArray(pattern) ? pattern.map(String) : String(pattern).split(/[,:]/)).map((part) => part.trim());
  const fits = (part: string) => (draft: HostDraft) => namedBy(part, draft);
  const named = parts.filter((part) => !/^[&!]/.test(part));
  return hosts
    .filter((draft) => draft.inventory !== undefined && named.some((part) => fits(part)(draft)))
    .filter((draft) => parts.filter((part) => part.startsWith("&")).every((part) => fits(part.slice(1))(draft)))
    .filter((draft) => !parts.filter((part) => part.startsWith("!")).some((part) => fits(part.slice(1))(draft)))
    .map(({ host }) => host.name);
}

function namedBy(part: string, { host, inventory }: HostDraft): boolean {
  if (part === "all" || part === "*") return true;
  const name = part.replace(/\[[\d:-]*\]$/, "");
  const known = [inventory ?? host.name, ...(host.groups ?? [])];
  if (!/[*?]/.test(name)) return known.includes(name);
  const glob = new RegExp(
    `^${name
      .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
  return known.some((each) => glob.test(each));
}

const sections = ["tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"];

function putsOf(play: Node, directory: string, root: string): readonly Put[] {
  const roles = Array.isArray(play["roles"]) ? play["roles"].map(roleName) : [];
  return [
    ...sections.flatMap((section) => tasksIn(nodesOf(play[section]), directory, [directory], root, 0)),
    ...roles.flatMap((role) => (role === undefined ? [] : putsOfRole(role, directory, root, 0))),
  ];
}

function roleName(role: unknown): string | undefined {
  if (typeof role === "string") return role;
  const name = typeof role === "object" && role !== null ? ((role as Node)["role"] ?? (role as Node)["name"]) : undefined;
  return typeof name === "string" ? name : undefined;
}

function putsOfRole(name: string, directory: string, root: string, depth: number): readonly Put[] {
  const role = [join(directory, "roles", name), join(directory, "..", "roles", name), join(root, "roles", name)].find((each) => existsSync(each));
  if (role === undefined || depth > deepest) return [];
  return ["tasks", "handlers"].flatMap((kind) =>
    ["main.yml", "main.yaml"].flatMap((file) => tasksIn(listIn(join(role, kind, file)), join(role, kind), [role, directory], root, depth + 1)),
  );
}

const includes = ["import_tasks", "include_tasks", "ansible.builtin.import_tasks", "ansible.builtin.include_tasks"];
const roleIncludes = ["import_role", "include_role", "ansible.builtin.import_role", "ansible.builtin.include_role"];

/** `beside`: where `files/` and `templates/` are looked for. */
function tasksIn(tasks: readonly Node[], directory: string, beside: readonly string[], root: string, depth: number): readonly Put[] {
  if (depth > deepest) return [];
  return tasks.flatMap((task) => [
    ...(putOf(task, beside, root) ?? []),
    ...sections.flatMap((section) => tasksIn(nodesOf(task[section]), directory, beside, root, depth + 1)),
    ...includes.flatMap((key) => {
      const file = fileOf(task[key]);
      return file === undefined ? [] : tasksIn(listIn(join(directory, file)), directory, beside, root, depth + 1);
    }),
    ...roleIncludes.flatMap((key) => {
      const name = roleName(task[key]);
      return name === undefined ? [] : putsOfRole(name, beside.at(-1) ?? directory, root, depth + 1);
    }),
  ]);
}

function fileOf(value: unknown): string | undefined {
  const file = typeof value === "object" && value !== null ? (value as Node)["file"] : value;
  return typeof file === "string" && !file.includes("{{") ? file : undefined;
}

/** What is put on a host, by which directory its source lies in. */
const modules: Readonly<Record<string, { readonly from?: string; readonly to: readonly string[] }>> = {
  copy: { from: "files", to: ["dest"] },
  template: { from: "templates", to: ["dest"] },
  synchronize: { from: "files", to: ["dest"] },
  unarchive: { to: ["dest"] },
  get_url: { to: ["dest"] },
  git: { to: ["dest"] },
  lineinfile: { to: ["path", "dest"] },
  blockinfile: { to: ["path", "dest"] },
  replace: { to: ["path", "dest"] },
  ini_file: { to: ["path", "dest"] },
  file: { to: ["path", "dest"] },
};

function putOf(task: Node, beside: readonly string[], root: string): readonly Put[] | undefined {
  for (const [key, value] of Object.entries(task)) {
    const module = modules[key.slice(key.lastIndexOf(".") + 1)];
    if (module === undefined || typeof value !== "object" || value === null) continue;
    const given = value as Node;
    const remote = module.to.map((name) => given[name]).find((each): each is string => typeof each === "string");
    if (remote === undefined || !remote.startsWith("/") || remote.includes("{")) return undefined;
    return [mapped(remote, module.from === undefined ? undefined : given["src"], module.from, beside, root)];
  }
  return undefined;
}

function mapped(remote: string, src: unknown, from: string | undefined, beside: readonly string[], root: string): Put {
  if (typeof src !== "string" || src.includes("{{") || src.startsWith("/")) return { remote };
  const file = beside.flatMap((each) => [join(each, from ?? "", src), join(each, src)]).find((each) => existsSync(each));
  if (file === undefined || !file.startsWith(`${root}/`)) return { remote };
  const local = relative(root, file);
  if (statSync(file).isDirectory()) {
    const inside = remote.endsWith("/") ? remote : `${remote}/`;
    return src.endsWith("/") ? { remote: inside, local: `${local}/` } : { remote: `${inside}${basename(file)}/`, local: `${local}/` };
  }
  // What Jinja makes of it is another text.
  const document = readDocument(file, false);
  if (from === "templates" && (!("text" in document) || /\{[{%#]/.test(document.text))) return { remote };
  return { remote: remote.endsWith("/") ? remote + basename(file) : remote, local };
}
