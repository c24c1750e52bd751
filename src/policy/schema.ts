// A policy file's value → a Policy, or everything that is wrong with it at once. The types of policies are inferred here.
import { z } from "zod";
import { about } from "./about.ts";
import { actionSchema, descriptorSchema } from "./descriptor.ts";
import { globFault } from "./glob.ts";
import { suggestion } from "./nearest.ts";
import { parseNetwork } from "./network.ts";
import { actions } from "./request.ts";
import { templateFault } from "./template.ts";

/** A fault in a policy. `path` leads to it: `rules[2].target.action`; "" is the whole file. */
export interface PolicyIssue {
  readonly path: string;
  readonly message: string;
}

/** Where a command was given: a script or `-c`, a person's shell, an agent's tool. */
export const faces = ["scripts", "login", "agent"] as const;
export type Face = (typeof faces)[number];

const oneOrMore = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item).min(1)]);

const checked = (fault: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = fault(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "an id is lower-case words joined by `-`")
  .meta({ title: "id" });
const sentence = z.string().min(1).meta({ title: "text" });
const glob = checked(globFault).meta({ title: "glob" });
const workspaceGlob = checked((text) => globFault(text.replace(/^\{workspace\}\//, ""))).meta({ title: "glob" });
const network = checked((text) => (parseNetwork(text) === undefined ? `not a network in CIDR notation: \`${text}\`` : undefined)).meta({ title: "network" });
const host = checked((text) => (text.includes("/") ? (parseNetwork(text) === undefined ? `not a network in CIDR notation: \`${text}\`` : undefined) : globFault(text))).meta({
  title: "host",
});
const template = checked(templateFault).meta({
  id: "template",
  description:
    "a command with placeholders: `{edit}` is the refused command, on the copy in the workspace; `{moved}` the refused command, writing to the rule's `home`; `{upload}` the refused transfer, with the key; `{route}` the approved way; `{check}`, `{look}` and `{connect}` look at the host; `{local}`, `{remote}`, `{below}`, `{host.name}`, `{host.address}`, `{host.sync}`, `{host.user}`, `{key}`, `{unit}`, `{verb}` and `{home}` are words, quoted where they have to be. A command that would itself be refused is left out",
});
const directory = z
  .string()
  .regex(/^([^/].*\/)?$/, "a directory below the workspace's root ends in `/`, as in `logs/backend/`")
  .meta({ title: "directory" });

const targetFields = {
  action: oneOrMore(actionSchema)
    .optional()
    .meta(about("what is done", ["edit", "write"])),
  host: oneOrMore(host)
    .optional()
    .meta(about("where: `local`, `remote`, `fleet` (or may be), `outside` (remote, not of the fleet), or names, groups, globs, networks", "remote", ["redis", "10.1.0.0/16"])),
  path: oneOrMore(workspaceGlob)
    .optional()
    .meta(about("the file; `{workspace}/…` for paths below the workspace's root", "/etc/**", "{workspace}/*.log")),
  name: oneOrMore(glob).optional().meta(about("what else is touched: a unit, a container, a package, a kind of code", "nginx*")),
  utility: oneOrMore(glob)
    .optional()
    .meta(about("the utility that does it", ["kill", "pkill"])),
  transfer: z.boolean().optional().meta(about("whether it goes through scp, sftp, rsync or the like", true)),
  existing: z.boolean().optional().meta(about("whether the path has to be there already: it is changed, removed or moved away", false)),
  key: z.literal("missing").optional().meta(about("the connection does not name the fleet's key", "missing")),
};

/** What a rule is about. All that is given must hold. */
export const targetSchema = z.strictObject(targetFields).meta({ id: "target", description: "what the rule is about; all that is given must hold" });
export type Target = z.infer<typeof targetSchema>;

/** A target's fields, and the circumstances. All that is given must hold. */
export const matcherSchema = z
  .strictObject({
    ...targetFields,
    tty: z.boolean().optional().meta(about("whether a person sits at a terminal", true)),
    face: oneOrMore(z.enum(faces))
      .optional()
      .meta(about("where the command was given: a script or `-c`, a person's shell, an agent's tool", ["scripts", "login"])),
  })
  .meta({ id: "matcher", description: "a target's fields and the circumstances; all that is given must hold" });
export type Matcher = z.infer<typeof matcherSchema>;

export const exampleSchema = z
  .union([
    z.string().min(1).meta({ title: "line" }),
    z.strictObject({
      line: z.string().min(1).meta(about("the line as it is typed", "ssh web1 uptime")),
      cwd: z.string().optional().meta(about("the directory that it is typed in; default: the workspace's root", "/tmp")),
      tty: z.boolean().optional().meta(about("whether a person sits at a terminal; default: `false`", true)),
      face: z.enum(faces).optional().meta(about("where it is given; default: `scripts`", "agent")),
      env: z
        .record(z.string(), z.string())
        .optional()
        .meta(about("the environment; default: empty", { TARGET: "web1" })),
    }),
  ])
  .meta({ id: "example", description: "a line that the rule denies or permits, alone or with its circumstances" });
export type Example = z.infer<typeof exampleSchema>;

const adviceSchema = z
  .strictObject({
    say: sentence.meta(about("what people read first", "Instead:")),
    run: oneOrMore(template)
      .optional()
      .meta(about("commands to run instead", ["{edit}", "{route}"])),
    otherwise: sentence.optional().meta(about("said where no command can be computed; default: this advice is left out then", "Change the copy in the workspace.")),
  })
  .meta({ id: "advice", description: "what to do instead" });

export const ruleSchema = z
  .strictObject({
    id: id.meta(about("its name below the policy's; refusals show `POLICY/ID`", "editor")),
    target: targetSchema.meta(about("what the rule is about; all that is given must hold", { action: "edit", host: "remote" })),
    when: oneOrMore(matcherSchema)
      .optional()
      .meta(about("only where one of these holds", { face: "agent" })),
    unless: oneOrMore(matcherSchema)
      .optional()
      .meta(about("not where one of these holds", [{ path: "/tmp/**" }])),
    decision: z.enum(["deny", "ask"]).optional().meta(about("`ask` refuses only where no terminal is there; default: `deny`", "ask")),
    reason: sentence.meta(about("one sentence for people", "Servers are never edited by hand.")),
    advice: z.array(adviceSchema).meta(about("what to do instead; may be empty", [{ say: "Instead:", run: "{route}" }])),
    home: directory.optional().meta(about("the directory of the workspace where such a file belongs, for `{moved}`", "logs/backend/")),
    examples: z
      .strictObject({
        deny: z
          .array(exampleSchema)
          .min(1)
          .meta(about("lines that it denies", ["ssh web1 vim /etc/hosts"])),
        permit: z
          .array(exampleSchema)
          .min(1)
          .meta(about("the closest lines that it does not deny", ["ssh web1 cat /etc/hosts"])),
      })
      .meta({ id: "examples", description: "lines of both kinds, decided when the policy is checked" }),
  })
  .meta({ id: "rule", description: "what is denied, why, and what to do instead" });
export type Rule = z.infer<typeof ruleSchema>;

/** Files of the host below `remote` are kept in the workspace below `local`; both end in `/` for directories. */
export const pathMapSchema = z
  .strictObject({
    remote: z
      .string()
      .regex(/^\//, "a path on a host begins with `/`")
      .meta({ title: "path", ...about("on the host", "/home/deploy/app/") }),
    local: z
      .string()
      .regex(/^[^/]|^$/, "a path in the workspace is relative to its root")
      .meta({ title: "path", ...about("in the workspace, relative to its root; empty for the root", "app/") }),
  })
  .refine((map) => map.remote.endsWith("/") === (map.local === "" || map.local.endsWith("/")), "`remote` and `local` are both directories, ending in `/`, or both files")
  .meta({ id: "path-map", description: "where the workspace keeps files of a host; both end in `/` for directories" });
export type PathMap = z.infer<typeof pathMapSchema>;

const name = z.string().min(1).meta({ title: "name" });

export const fleetHostSchema = z
  .strictObject({
    name: name.meta(about("what refusals call it", "web1")),
    addresses: z
      .array(name)
      .optional()
      .meta(about("its addresses", ["10.1.0.11"])),
    aliases: z
      .array(name)
      .optional()
      .meta(about("other names: of ssh configurations, inventories, DNS", ["web1.example.org"])),
    groups: z
      .array(name)
      .optional()
      .meta(about("the inventory groups that it is in", ["web"])),
    sync: name.optional().meta(about("its name for the sync scripts: `{host.sync}`", "web1")),
    ssh: name.optional().meta(about("its name in ssh's configuration, where that knows more than an address: a port, a jump, a key", "web1")),
    role: z.string().optional().meta(about("what it is for, for people", "web server")),
    user: name.optional().meta(about("who logs in there; default: the fleet's `user`", "deploy")),
    paths: z
      .array(pathMapSchema)
      .optional()
      .meta(about("where the workspace keeps its files; they count before the fleet's", [{ remote: "/etc/nginx/nginx.conf", local: "config/nginx.conf" }])),
  })
  .meta({ id: "host", description: "a host of the fleet" });
export type FleetHost = z.infer<typeof fleetHostSchema>;

export const fleetSchema = z
  .strictObject({
    root: z
      .string()
      .regex(/^\//, "the workspace's root is an absolute path")
      .optional()
      .meta({ title: "path", ...about("the workspace's root, where people edit", "/srv/workspace") }),
    user: name.optional().meta(about("who logs in on the hosts", "deploy")),
    home: z
      .string()
      .regex(/^\/.*\/$/, "a home directory on the hosts, as `/home/user/`")
      .optional()
      .meta({ title: "path", ...about("that user's home directory there, ending in `/`", "/home/deploy/") }),
    key: name.optional().meta(about("the key that transfers have to name", "~/.ssh/fleet_key")),
    deployment: sentence.optional().meta(about("how a change gets to a host, for where no command can be computed; comes after `by`", "the pipeline of the main branch")),
    hosts: z
      .array(fleetHostSchema)
      .optional()
      .meta(about("the hosts; one with a known name adds to what is known of it", [{ name: "web1", addresses: ["10.1.0.11"] }])),
    groups: z
      .array(name)
      .optional()
      .meta(about("inventory groups of more than the hosts listed here, such as `all`", ["all"])),
    networks: z
      .array(network)
      .optional()
      .meta(about("every address in them is judged as one of the fleet", ["10.1.0.0/16"])),
    paths: z
      .array(pathMapSchema)
      .optional()
      .meta(about("where the workspace keeps files of all hosts", [{ remote: "/home/deploy/", local: "" }])),
    "only-there": z
      .array(glob)
      .optional()
      .meta(about("paths of the hosts below those of which the workspace keeps no copy, so that none is edited or sent: logs, data, keys", ["**/logs/**"])),
  })
  .meta({ id: "fleet", description: "the hosts, and where their files are kept; all layers are joined" });
export type Fleet = z.infer<typeof fleetSchema>;

const sha256 = z
  .string()
  .regex(/^[\da-f]{64}$/, "64 lower-case hexadecimal digits")
  .meta({ title: "digest" });

const changeSchema = z
  .strictObject({
    action: oneOrMore(z.enum(actions))
      .optional()
      .meta(about("what was asked for", ["edit", "write"])),
    host: oneOrMore(name).optional().meta(about("names of fleet hosts", "web1")),
    path: oneOrMore(glob).optional().meta(about("the path in the workspace; `.` is its root", "app/**")),
    remote: oneOrMore(glob).optional().meta(about("the path on the host", "/etc/nginx/**")),
    utility: oneOrMore(glob).optional().meta(about("the utility that was refused", "systemctl")),
    name: oneOrMore(glob).optional().meta(about("the unit, container or package", "nginx")),
  })
  .meta({ id: "change", description: "a change that a route brings to a host; all that is given must hold" });

/** An approved way to bring a change to a host. One without `run` is approved and never advised. */
export const routeSchema = z
  .strictObject({
    id: id.meta(about("its name, in the record", "sync")),
    script: oneOrMore(glob).optional().meta(about("the scripts that are this route, relative to the workspace's root: what they do to a host passes", "scripts/sync.sh")),
    sha256: oneOrMore(sha256)
      .optional()
      .meta(about("the script's digests that are approved; default: any", "0".repeat(64))),
    utility: name.optional().meta(about("an approved utility", "ansible-playbook")),
    for: changeSchema.optional().meta(about("the changes that it brings to a host; default: any", { action: "write", path: "app/**" })),
    run: template.optional().meta(about("how it is called; default: it is approved and never advised", "./scripts/sync.sh {host.sync} {local} {remote}")),
    below: directory.optional().meta(about("`{below}` in `run` is the local path below this directory", "frontend/src/")),
    file: oneOrMore(name).optional().meta(about("files that `run` needs, relative to the workspace's root; `autobotctl doctor` looks for them", "scripts/sync.sh")),
  })
  .meta({ id: "route", description: "an approved way to bring a change to a host; the first that serves is advised" });
export type Route = z.infer<typeof routeSchema>;

/** How a deployment reaches a server: what its utility runs there. */
export const arrivals = ["rsync", "scp", "sftp", "git", "ansible"] as const;
export type Arrival = (typeof arrivals)[number];

const managedHostSchema = z
  .strictObject({
    name: name.optional().meta(about("which host of the fleet this is; default: the one with a name or address of this machine", "web1")),
    deploy: z
      .strictObject({
        users: z
          .array(name)
          .min(1)
          .meta(about("accounts that the sync scripts and playbooks log in to", ["deploy"])),
        by: z
          .array(z.enum(arrivals))
          .min(1)
          .optional()
          .meta(about("how; default: all but `git`, whose pushes run hooks", ["rsync", "ansible"])),
      })
      .optional()
      .meta({ id: "deploy", description: "what passes here as part of a deployment" }),
  })
  .meta({ id: "managed-host", description: "more about a `role: managed-host`" });

export const settingsSchema = z
  .strictObject({
    posture: z
      .enum(["prohibition", "read-only"])
      .optional()
      .meta(about("utilities that are not known, on a server: pass and are recorded as unclassified; are refused; default: `prohibition`", "read-only")),
    indeterminate: z
      .enum(["permit", "deny"])
      .optional()
      .meta(about("a line that could reach a server, where the text does not tell what it does and nothing will see it run; default: `deny`", "deny")),
    "remote-session": z
      .enum(["notice", "guard", "refuse"])
      .optional()
      .meta(
        about(
          "an interactive `ssh` of a person at a terminal: passes with a notice; has each line judged before it runs there, where its shell is bash; is refused; default: `notice`",
          "guard",
        ),
      ),
    "break-glass": z
      .enum(["off", "on"])
      .optional()
      .meta(about("whether a person at a terminal may have one refused line run all the same, on record with a reason (`autobotctl break-glass`); default: `off`", "on")),
    terminal: z
      .enum(["exec", "pty"])
      .optional()
      .meta(about("`autobot-sh -c` on a terminal becomes bash there, or gives the command a terminal of its own; default: `exec`", "pty")),
    audit: z
      .strictObject({
        required: z.boolean().optional().meta(about("refuse where the record cannot be written; default: `false`", true)),
        text: z
          .enum(["full", "masked", "structure"])
          .optional()
          .meta(about("what is kept of a line: all of it, with secrets masked, nothing but its requests; default: `masked`", "structure")),
        path: name.optional().meta(about("the file; default: `$XDG_STATE_HOME/autobot-sh/audit.jsonl`", "/var/log/autobot-sh/audit.jsonl")),
      })
      .optional()
      .meta({ id: "audit", description: "the record of decisions" }),
    rescue: z
      .strictObject({
        users: z
          .array(name)
          .optional()
          .meta(about("accounts", ["deploy"])),
        groups: z
          .array(name)
          .optional()
          .meta(about("groups of accounts", ["sudo"])),
      })
      .refine(({ users, groups }) => users !== undefined || groups !== undefined, "name `users` or `groups`")
      .optional()
      .meta({ id: "rescue", description: "who gets a plain shell, after a warning that is recorded, where autobot-sh cannot work; root always does" }),
    shell: z.enum(["bash", "zsh"]).optional().meta(about("the shell at a terminal, where `AUTOBOT_INNER_SHELL` names none; default: `bash`", "zsh")),
    runtime: z
      .enum(["off", "on", "strict"])
      .optional()
      .meta(about("whether calls of utilities are judged when they run: by `PATH`, or (strict) by their files too, for which bubblewrap is needed; default: `on`", "strict")),
    role: z
      .enum(["workstation", "managed-host"])
      .optional()
      .meta(about("`managed-host`: this machine is a server itself, and what is done here counts as done on one of the fleet's hosts; default: `workstation`", "managed-host")),
    "managed-host": managedHostSchema.optional(),
  })
  .meta({ id: "settings", description: "how decisions are taken; a project's policy may only set what is tighter" });
export type Settings = z.infer<typeof settingsSchema>;

export const policySchema = z
  .strictObject({
    policy: id.meta(about("its name, the first half of its rules' ids", "web-servers")),
    description: sentence.meta(about("one sentence for people", "Our web servers, and how changes reach them.")),
    rules: z.array(ruleSchema).optional().meta(about("what is denied; order never matters")),
    fleet: fleetSchema.optional(),
    routes: z
      .array(routeSchema)
      .optional()
      .meta(about("approved ways to bring changes to hosts, the first to be advised first", [{ id: "playbooks", utility: "ansible-playbook" }])),
    utilities: z
      .array(descriptorSchema)
      .optional()
      .meta(about("what utilities of your own do", [{ names: ["on-vm"], runs: [{ command: { from: 1 }, as: "sh", host: { operand: 0 } }] }])),
    settings: settingsSchema.optional(),
    replaces: oneOrMore(id)
      .optional()
      .meta(about("policies of the layers below that do not apply, such as `fleet`, the hosts that the default policies name; not in a project's policy", "fleet")),
    disable: z
      .array(glob)
      .optional()
      .meta(about("rules that do not apply; not in a project's policy", ["repository-cleanliness/*"])),
    except: z
      .array(
        z
          .strictObject({
            rule: name.meta(about("the rule's id", "remote-editing/write")),
            unless: oneOrMore(matcherSchema).meta(about("not where one of these holds", { path: "/var/tmp/**" })),
          })
          .meta({ id: "except", description: "where a rule of another policy does not apply" }),
      )
      .optional()
      .meta(about("exceptions from rules of other policies; not in a project's policy", [{ rule: "remote-editing/write", unless: { path: "/var/tmp/**" } }])),
  })
  .meta({ description: "a policy of autobot-sh" });
export type Policy = z.infer<typeof policySchema>;

export function parsePolicy(value: unknown): { readonly policy: Policy } | { readonly issues: readonly PolicyIssue[] } {
  const result = policySchema.safeParse(value, { reportInput: true });
  if (result.success) return { policy: result.data };
  return { issues: result.error.issues.flatMap((issue) => explain(issue, policySchema, [])) };
}

type Issue = z.core.$ZodIssue;
type PathPart = PropertyKey;

function explain(issue: Issue, schema: z.core.$ZodType, before: readonly PathPart[]): readonly PolicyIssue[] {
  const path = [...before, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysAt(schema, path);
      return issue.keys.map((key) => ({ path: showPath([...path, key]), message: `unknown key \`${key}\`${suggestion(key, known)}` }));
    }
    case "invalid_union":
      return explainUnion(issue, schema, path);
    case "invalid_value": {
      const values = issue.values.map(String);
      const given = typeof issue.input === "string" ? `unknown word \`${issue.input}\`` : `expected a word, got ${kind(issue.input)}`;
      return [{ path: showPath(path), message: `${given}${suggestion(String(issue.input), values)}` }];
    }
    case "invalid_type":
      return [{ path: showPath(path), message: issue.input === undefined ? "missing" : `expected ${article(issue.expected)}, got ${kind(issue.input)}` }];
    case "too_small":
      return [{ path: showPath(path), message: "must not be empty" }];
    case "custom":
      return [{ path: showPath(path), message: issue.message }];
    default:
      return [{ path: showPath(path), message: `${issue.message}${typeof issue.input === "string" ? `: \`${issue.input.slice(0, 80)}\`` : ""}` }];
  }
}

// Of the forms that a value may have, the one that its writer seems to have meant: where the value is not wholly of another kind.
function explainUnion(issue: Issue & { code: "invalid_union" }, schema: z.core.$ZodType, path: readonly PathPart[]): readonly PolicyIssue[] {
  const wrongWord = typeof issue.input !== "string";
  const wrongKind = (branch: readonly Issue[]) =>
    branch.some(({ path: inner, code }) => inner.length === 0 && (code === "invalid_type" || (code === "invalid_value" && wrongWord)));
  const meant = issue.errors.find((branch) => !wrongKind(branch));
  if (meant !== undefined) return meant.flatMap((inner) => explain(inner, schema, path));
  if (issue.input === undefined) return [{ path: showPath(path), message: "missing" }];
  const forms = issue.errors.flatMap(([inner]) => (inner?.code === "invalid_type" ? [article(inner.expected)] : inner?.code === "invalid_value" ? ["a word"] : []));
  return [{ path: showPath(path), message: `expected ${[...new Set(forms)].join(" or ")}, got ${kind(issue.input)}` }];
}

function article(expected: string): string {
  const word = expected === "array" ? "list" : expected === "object" || expected === "record" ? "mapping" : expected === "boolean" ? "`true` or `false`" : expected;
  return word.startsWith("`") ? word : `a ${word}`;
}

function kind(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return `\`${String(value).slice(0, 80)}\``;
}

function showPath(path: readonly PathPart[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`)).join("");
}

/** The keys that a mapping at this path may have, whichever form of a union it takes. */
function keysAt(schema: z.core.$ZodType, path: readonly PathPart[]): readonly string[] {
  const [part, ...rest] = path;
  const plain = unwrap(schema);
  if (plain instanceof z.ZodUnion) return [...new Set(plain.options.flatMap((option) => keysAt(option, path)))];
  if (part === undefined) return plain instanceof z.ZodObject ? Object.keys(plain.shape) : [];
  if (plain instanceof z.ZodArray) return typeof part === "number" ? keysAt(plain.element, rest) : [];
  if (plain instanceof z.ZodRecord) return keysAt(plain.valueType, rest);
  const inner: z.core.$ZodType | undefined = plain instanceof z.ZodObject ? plain.shape[String(part)] : undefined;
  return inner === undefined ? [] : keysAt(inner, rest);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}
