// `autobotctl login-shell`: makes the launcher somebody's login shell, once a session with it is proven; takes it back; tells.
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Account, accounts } from "../world/accounts.ts";
import { complain } from "../world/complaint.ts";
import { loadEngine } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";
import { proveLogin, proveRescue } from "./login-proof.ts";
import { isListed, listShell, unlistShell } from "./shells-file.ts";

const failed = 125;
const plain = "/bin/bash";

/** Each returns the process's status. `user`: as given; undefined is whoever calls. Doing it twice does no more than once. */
export async function enableLoginShell(user: string | undefined): Promise<number> {
  const found = target(user);
  if ("fault" in found) return complain(found.fault, failed);
  const { account, root, launcher } = found;
  if (account.uid === 0 && user === undefined) return complain("root's login shell is the last way into a machine: it stays\nif you are sure, say `--user root`", failed);
  const fault = (account.uid === 0 ? proveRescue(launcher) : undefined) ?? proveLogin(root, launcher, account) ?? install(launcher, account);
  if (fault !== undefined) return complain(`the login shell of ${account.name} stays \`${account.shell}\`: ${fault}`, failed);
  const before = account.shell === launcher ? plain : account.shell;
  say(`the login shell of ${account.name} is ${launcher}; a session with it works
back: autobotctl login-shell disable --user ${account.name}
  or: chsh -s ${before} ${account.name}`);
  for (const warning of [homeWarning(launcher), await rescueWarning(account)]) if (warning !== undefined) say(`warning: ${warning}`);
  return 0;
}

export function disableLoginShell(user: string | undefined): number {
  const found = target(user);
  if ("fault" in found) return complain(found.fault, failed);
  const { account, launcher } = found;
  if (isOurs(account.shell)) {
    const fault = change(account, plain);
    if (fault !== undefined) return complain(fault, failed);
  }
  // Some other account may have it yet.
  if (process.getuid?.() === 0 && !accounts().some(({ shell }) => shell === launcher)) unlistShell(launcher);
  say(`the login shell of ${account.name} is ${shellOf(account.name)}`);
  return 0;
}

/** Status 1 where the account has the launcher as login shell, and it does not work. */
export async function showLoginShell(user: string | undefined): Promise<number> {
  const found = target(user);
  if ("fault" in found) return complain(found.fault, failed);
  const { account, root, launcher } = found;
  const allowed = process.getuid?.() === 0 || process.getuid?.() === account.uid;
  const fault = allowed ? proveLogin(root, launcher, account) : "only root and they can start a session of theirs";
  const own = isOurs(account.shell);
  say(`account: ${account.name}
shell: ${account.shell}${account.shell === launcher ? "" : own ? `, another installation than ${root}` : ", which judges nothing"}
listed: ${isListed(launcher) ? "yes" : "no"}, in /etc/shells
proven: ${fault === undefined ? "yes" : `no: ${fault}`}
rescue: ${(await rescueWarning(account)) ?? "yes, where autobot-sh cannot work they get plain bash"}`);
  return own && fault !== undefined ? 1 : 0;
}

/** Accounts that have a launcher as login shell. */
export function loginShells(): readonly Account[] {
  return accounts().filter(({ shell }) => isOurs(shell));
}

function isOurs(shell: string): boolean {
  return shell.endsWith("/autobot-sh");
}

interface Target {
  readonly account: Account;
  readonly root: string;
  /** Where the package is installed, and no link to it: npm changes links with each installation, nvm with each node. */
  readonly launcher: string;
}

function target(user: string | undefined): Target | { readonly fault: string } {
  const name = user ?? userInfo().username;
  const account = accounts().find((each) => each.name === name);
  if (account === undefined) return { fault: `no account \`${name}\` in /etc/passwd\nonly the machine's own have a shell that can be set here` };
  const root = realpathSync(dirname(dirname(resolve(process.argv[1] ?? ""))));
  const launcher = join(root, "bin", "autobot-sh");
  return existsSync(launcher) ? { account, root, launcher } : { fault: `no \`${launcher}\`\ninstall autobot-sh again` };
}

function install(launcher: string, account: Account): string | undefined {
  if (!isListed(launcher)) {
    if (process.getuid?.() !== 0) return `\`${launcher}\` is not in /etc/shells\nask root for \`autobotctl login-shell enable --user ${account.name}\``;
    try {
      listShell(launcher);
    } catch (error) {
      return `cannot write /etc/shells: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
    }
  }
  return account.shell === launcher ? undefined : change(account, launcher);
}

/** chsh(1) asks for a password where it has to. */
function change({ name }: Account, shell: string): string | undefined {
  const { status, error } = spawnSync("chsh", ["-s", shell, ...(process.getuid?.() === 0 ? [name] : [])], { stdio: ["inherit", "ignore", "inherit"] });
  if (error === undefined && status === 0 && shellOf(name) === shell) return undefined;
  return `chsh does not set it: ${error?.message ?? `status ${status}`}`;
}

function shellOf(name: string): string | undefined {
  return accounts().find((each) => each.name === name)?.shell;
}

function homeWarning(launcher: string): string | undefined {
  const home = [...accounts().map((each) => each.home), "/home", "/root"].find((directory) => directory.length > 1 && launcher.startsWith(`${directory}/`));
  return home === undefined ? undefined : `it is below ${home}, and a login lasts as long as that does\ninstall it for all: npm install --global --prefix /usr/local`;
}

async function rescueWarning({ name, uid }: Account): Promise<string | undefined> {
  if (uid === 0) return undefined;
  const loaded = await loadEngine(layerPlaces(process.env, "/"));
  const { users = [], groups = [] } = "failure" in loaded || !loaded.layers.some(({ origin }) => origin === "system") ? {} : (loaded.engine.policies.settings.rescue ?? {});
  const own = spawnSync("id", ["-Gn", name], { encoding: "utf8" }).stdout.trim().split(" ");
  if (users.includes(name) || groups.some((group) => own.includes(group))) return undefined;
  return `where autobot-sh cannot work, ${name} gets no shell\nname them in \`settings: { rescue: { users: [${name}] } }\` in /etc/autobot-sh/, or keep another way in`;
}

function say(text: string): void {
  process.stdout.write(`${text.replaceAll("\n", "\n  ")}\n`);
}
