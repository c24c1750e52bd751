// Policies of all layers → one PolicySet, joined by the trust rule, indexed for evaluation.
import type { Descriptor } from "./descriptor.ts";
import { type FleetIndex, indexFleet, namesOf } from "./fleet.ts";
import { compileGlob } from "./glob.ts";
import { list } from "./list.ts";
import { hostKeywords } from "./match.ts";
import { suggestion } from "./nearest.ts";
import { type Action, actions } from "./request.ts";
import { type CompiledRule, compileRule, type Origin, origins } from "./rule.ts";
import type { Fleet, FleetHost, Matcher, Policy, PolicyIssue, Route, Rule, Settings } from "./schema.ts";
import { mergeSettings, settingRules, tightens } from "./settings.ts";

export interface Layer {
  readonly origin: Origin;
  readonly policies: readonly { readonly policy: Policy; readonly file: string }[];
}

/** The rules for one action. */
export interface RuleIndex {
  /** Those that may speak of this machine, and of others. */
  readonly local: readonly CompiledRule[];
  readonly remote: readonly CompiledRule[];
  /** Those for single remote hosts, by the host's name. */
  readonly byHost: ReadonlyMap<string, readonly CompiledRule[]>;
}

/** A route, and whether it is approved or only advised: what a project file names is never approved by that. */
export type KnownRoute = Route & { readonly approved: boolean };

export interface PolicySet {
  readonly rules: readonly CompiledRule[];
  readonly byAction: ReadonlyMap<Action, RuleIndex>;
  readonly fleet: FleetIndex;
  readonly routes: readonly KnownRoute[];
  readonly utilities: readonly Descriptor[];
  /** Utilities that a project file describes: they must not describe a known one anew. */
  readonly projectUtilities: ReadonlySet<string>;
  readonly settings: Settings;
}

export type FileIssue = PolicyIssue & { readonly file: string };

interface Entry {
  readonly origin: Origin;
  readonly trusted: boolean;
  readonly policy: Policy;
  readonly file: string;
}

type Report = (entry: Entry, path: string, message: string) => void;

/** Layers in any order. All that is wrong is listed at once. */
export function combine(layers: readonly Layer[]): { readonly set: PolicySet } | { readonly issues: readonly FileIssue[] } {
  const issues: FileIssue[] = [];
  const report: Report = (entry, path, message) => issues.push({ file: entry.file, path, message });
  const entries = withoutReplaced(entriesOf(layers), report);
  const fleet = combineFleet(entries, report);
  const settings = combineSettings(entries, report);
  const rules = combineRules(entries, report);
  const routes = combineRoutes(entries, fleet, report);
  if (issues.length > 0) return { issues };
  const all = [...rules, ...settingRules(settings)];
  const utilities = entries.flatMap(({ policy }) => policy.utilities ?? []);
  const projectUtilities = new Set(entries.filter(({ origin }) => origin === "project").flatMap(({ policy }) => (policy.utilities ?? []).flatMap(({ names }) => names)));
  return { set: { rules: all, byAction: indexRules(all, fleet), fleet, routes, utilities, projectUtilities, settings } };
}

/** A set with only the rules that `keep` holds for: to decide a rule's examples by that rule alone. */
export function onlyRules(set: PolicySet, keep: (rule: CompiledRule) => boolean): PolicySet {
  return withRules(set, set.rules.filter(keep));
}

export function withRules(set: PolicySet, rules: readonly CompiledRule[]): PolicySet {
  return { ...set, rules, byAction: indexRules(rules, set.fleet) };
}

function entriesOf(layers: readonly Layer[]): readonly Entry[] {
  const bySystem = layers.some(({ origin, policies }) => origin === "system" && policies.length > 0);
  const trusted = (origin: Origin) => origin === "built-in" || origin === "system" || (origin === "user" && !bySystem);
  return [...layers]
    .sort((left, right) => origins.indexOf(left.origin) - origins.indexOf(right.origin))
    .flatMap(({ origin, policies }) => policies.map((each) => ({ origin, trusted: trusted(origin), ...each })));
}

/** Policies of the layers below that a trusted one puts its own in the place of: whose fleet it is, for example. */
function withoutReplaced(entries: readonly Entry[], report: Report): readonly Entry[] {
  const replaced = new Set<Entry>();
  for (const entry of entries) {
    const names = list(entry.policy.replaces);
    if (names.length > 0 && !entry.trusted) report(entry, "replaces", `${untrusted(entry)}, not replace`);
    const below = entries.filter(({ origin }) => origins.indexOf(origin) < origins.indexOf(entry.origin));
    names.forEach((name, index) => {
      const found = below.filter(({ policy }) => policy.policy === name);
      if (found.length === 0)
        report(
          entry,
          `replaces[${index}]`,
          `no policy of a layer below is called \`${name}\`${suggestion(
            name,
            below.map(({ policy }) => policy.policy),
          )}`,
        );
      for (const each of found) replaced.add(each);
    });
  }
  return entries.filter((entry) => !replaced.has(entry));
}

function untrusted(entry: Entry): string {
  return entry.origin === "project" ? "a project's policy may only tighten" : "with policies of the system in force, a user's may only tighten";
}

function combineRules(entries: readonly Entry[], report: Report): readonly CompiledRule[] {
  const found = new Map<string, { readonly rule: Rule; readonly entry: Entry }>();
  const policies = new Map<string, Entry>();
  for (const entry of entries) {
    const { policy } = entry;
    const other = policies.get(policy.policy);
    if (other !== undefined) report(entry, "policy", `\`${policy.policy}\` is already the name of \`${other.file}\``);
    policies.set(policy.policy, entry);
    (policy.rules ?? []).forEach((rule, index) => {
      const id = `${policy.policy}/${rule.id}`;
      if (found.has(id)) report(entry, `rules[${index}].id`, `\`${id}\` is the id of another rule too`);
      else found.set(id, { rule, entry });
    });
  }
  const ids = [...found.keys()];
  const disabled = disabledRules(entries, ids, report);
  const exceptions = exceptionsOf(entries, ids, report);
  return [...found].filter(([id]) => !disabled.has(id)).map(([id, { rule, entry }]) => compileRule(entry.policy.policy, entry.origin, rule, exceptions.get(id)));
}

function disabledRules(entries: readonly Entry[], ids: readonly string[], report: Report): ReadonlySet<string> {
  const disabled = new Set<string>();
  for (const entry of entries) {
    const globs = entry.policy.disable ?? [];
    if (globs.length > 0 && !entry.trusted) report(entry, "disable", `${untrusted(entry)}, not switch off`);
    globs.forEach((glob, index) => {
      const matches = compileGlob(glob);
      const matching = ids.filter((id) => matches(id));
      if (matching.length === 0) report(entry, `disable[${index}]`, `no rule is called \`${glob}\`${suggestion(glob, ids)}`);
      for (const id of matching) disabled.add(id);
    });
  }
  return disabled;
}

function exceptionsOf(entries: readonly Entry[], ids: readonly string[], report: Report): ReadonlyMap<string, readonly Matcher[]> {
  const exceptions = new Map<string, Matcher[]>();
  for (const entry of entries) {
    const excepts = entry.policy.except ?? [];
    if (excepts.length > 0 && !entry.trusted) report(entry, "except", `${untrusted(entry)}, not except`);
    excepts.forEach(({ rule, unless }, index) => {
      if (!ids.includes(rule)) report(entry, `except[${index}].rule`, `no rule is called \`${rule}\`${suggestion(rule, ids)}`);
      exceptions.set(rule, [...(exceptions.get(rule) ?? []), ...list(unless)]);
    });
  }
  return exceptions;
}

function indexRules(rules: readonly CompiledRule[], fleet: FleetIndex): ReadonlyMap<Action, RuleIndex> {
  const index = new Map(actions.map((action) => [action, { local: [] as CompiledRule[], remote: [] as CompiledRule[], byHost: new Map<string, CompiledRule[]>() }]));
  for (const rule of rules) {
    const chosen = list(rule.source.action);
    const hosts = list(rule.source.host);
    const names = hostNames(hosts, fleet);
    for (const action of chosen.length === 0 ? actions : chosen) {
      const entry = index.get(action);
      if (hosts.length === 0 || hosts.includes("local")) entry?.local.push(rule);
      if (names === undefined && (hosts.length === 0 || hosts.some((host) => host !== "local"))) entry?.remote.push(rule);
      for (const name of names ?? []) {
        const named = entry?.byHost.get(name);
        if (named === undefined) entry?.byHost.set(name, [rule]);
        else named.push(rule);
      }
    }
  }
  return index;
}

/** The hosts that a target lists one by one, a fleet's host by its first name; undefined: it may speak of others. */
function hostNames(words: readonly string[], fleet: FleetIndex): ReadonlySet<string> | undefined {
  const hosts = words.map((host) => host.toLowerCase());
  const single = (host: string) => !hostKeywords.includes(host) && !fleet.byGroup.has(host) && !/[*?[{\\/]/.test(host);
  if (hosts.length === 0 || !hosts.every(single)) return undefined;
  return new Set(hosts.map((host) => fleet.byName.get(host)?.name.toLowerCase() ?? host));
}

const fleetWords = ["root", "user", "home", "key", "deployment"] as const;

function combineFleet(entries: readonly Entry[], report: Report): FleetIndex {
  const hosts = new Map<string, FleetHost>();
  const owners = new Map<string, string>();
  const words: Pick<Fleet, (typeof fleetWords)[number]> = {};
  for (const entry of entries) {
    const fleet = entry.policy.fleet;
    for (const word of fleetWords) {
      if (fleet?.[word] === undefined) continue;
      if (!entry.trusted) report(entry, `fleet.${word}`, `${untrusted(entry)}, not change \`${word}\``);
      words[word] = fleet[word];
    }
    (fleet?.hosts ?? []).forEach((host, index) => {
      for (const name of namesOf(host)) {
        const owner = owners.get(name) ?? host.name;
        if (owner !== host.name) report(entry, `fleet.hosts[${index}]`, `\`${name}\` is also \`${owner}\``);
        owners.set(name, owner);
      }
      hosts.set(host.name, joinHosts(hosts.get(host.name), host));
    });
  }
  const all = entries.flatMap(({ policy }) => policy.fleet ?? []);
  return indexFleet({
    ...words,
    hosts: [...hosts.values()],
    groups: all.flatMap(({ groups }) => groups ?? []),
    networks: all.flatMap(({ networks }) => networks ?? []),
    paths: all.flatMap(({ paths }) => paths ?? []),
    "only-there": all.flatMap((fleet) => fleet["only-there"] ?? []),
  });
}

function joinHosts(before: FleetHost | undefined, host: FleetHost): FleetHost {
  if (before === undefined) return host;
  const both = <Item>(left: readonly Item[] | undefined, right: readonly Item[] | undefined) => [...new Set([...(left ?? []), ...(right ?? [])])];
  return {
    ...before,
    ...host,
    addresses: both(before.addresses, host.addresses),
    aliases: both(before.aliases, host.aliases),
    groups: both(before.groups, host.groups),
    paths: both(before.paths, host.paths),
  };
}

function combineRoutes(entries: readonly Entry[], fleet: FleetIndex, report: Report): readonly KnownRoute[] {
  const seen = new Set<string>();
  return entries.flatMap((entry) =>
    (entry.policy.routes ?? []).map((route, index) => {
      if (seen.has(route.id)) report(entry, `routes[${index}].id`, `\`${route.id}\` is the id of another route too`);
      seen.add(route.id);
      list(route.for?.host).forEach((name) => {
        if (!fleet.byName.has(name.toLowerCase()))
          report(entry, `routes[${index}].for.host`, `no host of the fleet is called \`${name}\`${suggestion(name, [...fleet.byName.keys()])}`);
      });
      return { ...route, approved: entry.origin !== "project" && entry.trusted };
    }),
  );
}

function combineSettings(entries: readonly Entry[], report: Report): Settings {
  let settings: Settings = {};
  const setBy = new Map<string, Entry>();
  for (const entry of entries) {
    for (const [key, value] of Object.entries(entry.policy.settings ?? {})) {
      const path = `settings.${key}`;
      const before = setBy.get(key);
      const current = (settings as Readonly<Record<string, unknown>>)[key];
      if (before !== undefined && before.origin === entry.origin && JSON.stringify(current) !== JSON.stringify(value)) {
        report(entry, path, `\`${before.file}\` sets it too, and otherwise`);
      } else if (!entry.trusted && !tightens(key, current, value)) {
        report(entry, path, `${untrusted(entry)}${typeof value === "string" ? `; \`${value}\` does not` : ""}`);
      }
      setBy.set(key, entry);
      settings = mergeSettings(settings, { [key]: value });
    }
  }
  return settings;
}
