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

/** After "this would": "edit a file on frontend (172.16.168.21)". */
export function describe(request: Request, policies: PolicySet): string {
  const { action, host, path, transfer } = request;
  if (host.kind === "local") return path === undefined ? `${phrases[action]} here` : `write \`${oneLine(path.text, 120)}\``;
  const name = hostName(host, policies);
  if (action === "authenticate") return `connect to ${name} without the required key`;
  return transfer === true ? `copy files to ${name}` : `${phrases[action]} on ${name}`;
}

export function describeClass(request: Request): string {
  return request.host.kind === "local" ? "puts such a file there" : classes[request.action];
}

/** The fleet's name for it, with the address that was typed. */
export function hostName(host: Host, policies: PolicySet): string {
  if (host.kind === "local") return "this machine";
  const typed = oneLine(host.typed, 120);
  if (!host.known) return typed;
  const name = host.names.map((each) => policies.fleet.byName.get(each)?.name).find((each) => each !== undefined);
  return name === undefined || name === typed ? typed : `${name} (${typed})`;
}
