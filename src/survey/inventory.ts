// An Ansible inventory's files → its hosts, with what Ansible would connect them by. Read here, because `ansible-inventory` runs
// what an inventory may be: a program, a plug-in that asks a cloud, a lookup (docs/adr/0028).
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { parseDocument } from "yaml";
import { dividedHost, expandRanges, iniLines } from "./inventory-ini.ts";

export interface InventoryHost {
  readonly name: string;
  /** Where it is reached, if not by its name. */
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly key?: string | undefined;
  /** All that it is in, those above included, without `all` and `ungrouped`. */
  readonly groups: readonly string[];
}

export interface Inventory {
  readonly hosts: readonly InventoryHost[];
  /** What could not be known, in the house's form. */
  readonly notes: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

interface Group {
  readonly hosts: Map<string, Values>;
  readonly children: Set<string>;
  values: Values;
}

/** Group and host files, `group_vars/web.yml`, by which directory they are below. */
type Files = (kind: "group_vars" | "host_vars", name: string) => readonly Values[];

/** A value that only its owner can read. */
export const secret = Symbol("a value that is encrypted");

const yamlExtensions = [".yaml", ".yml", ".json"];
/** As Ansible leaves them out in a directory (INVENTORY_IGNORE_EXTS). */
const ignoredExtensions = [".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".ini", ".cfg", ".retry"];
const encrypted = "$ANSIBLE_VAULT;";

/** `path`: a file or a directory of them. `playbooks`: directories in which playbooks lie, whose group and host files count too. */
export function readInventory(path: string, playbooks: readonly string[] = []): Inventory {
  const groups = new Map<string, Group>();
  const notes: string[] = [];
  const isDirectory = statSync(path).isDirectory();
  for (const file of isDirectory ? sourcesIn(path) : [path]) readSource(file, groups, notes);
  const beside = (directory: string): Files => filesBelow(directory, notes);
  return resolved(groups, [beside(isDirectory ? path : dirname(path)), ...playbooks.map(beside)], notes);
}

function sourcesIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && !name.endsWith("~") && name !== "group_vars" && name !== "host_vars" && !ignoredExtensions.includes(extname(name)))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? sourcesIn(join(directory, entry.name)) : [join(directory, entry.name)]));
}

function readSource(file: string, groups: Map<string, Group>, notes: string[]): void {
  const text = readFileSync(file, "utf8");
  if (text.startsWith(encrypted)) return void notes.push(`\`${file}\` is encrypted and was not read`);
  if (text.startsWith("#!")) return void notes.push(`\`${file}\` is a program and was not run\n\`--ansible\` has ansible-inventory run it`);
  if (extname(file) === ".toml") return void notes.push(`\`${file}\` is TOML and was not read\n\`--ansible\` has ansible-inventory read it`);
  if (!yamlExtensions.includes(extname(file))) return readIni(text, groups);
  const value = yamlValue(text);
  if (isObject(value) && typeof value["plugin"] === "string")
    return void notes.push(`\`${file}\` asks the plug-in \`${value["plugin"]}\`, and was not run\n\`--ansible\` has ansible-inventory run it`);
  if (!isObject(value)) return void notes.push(`\`${file}\` is no inventory: not a mapping`);
  for (const [name, group] of Object.entries(value)) readYamlGroup(name, group, groups);
}

function groupOf(name: string, groups: Map<string, Group>): Group {
  const group = groups.get(name) ?? { hosts: new Map<string, Values>(), children: new Set<string>(), values: {} };
  groups.set(name, group);
  return group;
}

function addHost(group: Group, pattern: string, values: Values): void {
  const { host, port } = dividedHost(pattern);
  const own = port === undefined ? values : { ansible_port: port, ...values };
  for (const name of expandRanges(host)) group.hosts.set(name, { ...group.hosts.get(name), ...own });
}

function readIni(text: string, groups: Map<string, Group>): void {
  for (const line of iniLines(text)) {
    const group = groupOf(line.group, groups);
    if (line.is === "child") {
      group.children.add(line.name);
      groupOf(line.name, groups);
    } else if (line.is === "variable") group.values = { ...group.values, [line.name]: line.value };
    else if (line.is === "host") addHost(group, line.pattern, line.values);
  }
}

function readYamlGroup(name: string, value: unknown, groups: Map<string, Group>): void {
  const group = groupOf(name, groups);
  if (!isObject(value)) return;
  if (isObject(value["vars"])) group.values = { ...group.values, ...value["vars"] };
  for (const [pattern, values] of entriesOf(value["hosts"])) addHost(group, pattern, isObject(values) ? values : {});
  for (const [child, content] of entriesOf(value["children"])) {
    group.children.add(child);
    readYamlGroup(child, content, groups);
  }
}

/** A mapping's, or the words of a list or a text with nothing to them. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value === "string") return [[value, undefined]];
  if (Array.isArray(value)) return value.filter((each) => typeof each === "string").map((each) => [each, undefined]);
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Undefined where it is not valid. `!vault` gives a secret. */
function yamlValue(text: string): unknown {
  const vault = { tag: "!vault", resolve: () => secret };
  const unsafe = { tag: "!unsafe", resolve: (each: string) => each };
  const document = parseDocument(text, { customTags: [vault, unsafe], logLevel: "silent", uniqueKeys: false });
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch {
    return undefined;
  }
}

function filesBelow(directory: string, notes: string[]): Files {
  return (kind, name) => {
    const base = join(directory, kind, name);
    return ["", ...yamlExtensions].flatMap((extension) => valuesIn(base + extension, notes));
  };
}

function valuesIn(path: string, notes: string[]): readonly Values[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) {
    const names = readdirSync(path).filter((name) => !name.startsWith(".") && !name.endsWith("~") && ["", ...yamlExtensions].includes(extname(name)));
    return names.sort().flatMap((name) => valuesIn(join(path, name), notes));
  }
  if (stat?.isFile() !== true) return [];
  const text = readFileSync(path, "utf8");
  if (text.startsWith(encrypted)) {
    const note = `\`${path}\` is encrypted and was not read`;
    if (!notes.includes(note)) notes.push(note);
    return [];
  }
  const value = yamlValue(text);
  return isObject(value) ? [value] : [];
}

/** Each host with its variables, as Ansible's order of precedence has it: groups from `all` downwards, then the host's own. */
function resolved(groups: Map<string, Group>, files: readonly Files[], notes: string[]): Inventory {
  const parents = parentsOf(groups);
  const names = [...new Set([...groups.values()].flatMap(({ hosts }) => [...hosts.keys()]))];
  const fileValues = (kind: "group_vars" | "host_vars", name: string) => Object.assign({}, ...files.flatMap((each) => each(kind, name))) as Values;
  const groupFiles = new Map([...groups.keys(), "all"].map((name) => [name, fileValues("group_vars", name)]));
  const hosts = names.map((name) => {
    const direct = [...groups].filter(([, { hosts: members }]) => members.has(name)).map(([group]) => group);
    const all = ancestorsOf(direct, parents).filter((group) => group !== "all");
    const ordered = all.map((group) => ({ group, depth: depthOf(group, parents) })).sort((left, right) => left.depth - right.depth || (left.group < right.group ? -1 : 1));
    const values: Values = Object.assign(
      {},
      groups.get("all")?.values,
      ...ordered.map(({ group }) => groups.get(group)?.values),
      groupFiles.get("all"),
      ...ordered.map(({ group }) => groupFiles.get(group)),
      ...["all", ...direct].map((group) => groups.get(group)?.hosts.get(name)),
      fileValues("host_vars", name),
    );
    return hostOf(name, values, all, notes);
  });
  return { hosts: hosts.flatMap((host) => host ?? []), notes };
}

function parentsOf(groups: Map<string, Group>): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const [name, { children }] of groups) for (const child of children) parents.set(child, [...(parents.get(child) ?? []), name]);
  return parents;
}

function ancestorsOf(names: readonly string[], parents: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const parent of parents.get(name) ?? []) visit(parent);
  };
  for (const name of names) visit(name);
  return [...found];
}

/** The longest way down from `all`. */
function depthOf(name: string, parents: ReadonlyMap<string, readonly string[]>, open: ReadonlySet<string> = new Set()): number {
  if (open.has(name)) return 0;
  const above = (parents.get(name) ?? []).map((parent) => (parent === "all" ? 0 : depthOf(parent, parents, new Set([...open, name]))));
  return Math.max(0, ...above) + 1;
}

/** Undefined where Ansible would not connect to it. */
function hostOf(name: string, values: Values, groups: readonly string[], notes: string[]): InventoryHost | undefined {
  const known = { inventory_hostname: name, inventory_hostname_short: name.split(".", 1)[0], ...values };
  const text = (...keys: readonly string[]): string | undefined => {
    const key = keys.find((each) => values[each] !== undefined && values[each] !== null);
    const value = key === undefined ? undefined : filled(values[key], known);
    if (value === undefined && key !== undefined) notes.push(`the \`${key}\` of \`${name}\` is ${values[key] === secret ? "encrypted" : "computed when a playbook runs"}`);
    return value;
  };
  const connection = text("ansible_connection");
  if (connection !== undefined && !["ssh", "smart", "paramiko", "paramiko_ssh", "libssh"].includes(connection.replace(/^.*\./, ""))) return undefined;
  if (["localhost", "127.0.0.1", "::1"].includes(name) && connection === undefined) return undefined;
  const port = Number(text("ansible_port", "ansible_ssh_port") ?? Number.NaN);
  return {
    name,
    address: text("ansible_host", "ansible_ssh_host"),
    user: text("ansible_user", "ansible_ssh_user"),
    port: Number.isInteger(port) ? port : undefined,
    key: text("ansible_ssh_private_key_file", "ansible_private_key_file"),
    groups: groups.filter((group) => group !== "all" && group !== "ungrouped").sort(),
  };
}

const mostReferences = 8;

/** A value with variables of the inventory in it is what they are; undefined where more than their names stands there. */
function filled(value: unknown, known: Values, depth = 0): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || depth > mostReferences) return undefined;
  const parts = value.split(/\{\{\s*(\w+)\s*\}\}/);
  const texts = parts.map((part, index) => (index % 2 === 0 ? part : filled(known[part], known, depth + 1)));
  const text = texts.includes(undefined) ? undefined : texts.join("").trim();
  return text === undefined || text === "" || /\{[{%]/.test(text) ? undefined : text;
}

/** What `ansible-inventory --list` prints. */
export function parseInventoryList(text: string): Inventory | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { _meta: meta, ...rest } = value;
  const variables = isObject(meta) && isObject(meta["hostvars"]) ? meta["hostvars"] : {};
  const groups = new Map<string, Group>();
  for (const [name, content] of Object.entries(rest)) {
    const group = groupOf(name, groups);
    if (!isObject(content)) continue;
    for (const [host] of entriesOf(content["hosts"])) group.hosts.set(host, withSecrets(variables[host]));
    for (const [child] of entriesOf(content["children"])) group.children.add(child);
  }
  return resolved(groups, [], []);
}

/** As its JSON writes what is encrypted. */
function withSecrets(values: unknown): Values {
  if (!isObject(values)) return {};
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, isObject(value) && "__ansible_vault" in value ? secret : value]));
}

/** Whether a file's name says that it is an inventory: where none is named, these are looked for. */
export function isInventoryName(path: string): boolean {
  return /^(?:hosts|inventory|inventories)(?:\.(?:ini|ya?ml|json|cfg))?$|\.inventory$/.test(basename(path));
}
