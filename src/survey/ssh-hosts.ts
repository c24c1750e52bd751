// ssh's configuration → the hosts that it names one by one, with what `ssh -G` says of each. Nobody is contacted.
import { account } from "../world/account.ts";
import { readSshConfig } from "../world/ssh-config.ts";
import { createWorld } from "../world/world.ts";

export interface SshHost {
  /** The word after `Host`. */
  readonly name: string;
  /** Where it is reached, if not by its name. */
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly key?: string | undefined;
  /** An address alone would not reach it as its name does: the configuration has a port, a jump or a key for it. */
  readonly special: boolean;
  /** Where people keep repositories, not a server of theirs. */
  readonly forge: boolean;
}

const forges: ReadonlySet<string> = new Set([
  "github.com",
  "ssh.github.com",
  "gist.github.com",
  "gitlab.com",
  "altssh.gitlab.com",
  "bitbucket.org",
  "altssh.bitbucket.org",
  "codeberg.org",
  "git.sr.ht",
  "gitea.com",
  "gitee.com",
  "salsa.debian.org",
  "aur.archlinux.org",
  "ssh.dev.azure.com",
  "vs-ssh.visualstudio.com",
  "source.developers.google.com",
  "git.launchpad.net",
  "gerrit.wikimedia.org",
  "huggingface.co",
  "hf.co",
  "heroku.com",
]);

const usualPort = 22;
const mostHosts = 2000;

/** `file`: default, the user's and the system's. Notes in the house's form. */
export function readSshHosts(file: string | undefined, home: string): { readonly hosts: readonly SshHost[]; readonly notes: readonly string[] } {
  const files = readSshConfig(file, home);
  const patterns = files.settings.flatMap(({ patterns = [] }) => patterns);
  const names = [...new Set(patterns.filter((pattern) => !/[*?!%]/.test(pattern)))].slice(0, mostHosts);
  const world = createWorld({ home });
  const options = file === undefined ? [] : ["-F", file];
  const hosts = names.map((name) => hostOf(name, world.sshConfiguration([...options, name]) ?? {}));
  const notes = files.runsCommands ? ["ssh's configuration runs a command (`Match exec`), so it was read without ssh\nwhat stands below a `Match` was not looked at"] : [];
  return { hosts, notes };
}

type Configuration = NonNullable<ReturnType<ReturnType<typeof createWorld>["sshConfiguration"]>>;

function hostOf(name: string, { hostname, user, port, proxyjump, identityfile }: Partial<Configuration>): SshHost {
  const address = hostname === undefined || hostname.toLowerCase() === name.toLowerCase() ? undefined : hostname;
  const number = Number(port ?? usualPort);
  const key = ownKey(identityfile);
  return {
    name,
    address,
    // ssh's own default, which it prints too.
    user: user === account()?.name ? undefined : user,
    port: number === usualPort ? undefined : number,
    key,
    special: number !== usualPort || proxyjump !== undefined || key !== undefined,
    forge: user === "git" || forges.has((address ?? name).toLowerCase()),
  };
}

/** ssh -G lists the keys that it tries by default where none is configured. */
function ownKey(files: readonly string[] | undefined): string | undefined {
  const [first] = files ?? [];
  return first === undefined || /\/\.ssh\/id_(?:rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/.test(first) ? undefined : first;
}
