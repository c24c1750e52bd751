// A refusal → the later approved deployment of the same path, which is how the change was made in the end.
import { type AuditRecord, brokenGlass } from "./audit.ts";

/** `later` was permitted, is part of a route, and writes to the same host what was refused, or a directory around it. */
export function followsUp(refusal: AuditRecord, later: AuditRecord): boolean {
  const isOpen = refusal.effective === "deny" || refusal.breakGlass !== undefined;
  if (!isOpen || later.route === brokenGlass || later.effective !== "permit" || later.route === undefined || later.time < refusal.time) return false;
  const refused = refusal.requests.filter(({ host, path }) => host !== "local" && path !== undefined);
  const written = later.requests.filter(({ action, host, path }) => action === "write" && host !== "local" && path !== undefined);
  return refused.some((request) => written.some((each) => sameHost(each.host, request.host) && covers(each.path ?? "", request.path ?? "")));
}

function sameHost(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function covers(path: string, other: string): boolean {
  return path === other || other.startsWith(path.endsWith("/") ? path : `${path}/`);
}

/** Those that a person had run though they are refused, and that nothing has followed up yet: no deployment of the same path, and no note. */
export function followUpsDue(records: readonly AuditRecord[]): readonly AuditRecord[] {
  const closed = new Set(records.flatMap(({ closes }) => closes ?? []));
  return records.filter((record, index) => record.breakGlass !== undefined && !closed.has(record.id) && !records.slice(index + 1).some((later) => followsUp(record, later)));
}
