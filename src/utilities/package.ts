// Package managers of systems and languages: what installs, removes and updates software (models too), what runs a
// project's own scripts, and what only looks.
import type { Clause, Grammar } from "../policy/descriptor.ts";
import { known, show, slice, textWord, type Word } from "../syntax/word.ts";
import { commandFrom } from "./command-operand.ts";
import { fromDescriptor } from "./descriptor.ts";
import { request } from "./effect.ts";
import { flat } from "./path-word.ts";
import { changes, here, reads, withSubcommands } from "./subcommand.ts";
import { hopsOf, readUrl } from "./url.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

interface Manager {
  readonly names: string;
  readonly options?: Grammar;
  /** Subcommands that look; those that are listed nowhere change packages. */
  readonly reads: string;
  /** Subcommands described apart. */
  readonly commands?: () => readonly Utility[];
  /** Options with which nothing is changed. */
  readonly inert?: string;
  /** What no subcommand does; default: it reads. */
  readonly bare?: Utility;
}

const packages = (names = "*", options?: Grammar) => changes("package", names, options);

function manager({ names, options, reads: looking, commands = () => [], inert, bare }: Manager): Utility {
  return withSubcommands({
    names: names.split(" "),
    ...(options === undefined ? {} : { options }),
    commands: () => [reads(looking), ...commands()],
    otherwise: packages(),
    ...(inert === undefined ? {} : { inert: inert.split(" ") }),
    ...(bare === undefined ? {} : { bare }),
  });
}

/** Subcommands of a subcommand, of which these look: `config list`. */
function group(names: string, looking: string, otherwise: Utility = packages(), bare?: Utility): Utility {
  return withSubcommands({ names: names.split(" "), commands: looking === "" ? [] : [reads(looking)], otherwise, ...(bare === undefined ? {} : { bare }) });
}

function writing(names: string, note: string, clause: Partial<Clause> = {}): Utility {
  return fromDescriptor({ names: names.split(" "), effects: [{ action: "write", note, ...clause }] });
}

const settings = (names: string) => writing(names, "changes its settings");
/** `config key` looks, `config key value` sets. */
const keyValue = writing("*", "changes its settings", { when: { atLeast: 1 } });
const serving = (names: string) => fromDescriptor({ names: names.split(" "), effects: [{ action: "service", note: "starts a server process" }] });
const script = (names: string, note = "runs the project's script") => fromDescriptor({ names: names.split(" "), effects: [{ action: "execute", name: "script", note }] });

/** `run command…`: the words after the options are a command, run in the project's environment. */
function running(names: string, options: Grammar = {}, from = 0): Utility {
  return {
    names: names.split(" "),
    grammar: { ...options, permute: false },
    effects: (invocation) => {
      const words = commandFrom(invocation, from);
      return words.length > 0 ? [{ does: "run", words }] : [];
    },
  };
}

/** `nvm exec 20 node app.js`, `mise exec node@20 -- node app.js`, `pyenv exec python app.py`: a version may stand before the command. */
const toolRunner: Utility = {
  names: ["exec", "x", "run"],
  grammar: { permute: false, long: ["using="] },
  effects: ({ arguments: given, words: all }) => {
    const dashes = all.findIndex((word) => known(word) === "--");
    const words = dashes >= 0 ? all.slice(dashes + 1) : given.candidates.slice(/^v?\d/.test(known(given.candidates[0]) ?? "") ? 1 : 0);
    return words.length > 0 ? [{ does: "run", words }] : [];
  },
};

/** Names that projects give the scripts which start a server. */
const serverScripts = new Set(["dev", "develop", "start", "serve", "server", "preview", "watch"]);

function scriptEffects(name: Word): readonly Effect[] {
  const starts = serverScripts.has((known(name) ?? "").split(":")[0] ?? "");
  return [
    starts
      ? request("service", undefined, { name: show(name), note: "starts a server process" })
      : request("execute", undefined, { name: "script", note: "runs the project's script" }),
  ];
}

/** `run [script]`: without a name it lists them. */
const runScript: Utility = {
  names: ["run", "run-script", "rum", "urn", "task"],
  grammar: { short: "C:w:F:", long: ["prefix=", "workspace=", "dir=", "filter=", "cwd="] },
  effects: ({ arguments: given }) => (given.candidates[0] === undefined ? [] : scriptEffects(given.candidates[0])),
};

/** A subcommand that is itself the name of a script: `yarn dev`. */
const namedScript: Utility = {
  names: ["*"],
  grammar: {},
  effects: ({ command, name }) => scriptEffects(textWord(name, command.span)),
};

/** `yarn workspace name command…`: the same in one of the project's packages. */
const workspace: Utility = {
  names: ["workspace"],
  grammar: { permute: false },
  effects: (invocation) => {
    const rest = commandFrom(invocation, 1);
    return rest.length > 0 ? [{ does: "run", words: [textWord("yarn", invocation.command.span), ...rest] }] : [];
  },
};

const aptOptions: Grammar = { short: "o:c:t:a:", long: ["option=", "config-file=", "target-release=", "default-release=", "host-architecture=", "solver="] };
const pipOptions: Grammar = {
  short: "r:c:e:i:f:t:d:b:",
  long: [
    ..."requirement constraint editable index-url extra-index-url find-links target platform python-version implementation abi root prefix src".split(" "),
    ..."upgrade-strategy no-binary only-binary progress-bar log proxy retries timeout exists-action trusted-host cert client-cert cache-dir".split(" "),
    ..."use-feature use-deprecated python config-settings global-option hash report format exclude path dest wheel-dir index".split(" "),
  ].map((name) => `${name}=`),
};
const npmOptions: Grammar = {
  short: "C:w:F:",
  long: [
    "prefix=",
    "workspace=",
    "registry=",
    "cache=",
    "loglevel=",
    "userconfig=",
    "omit=",
    "include=",
    "tag=",
    "otp=",
    "access=",
    "dir=",
    "filter=",
    "cwd=",
    "depth=",
    "store-dir=",
    "modules-folder=",
    "network-timeout=",
  ],
};
const condaOptions: Grammar = { short: "n:p:c:f:", long: ["name=", "prefix=", "channel=", "file=", "cwd="] };

const nodeCommands = (): readonly Utility[] => [
  runScript,
  group("audit", "signatures", packages(), reads("*")),
  group("config c", "list ls get", settings("*")),
  group("cache", "ls list dir verify", writing("*", "removes cached packages")),
  group("owner access profile team org", "ls list get list-packages ls-packages list-collaborators ls-collaborators", writing("*", "changes the registry")),
  script("exec x dlx create init", "runs a package's program"),
  group("token dist-tag", "list ls", settings("*")),
  group("pkg", "get", packages()),
  settings("login logout adduser set"),
  writing("pack", "packs the project", {}),
];

const systemManagers: readonly Manager[] = [
  {
    names: "apt apt-get aptitude nala",
    options: aptOptions,
    reads: "list show search policy madison depends rdepends showsrc changelog indextargets check help moo why why-not versions showpkg stats history",
    commands: () => [fromDescriptor({ names: ["edit-sources"], effects: [{ action: "edit", path: { operand: 0 }, note: "opens an editor on the package sources" }] })],
    inert: "-s --simulate --just-print --dry-run --recon --no-act --print-uris",
  },
  { names: "apt-mark", options: aptOptions, reads: "showauto showmanual showhold showinstall showremove showpurge", inert: "-s --simulate --dry-run" },
  { names: "apt-key", reads: "list finger fingerprint export exportall help" },
  { names: "apt-file", reads: "search find list show status" },
  {
    names: "dnf yum microdnf dnf5 tdnf",
    options: { short: "c:x:d:e:R:", long: ["enablerepo=", "disablerepo=", "repo=", "repoid=", "exclude=", "installroot=", "releasever=", "setopt=", "config=", "comment="] },
    reads:
      "list ls info if search se repoquery rq provides whatprovides check-update check-upgrade deplist repolist repoinfo changelog updateinfo advisory check help grouplist groupinfo needs-restarting",
    commands: () => [
      group("history hist", "list info userinstalled"),
      group("group groups grp environment", "list info summary"),
      group("module", "list info provides"),
      group("versionlock", "list", packages(), reads("*")),
    ],
    inert: "--assumeno",
  },
  {
    names: "zypper",
    options: { short: "R:c:r:p:", long: ["root=", "config=", "repo=", "plus-repo=", "type="] },
    reads:
      "search se info if list-updates lu list-patches lp packages pa patterns pt products pd repos lr services ls locks ll patch-check pchk what-provides wp versioncmp vcmp targetos tos ps licenses help",
    inert: "-D --dry-run",
  },
  {
    names: "apk",
    options: { short: "p:X:t:", long: ["root=", "repository=", "virtual="] },
    reads: "info list search policy dot stats audit verify version manifest",
    inert: "-s --simulate",
  },
  {
    names: "brew",
    reads: "list ls info search outdated deps uses leaves config doctor dr desc home homepage cat log casks formulae missing commands help",
    commands: () => [
      withSubcommands({ names: ["services"], commands: [reads("list info ls")], otherwise: changes("service", "*") }),
      group("bundle", "check list"),
      fromDescriptor({ names: ["tap"], effects: [{ when: { atLeast: 1 }, action: "package", name: { from: 0 } }] }),
    ],
    inert: "-n --dry-run",
  },
  {
    names: "pkg",
    reads: "info search version stats audit check query rquery which help list-installed list-all show files",
    inert: "-n --dry-run",
  },
  { names: "sdk", reads: "list ls l current c version v help home env" },
  { names: "port", reads: "search info list installed outdated deps rdeps variants contents provides dependents version livecheck help", inert: "-y" },
  {
    names: "snap",
    reads: "list info find search version changes tasks known services logs connections interfaces model warnings get whoami help interface recovery aliases",
    commands: () => [changes("service", "start stop restart"), script("run", "runs a package's program"), settings("set unset login logout")],
  },
  {
    names: "flatpak",
    reads: "list info search remotes remote-ls remote-info history ps document-list permissions permission-show help",
    commands: () => [script("run", "runs a package's program"), changes("service", "kill")],
  },
  {
    names: "winget scoop choco chocolatey",
    reads: "list search show find info outdated status cat depends home which help features",
    commands: () => [group("source bucket", "list ls known export")],
  },
  { names: "fwupdmgr", reads: "get-devices get-history get-updates get-upgrades get-releases get-remotes get-results get-details get-topology security get-plugins" },
  { names: "ubuntu-drivers", reads: "devices list debug" },
  { names: "pro ubuntu-advantage ua", reads: "status security-status version help api" },
  { names: "nixos-rebuild", reads: "dry-build dry-run dry-activate list-generations" },
];

const pythonManagers: readonly Manager[] = [
  {
    names: "pip",
    options: pipOptions,
    reads: "list show freeze check search index inspect hash debug help",
    commands: () => [group("config", "list get debug", settings("*")), group("cache", "dir info list", writing("*", "removes cached packages"))],
    inert: "--dry-run",
  },
  { names: "pipx", reads: "list environment help interpreter", commands: () => [script("run", "runs a package's program")] },
  {
    names: "uv",
    options: { short: "p:", long: ["python=", "directory=", "project=", "config-file=", "cache-dir=", "color="] },
    reads: "tree version help",
    commands: () => [
      withSubcommands({ names: ["pip"], options: pipOptions, commands: [reads("list show freeze check tree")], otherwise: packages(), inert: ["--dry-run"] }),
      withSubcommands({ names: ["tool"], commands: [reads("list dir"), script("run", "runs a package's program")], otherwise: packages() }),
      group("python", "list find dir"),
      group("cache", "dir", writing("*", "removes cached packages")),
      running("run", {
        short: "p:m:",
        long: ["with=", "with-requirements=", "with-editable=", "extra=", "group=", "env-file=", "python=", "package=", "directory=", "project=", "index-url="],
      }),
    ],
    inert: "--dry-run --check",
  },
  {
    names: "poetry",
    options: { short: "C:P:", long: ["directory=", "project=", "group=", "extras=", "with=", "without=", "only="] },
    reads: "show check search about list help",
    commands: () => [running("run"), group("env", "info list activate"), group("config", "", keyValue), group("self", "show"), group("source", "show", settings("*"))],
    inert: "--dry-run",
  },
  { names: "pipenv", reads: "graph check verify requirements scripts audit", commands: () => [running("run")], bare: reads("*") },
  {
    names: "pdm rye hatch",
    options: { short: "p:", long: ["project="] },
    reads: "list show info search outdated status version help",
    commands: () => [running("run")],
    inert: "--dry-run",
  },
  {
    names: "conda mamba micromamba",
    options: condaOptions,
    reads: "list info search compare help activate deactivate notices doctor repoquery",
    commands: () => [
      running("run", condaOptions),
      group("env", "list export config"),
      fromDescriptor({
        names: ["config"],
        effects: [{ unless: { option: ["--show", "--show-sources", "--get", "--describe", "--validate"] }, action: "write", note: "changes its settings" }],
      }),
    ],
    inert: "-d --dry-run",
  },
  {
    names: "pyenv rbenv nodenv goenv jenv tfenv",
    reads: "versions virtualenvs version which whence root prefix help commands shims version-name version-file version-origin hooks shell init completions list",
    commands: () => [
      fromDescriptor({ names: ["install"], effects: [{ unless: { option: ["-l", "-L", "--list", "--list-all"] }, action: "package", name: { from: 0 } }] }),
      toolRunner,
      fromDescriptor({ names: ["local", "global"], effects: [{ when: { atLeast: 1 }, action: "write", note: "changes the version in use" }] }),
    ],
  },
];

const nodeManagers: readonly Manager[] = [
  {
    names: "npm",
    options: npmOptions,
    reads:
      "ls list la ll outdated view v info show search find s se ping whoami help help-search root prefix bin explain why fund docs home bugs issues repo doctor diff query completion get sbom stars find-dupes",
    commands: () => [
      ...nodeCommands(),
      serving("start"),
      script("test t tst stop restart install-test it install-ci-test cit"),
      fromDescriptor({ names: ["version"], effects: [{ when: { atLeast: 1 }, action: "write", note: "changes the project's version" }] }),
    ],
    inert: "--dry-run",
  },
  {
    names: "nvm fnm n volta asdf mise rtx proto",
    reads: "ls list ls-remote list-remote list-all current version which where version-remote help env doctor bin use plugin-list info latest",
    commands: () => [toolRunner],
  },
];

const otherManagers: readonly Manager[] = [
  {
    names: "gem",
    options: { short: "v:i:n:", long: ["version=", "install-dir=", "bindir=", "source="] },
    reads: "list search query environment env which contents dependency outdated specification info help check stale",
    inert: "--explain",
  },
  {
    names: "bundle bundler",
    reads: "show list info check outdated platform licenses env viz doctor help version",
    commands: () => [running("exec"), script("console open"), group("config", "list get", settings("*"))],
    bare: packages(),
  },
  {
    names: "cargo",
    options: {
      short: "p:F:j:Z:C:",
      long: ["package=", "features=", "jobs=", "target=", "target-dir=", "manifest-path=", "config=", "color=", "version=", "git=", "path=", "root="],
    },
    reads: "search tree metadata info verify-project pkgid locate-project version help read-manifest outdated deny report",
    commands: () => [
      fromDescriptor({
        names: ["install"],
        options: { short: "F:j:", long: ["version=", "git=", "path=", "root=", "features=", "branch=", "tag=", "rev="] },
        effects: [{ unless: { option: ["--list"] }, action: "package", name: { from: 0 } }],
      }),
      script("build b run r test t bench check c doc d clippy fix rustc rustdoc nextest miri watch llvm-cov", "builds the project"),
      group("audit", "", writing("*", "changes the project's files")),
      writing("fmt clean new init", "changes the project's files", { unless: { option: ["--check"] } }),
    ],
    inert: "--dry-run",
  },
  {
    names: "deno",
    reads: "info doc check types lint outdated help why",
    commands: () => [
      script("run test bench serve eval repl compile jupyter"),
      runScript,
      writing("fmt init clean", "changes the project's files", { unless: { option: ["--check"] } }),
    ],
  },
  { names: "rustup", reads: "show which check doc help completions man", commands: () => [running("run", {}, 1), group("toolchain component target override", "list help")] },
  {
    names: "go",
    options: { short: "C:" },
    reads: "version list doc help bug vet",
    commands: () => [
      script("build run test generate tool", "builds the project"),
      fromDescriptor({ names: ["env"], effects: [{ when: { option: ["-w", "-u"] }, action: "write", note: "changes its settings" }] }),
      group("mod work", "graph why verify", writing("*", "changes the project's modules")),
      writing("fmt fix clean", "changes the project's files"),
    ],
  },
  {
    names: "composer",
    options: { short: "d:", long: ["working-dir="] },
    reads: "show info list search outdated depends why prohibits why-not licenses validate diagnose status about audit check-platform-reqs fund suggests help browse home",
    commands: () => [script("run-script run exec test start"), group("config", "", keyValue)],
    inert: "--dry-run",
  },
  {
    names: "playwright playwright-core",
    reads: "help show-report show-trace merge-reports",
    commands: () => [script("test codegen open run-server screenshot pdf cr ff wk")],
    inert: "--dry-run --list",
  },
  { names: "cypress", reads: "verify info version help", commands: () => [script("run open"), group("cache", "list path")] },
  {
    names: "huggingface-cli hf",
    options: { long: ["revision=", "repo-type=", "local-dir=", "cache-dir=", "token=", "include=", "exclude="] },
    reads: "whoami env scan-cache version",
    commands: () => [settings("login logout auth"), group("cache", "ls list scan verify")],
  },
  {
    names: "pre-commit",
    options: { short: "c:", long: ["config="] },
    reads: "validate-config validate-manifest sample-config help",
    commands: () => [script("run try-repo"), writing("install uninstall autoupdate init-templatedir migrate-config", "changes the repository's hooks")],
  },
];

/** `yarn dev`, `pnpm dev`, `bun dev`: a subcommand they do not know is a script of the project. */
const scriptFirst: readonly (Manager & { readonly changes: string })[] = [
  {
    names: "yarn yarnpkg",
    options: npmOptions,
    reads: "list info why outdated licenses versions help bin explain search",
    changes: "install add remove upgrade update up upgrade-interactive link unlink import dedupe autoclean set global policies rebuild unplug publish self-update",
    commands: () => [group("workspaces", "info list"), workspace, writing("version", "changes the project's version")],
    bare: packages(),
  },
  {
    names: "pnpm",
    options: npmOptions,
    reads: "list ls ll la outdated why view info show licenses root bin help doctor",
    changes:
      "install i add remove rm uninstall un update up upgrade link ln unlink import dedupe rebuild rb prune fetch patch patch-commit setup self-update publish deploy ci install-test it",
    commands: () => [group("store", "path status", writing("*", "removes cached packages")), group("env", "list ls")],
  },
  {
    names: "bun",
    options: npmOptions,
    reads: "outdated why info help",
    changes: "install i add a remove rm update link unlink upgrade patch publish ci",
    commands: () => [group("pm", "ls list bin hash hash-string hash-print whoami cache version untrusted default-trusted")],
  },
];

function scriptFirstManager(row: (typeof scriptFirst)[number]): Utility {
  return withSubcommands({
    names: row.names.split(" "),
    ...(row.options === undefined ? {} : { options: row.options }),
    commands: () => [...nodeCommands(), reads(row.reads), packages(row.changes), script("test t build"), ...(row.commands?.() ?? [])],
    otherwise: namedScript,
    inert: ["--dry-run", "-v"],
    ...(row.bare === undefined ? {} : { bare: row.bare }),
  });
}

/** Programs that act by their options, not by a subcommand. */
const byOption: readonly Utility[] = [
  fromDescriptor({
    names: ["dpkg"],
    options: { short: "D:", long: ["root=?", "admindir=?", "instdir=?"] },
    effects: [
      {
        when: {
          option: [
            "-i",
            "--install",
            "-r",
            "--remove",
            "-P",
            "--purge",
            "--configure",
            "--unpack",
            "-A",
            "--record-avail",
            "--triggers-only",
            "--set-selections",
            "--clear-selections",
            "--add-architecture",
            "--remove-architecture",
            "--update-avail",
            "--merge-avail",
            "--clear-avail",
            "--forget-old-unavail",
          ],
        },
        unless: { option: ["--dry-run", "--simulate", "--no-act"] },
        action: "package",
        name: { from: 0 },
      },
    ],
  }),
  fromDescriptor({
    names: ["dpkg-deb"],
    effects: [{ when: { option: ["-x", "-X", "-e", "-R", "-b", "--extract", "--vextract", "--control", "--raw-extract", "--build"] }, action: "write", path: "last" }],
  }),
  fromDescriptor({
    names: ["rpm"],
    options: { short: "E:D:r:", long: ["root=", "dbpath=", "define=", "eval=", "queryformat=", "qf=", "prefix=", "relocate="] },
    effects: [
      {
        when: {
          option: [
            "-i",
            "-U",
            "-F",
            "-e",
            "--install",
            "--upgrade",
            "--freshen",
            "--erase",
            "--reinstall",
            "--import",
            "--initdb",
            "--rebuilddb",
            "--restore",
            "--setperms",
            "--setugids",
          ],
        },
        unless: { option: ["-q", "--query", "-V", "--verify", "-K", "--checksig", "--test"] },
        action: "package",
        name: { from: 0 },
      },
    ],
  }),
  fromDescriptor({
    names: ["pacman", "yay", "paru", "trizen", "pikaur", "aura"],
    options: { short: "b:r:", long: ["dbpath=", "root=", "config=", "cachedir=", "ignore="] },
    effects: [
      { when: { option: ["-R", "-U", "-D", "--remove", "--upgrade", "--database"] }, unless: { option: ["-p", "--print", "-k", "--check"] }, action: "package", name: { from: 0 } },
      {
        when: { option: ["-S", "--sync"] },
        unless: { option: ["-s", "-i", "-l", "-g", "-p", "--search", "--info", "--list", "--groups", "--print"] },
        action: "package",
        name: { from: 0 },
      },
    ],
  }),
  // Helpers of pacman bring everything up to date where they are told nothing.
  manager({ names: "pamac", reads: "search list info checkupdates", inert: "--dry-run -d" }),
  ...unlessOption([
    ["emerge", "-s -S -p --search --searchdesc --pretend --info --version -V --list-sets --check-news"],
    ["nix-env", "-q --query --list-generations --dry-run"],
    ["nix-channel", "--list"],
    ["dpkg-reconfigure debconf-set-selections tasksel", "--list-tasks"],
    ["add-apt-repository apt-add-repository", "-l --list"],
    ["update-alternatives alternatives", "--list --display --query --get-selections --get"],
    ["unattended-upgrade unattended-upgrades", "--dry-run"],
    ["do-release-upgrade", "-c --check-dist-upgrade-only"],
    ["ldconfig", "-p --print-cache"],
    ["virtualenv", "--version"],
    ["update-initramfs dracut mkinitcpio update-grub grub-install grub-mkconfig grub2-mkconfig update-ca-certificates update-ca-trust locale-gen apt-ftparchive", "--version"],
    ["corepack", "--version -v"],
    ["easy_install easy_install3 pip-sync dpkg-divert dpkg-statoverride", "--list"],
    ["xbps-install xbps-remove swupd urpmi pkg_add pkg_delete", "-n --dry-run"],
  ]),
  fromDescriptor({
    names: ["needrestart"],
    options: { short: "r:n:f:c:m:u:" },
    effects: [{ when: { argument: { "-r": ["a", "i"] } }, action: "service", note: "restarts services" }],
  }),
  fromDescriptor({ names: ["npm-check-updates", "ncu"], effects: [{ when: { option: ["-u", "--upgrade"] }, action: "package" }] }),
  reads("apt-cache apt-config apt-listchanges apt-show-versions dpkg-query dpkg-architecture dpkg-vendor debconf-show debsums dlocate dctrl-tools grep-dctrl deborphan"),
  reads("rpmquery rpmverify rpmspec equery eix qlist pkgfile xbps-query checkrestart needs-restarting"),
  reads("pipdeptree pip-licenses npm-check license-checker depcheck bundle-audit"),
  fromDescriptor({
    names: ["pip-audit", "safety"],
    options: { short: "o:r:f:l:d:", long: ["output=", "requirement=", "format="] },
    effects: [
      { when: { option: ["-o", "--output"] }, action: "write", path: { option: ["-o", "--output"] } },
      { when: { option: ["--fix"] }, action: "package" },
    ],
  }),
];

function unlessOption(rows: readonly (readonly [names: string, looking: string])[]): readonly Utility[] {
  return rows.map(([names, looking]) => fromDescriptor({ names: names.split(" "), effects: [{ unless: { option: looking.split(" ") }, action: "package", name: { from: 0 } }] }));
}

/** `npx [options] package [arguments]`: runs a package's program, fetched where it is not there. */
const packageRunner: Utility = {
  names: ["npx", "bunx", "pnpx", "uvx"],
  grammar: { permute: false, short: "p:c:w:", long: ["package=", "call=", "workspace=", "with=", "from=", "python="] },
  effects: ({ arguments: given }) => {
    const [program, ...rest] = given.candidates;
    const call = given.argument("-c", "--call");
    if (call !== undefined) return [{ does: "code", source: [call], dialect: "sh" }];
    if (program === undefined || rest.some((word) => ["--help", "--version", "--dry-run"].includes(known(word) ?? ""))) return [];
    const name = (known(program) ?? "").replace(/(?<=.)@.*$/, "");
    if (installers.has(name)) return [{ does: "run", words: [slice(program, 0, name.length), ...rest] }];
    return [request("execute", undefined, { name: "script", word: program, note: "runs a package's program" })];
  },
};

/** Programs that are known here by the same name when such a runner starts them. */
const installers = new Set([
  "playwright",
  "cypress",
  "pm2",
  "vite",
  "next",
  "http-server",
  "serve",
  "live-server",
  "json-server",
  "nodemon",
  "npm",
  "yarn",
  "pnpm",
  "webpack",
  "npm-check-updates",
  "pre-commit",
  "prisma",
  "knex",
  "sequelize",
  "sequelize-cli",
  "typeorm",
]);

/** ollama(1) talks to the server that OLLAMA_HOST names; `serve` listens there. */
function ollamaHops(invocation: Invocation): readonly Hop[] {
  const host = invocation.variable("OLLAMA_HOST");
  if (host === undefined || known(host) === "") return [];
  const url = readUrl(host);
  if (url !== undefined) return hopsOf({ ...url, port: undefined }) ?? [];
  const colon = flat(host).lastIndexOf(":");
  return colon === 0 ? [] : [{ kind: "host", destination: colon < 0 ? host : slice(host, 0, colon) }];
}

const ollama = withSubcommands({
  names: ["ollama"],
  transport: "optional",
  hops: (_, invocation) => ollamaHops(invocation),
  commands: [
    reads("list ls ps show help"),
    here(serving("serve start")),
    changes("service", "stop"),
    fromDescriptor({
      names: ["pull", "run", "rm", "create", "cp", "push"],
      options: { short: "f:", long: ["file=", "format=", "keepalive=", "quantize="] },
      effects: [{ action: "package", name: { operand: 0 }, note: "changes the models that are installed" }],
    }),
  ],
  otherwise: packages(),
});

/** Grafana's own client: plugins are software; `admin` changes accounts and secrets of the installation. */
const grafana = withSubcommands({
  names: ["grafana-cli"],
  options: { long: "homepath= config= configOverrides= pluginsDir= repo= pluginUrl= insecure debug".split(" ") },
  commands: [
    group("plugins", "ls list-remote list-versions help"),
    fromDescriptor({ names: ["admin"], effects: [{ action: "service", note: "changes the server's accounts" }] }),
    reads("help"),
  ],
  otherwise: packages(),
});

const nix = withSubcommands({
  names: ["nix"],
  commands: [
    reads("search show eval path-info why-depends derivation hash help log doctor show-config"),
    script("run shell develop build", "builds or runs a package"),
    group("flake", "show metadata info check", writing("*", "changes the flake")),
    group("profile", "list history diff-closures"),
    group("store", "ls cat info diff-closures verify"),
    group("registry", "list"),
  ],
  otherwise: packages(),
});

export const utilities: readonly Utility[] = [
  ...[...systemManagers, ...pythonManagers, ...nodeManagers, ...otherManagers].map(manager),
  ...scriptFirst.map(scriptFirstManager),
  ...byOption,
  packageRunner,
  ollama,
  grafana,
  nix,
];
