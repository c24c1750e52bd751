// Utilities that build, test or serve a project: their recipes are not in the text. Servers count as services.
import type { Clause, Descriptor, Grammar } from "../policy/descriptor.ts";
import { known, slice, type Word } from "../syntax/word.ts";
import { fromDescriptor } from "./descriptor.ts";
import { request } from "./effect.ts";
import { flat } from "./path-word.ts";
import { hiddenCode, isStandardInput, type Program, programInFile, programOnStdin } from "./program.ts";
import type { Effect, Utility } from "./utility.ts";

const looks = ["--version", "-version", "-V", "--help", "-h"];

/** Runs recipes of a project file: nothing tells what they do. */
function builder(names: string, extra: Partial<Descriptor> & { readonly reads?: readonly string[]; readonly lists?: readonly string[] } = {}): Utility {
  const { reads = [], lists = [], ...descriptor } = extra;
  const unless = [...looks, ...reads];
  const effects: readonly Clause[] = [{ action: "execute", name: "build", note: "runs a project's recipes", unless: { option: unless } }];
  const utility = fromDescriptor({ names: names.split(" "), ...descriptor, effects: [...effects] });
  return { ...utility, effects: (invocation) => (lists.includes(known(invocation.arguments.operands[0]) ?? "") ? [] : utility.effects(invocation)) };
}

/** Starts a server process, which stays. */
function server(names: string, extra: Partial<Descriptor> = {}): Utility {
  return fromDescriptor({
    names: names.split(" "),
    ...extra,
    effects: [{ action: "service", note: "starts a server process", unless: { option: looks } }],
  });
}

const makeOptions = {
  short: "C:f:I:j::l::o:W:",
  long: ["directory=", "file=", "makefile=", "include-dir=", "jobs=?", "load-average=?", "old-file=", "assume-old=", "what-if=", "new-file=", "eval=", "output-sync=?", "debug=?"],
};

/** make(1): targets of a makefile. One on standard input, or in `SHELL=` and `--eval`, is code in the text. */
const make: Utility = {
  names: ["make", "gmake", "bmake"],
  grammar: makeOptions,
  effects: (invocation) => {
    const { arguments: given, readFile } = invocation;
    if (given.has("-n", "--just-print", "--dry-run", "--recon", "-q", "--question", "-p", "--print-data-base", "-v", "--version", "-h", "--help")) return [];
    const file = given.argument("-f", "--file", "--makefile");
    const fromInput = isStandardInput(file) || file?.process !== undefined;
    const recipes = [...given.all("--eval", "-E"), ...(fromInput ? told(file?.process === undefined ? programOnStdin(invocation) : programInFile(file, readFile)) : [])];
    const hidden = fromInput && recipes.length === 0 ? hiddenCode({ from: "pipe", word: file }) : [];
    return [...recipes.flatMap(recipeEffects), ...hidden, request("execute", undefined, { name: "build", word: given.operands[0], note: "runs a makefile's recipes" })];
  },
};

function told(program: Program): readonly Word[] {
  return program.from === "text" ? [program.text] : [];
}

/** Lines of a makefile after a tab, or after `target: ;`, and what `$(shell …)` runs. */
function recipeEffects(makefile: Word): readonly Effect[] {
  const recipes = [...flat(makefile).matchAll(/(?:^\t[-@+ \t]*|^[^\t\n#][^\n=]*:[^\n=]*;\s*[-@+]*|(?<=\$\(shell )\s*)([^\n]+?)(?=$|\)\s*$)/gm)];
  return recipes.map((match) => {
    const end = match.index + match[0].length;
    return { does: "code", source: [slice(makefile, end - (match[1]?.length ?? 0), end)], dialect: "sh" };
  });
}

/** `manage.py` and `django-admin`: some commands serve, some look, the others change the database or files. */
const djangoCommands = fromDescriptor({
  names: ["manage.py", "django-admin"],
  options: { long: ["settings=", "pythonpath=", "verbosity="], short: "v:" },
  effects: [
    { action: "service", name: "django", note: "starts a server process", when: { subcommand: ["runserver", "runserver_plus", "qcluster", "celery", "rqworker"] } },
    { action: "session", note: "starts an interactive interpreter", when: { subcommand: ["shell", "shell_plus", "dbshell"] }, unless: { option: ["-c", "--command"] } },
    {
      action: "execute",
      name: "script",
      note: "runs a management command",
      when: { atLeast: 1 },
      unless: {
        subcommand: [
          "runserver",
          "runserver_plus",
          "qcluster",
          "celery",
          "rqworker",
          "shell",
          "shell_plus",
          "dbshell",
          "check",
          "help",
          "version",
          "showmigrations",
          "sqlmigrate",
          "diffsettings",
          "inspectdb",
          "dumpdata",
          "test",
          "findstatic",
          "show_urls",
        ],
      },
    },
  ],
});

const django: Utility = {
  ...djangoCommands,
  effects: (invocation) => (invocation.arguments.has("--plan", "--check", "--dry-run", "--help") ? [] : djangoCommands.effects(invocation)),
};

/** Consoles of applications, and tools that migrate databases: what of their commands looks. */
const consoles: readonly (readonly [names: string, looks: readonly string[], grammar?: Grammar])[] = [
  ["artisan", ["list", "help", "about", "env", "*:list", "*:status", "*:show", "*:failed", "*:monitor", "db:table", "inspire", "schedule:test"]],
  [
    "console",
    [
      "list",
      "help",
      "about",
      "debug:*",
      "lint:*",
      "router:match",
      "config:dump*",
      "messenger:stats",
      "doctrine:migrations:{status,list,current,latest,up-to-date}",
      "doctrine:schema:validate",
    ],
  ],
  ["prisma", ["migrate status", "migrate diff", "validate", "version", "format --check"]],
  ["knex", ["migrate:{list,status,currentVersion}"]],
  ["sequelize sequelize-cli", ["*:status"]],
  ["typeorm", ["migration:show", "schema:log"]],
  ["flyway", ["info", "validate", "version", "help", "check"], { singleDash: true }],
  ["liquibase", ["status", "history", "validate", "diff", "update-sql", "updateSQL", "list-locks", "--version"]],
  ["dbmate goose migrate sqitch", ["status", "version", "log", "plan", "show"]],
];

function applicationConsole([names, subcommand, options = {}]: (typeof consoles)[number]): Utility {
  return fromDescriptor({
    names: names.split(" "),
    options,
    effects: [{ action: "execute", name: "script", note: "runs a command of the application", when: { atLeast: 1 }, unless: { subcommand: [...subcommand] } }],
  });
}

const alembic = fromDescriptor({
  names: ["alembic"],
  options: { short: "c:n:x:", long: ["config=", "name=", "raiseerr=?"] },
  effects: [
    {
      action: "write",
      name: "database",
      note: "changes a database schema",
      when: { subcommand: ["upgrade", "downgrade", "stamp", "revision", "merge", "init", "edit", "ensure_version"] },
      unless: { option: ["--sql", "--help"] },
    },
  ],
});

const rakeTasks = fromDescriptor({
  names: ["rake"],
  options: { short: "f:e:p:C:", long: ["rakefile="] },
  effects: [{ action: "execute", name: "script", note: "runs a task", unless: { option: ["-T", "--tasks", "-n", "--dry-run", "-P", "--version"] } }],
});

const lookingTasks = new Set(["db:version", "db:migrate:status", "routes", "stats", "notes", "about"]);

const rake: Utility = {
  ...rakeTasks,
  effects: (invocation) => {
    const { operands } = invocation.arguments;
    return operands.length > 0 && operands.every((word) => lookingTasks.has(known(word) ?? "")) ? [] : rakeTasks.effects(invocation);
  },
};

const dotnet = fromDescriptor({
  names: ["dotnet"],
  effects: [
    {
      action: "package",
      note: "changes packages",
      when: { subcommand: ["add", "remove", "restore", "workload", "tool install", "tool update", "tool uninstall", "nuget push"] },
      name: { from: 1 },
    },
    {
      action: "execute",
      name: "build",
      note: "runs a project's recipes",
      when: { subcommand: ["build", "run", "publish", "msbuild", "clean", "pack", "test", "watch", "new", "ef"] },
    },
    { action: "execute", name: "script", path: { operand: 0 }, when: { subcommand: ["*.dll", "*.exe", "exec"] } },
  ],
});

/** Compilers write what these options name, else beside their sources. */
function compiler(names: string, options: Grammar, outputs: readonly string[], looking: readonly string[]): Utility {
  const option = [...outputs];
  return fromDescriptor({
    names: names.split(" "),
    options,
    effects: [
      { action: "write", path: { option }, when: { option }, note: "writes what it compiles" },
      { action: "execute", name: "build", note: "compiles beside its sources", when: { atLeast: 1 }, unless: { option: [...option, ...looks, ...looking] } },
    ],
  });
}

const compilers: readonly Utility[] = [
  compiler(
    "gcc g++ cc c++ clang clang++ tcc ld gfortran",
    { singleDash: true, long: ["o=", "x=", "include="] },
    ["-o"],
    ["-E", "-M", "-MM", "-fsyntax-only", "--print-search-dirs"],
  ),
  compiler("rustc ghc gnatmake", { short: "o:C:L:l:", long: ["out-dir="] }, ["-o", "--out-dir"], ["--print"]),
  compiler("javac kotlinc scalac", { singleDash: true, long: ["d=", "cp=", "classpath=", "sourcepath="] }, ["-d"], []),
  compiler("tsc", { short: "p:t:m:", long: ["outDir=", "outFile=", "project=", "target=", "module="] }, ["--outDir", "--outFile"], ["--noEmit", "--showConfig", "--listFiles"]),
  compiler("protoc", { short: "I:" }, ["--python_out", "--go_out", "--cpp_out", "--java_out", "--js_out"], []),
];

/** Test runners: they run the project's own tests. */
const tests = builder("pytest py.test tox nox unittest jest vitest mocha ava karma phpunit rspec behave robot ctest", {
  reads: ["--collect-only", "--co", "--fixtures", "--markers", "--listTests", "-l", "--list", "-N", "--show-only", "--show-config"],
  lists: ["list", "--version"],
});

/** Looks at sources unless it is told to change them. */
const linters: Utility = fromDescriptor({
  names: ["eslint", "mypy", "pyright", "bandit", "tslint", "stylelint", "rubocop", "golangci-lint"],
  effects: [
    {
      action: "write",
      path: "operands",
      note: "changes it to fit its rules",
      when: { option: ["--fix", "--fix-dry-run", "-a", "-A", "--autocorrect", "--autocorrect-all", "--write"] },
    },
  ],
});

/** Changes sources unless it is told only to look. */
const formatters: Utility = fromDescriptor({
  names: ["black", "isort", "rustfmt"],
  options: { short: "l:t:c:", long: ["line-length=", "config=", "exclude=", "include=", "target-version=", "profile=", "style=", "parser="] },
  effects: [
    {
      action: "write",
      path: "operands",
      note: "formats it in place",
      when: { atLeast: 1 },
      unless: { option: ["--check", "--diff", "--check-only", "--list-different", "-l", "-d", "--dry-run", "--parser", "--stdin-filepath", "--code"] },
    },
  ],
});

/** They print unless told to write. */
const printers: Utility = fromDescriptor({
  names: ["autopep8", "yapf", "autoflake", "clang-format", "shfmt", "prettier"],
  options: { short: "l:t:c:", long: ["line-length=", "config=", "exclude=", "include=", "target-version=", "profile=", "style=", "parser="] },
  effects: [{ action: "write", path: "operands", note: "formats it in place", when: { option: ["-i", "--in-place", "-w", "--write"] } }],
});

const ruff = fromDescriptor({
  names: ["ruff"],
  effects: [
    { action: "write", path: { from: 1 }, note: "changes it to fit its rules", when: { subcommand: ["check"], option: ["--fix", "--unsafe-fixes"] } },
    { action: "write", path: { from: 1 }, note: "formats it in place", when: { subcommand: ["format"] }, unless: { option: ["--check", "--diff"] } },
  ],
});

/** Builders that may stay and serve what they build. */
const bundlers: Utility = {
  names: ["rollup", "parcel", "esbuild", "gulp", "grunt", "svelte-kit", "hugo", "jekyll", "mkdocs", "turbo", "nx"],
  grammar: { permute: false },
  effects: (invocation) => {
    const { arguments: given, name } = invocation;
    if (given.has(...looks)) return [];
    const subcommand = known(given.operands[0]);
    const serves = subcommand === undefined ? servesAlone.has(name) : servingCommands.has(subcommand);
    if (serves || given.has("--serve", "--watch", "-w")) return [request("service", undefined, { name, word: given.operands[0], note: "starts a server process" })];
    if (["info", "version", "help", "lint", "check", "telemetry", "doctor", "list"].includes(subcommand ?? "")) return [];
    return [request("execute", undefined, { name: "build", word: given.operands[0], note: "runs a project's recipes" })];
  },
};

const servesAlone = new Set(["parcel"]);
const servingCommands = new Set(["dev", "develop", "serve", "start", "preview", "server", "watch"]);

const servers = server("rackup pm2-runtime tensorboard mlflow flower rq", { options: { permute: false } });

const builders: readonly Utility[] = [
  builder("cmake", { options: { short: "S:B:D:G:C:P:" }, reads: ["--system-information", "-E", "-L", "-N"] }),
  builder("ninja samu", { options: { short: "C:f:j:k:l:d:t:w:" }, reads: ["-n", "-t"] }),
  builder("meson", { lists: ["introspect"] }),
  builder("mvn mvnw", { options: { short: "f:P:D:s:" }, reads: ["-v"], lists: ["help", "dependency:tree", "help:effective-pom"] }),
  builder("gradle gradlew", {
    options: { short: "p:b:P:D:x:" },
    reads: ["-m", "--dry-run", "-v"],
    lists: ["tasks", "dependencies", "dependencyInsight", "projects", "properties", "buildEnvironment", "help"],
  }),
  builder("ant", { options: { singleDash: true, long: ["f=", "file=", "buildfile=", "D="] }, reads: ["-p", "-projecthelp"] }),
  builder("bazel bazelisk buck2", { lists: ["query", "info", "cquery", "aquery", "help", "version"] }),
  builder("just", { options: { short: "f:d:" }, reads: ["--list", "-l", "--dry-run", "-n", "--show", "--summary"] }),
  builder("task invoke inv doit scons waf", { reads: ["--list", "-l", "--dry", "-n", "--dry-run"], lists: ["list"] }),
  builder("sbt lein mix stack cabal dune swift xcodebuild flutter dart zig nimble crystal", { lists: ["--list", "version", "info", "deps.tree"] }),
  builder("sphinx-build doxygen pdflatex xelatex latexmk"),
];

export const utilities: readonly Utility[] = [
  alembic,
  ...builders,
  bundlers,
  ...compilers,
  ...consoles.map(applicationConsole),
  django,
  dotnet,
  formatters,
  linters,
  make,
  printers,
  rake,
  ruff,
  servers,
  tests,
];
