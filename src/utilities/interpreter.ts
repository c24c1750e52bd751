// Interpreters of other languages: the program they are given as text, on standard input, as a module or in a file.
import type { Grammar } from "../policy/descriptor.ts";
import { known, type Word } from "../syntax/word.ts";
import { readArguments } from "./arguments.ts";
import { request, writes } from "./effect.ts";
import { type Language, languages } from "./language.ts";
import { programEffects } from "./one-liner.ts";
import { hiddenCode, isStandardInput, type Program, programInFile, programOnStdin } from "./program.ts";
import { scriptRun } from "./script.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

interface Interpreter {
  /** Separated by spaces, as all lists in a row. */
  readonly names: string;
  readonly language: Language;
  readonly options: Grammar;
  /** Options whose argument is program text. */
  readonly code?: string;
  /** Options whose argument is a program file. */
  readonly file?: string;
  /** The option that edits the operands in place. */
  readonly inPlace?: string;
  /** Options with which it runs nothing. */
  readonly looks: string;
  /** The option that prints the version, and then runs the program where there is one. */
  readonly version?: string;
  /** Options that start a server. */
  readonly serves?: string;
}

const interpreters: readonly Interpreter[] = [
  {
    names: "perl",
    language: languages.perl,
    options: { short: "e:E:i::M::m::I:F::C::D::x::d::V::", permute: false },
    code: "-e -E",
    inPlace: "-i",
    looks: "-v -V -c -h",
  },
  {
    names: "ruby jruby truffleruby",
    language: languages.ruby,
    options: { short: "e:i::r:I:F:E:C:K:x::", long: ["encoding=", "external-encoding=", "internal-encoding=", "enable=", "disable="], permute: false },
    code: "-e",
    inPlace: "-i",
    looks: "-c --version -h --help --copyright",
    version: "-v",
  },
  {
    names: "node nodejs",
    language: languages.javascript,
    options: {
      short: "e:p:r:C:",
      long: ["eval=", "print=", "require=", "import=", "loader=", "experimental-loader=", "env-file=", "conditions=", "title=", "input-type="],
      permute: false,
    },
    code: "-e --eval -p --print",
    looks: "-v --version -h --help -c --check --v8-options",
  },
  {
    names: "ts-node tsx",
    language: languages.javascript,
    options: { short: "e:p:r:P:O:C:", long: ["eval=", "print=", "require=", "project="], permute: false },
    code: "-e --eval -p --print",
    looks: "-v --version -h --help",
  },
  {
    names: "php",
    language: languages.php,
    options: {
      short: "r:f:B:R:E:d:c:S:t:z:F:",
      long: ["run=", "file=", "process-begin=", "process-code=", "process-end=", "define=", "server=", "docroot=", "rf=", "rc=", "re=", "ri="],
      permute: false,
    },
    code: "-r --run -B --process-begin -R --process-code -E --process-end",
    file: "-f --file -F --process-file",
    looks: "-v --version -h --help -i --info -m --modules -l --syntax-check --ini --rf --rc --re --ri",
    serves: "-S --server",
  },
  { names: "lua luajit texlua", language: languages.lua, options: { short: "e:l:j:O::b:", permute: false }, code: "-e", looks: "", version: "-v" },
  { names: "tclsh wish jimsh", language: languages.tcl, options: { permute: false }, looks: "" },
  { names: "Rscript", language: languages.statistics, options: { short: "e:", permute: false }, code: "-e", looks: "--version" },
  { names: "R", language: languages.statistics, options: { short: "e:f:g:d:", long: ["file=", "gui=", "debugger=", "args=?"] }, code: "-e", file: "-f --file", looks: "--version" },
  {
    names: "julia",
    language: languages.statistics,
    options: { short: "e:E:L:J:C:p:t:", long: ["eval=", "print=", "load=", "project=?", "sysimage=", "threads="], permute: false },
    code: "-e --eval -E --print",
    file: "-L --load",
    looks: "-v --version -h --help",
  },
  { names: "osascript", language: languages.applescript, options: { short: "e:l:s:i", permute: false }, code: "-e", looks: "" },
];

function list(names: string | undefined): readonly string[] {
  return names === undefined || names === "" ? [] : names.split(" ");
}

function fromInterpreter(row: Interpreter): Utility {
  return {
    names: row.names.split(" "),
    grammar: row.options,
    effects: (invocation) => {
      const { arguments: given } = invocation;
      if (given.has(...list(row.looks)) && !given.has(...list(row.inPlace))) return [];
      if (given.has(...list(row.serves))) return [serverStart()];
      const texts = textsOf(row, invocation);
      const files = given.all(...list(row.file));
      const [first, ...rest] = given.operands;
      const told = texts.length > 0 || files.length > 0;
      if (!told && first === undefined && given.has(...list(row.version))) return [];
      const edited = row.inPlace !== undefined && given.has(row.inPlace) ? (told ? given.operands : rest) : [];
      return [
        ...writes(edited, { existing: true, note: "edits it in place" }),
        ...texts.flatMap((text) => programEffects(text, row.language)),
        ...files.flatMap((file) => scriptRun(file, given.operands)),
        ...(told ? [] : operandEffects(first, rest, row.language, invocation)),
      ];
    },
  };
}

/** Program texts. node's `-pe text` and `-pe` alike are `--print text`. */
function textsOf(row: Interpreter, { arguments: given }: Invocation): readonly Word[] {
  const texts = given.all(...list(row.code));
  const bundled = texts.length === 1 && known(texts[0]) === "e" && given.has("-p");
  return bundled ? given.operands.slice(0, 1) : texts;
}

/** The program in a file or, with none or `-`, on standard input. */
function operandEffects(first: Word | undefined, rest: readonly Word[], language: Language, invocation: Invocation): readonly Effect[] {
  if (first === undefined || isStandardInput(first)) return stdinEffects(programOnStdin(invocation), language);
  if (first.process !== undefined) return stdinEffects(programInFile(first, invocation.readFile), language);
  return projectCommand.test(known(first) ?? "") ? [{ does: "run", words: [first, ...rest] }] : scriptRun(first, rest);
}

/** A program file that is a utility of its own. */
const projectCommand = /(?:^|\/)(?:manage\.py|artisan|bin\/console)$/;

function stdinEffects(program: Program, language: Language): readonly Effect[] {
  switch (program.from) {
    case "text":
      return programEffects(program.text, language);
    case "terminal":
      return [request("session", undefined, { note: "starts an interactive interpreter" })];
    default:
      return hiddenCode(program);
  }
}

function serverStart(name?: string): Effect {
  return request("service", undefined, { name, note: "starts a server process" });
}

const pythonOptions: Grammar = { short: "c:m:W:X:Q:", long: ["check-hash-based-pycs="], permute: false };

/** python(1): -c or -m ends the options; what follows are the program's own arguments. */
const python: Utility = {
  names: ["python", "pypy", "ipython", "bpython", "micropython"],
  grammar: pythonOptions,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    const last = given.options.find(({ name }) => name === "-c" || name === "-m");
    const before = last === undefined ? given.options : given.options.slice(0, given.options.indexOf(last));
    if (before.some(({ name }) => ["-V", "--version", "-h", "--help", "-?"].includes(name))) return [];
    const [first, ...rest] = given.operands;
    if (last?.argument === undefined) return operandEffects(first, rest, languages.python, invocation);
    if (last.name === "-c") return programEffects(last.argument, languages.python);
    const after = Math.max(words.indexOf(last.argument), words.indexOf(last.word)) + 1;
    return moduleEffects(last.argument, words.slice(after));
  },
};

const lookingModules = new Set(
  "json.tool pydoc calendar this platform site sysconfig tabnanny dis ast tokenize inspect symtable pyclbr pickletools timeit gzip zipfile tarfile base64 mimetypes quopri uuid getpass locale textwrap difflib webbrowser nntplib encodings.rot_13 pip_audit".split(
    " ",
  ),
);
const serverModules = new Set("http.server SimpleHTTPServer smtpd aiosmtpd xmlrpc.server wsgiref.simple_server idlelib jupyter notebook".split(" "));
const environmentModules = new Set("venv virtualenv ensurepip".split(" "));
/** Modules that are a utility of the same name. */
const utilityModules = new Set(
  "pip pytest unittest tox nox coverage uvicorn gunicorn hypercorn celery flask django alembic streamlit black isort ruff mypy flake8 pylint pyright bandit build twine poetry pipenv uv pre_commit ansible pdm conda".split(
    " ",
  ),
);

/** `python -m module arguments`. */
function moduleEffects(module: Word, words: readonly Word[]): readonly Effect[] {
  const name = known(module);
  if (name === undefined) return [request("execute", undefined, { name: "script", word: module, note: "runs a module" })];
  if (lookingModules.has(name)) return moduleFiles(name, words);
  if (serverModules.has(name)) return [serverStart(name)];
  if (environmentModules.has(name)) return [request("package", environmentPath(words), { name, word: module, note: "creates a Python environment" })];
  if (utilityModules.has(name)) return [{ does: "run", words: [{ ...module, pieces: [{ text: name === "django" ? "django-admin" : name }] }, ...words] }];
  return scriptRun(module, words).map((effect) => ({ ...effect, path: undefined, word: module }));
}

function environmentPath(words: readonly Word[]): Word | undefined {
  return readArguments(words, { long: ["prompt=", "python="], short: "p:" }).operands[0];
}

/** The few looking modules that write: json.tool's second operand, what zipfile and tarfile create or extract. */
function moduleFiles(name: string, words: readonly Word[]): readonly Effect[] {
  const given = readArguments(words, { short: "c:e:l:t:", long: ["create=", "extract=", "list=", "test=", "indent="] });
  if (name === "json.tool") return writes(given.operands.slice(1, 2));
  if (name === "timeit") return given.operands.flatMap((text) => programEffects(text, languages.python));
  if (name === "gzip") return given.has("-h", "--help") ? [] : writes(given.operands);
  if (name !== "zipfile" && name !== "tarfile") return [];
  const extracts = given.has("-e", "--extract");
  return [...writes(given.all("-c", "--create")), ...(extracts ? writes(given.operands.slice(0, 1)) : [])];
}

const awkOptions: Grammar = {
  short: "F:f:v:e:i:m:l:W:E:",
  long: ["field-separator=", "file=", "assign=", "source=", "include=", "load=", "exec="],
  permute: false,
};

const awk: Utility = {
  names: ["awk", "gawk", "mawk", "nawk", "original-awk"],
  grammar: awkOptions,
  effects: ({ arguments: given, readFile }) => {
    const files = given.all("-f", "--file", "-E", "--exec");
    const sources = given.all("-e", "--source");
    const [first, ...rest] = given.operands;
    const told = files.length > 0 || sources.length > 0;
    const inPlace = given.all("-i", "--include").some((word) => /^inplace(?:\.awk)?$/.test(known(word) ?? ""));
    const data = (told ? given.operands : rest).filter((word) => !/^[A-Za-z_]\w*=/.test(known(word) ?? ""));
    return [
      ...(inPlace ? writes(data, { existing: true, note: "edits it in place" }) : []),
      ...[...sources, ...(told || first === undefined ? [] : [first])].flatMap((text) => programEffects(text, languages.awk)),
      ...files.flatMap((file) => awkFile(file, readFile)),
    ];
  },
};

function awkFile(file: Word, readFile: Invocation["readFile"]): readonly Effect[] {
  const program = programInFile(file, readFile);
  if (program.from === "text") return programEffects(program.text, languages.awk);
  return program.from === "terminal" || isStandardInput(file) ? [] : hiddenCode(program);
}

/** java(1), and what runs other compiled programs from a file. */
const virtualMachine: Utility = {
  names: ["java", "mono", "wine", "qemu-x86_64", "wasmtime"],
  grammar: { singleDash: true, long: ["jar=", "cp=", "classpath=", "-class-path=", "p=", "-module-path=", "m=", "-module=", "-add-modules="], permute: false },
  effects: ({ arguments: given }) => {
    if (given.has("-version", "--version", "-help", "--help", "-h", "-?", "-showversion", "--list-modules")) return [];
    const program = given.argument("-jar", "-m", "--module") ?? given.operands[0];
    return program === undefined ? [] : scriptRun(program, given.has("-jar") ? given.operands : given.operands.slice(1));
  },
};

export const utilities: readonly Utility[] = [awk, ...interpreters.map(fromInterpreter), python, virtualMachine];
