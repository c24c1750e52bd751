// Ansible's command line → what a module does on the hosts of a pattern, or which playbook is run.
import type { Grammar } from "../policy/descriptor.ts";
import { known, type Piece, prefix, show, slice, textWord, type Word } from "../syntax/word.ts";
import { type CommandForm, commandModules, type Module, managing, moduleOf } from "./ansible-modules.ts";
import type { Arguments } from "./arguments.ts";
import { commandConnection, connectionEffects, passwordEffect } from "./connection.ts";
import { code, request, unknown, writes } from "./effect.ts";
import { divide, listed } from "./host-list.ts";
import { operandsOf } from "./operand-list.ts";
import { flat } from "./path-word.ts";
import { sqlEffects } from "./sql.ts";
import { sshGrammar } from "./ssh-call.ts";
import { reads, withSubcommands } from "./subcommand.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { wordsOf } from "./word-list.ts";

const long =
  "args module-name inventory inventory-file user extra-vars forks limit tree background poll connection module-path timeout become-user become-method " +
  "private-key key-file ssh-common-args ssh-extra-args sftp-extra-args scp-extra-args playbook-dir vault-id vault-password-file task-timeout tags skip-tags " +
  "start-at-task connection-password-file conn-pass-file become-password-file become-pass-file url checkout directory";

const grammar: Grammar = { short: "a:m:i:u:e:f:l:t:B:P:c:M:T:U:d:bkKovJCDh", long: long.split(" ").map((name) => `${name}=`) };

/** ansible(1): one module, `command` by default, on every host of the pattern. */
const ansible: Utility = {
  names: ["ansible"],
  grammar,
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [pattern] = operandsOf(invocation);
    if (pattern === undefined || given.has("--list-hosts", "--version", "-h")) return [];
    const reached = hopsOf(pattern, given);
    const effects = given.has("-C", "--check") ? [request("read", undefined)] : moduleEffects(invocation);
    return [...connectionArguments(given), ...proofOf(given, reached), ...reached.flatMap((hops) => effects.map((effect) => ({ ...effect, hops })))];
  },
};

/** One chain of hops for every part of the pattern; an empty one for this machine. */
function hopsOf(pattern: Word, given: Arguments): readonly (readonly Hop[])[] {
  if (isLocalConnection(given)) return [[]];
  const limit = given.argument("-l", "--limit");
  const chosen = limit === undefined || /^[@!&~]/.test(prefix(limit)) ? pattern : limit;
  const inline = given.argument("-i", "--inventory");
  const hosts = known(chosen) === "all" && inline !== undefined && flat(inline).includes(",") ? inline : chosen;
  const user = given.argument("-u", "--user");
  const keys = given.all("--private-key", "--key-file");
  const parts = prefix(hosts).startsWith("~") ? [hosts] : divide(hosts, /[:,]/).filter((part) => !/^[!&]/.test(prefix(part)));
  return parts.map((part) => (isLoopback(part) ? [] : [{ ...listed(withoutSubscript(part)), user, keys }]));
}

function isLocalConnection(given: Arguments): boolean {
  return (
    known(given.argument("-c", "--connection")) === "local" || given.all("-e", "--extra-vars").some((word) => /\bansible_connection["']?\s*[=:]\s*["']?local\b/.test(flat(word)))
  );
}

/** The hosts that Ansible reaches without a connection. */
function isLoopback(part: Word): boolean {
  return ["localhost", "127.0.0.1", "::1"].includes(known(part) ?? "");
}

/** `web[0]`, `web[1:3]`: some hosts of a group. */
function withoutSubscript(part: Word): Word {
  const subscript = /\[[\d:-]*\]$/.exec(flat(part));
  return subscript === null ? part : slice(part, 0, subscript.index);
}

function connectionArguments(given: Arguments): readonly Effect[] {
  return given
    .all("--ssh-common-args", "--ssh-extra-args")
    .flatMap((text) => connectionEffects(commandConnection([textWord("ssh"), ...wordsOf(text)], sshGrammar), []).filter((effect) => effect.does === "code"));
}

/** `-k`, or a password among the variables: the hosts of every chain are proved to with it. */
function proofOf(given: Arguments, reached: readonly (readonly Hop[])[]): readonly Effect[] {
  const option = given.options.find(({ name }) => name === "-k" || name.startsWith("--ask-pass") || name === "--connection-password-file" || name === "--conn-pass-file");
  const variable = given.all("-e", "--extra-vars").some((word) => /\bansible_(ssh_)?pass(word)?\b/.test(flat(word)));
  if (option === undefined && !variable) return [];
  return reached.filter((hops) => hops.length > 0).map((hops) => passwordEffect(hops, option?.word));
}

function moduleEffects(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const moduleWord = given.argument("-m", "--module-name");
  const full = moduleWord === undefined ? "command" : known(moduleWord);
  if (full === undefined) return [unknown(`the module is \`${show(moduleWord ?? textWord(""))}\``, moduleWord)];
  const name = full.slice(full.lastIndexOf(".") + 1);
  const text = templated(given.argument("-a", "--args") ?? textWord(""));
  const form = commandModules.get(name);
  if (form !== undefined) return commandEffects(form, text, invocation);
  const values = valuesOf(text);
  const query = /^(?:mysql|postgresql)_query$/.test(name) ? values.get("query") : undefined;
  if (query !== undefined) return [request("read", undefined), ...sqlEffects(query, { hops: undefined, readFile: invocation.readFile })];
  const module = moduleOf(name) ?? (values.has("state") ? managing : undefined);
  if (module === undefined) return [request("execute", undefined, { name: "unclassified", word: moduleWord, note: "runs a module that is not known" })];
  return requestsOf(module, values, moduleWord, module.thing ?? name);
}

function commandEffects(form: CommandForm, text: Word, { readFile }: Invocation): readonly Effect[] {
  const values = valuesOf(text);
  const free = form === "raw" ? text : (values.get("cmd") ?? values.get("argv") ?? (form === "named" ? values.get("command") : undefined) ?? withoutValues(text));
  switch (form) {
    case "argv":
    case "named":
      return argvEffects(free);
    case "shell":
      return [{ does: "code", source: inDirectory(values.get("chdir"), free), dialect: values.has("executable") ? "bash" : "sh" }];
    case "raw":
      return [code(free, "bash")];
    case "script": {
      const [script, ...args] = wordsOf(free, { escapes: true });
      const body = readFile(known(script) ?? "");
      if (body === undefined) return [unknown(`it runs there what \`${show(script ?? free)}\` holds`, script)];
      return [{ does: "code", source: [textWord(body, script?.span)], dialect: "bash", args: script === undefined ? [] : [script, ...args] }];
    }
  }
}

function inDirectory(directory: Word | undefined, text: Word): readonly Word[] {
  return directory === undefined ? [text] : [textWord("cd"), directory, textWord("&&"), text];
}

/** No shell reads it: `|` and `>` are words like any other. */
function argvEffects(text: Word): readonly Effect[] {
  const words = wordsOf(text, { escapes: true });
  return words.length === 0 ? [] : [{ does: "run", words }];
}

/** Jinja fills `{{ … }}` in before the host sees it. */
function templated(text: Word): Word {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of flat(text).matchAll(/\{\{.*?\}\}/gs)) {
    pieces.push(...slice(text, from, match.index).pieces, { hole: show(slice(text, match.index, match.index + match[0].length)), why: "other", splits: true });
    from = match.index + match[0].length;
  }
  return from === 0 ? text : { ...text, pieces: [...pieces, ...slice(text, from).pieces] };
}

/** Arguments of command modules that are not part of the command. */
const besides = /(^|\s)(chdir|creates|removes|executable|warn|stdin|stdin_add_newline|strip_empty_ends|expand_argument_vars)=("[^"]*"|'[^']*'|\S*)/g;

function withoutValues(text: Word): Word {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of flat(text).matchAll(besides)) {
    pieces.push(...slice(text, from, match.index).pieces);
    from = match.index + match[0].length;
  }
  return from === 0 ? text : { ...text, pieces: [...pieces, ...slice(text, from).pieces] };
}

/** `key=value …`, quoted as for a shell, or a JSON object. */
function valuesOf(text: Word): ReadonlyMap<string, Word> {
  const json = known(text)?.trim() ?? "";
  if (json.startsWith("{")) return jsonValues(json, text);
  return new Map(
    wordsOf(text, { escapes: true }).flatMap((word): readonly (readonly [string, Word])[] => {
      const key = /^([A-Za-z_-]+)=/.exec(prefix(word));
      return key === null ? [] : [[key[1] ?? "", slice(word, key[0].length)]];
    }),
  );
}

function jsonValues(json: string, text: Word): ReadonlyMap<string, Word> {
  try {
    const parsed: unknown = JSON.parse(json);
    const entries = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
    return new Map(entries.map(([key, value]) => [key, textWord(valueText(value), text.span)]));
  } catch {
    return new Map();
  }
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(" ") : String(value);
}

function requestsOf(module: Module, values: ReadonlyMap<string, Word>, word: Word | undefined, name: string): readonly Effect[] {
  if (looks(module, values)) return [request("read", undefined)];
  const path = firstOf(values, module.path);
  const touched = firstOf(values, module.name);
  const source = values.get("src");
  return [
    request(path !== undefined && module.action === "execute" ? "write" : module.action, path, {
      name: path !== undefined || (touched === undefined && module.action === "write") ? undefined : touched === undefined ? name : show(touched),
      word: path ?? touched ?? word,
      sources: module.path !== undefined && source !== undefined ? [source] : undefined,
      note: module.note,
    }),
  ];
}

function looks(module: Module, values: ReadonlyMap<string, Word>): boolean {
  if (module.action === "read") return true;
  if (module.onlyWith !== undefined && !module.onlyWith.some((key) => values.has(key))) return true;
  return Object.entries(module.looksWhen ?? {}).some(
    ([key, allowed]) => allowed.includes(known(values.get(key)) ?? "") && !(module.unless ?? []).some((other) => values.has(other)),
  );
}

function firstOf(values: ReadonlyMap<string, Word>, keys: readonly string[] | undefined): Word | undefined {
  return keys?.map((key) => values.get(key)).find((value) => value !== undefined);
}

/** ansible-playbook(1): the way that changes are meant to take. */
const playbook: Utility = {
  names: ["ansible-playbook"],
  grammar,
  transport: "optional",
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const hosts: readonly Hop[] = [{ kind: "host", destination: given.argument("-l", "--limit"), inventory: true }];
    const proof = proofOf(given, [hosts]);
    const inert = given.has("-C", "--check", "--syntax-check", "--list-tasks", "--list-hosts", "--list-tags", "--version", "-h");
    if (inert) return proof;
    return [...connectionArguments(given), ...proof, ...operandsOf(invocation).map((path) => request("execute", path, { name: "playbook", note: "runs a playbook" }))];
  },
};

/** ansible-pull(1) runs a playbook of a repository on the machine it is called on. */
const pull: Utility = {
  names: ["ansible-pull"],
  grammar,
  effects: ({ arguments: given }) => (given.has("--check") ? [] : [request("execute", undefined, { name: "playbook", note: "fetches a playbook and runs it here" })]),
};

const consoleUtility: Utility = {
  names: ["ansible-console"],
  grammar,
  transport: true,
  effects: (invocation) => {
    const { arguments: given, command } = invocation;
    const reached = hopsOf(operandsOf(invocation)[0] ?? textWord("all"), given);
    const sent = command.stdin.from !== "inherit";
    return [
      ...proofOf(given, reached),
      ...reached.map((hops) =>
        sent ? unknown("it runs modules that standard input names", undefined, hops) : request("session", undefined, { hops, note: "opens a console to those hosts" }),
      ),
    ];
  },
};

const vaultOptions: Grammar = {
  long: ["vault-id=", "vault-password-file=", "encrypt-vault-id=", "new-vault-id=", "new-vault-password-file=", "output=", "name=", "stdin-name="],
  short: "n:J",
};

const vault = withSubcommands({
  names: ["ansible-vault"],
  options: vaultOptions,
  commands: [
    { names: ["edit", "create"], grammar: vaultOptions, effects: ({ arguments: given }) => given.operands.map((path) => request("edit", path)) },
    { names: ["encrypt", "decrypt", "rekey"], grammar: vaultOptions, effects: ({ arguments: given }) => writes(given.operands) },
  ],
  otherwise: reads("view encrypt_string"),
});

/** `ansible-navigator run site.yml`. */
const navigator = withSubcommands({
  names: ["ansible-navigator"],
  transport: true,
  commands: [{ ...playbook, names: ["run"], grammar: { short: "m:i:e:l:", long: [...long.split(" "), "mode", "eei", "execution-environment-image"].map((name) => `${name}=`) } }],
  otherwise: reads("doc inventory collections config lint settings images replay welcome"),
});

/** Commands of the suite that only look, on the machine they are called on. */
const looking = reads("ansible-inventory ansible-doc ansible-config ansible-lint ansible-community");

export const utilities: readonly Utility[] = [ansible, playbook, pull, consoleUtility, vault, navigator, looking];
