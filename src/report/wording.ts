// Requests in words: what one would do, and to which host.
import type { Host, PolicySet, Request } from "../decide.ts";
import { oneLine } from "./mask.ts";

type Action = Request["action"];

const phrases: Readonly<Record<Action, string>> = {
  edit: "edit a file",
  write: "change files",
  container: "change containers",
  service: "change services",
  package: "change installed software",
  execute: "run code that the text does not show",
  session: "open an interactive shell",
  authenticate: "connect without the required key",
  read: "read",
};

/** After "asks to" or "this would". */
export function actionPhrase(action: Action): string {
  return phrases[action];
}

/** The whole class, so that nobody looks for another spelling. After "any variant that". */
const classes: Readonly<Record<Action, string>> = {
  edit: "writes to that host (scp, rsync, sftp, tee, ssh with a script)",
  write: "writes to that host (scp, rsync, sftp, tee, ssh with a script)",
  container: "changes containers there (docker, compose, kubectl, ansible ad hoc)",
  service: "changes services there (systemctl, service, kill, ansible ad hoc)",
  package: "installs or removes software there (apt, pip, npm, ansible ad hoc)",
  execute: "runs such code there (a pipe, a script, an interpreter)",
  session: "opens a shell there",
  authenticate: "logs in without the key",
  read: "reads it this way",
};

/** After "this would": "edit a file on frontend (172.16.168.21)". The requests are alike but for their hosts. */
export function describe(requests: readonly Request[], policies: PolicySet): string {
  const [first] = requests;
  if (first === undefined) return "do what the policy denies";
  const { action, host, path, transfer } = first;
  if (host.kind === "local") return path === undefined ? `${phrases[action]} here` : `write \`${oneLine(path.text, 120)}\``;
  const hosts = listed([...new Set(requests.map((request) => hostName(request.host, policies)))]);
  if (action === "authenticate") return `connect to ${hosts} without the required key`;
  return transfer === true ? `copy files to ${hosts}` : `${phrases[action]} on ${hosts}`;
}

function listed(names: readonly string[]): string {
  const [first = "", second] = names;
  if (second === undefined) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${names.length - 1} other hosts`;
}

/** Beside the mark under its words. */
const notes: Readonly<Record<Action, string>> = {
  edit: "opens an editor there",
  write: "writes there",
  container: "changes containers there",
  service: "changes a service there",
  package: "installs or removes there",
  execute: "runs code there that the text does not show",
  session: "opens a shell there",
  authenticate: "connects this way",
  read: "reads there",
};

export function noteOf({ note, action, host }: Request): string {
  return oneLine(note ?? (host.kind === "local" || host.here === true ? notes[action].replace(/ there$/, " here") : notes[action]), 80);
}

const reading = "Commands that only read there are allowed.";

/** What is left to do, for whoever might take a refusal for one of everything. A sentence. */
const allowed: Readonly<Record<Action, string>> = {
  edit: reading,
  write: reading,
  container: reading,
  service: reading,
  package: reading,
  execute: reading,
  session: "A command that only reads is allowed, given to ssh as its argument.",
  authenticate: "With the key, commands that only read there are allowed.",
  read: "Other ways to read it are allowed.",
};

export function allowedAsWell({ action, host }: Request): string {
  return host.kind === "local" ? "The same in its own directory is allowed." : allowed[action];
}

export function describeClass(request: Request): string {
  return request.host.kind === "local" ? "puts such a file there" : classes[request.action];
}

/** The fleet's name for it, with the address that was typed. */
export function hostName(host: Host, policies: PolicySet): string {
  if (host.kind === "local") return "this machine";
  const typed = oneLine(host.typed, 120);
  if (host.here === true) return `this server, ${typed}`;
  if (!host.known) return typed;
  const name = host.names.map((each) => policies.fleet.byName.get(each)?.name).find((each) => each !== undefined);
  // A policy may call it anything; here it stands in a sentence.
  return name === undefined || name === typed || !/^[\w.:-]{1,64}$/.test(name) ? typed : `${name} (${typed})`;
}
