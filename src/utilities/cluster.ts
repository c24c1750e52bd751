// Kubernetes clusters: what kubectl, helm and their like change, on the cluster that a context names. Where the words
// name none, the client's configuration says which one is meant.
import type { Grammar } from "../policy/descriptor.ts";
import { known, prefix, show, slice, textWord, type Word } from "../syntax/word.ts";
import type { Arguments } from "./arguments.ts";
import { commandFrom } from "./command-operand.ts";
import { fromDescriptor } from "./descriptor.ts";
import { request, write } from "./effect.ts";
import { configuring, currentContext, endpointHops, filled, isKnown } from "./endpoint.ts";
import { operandsOf } from "./operand-list.ts";
import { flat } from "./path-word.ts";
import { changes, here, reached, reads, readsHere, withSubcommands } from "./subcommand.ts";
import type { Configuration, Effect, Hop, Invocation, Utility } from "./utility.ts";

/** `kubectl options`, and those of its like: accepted before and after every subcommand. */
const clientOptions: Grammar = {
  short: "n:",
  long: [
    ..."as as-group as-uid cache-dir certificate-authority client-certificate client-key cluster context kube-context kubeconfig".split(" "),
    ..."kube-apiserver kube-token kube-as-user log-flush-frequency namespace password profile profile-output request-timeout server".split(" "),
    ..."tls-server-name token user username v vmodule registry-config repository-cache repository-config burst-limit".split(" "),
  ].map((name) => `${name}=`),
};

const kubectlOptions: Grammar = { ...clientOptions, short: "n:s:v:" };

/** How a client is told its cluster: by options, or by the variables that stand for them. */
interface Naming {
  readonly server: readonly string[];
  readonly context: readonly string[];
  readonly variables?: { readonly server: string; readonly context: string };
}

const kubectlNaming: Naming = { server: ["--server", "-s"], context: ["--context"] };
const plainNaming: Naming = { server: ["--server"], context: ["--context"] };
const helmNaming: Naming = { server: ["--kube-apiserver"], context: ["--kube-context"], variables: { server: "HELM_KUBEAPISERVER", context: "HELM_KUBECONTEXT" } };

/** Contexts and clusters that run on this machine, as their makers name them. */
const localContext = /^(?:minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima|microk8s|kind-.*|k3d-.*)$/;

/** kubectl(1): a server's URL first, then a cluster's name, then a context's. */
function clusterHops({ server, context, variables }: Naming): (given: readonly Arguments[], invocation: Invocation) => readonly Hop[] {
  return (given, invocation) => {
    const last = (...names: readonly string[]) => filled(given.flatMap((each) => each.all(...names)).at(-1));
    const variable = (name: string | undefined) => (name === undefined ? undefined : filled(invocation.variable(name)));
    const address = last(...server) ?? variable(variables?.server);
    if (address !== undefined) return endpointHops(address);
    const cluster = last("--cluster");
    if (cluster !== undefined) return namedHops(cluster);
    const named = last(...context) ?? variable(variables?.context) ?? currentContext(invocation.clients?.current("kubernetes"));
    return contextHops(named, last("--kubeconfig"), invocation);
  };
}

/** Undefined: one that is not said which. */
function namedHops(name: Word | undefined): readonly Hop[] {
  return localContext.test(known(name) ?? "") ? [] : [{ kind: "host", destination: name, inventory: true }];
}

/** `file`: what --kubeconfig names, which has to be there. */
function contextHops(context: Word | undefined, file: Word | undefined, { variable, clients }: Invocation): readonly Hop[] {
  if (clients === undefined) return context === undefined ? [] : namedHops(context);
  const files = file ?? filled(variable("KUBECONFIG"));
  if (!isKnown(context) || !isKnown(files)) return namedHops(context);
  const server = clients.kubernetesServer(known(context), known(files));
  if (server === undefined) return namedHops(context);
  if (server === "unconfigured") return file === undefined ? unconfiguredHops(variable) : namedHops(undefined);
  return server.url === undefined || localContext.test(server.context) ? namedHops(textWord(server.context)) : endpointHops(textWord(server.url));
}

/** kubectl without a configuration takes an old variable's server, a pod's own cluster, or this machine's port 8080. */
function unconfiguredHops(variable: Invocation["variable"]): readonly Hop[] {
  const server = filled(variable("KUBERNETES_MASTER")) ?? filled(variable("KUBERNETES_SERVICE_HOST"));
  return server === undefined ? [] : endpointHops(server);
}

/** What is changed, as its operands or its files say: `deployment/web`, `deployment web`, `k8s/app.yaml`. */
function objectName(given: Arguments): string | undefined {
  const words = given.candidates.length > 0 ? given.candidates : given.all("-f", "--filename", "-k", "--kustomize");
  return words.length > 0 ? words.map(show).join(" ") : undefined;
}

function objectChanges(names: string, options: Grammar = {}): Utility {
  return {
    names: names.split(" "),
    grammar: { ...options, short: `f:k:l:o:${options.short ?? ""}`, long: [...objectLong, ...(options.long ?? [])] },
    effects: ({ arguments: given }) => [request("container", undefined, { name: objectName(given) })],
  };
}

const objectLong = [
  ..."allow-missing-template-keys field-manager field-selector filename grace-period kustomize output overrides patch patch-file replicas".split(" "),
  ..."current-replicas resource-version selector template timeout type type-merge image port target-port from-file from-literal".split(" "),
].map((name) => `${name}=`);

const edit: Utility = {
  names: ["edit"],
  grammar: { short: "f:k:o:", long: objectLong },
  effects: ({ arguments: given }) => {
    const name = objectName(given);
    return [request("edit", undefined, { name, note: "opens an editor on the object" }), request("container", undefined, { name })];
  },
};

/** `exec pod [-c container] -- command…`; without `--`, from the second operand on. */
const exec: Utility = {
  names: ["exec"],
  grammar: { short: "c:f:", long: ["container=", "filename=", "pod-running-timeout="] },
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    const dashes = words.findIndex((word) => known(word) === "--");
    const command = dashes >= 0 ? words.slice(dashes + 1) : commandFrom(invocation, 1);
    return inPod(operandsOf(invocation)[0], command, given.has("-t", "--tty"));
  },
};

function inPod(pod: Word | undefined, command: readonly Word[], terminal: boolean): readonly Effect[] {
  const hops: readonly Hop[] = [{ kind: "container", destination: pod }];
  if (command.length === 0 || (terminal && command.length === 1 && /(?:^|\/)(?:ba|da|z|a|k|fi)?sh$/.test(known(command[0]) ?? ""))) {
    return [request("session", undefined, { name: pod && show(pod), hops, note: "opens a shell in the pod" })];
  }
  return [{ does: "run", words: command, hops }];
}

/** `cp pod:path local`, or the other way round; `rsync` of oc(1) alike. */
const copy: Utility = {
  names: ["cp", "rsync"],
  grammar: { short: "c:", long: ["container=", "retries="] },
  effects: ({ arguments: { candidates } }) => {
    const target = candidates.length < 2 ? undefined : candidates.at(-1);
    if (target === undefined) return [];
    const colon = /^[./]/.test(prefix(target)) ? -1 : flat(target).indexOf(":");
    if (colon <= 0) return write(target, { hops: [], note: "copies out of the pod" });
    return write(slice(target, colon + 1), { hops: [{ kind: "container", destination: slice(target, 0, colon) }], note: "copies into the pod" });
  },
};

const session = (names: string, note: string): Utility =>
  fromDescriptor({ names: names.split(" "), options: { short: "c:", long: ["container="] }, effects: [{ action: "session", name: { operand: 0 }, note }] });

/** A change to the client's own files, not to a cluster. */
function settings(names: string, file: string | undefined, note: string, grammar: Grammar = {}): Utility {
  return {
    names: names.split(" "),
    grammar,
    effects: ({ command }: Invocation) => [request("write", file === undefined ? undefined : textWord(file), { hops: [], word: command.words[0], note })],
  };
}

const kubeconfig = "~/.kube/config";
const clusters = (names: string, grammar?: Grammar) => settings(names, kubeconfig, "changes the clusters that kubectl talks to", grammar);
const same: Configuration = { of: "kubernetes" };
const another: Configuration = { of: "kubernetes", current: "another" };
const otherwise = objectChanges("*");
const inert = ["--dry-run"];

const clusterCommands: readonly Utility[] = [
  reads("get describe top", { short: "f:k:l:o:L:", long: objectLong }),
  reads("logs log", { short: "c:l:", long: ["container=", "selector=", "since=", "since-time=", "tail=", "max-log-requests=", "limit-bytes="] }),
  reads("explain api-resources api-versions version wait diff events proxy port-forward"),
  readsHere("options completion plugin help kustomize"),
  withSubcommands({
    names: ["cluster-info"],
    commands: [fromDescriptor({ names: ["dump"], effects: [{ when: { option: ["--output-directory"] }, action: "write", path: { option: ["--output-directory"] } }] })],
    otherwise: reads("*"),
  }),
  withSubcommands({ names: ["auth"], commands: [reads("can-i whoami")], otherwise }),
  withSubcommands({ names: ["certificate"], commands: [], otherwise }),
  withSubcommands({
    names: ["config"],
    commands: [
      readsHere("view current-context get-contexts get-clusters get-users"),
      configuring(clusters("use-context use"), ({ arguments: given }) => ({ of: "kubernetes", current: given.candidates[0] ?? "another" })),
      configuring(clusters("set-context", { long: ["cluster=", "user=", "namespace="] }), ({ arguments: given }) => (given.has("--cluster") ? another : same)),
      configuring(clusters("rename-context set-credentials delete-cluster delete-context delete-user"), () => same),
    ],
    otherwise: configuring(clusters("*"), () => another),
  }),
  withSubcommands({ names: ["rollout"], commands: [reads("status history")], otherwise, inert }),
  withSubcommands({ names: ["apply", "set"], options: otherwise.grammar, commands: [reads("view-last-applied")], otherwise, bare: otherwise, inert }),
  edit,
  exec,
  copy,
  session("attach", "attaches to the pod"),
];

const kubectl = withSubcommands({
  names: ["kubectl", "kubecolor", "microk8s.kubectl"],
  options: kubectlOptions,
  transport: "optional",
  hops: clusterHops(kubectlNaming),
  commands: clusterCommands,
  otherwise,
  inert,
});

const oc = withSubcommands({
  names: ["oc"],
  options: kubectlOptions,
  transport: "optional",
  hops: clusterHops(kubectlNaming),
  commands: [
    ...clusterCommands,
    reads("status projects whoami"),
    configuring(settings("login", kubeconfig, "changes the cluster that oc talks to"), () => another),
    configuring(settings("logout project", kubeconfig, "changes the project that oc works in"), () => same),
    session("rsh debug", "opens a shell in the pod"),
    withSubcommands({ names: ["adm"], commands: [reads("top must-gather inspect node-logs")], otherwise }),
  ],
  otherwise,
  inert,
});

const release: Grammar = {
  short: "f:o:",
  long: ["values=", "set=", "set-string=", "set-file=", "set-json=", "version=", "timeout=", "output=", "description=", "history-max=", "repo=", "username=", "password="],
};
const helmFiles = "changes helm's own files";

const helm = withSubcommands({
  names: ["helm"],
  options: clientOptions,
  transport: "optional",
  hops: clusterHops(helmNaming),
  inert,
  commands: [
    here(
      fromDescriptor({
        names: ["template"],
        options: { ...release, long: [...(release.long ?? []), "output-dir="] },
        effects: [{ when: { option: ["--output-dir"] }, action: "write", path: { option: ["--output-dir"] } }],
      }),
    ),
    reads("list ls status get history hist diff"),
    readsHere("search show inspect lint verify env version help completion"),
    fromDescriptor({ names: ["install", "upgrade"], options: release, effects: [{ action: "container", name: { operand: 0 } }] }),
    withSubcommands({ names: ["repo"], commands: [readsHere("list ls")], otherwise: settings("*", undefined, helmFiles) }),
    withSubcommands({ names: ["dependency", "dep"], commands: [readsHere("list ls")], otherwise: settings("*", undefined, helmFiles) }),
    withSubcommands({ names: ["plugin"], commands: [readsHere("list ls")], otherwise: here(changes("package", "*")) }),
    settings("registry package create pull fetch", undefined, helmFiles),
  ],
  otherwise: changes("container", "*", release),
});

const argocdServer = (given: readonly Arguments[], invocation: Invocation): readonly Hop[] => {
  const server = given.flatMap((each) => each.all("--server")).at(-1) ?? invocation.variable("ARGOCD_SERVER");
  return [{ kind: "host", destination: server, inventory: true }];
};

const argocd = withSubcommands({
  names: ["argocd"],
  options: { long: ["server=", "auth-token=", "config=", "grpc-web-root-path=", "header=", "argocd-context=", "loglevel=", "logformat=", "kube-context="] },
  transport: "optional",
  hops: argocdServer,
  commands: [
    reads("version completion help"),
    settings("login logout relogin context", "~/.config/argocd/config", "changes the server that argocd talks to"),
    withSubcommands({ names: ["app"], commands: [reads("list get diff history logs manifests resources wait")], otherwise: changes("container", "*"), inert }),
    ...["appset", "cluster", "repo", "repocreds", "proj", "account", "cert", "gpg"].map((name) =>
      withSubcommands({ names: [name], commands: [reads("list get get-user-info can-i")], otherwise: changes("container", "*") }),
    ),
  ],
  otherwise: changes("container", "*"),
});

const flux = withSubcommands({
  names: ["flux"],
  options: clientOptions,
  transport: "optional",
  hops: clusterHops(plainNaming),
  commands: [reads("get logs check export tree trace stats diff events version build completion help envsubst")],
  otherwise,
});

/** A cluster on this machine that has just been started is the current one. Whichever it is, this name stands for it. */
function ownCluster(utility: Utility): Utility {
  return configuring(utility, ({ name }) => (["start", "create", "kubeconfig"].includes(name) ? { of: "kubernetes", current: textWord("minikube") } : undefined));
}

/** What their clients are configured to reach, in files that mostly root alone may read. */
const ownServer = textWord("--server=https://localhost:6443");

/** Tools that keep a cluster on this machine, and run the clients for it. */
const localClusters: readonly Utility[] = [
  withSubcommands({
    names: ["minikube"],
    options: { short: "p:", long: ["profile="] },
    commands: [
      reads("status ip logs version profile service update-check docker-env podman-env dashboard tunnel completion help options"),
      withSubcommands({ names: ["addons", "image", "config", "node"], commands: [reads("list ls view get")], otherwise: changes("container", "*") }),
      fromDescriptor({
        names: ["ssh"],
        options: { permute: false },
        effects: [{ when: { atMost: 0 }, action: "session", note: "opens a shell on the node" }],
        runs: [{ command: { from: 0 }, as: "sh", container: true }],
      }),
    ],
    otherwise: ownCluster(changes("container", "*")),
  }),
  withSubcommands({
    names: ["kind"],
    commands: [
      reads("get version completion help"),
      withSubcommands({ names: ["export"], commands: [], otherwise: ownCluster(settings("*", kubeconfig, "exports the cluster's settings")) }),
    ],
    otherwise: ownCluster(changes("container", "*")),
  }),
  withSubcommands({
    names: ["k3d"],
    commands: [
      withSubcommands({ names: ["cluster"], commands: [reads("list ls get")], otherwise: ownCluster(changes("container", "*")) }),
      ...["node", "registry", "image"].map((name) => withSubcommands({ names: [name], commands: [reads("list ls get")], otherwise: changes("container", "*") })),
    ],
    otherwise: ownCluster(changes("container", "*")),
  }),
  {
    names: ["k3s", "microk8s", "rke2"],
    grammar: { permute: false },
    effects: ({ arguments: given, variable }) => {
      const [first] = given.operands;
      const name = known(first) ?? "";
      if (first === undefined || ["status", "version", "check-config", "inspect", "help"].includes(name)) return [];
      const configured = filled(variable("KUBECONFIG")) !== undefined || given.operands.some((word) => prefix(word).startsWith("--kubeconfig"));
      if (name === "kubectl" && !configured) return [{ does: "run", words: [first, ownServer, ...given.operands.slice(1)] }];
      if (["kubectl", "crictl", "ctr", "helm"].includes(name)) return [{ does: "run", words: given.operands }];
      return [request("service", undefined, { name: show(first) })];
    },
  },
];

/** `kubectx name`; `-` is the one before, `new=old` renames, -d deletes. */
function kubectxChange(given: Arguments): Configuration {
  const [name] = given.candidates;
  if (given.options.length > 0 || name === undefined || flat(name).includes("=")) return same;
  return { of: "kubernetes", current: known(name) === "-" ? "another" : name };
}

const k9sHops = clusterHops(plainNaming);

export const utilities: readonly Utility[] = [
  kubectl,
  oc,
  helm,
  argocd,
  flux,
  ...localClusters,
  {
    names: ["k9s"],
    grammar: { short: "c:l:n:r:", long: ["context=", "cluster=", "kubeconfig=", "namespace=", "command="] },
    transport: "optional",
    effects: (invocation) => {
      const { arguments: given } = invocation;
      if (given.has("--readonly")) return [];
      return reached(k9sHops([given], invocation), [request("session", undefined, { note: "manages the cluster from its menus" })]);
    },
  },
  withSubcommands({
    names: ["kustomize"],
    commands: [
      fromDescriptor({
        names: ["build"],
        options: { short: "o:", long: ["output="] },
        effects: [{ when: { option: ["-o", "--output"] }, action: "write", path: { option: ["-o", "--output"] } }],
      }),
      reads("version cfg completion help"),
    ],
    otherwise: fromDescriptor({ names: ["*"], effects: [{ action: "write", note: "changes the kustomization" }] }),
  }),
  reads("stern kubetail kubeval kubeconform kube-score kube-linter pluto popeye"),
  configuring(
    fromDescriptor({
      names: ["kubectx"],
      effects: [{ when: { atLeast: 1 }, unless: { option: ["-c", "--current"] }, action: "write", note: "changes the client's current cluster" }],
    }),
    ({ arguments: given }) => kubectxChange(given),
  ),
  fromDescriptor({ names: ["kubens"], effects: [{ when: { atLeast: 1 }, action: "write", note: "changes the client's current namespace" }] }),
];
