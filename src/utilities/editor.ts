// Editors: which operands they open, on which host, and what the commands in their arguments do.
import type { Grammar } from "../policy/descriptor.ts";
import { known, prefix, slice, suffix, textWord, type Word } from "../syntax/word.ts";
import { fromDescriptor, holds } from "./descriptor.ts";
import { code, request, unknown } from "./effect.ts";
import { exEffects, fileEffects } from "./ex-script.ts";
import { flat } from "./path-word.ts";
import { hopsOf, readUrl } from "./url.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

interface Editor {
  readonly names: readonly string[];
  readonly options?: Grammar;
  /** Options with which it only shows the file. */
  readonly views?: readonly string[];
  /** Options with which it opens no file at all: `--list-extensions`. */
  readonly asks?: readonly string[];
  /** Operands carry a position that is not part of the name: `file:12:3`. */
  readonly positions?: true;
}

const editors: readonly Editor[] = [
  {
    names: ["nano", "nano-tiny", "pico", "rnano"],
    options: {
      short: "C:J:Q:T:X:Y:f:o:r:s:",
      long: ["backupdir=", "guidestripe=", "rcfile=", "operatingdir=", "fill=", "speller=", "tabsize=", "quotestr=", "syntax=", "wordchars="],
    },
    views: ["-v", "--view"],
    asks: ["-V", "--version", "-h"],
  },
  {
    names: ["micro"],
    options: { singleDash: true, long: ["config-dir=", "plugin=", "parsecursor=", "filetype=", "tabsize=", "syntax=", "profile="] },
    asks: ["-version", "-options", "-plugin", "-clean"],
    positions: true,
  },
  { names: ["hx", "helix"], options: { short: "c:g:w:", long: ["config=", "grammar=", "log=", "working-dir="] }, asks: ["--health", "-g", "--grammar"], positions: true },
  { names: ["kak"], options: { singleDash: true, long: ["c=", "e=", "E=", "f=", "p=", "s=", "ui=", "i="] }, views: ["-ro"], asks: ["-l", "-clear", "-version"], positions: true },
  {
    names: ["joe", "jmacs", "jstar", "jpico", "rjoe"],
    options: { singleDash: true, long: ["columns=", "lines=", "keymap=", "lmargin=", "rmargin=", "tab=", "indentc=", "istep=", "encoding=", "syntax="] },
    views: ["-rdonly"],
  },
  { names: ["jed", "mcedit", "mg", "ne", "zile", "vile", "tilde", "dte", "amp", "kibi", "e3", "le", "nvi"], options: { short: "P:f:" }, positions: true },
  {
    names: ["gedit", "kate", "mousepad", "xed", "pluma", "leafpad", "featherpad", "geany", "kwrite", "gnome-text-editor", "notepadqq", "bluefish", "xedit"],
    options: { short: "l:c:", long: ["line=", "column=", "encoding=", "name=", "start="] },
    asks: ["--list-encodings"],
    positions: true,
  },
  {
    names: ["subl", "sublime_text", "atom", "zed", "zeditor", "lapce", "mate", "idea", "pycharm", "webstorm", "goland"],
    options: { short: "a", long: ["command=", "project=", "line=", "column="] },
    positions: true,
  },
  { names: ["editor", "sensible-editor", "edit"] },
];

/** Flags, `+12` and `-` aside, what the operands of an editor name. */
function fileOperands(invocation: Invocation): readonly Word[] {
  return invocation.arguments.candidates.filter((word) => !prefix(word).startsWith("+") && known(word) !== "-");
}

/** An `edit` of each file, or of none in particular where none is named. */
function opens(files: readonly Word[], each: (file: Word) => readonly Effect[] = (file) => [request("edit", file)]): readonly Effect[] {
  return files.length === 0 ? [request("edit", undefined)] : files.flatMap(each);
}

function fromEditor(editor: Editor): Utility {
  const quiet = [...(editor.views ?? []), ...(editor.asks ?? [])];
  return {
    names: editor.names,
    grammar: editor.options ?? {},
    transport: "optional",
    effects: (invocation) => {
      if (quiet.length > 0 && holds({ option: quiet }, invocation)) return [];
      return opens(fileOperands(invocation), (file) =>
        readUrl(file) === undefined ? [request("edit", editor.positions === true ? withoutPosition(file) : file)] : uriEffects(file),
      );
    },
  };
}

/** `file:12:3` names `file`. */
function withoutPosition(file: Word): Word {
  const position = /(?::\d+){1,2}:?$/.exec(suffix(file));
  return position === null ? file : slice(file, 0, flat(file).length - position[0].length);
}

/** vim(1), nvim(1), ex(1): the operands, and the commands of `-c`, `--cmd`, `+…`, `-S`, and of stdin in silent mode. */
const vim: Utility = {
  names: "vim vi nvim gvim view rview gview rvim rgvim vimdiff gvimdiff ex evim eview neovide nvim-qt vimx lvim vim.tiny vim.basic vim.nox vim.gtk vim.gtk3 vim.athena elvis".split(
    " ",
  ),
  transport: "optional",
  grammar: {
    short: "u:U:c:S:t:q:i:T:w:W:V::o::O::p::",
    long: [
      "cmd=",
      "servername=",
      "remote-send=",
      "remote-expr=",
      "startuptime=",
      "socketid=",
      "windowid=",
      "display=",
      "listen=",
      "server=",
      "role=",
      "gui-dialog-file=",
      "luamod-dev=",
    ],
  },
  effects: (invocation) => {
    if (holds({ option: ["-h", "--help", "--version", "--serverlist", "--api-info"] }, invocation)) return [];
    const reads = /^g?r?view$|^eview$/.test(invocation.name) || holds({ option: ["-R", "-M"] }, invocation);
    const scripts = vimScripts(invocation);
    const files = vimFiles(invocation);
    return [...(reads ? files.flatMap(viewed) : opens(files, (file) => fileEffects(file, "edit"))), ...scripts];
  },
};

function vimFiles(invocation: Invocation): readonly Word[] {
  const { options } = invocation.arguments;
  const silent = invocation.name === "ex" || options.some((option) => option.name === "-e" || option.name === "-E");
  // Outside ex mode `-s` takes a file of keystrokes, which the grammar cannot tell.
  const keys = silent ? undefined : options.find((option) => option.name === "-s");
  const script = keys === undefined ? undefined : invocation.words[invocation.words.indexOf(keys.word) + 1];
  return fileOperands(invocation).filter((word) => word !== script);
}

/** Reading from another host changes nothing, here or there. */
function viewed(file: Word): readonly Effect[] {
  return fileEffects(file, "edit").map((effect) => (effect.does === "request" ? { ...effect, action: "read" } : effect));
}

function vimScripts(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const commands = [...given.all("-c", "--cmd"), ...given.operands.filter((word) => prefix(word).startsWith("+")).map((word) => slice(word, 1))];
  const effects = commands.flatMap((script) => exEffects(script, "vim", invocation.readFile));
  for (const file of given.all("-S", "-u")) effects.push(...scriptFile(file, invocation));
  if (given.has("-l") && invocation.name === "nvim") effects.push(unknown("it runs Lua", given.operands[0]));
  effects.push(...given.all("--remote-send", "--remote-expr").map((word) => unknown("it sends keystrokes to an editor", word)));
  if (silentEx(invocation)) effects.push(...stdinScript(invocation, "vim"));
  return effects;
}

function silentEx(invocation: Invocation): boolean {
  const { arguments: given, name } = invocation;
  return name === "ex" || ((given.has("-e") || given.has("-E")) && given.has("-s"));
}

function scriptFile(file: Word, invocation: Invocation): readonly Effect[] {
  const name = known(file);
  if (name === "NONE" || name === "NORC" || name === "DEFAULTS") return [];
  const text = name === undefined ? undefined : invocation.readFile(name);
  if (text === undefined) return [unknown("it runs an editor script that cannot be read here", file)];
  return exEffects({ pieces: [{ text }], span: file.span }, "vim", invocation.readFile, 1);
}

/** Commands on standard input, where the text tells them. */
function stdinScript(invocation: Invocation, dialect: "vim" | "ed"): readonly Effect[] {
  const { stdin } = invocation.command;
  if (stdin.from === "text") return exEffects(stdin.text, dialect, invocation.readFile);
  if (stdin.from === "file") return scriptFileFor(stdin.path, dialect, invocation);
  return stdin.from === "pipe" ? [unknown("its commands come from a pipe")] : [];
}

function scriptFileFor(file: Word, dialect: "vim" | "ed", invocation: Invocation): readonly Effect[] {
  const name = known(file);
  if (name === "/dev/null") return [];
  const text = name === undefined ? undefined : invocation.readFile(name);
  return text === undefined
    ? [unknown("its commands come from a file that cannot be read here", file)]
    : exEffects({ pieces: [{ text }], span: file.span }, dialect, invocation.readFile, 1);
}

/** ed(1): `ed [-s] [file | !command]`, commands on standard input. */
const ed: Utility = {
  names: ["ed", "red"],
  grammar: { short: "p:", long: ["prompt="] },
  effects: (invocation) => {
    const files = fileOperands(invocation);
    return [...opens(files, (file) => (prefix(file).startsWith("!") ? [code(slice(file, 1))] : [request("edit", file)])), ...stdinScript(invocation, "ed")];
  },
};

const emacsGrammar: Grammar = {
  singleDash: true,
  long: "l= load= f= funcall= e= eval= execute= script= scriptload= x= u= user= t= terminal= d= display= chdir= visit= file= find-file= insert= T= title= name= fn= font= g= geometry= bg= background-color= fg= foreground-color= bw= L= directory= dump-file= init-directory= xrm=".split(
    " ",
  ),
};

/** emacs(1): files, TRAMP names, and Lisp, which is not followed. */
const emacs: Utility = {
  names: ["emacs", "xemacs", "emacs-nox", "emacs-gtk"],
  transport: "optional",
  grammar: emacsGrammar,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (holds({ option: ["-version", "--version", "-help"] }, invocation)) return [];
    const lisp = given.options.filter((option) => /^--?(?:l|load|eval|execute|script|scriptload|x|f|funcall)$/.test(option.name));
    const files = [...fileOperands(invocation), ...given.all("--visit", "-visit", "--file", "-file", "--find-file", "-find-file")];
    const batch = lisp.length > 0 || given.has("-batch", "--batch", "-daemon", "--daemon", "--bg-daemon", "--fg-daemon");
    return [...lisp.map((option) => unknown("it runs Emacs Lisp", option.word)), ...(files.length === 0 && batch ? [] : opens(files, trampEffects))];
  },
};

/** emacsclient(1): with `-e` its operands are Lisp. */
const emacsclient: Utility = {
  names: ["emacsclient"],
  transport: "optional",
  grammar: { short: "a:d:f:F:s:", long: ["alternate-editor=", "display=", "server-file=", "frame-parameters=", "socket-name=", "parent-id="] },
  effects: (invocation) => {
    if (holds({ option: ["-V"] }, invocation)) return [];
    const lisp = invocation.arguments.options.find(({ name }) => name === "-e" || name === "--eval");
    return lisp === undefined ? opens(fileOperands(invocation), trampEffects) : [unknown("it runs Emacs Lisp", lisp.word)];
  },
};

const containers = new Set("docker dockercp podman podmancp kubernetes lxc lxd incus toolbox distrobox nspawn apptainer flatpak jail".split(" "));
const becomes = new Set("sudo su doas sg ksu run0 sudoedit".split(" "));

/** A TRAMP file name, `/method:user@host#port:path` with hops before a bar (TRAMP manual, File name syntax). */
function trampEffects(file: Word): readonly Effect[] {
  const text = flat(file);
  const hops: Hop[] = [];
  const hop = /([A-Za-z][\w-]*|-):((?:\[[^\]]*\]|[^:|[\]/])*)([:|])/y;
  hop.lastIndex = 1;
  if (!text.startsWith("/")) return [request("edit", file)];
  for (;;) {
    const match = hop.exec(text);
    if (match === null) return [request("edit", file)];
    const [, method = "", authority = "", end] = match;
    hops.push(...trampHop(method, authority, slice(file, hop.lastIndex - 1 - authority.length, hop.lastIndex - 1)));
    if (end === ":") break;
  }
  const path = hop.lastIndex < text.length ? slice(file, hop.lastIndex) : undefined;
  return [request("edit", path, { hops: hops.length > 0 ? hops : undefined, word: file })];
}

function trampHop(method: string, authority: string, word: Word): readonly Hop[] {
  if (containers.has(method)) return [{ kind: "container", destination: word }];
  const at = authority.lastIndexOf("@") + 1;
  // `sudo` and its kind stay on the machine; without a host, so does every method.
  if (authority.slice(at) === "" || (becomes.has(method) && at === 0)) return [];
  const port = authority.indexOf("#", at);
  const end = port < 0 ? authority.length : port;
  const brackets = authority[at] === "[" ? 1 : 0;
  return [
    {
      kind: "host",
      destination: slice(word, at + brackets, end - brackets),
      user: at > 0 ? slice(word, 0, at - 1) : undefined,
      port: port < 0 ? undefined : slice(word, port + 1),
    },
  ];
}

const codeGrammar: Grammar = {
  short: "g:a:",
  long: [
    "remote=",
    "folder-uri=",
    "file-uri=",
    "goto=",
    "user-data-dir=",
    "extensions-dir=",
    "profile=",
    "locale=",
    "log=",
    "install-extension=",
    "uninstall-extension=",
    "category=",
    "add=",
    "sync=",
    "enable-proposed-api=",
    "disable-extension=",
    "inspect-extensions=",
  ],
};

/** Visual Studio Code and its kin: local files, and folders on other hosts by `--remote` or a `vscode-remote://` URI. */
const visualStudioCode: Utility = {
  names: ["code", "code-insiders", "codium", "vscodium", "code-oss", "cursor", "windsurf", "code-server", "positron", "trae"],
  transport: "optional",
  grammar: codeGrammar,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (holds({ option: ["--list-extensions", "-v", "--version", "-h", "--status", "-s", "--show-versions", "--telemetry"] }, invocation)) return [];
    const extensions = given.all("--install-extension", "--uninstall-extension");
    if (extensions.length > 0) return [request("package", undefined, { name: "extension" })];
    const files = [...given.all("-g", "--goto", "-a", "--add"), ...fileOperands(invocation)].map(withoutPosition);
    const uris = given.all("--folder-uri", "--file-uri");
    const remote = given.argument("--remote");
    if (remote !== undefined) return remoteWindow(remoteHop(remote), files, remote);
    return [...uris.flatMap(uriEffects), ...(uris.length > 0 && files.length === 0 ? [] : opens(files))];
  },
};

function remoteWindow(hops: readonly Hop[], files: readonly Word[], word: Word): readonly Effect[] {
  return files.length === 0 ? [request("session", undefined, { hops, word })] : files.map((file) => request("edit", file, { hops }));
}

function uriEffects(uri: Word): readonly Effect[] {
  const url = readUrl(uri);
  if (url === undefined) return [request("edit", uri)];
  if (url.scheme !== "vscode-remote") return [request("edit", url.path, { hops: url.scheme === "file" ? undefined : hopsOf(url), word: uri })];
  const authority = url.host === undefined ? undefined : slice(uri, "vscode-remote://".length, flat(uri).length - flat(url.path).length);
  return remoteWindow(authority === undefined ? [{ kind: "host", destination: undefined }] : remoteHop(authority), url.path.pieces.length > 0 ? [url.path] : [], uri);
}

/** `ssh-remote+user@host`, `dev-container+…`, `wsl+…`, `tunnel+…`. */
function remoteHop(authority: Word): readonly Hop[] {
  const text = flat(authority);
  const encoded = /%2b/i.exec(text);
  const plus = encoded?.index ?? text.indexOf("+");
  if (plus < 0) return [{ kind: "host", destination: authority }];
  const resolver = text.slice(0, plus);
  if (resolver === "wsl") return [];
  const destination = slice(authority, plus + (encoded?.[0].length ?? 1));
  return [{ kind: /container/.test(resolver) ? "container" : "host", destination }];
}

/** Editors of one system file each. */
const systemFiles: Utility = {
  names: ["visudo", "vipw", "vigr"],
  grammar: { short: "f:x:R:", long: ["file=", "export=", "root="] },
  effects: (invocation) => {
    const { arguments: given, name } = invocation;
    if (name === "visudo") return visudo(invocation);
    const groups = given.has("-g", "--group") || (name === "vigr" && !given.has("-p", "--passwd"));
    const shadow = given.has("-s", "--shadow");
    return [request("edit", textWord(groups ? (shadow ? "/etc/gshadow" : "/etc/group") : shadow ? "/etc/shadow" : "/etc/passwd"))];
  },
};

function visudo(invocation: Invocation): readonly Effect[] {
  if (holds({ option: ["-c", "--check", "-V", "--version", "-h"] }, invocation)) return [];
  const { arguments: given } = invocation;
  return [request("edit", given.argument("-f", "--file") ?? given.operands[0] ?? textWord("/etc/sudoers"))];
}

/** run-mailcap(1) and its names: `edit` is among the editors. */
const mailcap: Utility = {
  names: ["run-mailcap"],
  grammar: { long: ["action="] },
  effects: (invocation) => (holds({ argument: { "--action": ["edit", "compose"] } }, invocation) ? opens(fileOperands(invocation)) : []),
};

const binaryEditors = fromDescriptor({ names: ["hexedit", "hexer", "bvi", "dhex", "ghex", "bless", "wxhexeditor"], effects: [{ action: "edit", path: "operands" }] });

export const utilities: readonly Utility[] = [...editors.map(fromEditor), vim, ed, emacs, emacsclient, visualStudioCode, systemFiles, mailcap, binaryEditors];
