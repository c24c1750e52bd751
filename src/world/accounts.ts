// The machine's own accounts, by its password file.
import { readFileSync } from "node:fs";

/** passwd(5) */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** Those that other services know, such as LDAP's, are not among them: no shell can be set for them here. */
export function accounts(file = "/etc/passwd"): readonly Account[] {
  return readFileSync(file, "utf8").split("\n").flatMap(accountOf);
}

function accountOf(line: string): readonly Account[] {
  const [name = "", , uid, gid, , home, shell] = line.split(":");
  if (name === "" || home === undefined || shell === undefined) return [];
  return [{ name, uid: Number(uid), gid: Number(gid), home, shell }];
}
