// What the rest of the machine can tell without asking the network: given by the caller, so that deciding stays pure.

/** What `ssh -G` prints for a destination, as far as we use it. Keys are ssh_config(5) keywords in lower case. */
export interface SshConfiguration {
  readonly hostname?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: string | undefined;
  readonly proxyjump?: string | undefined;
  readonly remotecommand?: string | undefined;
  readonly identityfile?: readonly string[] | undefined;
}

/**
 * Where kubectl's configuration leads: the context that counts and its server's URL, undefined where that is not to be
 * found. `unconfigured`: no context is chosen, and kubectl falls back on `localhost:8080`. Undefined: it cannot be told.
 */
export type KubernetesServer = { readonly context: string; readonly url: string | undefined } | "unconfigured" | undefined;

export interface World {
  /** Text of a regular local file that can be read at once; undefined where it cannot. */
  readFile(path: string): string | undefined;
  /** Its SHA-256 in lower-case hexadecimal; undefined where it cannot be read. */
  digest(path: string): string | undefined;
  /** OpenSSH's own view of a destination, given the same options; undefined where there is no client or it is not safe to ask. */
  sshConfiguration(args: readonly string[]): SshConfiguration | undefined;
  /**
   * The engine of a Docker context, the current one where none is named: `ssh://u@h`, `unix:///var/run/docker.sock`;
   * undefined: not known. `config`: the directory that --config or DOCKER_CONFIG names. Runs nothing, asks no network.
   */
  dockerEndpoint(context: string | undefined, config: string | undefined): string | undefined;
  /** `kubeconfig`: files as KUBECONFIG lists them, or the one of --kubeconfig; undefined: kubectl's default. Likewise. */
  kubernetesServer(context: string | undefined, kubeconfig: string | undefined): KubernetesServer;
  /** Addresses that /etc/hosts gives a name. */
  addresses(name: string): readonly string[];
  /** Names and addresses of this machine, in lower case, besides loopback. */
  readonly ownNames: ReadonlySet<string>;
  /** The user's home directory. */
  readonly home?: string | undefined;
}

/** Knows nothing beyond the text. */
export const emptyWorld: World = {
  readFile: () => undefined,
  digest: () => undefined,
  sshConfiguration: () => undefined,
  dockerEndpoint: () => undefined,
  kubernetesServer: () => undefined,
  addresses: () => [],
  ownNames: new Set(),
};
