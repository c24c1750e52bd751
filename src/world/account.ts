// Who runs this, by the password file. Not by node:os, which takes as long to load as a short line takes to judge.
import { readFileSync } from "node:fs";

export interface Account {
  readonly name: string;
  /** Absolute. */
  readonly home: string;
}

let found: { readonly account: Account | undefined } | undefined;

/** Undefined where the user has no entry. Looked up once. */
export function account(): Account | undefined {
  found ??= { account: local() ?? listed() };
  return found.account;
}

/** Where the user's files are, as programs take it: HOME, else by the password file. */
export function homeDirectory({ HOME: home = account()?.home ?? "/" }: Readonly<Record<string, string | undefined>> = process.env): string {
  return home;
}

/** passwd(5): name, password, number, group, comment, home, shell. src/launcher/surroundings.c reads the same file. */
function local(): Account | undefined {
  const user = String(process.geteuid?.());
  for (const line of text("/etc/passwd").split("\n")) {
    const [name, , number, , , home] = line.split(":");
    if (number === user && name !== undefined && home?.startsWith("/")) return { name, home };
  }
  return undefined;
}

/** Users that only a directory service knows (nsswitch.conf(5)). */
function listed(): Account | undefined {
  try {
    const { username: name, homedir: home } = process.getBuiltinModule("node:os").userInfo();
    return { name, home };
  } catch {
    return undefined;
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
