// A policy file's value → a Policy, or everything that is wrong with it at once. The types of policies are inferred here.
import { z } from "zod";
import { descriptorSchema } from "./descriptor.ts";
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

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "an id is lower-case words joined by `-`");
const sentence = z.string().min(1);
const glob = checked(globFault);
const workspaceGlob = checked((text) => globFault(text.replace(/^\{workspace\}\//, "")));
const network = checked((text) => (parseNetwork(text) === undefined ? `not a network in CIDR notation: \`${text}\`` : undefined));
const host = checked((text) => (text.includes("/") ? (parseNetwork(text) === undefined ? `not a network in CIDR notation: \`${text}\`` : undefined) : globFault(text)));
const template = checked(templateFault);
const directory = z.string().regex(/^([^/].*\/)?$/, "a directory below the workspace's root ends in `/`, as in `logs/backend/`");

const targetFields = {
  action: oneOrMore(z.enum(actions)).optional().describe("what is done"),
  host: oneOrMore(host).optional().describe("`local`, `remote`, `fleet` (or may be), `outside` (remote, not of the fleet), or names, groups, globs, networks"),
  path: oneOrMore(workspaceGlob).optional().describe("globs; `{workspace}/…` for paths below the workspace's root"),
  name: oneOrMore(glob).optional().describe("globs for what else is touched: a unit, a container, a package, a kind of code"),
  utility: oneOrMore(glob).optional().describe("globs for the utility that does it"),
  transfer: z.boolean().optional().describe("it goes through scp, sftp, rsync"),
  existing: z.boolean().optional().describe("the path is there already: it is changed, removed or moved away"),
  key: z.literal("missing").optional().describe("the connection does not name the fleet's key"),
};

/** What a rule is about. All that is given must hold. */
export const targetSchema = z.strictObject(targetFields).meta({ id: "target", description: "what the rule is about; all that is given must hold" });
export type Target = z.infer<typeof targetSchema>;

/** A target's fields, and the circumstances. All that is given must hold. */
export const matcherSchema = z
  .strictObject({
    ...targetFields,
    tty: z.boolean().optional().describe("a terminal is there"),
    face: oneOrMore(z.enum(faces)).optional().describe("where the command was given"),
  })
  .meta({ id: "matcher", description: "a target's fields and the circumstances; all that is given must hold" });
export type Matcher = z.infer<typeof matcherSchema>;

export const exampleSchema = z
  .union([
    z.string().min(1),
    z.strictObject({
      line: z.string().min(1),
      cwd: z.string().optional().describe("default: the workspace's root"),
      tty: z.boolean().optional().describe("default: false"),
      face: z.enum(faces).optional().describe("default: `scripts`"),
      env: z.record(z.string(), z.string()).optional(),
    }),
  ])
  .meta({ id: "example", description: "a line that the rule denies or permits" });
export type Example = z.infer<typeof exampleSchema>;

const adviceSchema = z.strictObject({
  say: sentence,
  run: oneOrMore(template).optional().describe("commands to run instead, with placeholders such as `{edit}`, `{route}`, `{check}`"),
  otherwise: sentence.optional().describe("said where no command can be computed; without it this advice is then left out"),
});

export const ruleSchema = z
  .strictObject({
    id,
    target: targetSchema,
    when: oneOrMore(matcherSchema).optional().describe("only where one of these holds"),
    unless: oneOrMore(matcherSchema).optional().describe("not where one of these holds"),
    decision: z.enum(["deny", "ask"]).optional().describe("default: `deny`"),
    reason: sentence.describe("one sentence for people"),
    advice: z.array(adviceSchema),
    home: directory.optional().describe("the directory of the workspace where such a file belongs: `{moved}` in its advice"),
    examples: z.strictObject({ deny: z.array(exampleSchema).min(1), permit: z.array(exampleSchema).min(1) }),
  })
  .meta({ id: "rule", description: "what is denied, why, and what to do instead" });
export type Rule = z.infer<typeof ruleSchema>;

/** Files of the host below `remote` are kept in the workspace below `local`; both end in `/` for directories. */
export const pathMapSchema = z
  .strictObject({
    remote: z.string().regex(/^\//, "a path on a host begins with `/`"),
    local: z.string().regex(/^[^/]|^$/, "a path in the workspace is relative to its root"),
  })
  .refine((map) => map.remote.endsWith("/") === (map.local === "" || map.local.endsWith("/")), "`remote` and `local` are both directories, ending in `/`, or both files");
export type PathMap = z.infer<typeof pathMapSchema>;

const name = z.string().min(1);

export const fleetHostSchema = z
  .strictObject({
    name,
    addresses: z.array(name).optional(),
    aliases: z.array(name).optional().describe("other names: of ssh configurations, inventories, DNS"),
    groups: z.array(name).optional(),
    sync: name.optional().describe("its name for the sync scripts"),
    ssh: name.optional().describe("its name in ssh's configuration, where that knows more than an address: a port, a jump, a key"),
    role: z.string().optional(),
    user: name.optional(),
    paths: z.array(pathMapSchema).optional(),
  })
  .meta({ id: "host", description: "a host of the fleet" });
export type FleetHost = z.infer<typeof fleetHostSchema>;

export const fleetSchema = z.strictObject({
  root: z.string().regex(/^\//, "the workspace's root is an absolute path").optional(),
  user: name.optional(),
  home: z
    .string()
    .regex(/^\/.*\/$/, "a home directory on the hosts, as `/home/user/`")
    .optional(),
  key: name.optional(),
  deployment: sentence.optional().describe("how a change gets to a host, for where no command can be computed; after `by`"),
  hosts: z.array(fleetHostSchema).optional(),
  groups: z.array(name).optional().describe("inventory groups of more than the hosts listed here, such as `all`"),
  networks: z.array(network).optional().describe("every address in them is judged as one of the fleet"),
  paths: z.array(pathMapSchema).optional(),
});
export type Fleet = z.infer<typeof fleetSchema>;

const sha256 = z.string().regex(/^[\da-f]{64}$/, "64 lower-case hexadecimal digits");

const changeSchema = z.strictObject({
  action: oneOrMore(z.enum(actions)).optional(),
  host: oneOrMore(name).optional().describe("names of fleet hosts"),
  path: oneOrMore(glob).optional().describe("globs for the path in the workspace; `.` is its root"),
  remote: oneOrMore(glob).optional().describe("globs for the path on the host"),
  utility: oneOrMore(glob).optional(),
  name: oneOrMore(glob).optional(),
});

/** An approved way to bring a change to a host. One without `run` is approved and never advised. */
export const routeSchema = z
  .strictObject({
    id,
    script: oneOrMore(glob).optional().describe("globs for the scripts that are this route, relative to the workspace's root"),
    sha256: oneOrMore(sha256).optional().describe("the script's digests that are approved; absent: any"),
    utility: name.optional().describe("an approved utility, such as `ansible-playbook`"),
    for: changeSchema.optional().describe("the changes that it brings to a host; all that is given must hold"),
    run: template.optional().describe("how it is called"),
    below: directory.optional().describe("`{below}` in `run` is the local path below this directory"),
    file: oneOrMore(name).optional().describe("files that `run` needs, relative to the workspace's root"),
  })
  .meta({ id: "route", description: "an approved way to bring a change to a host; one without `run` is approved and never advised" });
export type Route = z.infer<typeof routeSchema>;

/** How a deployment reaches a server: what its utility runs there. */
export const arrivals = ["rsync", "scp", "sftp", "git", "ansible"] as const;
export type Arrival = (typeof arrivals)[number];

const managedHostSchema = z
  .strictObject({
    name: name.optional().describe("which host of the fleet this is; default: the one with a name or address of this machine"),
    deploy: z
      .strictObject({
        users: z.array(name).min(1).describe("accounts that the sync scripts and playbooks log in to"),
        by: z.array(z.enum(arrivals)).min(1).optional().describe("how; default: all but `git`, whose pushes run hooks"),
      })
      .optional()
      .describe("what passes here as part of a deployment"),
  })
  .meta({ description: "more about a `role: managed-host`" });

export const settingsSchema = z.strictObject({
  posture: z.enum(["prohibition", "read-only"]).optional(),
  indeterminate: z.enum(["permit", "deny"]).optional(),
  "remote-session": z
    .enum(["notice", "guard", "refuse"])
    .optional()
    .describe("an interactive `ssh` of a person at a terminal: passes with a notice; has each line judged before it runs there, where its shell is bash; is refused"),
  terminal: z.enum(["exec", "pty"]).optional(),
  audit: z.strictObject({ required: z.boolean().optional(), text: z.enum(["full", "masked", "structure"]).optional(), path: name.optional() }).optional(),
  rescue: z
    .strictObject({ users: z.array(name).optional(), groups: z.array(name).optional() })
    .refine(({ users, groups }) => users !== undefined || groups !== undefined, "name `users` or `groups`")
    .optional()
    .describe("who gets a plain shell, after a warning that is recorded, where autobot-sh cannot work; root always does"),
  shell: z.enum(["bash", "zsh"]).optional(),
  runtime: z
    .enum(["off", "on", "strict"])
    .optional()
    .describe("whether calls of utilities are judged when they run: by `PATH`, or (strict) by their files too, for which bubblewrap is needed"),
  role: z
    .enum(["workstation", "managed-host"])
    .optional()
    .describe("`managed-host`: this machine is a server itself, and what is done here counts as done on one of the fleet's hosts"),
  "managed-host": managedHostSchema.optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const policySchema = z
  .strictObject({
    policy: id,
    description: sentence,
    rules: z.array(ruleSchema).optional(),
    fleet: fleetSchema.optional(),
    routes: z.array(routeSchema).optional(),
    utilities: z.array(descriptorSchema).optional(),
    settings: settingsSchema.optional(),
    replaces: oneOrMore(id).optional().describe("policies of the layers below that do not apply, such as `fleet`, the hosts that the default policies name"),
    disable: z.array(glob).optional().describe("rules that do not apply: `repository-cleanliness/logs`, `repository-cleanliness/*`"),
    except: z.array(z.strictObject({ rule: name, unless: oneOrMore(matcherSchema) })).optional(),
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
