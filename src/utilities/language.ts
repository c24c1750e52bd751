// What a lexer and a reader of one-liners have to know of each interpreter's language: a table row per kind of call.

export interface Rule {
  /**
   * - `write`: changes the files its first arguments name
   * - `open`: opens a file, for writing where a mode says so
   * - `start`: starts a process
   * - `run`: runs code made at run time
   * - `serve`: starts a server
   * - `connect`: logs in to the host that it names
   * - `remote`: runs shell code at the end of such a connection
   * - `send`: copies a file to it
   */
  readonly does: "write" | "open" | "start" | "run" | "serve" | "connect" | "remote" | "send";
  /** Only in a program that names one of these libraries of ssh. */
  readonly library?: string;
  /** Which argument names the host, is the code, or is the file there; default: the first, for `send` the second. */
  readonly at?: number;
  /**
   * Modules or receivers that make the name mean this, separated by spaces; `*` any, `?` a receiver that is an
   * expression; absent: only without a receiver.
   */
  readonly of?: string;
  /** How many arguments are paths that it changes; default 1. 0: the receiver itself is one. */
  readonly paths?: number;
  /** `spawn`: program, then a list. `exec`: program, then argv with its own name. `list`: several arguments are an argv. Else shell code. */
  readonly form?: "spawn" | "exec" | "list";
  /** Perl's open: the mode comes before the name, or with it. */
  readonly modeFirst?: true;
}

/** Calls of libraries of ssh, by a language's names for the library, its logins, its commands and its uploads. */
function sshLibrary(library: string, connects: string, runs: string, sends: string): readonly Row[] {
  return [
    ...[undefined, "*"].map((of): Row => ({ names: connects, does: "connect", library, ...(of === undefined ? {} : { of }) })),
    { names: runs, of: "*", does: "remote", library },
    { names: sends, of: "*", does: "send", library },
  ];
}

export interface Language {
  readonly comments: readonly string[];
  readonly blockComments?: true;
  /** Longest first. */
  readonly quotes: readonly string[];
  /** Letters that may stand before a string. */
  readonly prefixes?: RegExp;
  readonly regexes?: true;
  readonly quoteLike?: "perl" | "ruby";
  readonly backticks?: "shell";
  /** Parentheses around arguments may be left out. */
  readonly bareCalls?: true;
  /** awk's `print > file` and `| command`. */
  readonly redirects?: true;
  /** What a string of this kind leaves to run time. */
  readonly interpolation?: (quote: string, prefix: string) => RegExp | undefined;
  readonly rules: ReadonlyMap<string, readonly Rule[]>;
}

interface Row extends Rule {
  readonly names: string;
}

function rulesOf(rows: readonly Row[]): ReadonlyMap<string, readonly Rule[]> {
  const rules = new Map<string, Rule[]>();
  for (const { names, ...rule } of rows) for (const name of names.split(" ")) rules.set(name, [...(rules.get(name) ?? []), rule]);
  return rules;
}

const python: Language = {
  comments: ["#"],
  quotes: ['"""', "'''", '"', "'"],
  prefixes: /^(?:[rbfut]|[rR][bBfFtT]|[bBfFtT][rR])$/i,
  interpolation: (_, prefix) => (/[ft]/i.test(prefix) ? /\{[^{}]*\}/g : undefined),
  rules: rulesOf([
    { names: "open", does: "open" },
    { names: "open", of: "io os codecs gzip bz2 lzma", does: "open" },
    { names: "open", of: "?", does: "open" },
    { names: "ZipFile TarFile", of: "zipfile tarfile", does: "open" },
    { names: "remove unlink removedirs rmdir mkdir makedirs chmod chown truncate utime mkfifo mknod", of: "os", does: "write" },
    { names: "rename renames replace link symlink", of: "os", does: "write", paths: 2 },
    { names: "write_text write_bytes symlink_to hardlink_to touch unlink rmdir mkdir chmod", of: "? Path path p file", does: "write", paths: 0 },
    { names: "rename", of: "? path p", does: "write", paths: 0 },
    { names: "rmtree chown", of: "shutil", does: "write" },
    { names: "copy copy2 copyfile copytree copymode copystat move make_archive unpack_archive", of: "shutil", does: "write", paths: 2 },
    { names: "extractall extract to_csv to_excel to_parquet to_pickle", of: "*", does: "write", paths: 0 },
    { names: "kill killpg", of: "os", does: "run" },
    { names: "system popen", of: "os posix", does: "start" },
    { names: "execv execve execvp execvpe posix_spawn posix_spawnp execl execle execlp execlpe", of: "os posix", does: "start", form: "exec" },
    { names: "spawnl spawnlp spawnv spawnvp spawnle spawnve spawnlpe spawnvpe fork forkpty", of: "os", does: "run" },
    { names: "run call check_call check_output Popen getoutput getstatusoutput", of: "subprocess commands", does: "start" },
    { names: "create_subprocess_shell", of: "asyncio", does: "start" },
    { names: "create_subprocess_exec", of: "asyncio", does: "start", form: "list" },
    { names: "spawn", of: "pty pexpect", does: "start" },
    { names: "exec eval", does: "run" },
    { names: "run_path run_module", of: "runpy", does: "run" },
    { names: "serve_forever", of: "*", does: "serve" },
    { names: "run", of: "uvicorn app hypercorn waitress", does: "serve" },
    ...sshLibrary(
      "paramiko fabric asyncssh spur netmiko pssh",
      "connect Connection create_connection ConnectHandler SshShell SSHClient",
      "exec_command run sudo send_command run_command",
      "put upload",
    ),
  ]),
};

const fileSystemOfNode = "fs fsp fs-extra promises ? Deno";

const javascript: Language = {
  comments: ["//"],
  blockComments: true,
  quotes: ['"', "'", "`"],
  regexes: true,
  interpolation: (quote) => (quote === "`" ? /\$\{[^}]*\}/g : undefined),
  rules: rulesOf([
    {
      names:
        "writeFile writeFileSync appendFile appendFileSync createWriteStream unlink unlinkSync rm rmSync rmdir rmdirSync mkdir mkdirSync mkdtemp mkdtempSync chmod chmodSync chown chownSync truncate truncateSync utimes utimesSync outputFile outputFileSync outputJson writeJson writeJsonSync emptyDir emptyDirSync",
      of: fileSystemOfNode,
      does: "write",
    },
    {
      names: "rename renameSync copyFile copyFileSync cp cpSync symlink symlinkSync link linkSync move moveSync copy copySync",
      of: "fs fsp fs-extra Deno",
      does: "write",
      paths: 2,
    },
    { names: "open openSync", of: "fs fsp", does: "open" },
    { names: "writeTextFile writeTextFileSync remove removeSync create createSync", of: "Deno", does: "write" },
    { names: "write", of: "Bun", does: "write" },
    { names: "exec execSync", of: "child_process", does: "start" },
    { names: "spawn spawnSync execFile execFileSync", of: "child_process Bun", does: "start", form: "spawn" },
    { names: "fork", of: "child_process", does: "run" },
    { names: "Command run", of: "Deno", does: "start", form: "spawn" },
    { names: "execa execaCommand execaSync", does: "start", form: "spawn" },
    { names: "kill", of: "process", does: "run" },
    { names: "eval Function", does: "run" },
    { names: "listen", of: "*", does: "serve" },
    { names: "serve", of: "Deno Bun", does: "serve" },
    ...sshLibrary("ssh2 node-ssh ssh2-promise ssh2-sftp-client", "connect", "exec execCommand", "putFile fastPut put"),
  ]),
};

const interpolated = /#\{[^}]*\}|[$@](?:\{[^}]*\}|\w+|[$!@&])(?:->)?(?:\[[^\]]*\]|\{[^}]*\})*/g;

const perl: Language = {
  comments: ["#"],
  quotes: ['"', "'", "`"],
  regexes: true,
  quoteLike: "perl",
  backticks: "shell",
  bareCalls: true,
  interpolation: (quote) => (quote === "'" ? undefined : interpolated),
  rules: rulesOf([
    { names: "open sysopen", does: "open", modeFirst: true },
    { names: "unlink rmdir mkdir truncate", does: "write" },
    { names: "chmod chown utime rename link symlink mkfifo", does: "run" },
    { names: "copy move cp mv make_path remove_tree rmtree mkpath", of: "File Copy Path", does: "run" },
    { names: "spew spew_utf8 append remove_tree mkpath touch", of: "? Path path", does: "run" },
    { names: "system exec", does: "start", form: "list" },
    { names: "open2 open3 write_file append_file edit_file edit_file_lines", does: "run" },
    { names: "kill fork", does: "run" },
    ...sshLibrary("OpenSSH SSH2", "new connect", "system capture capture2 cmd exec", "scp_put rsync_put"),
  ]),
};

const ruby: Language = {
  comments: ["#"],
  quotes: ['"', "'", "`"],
  regexes: true,
  quoteLike: "ruby",
  backticks: "shell",
  bareCalls: true,
  interpolation: (quote) => (quote === "'" ? undefined : /#\{[^}]*\}/g),
  rules: rulesOf([
    { names: "open new", of: "File IO Kernel", does: "open" },
    { names: "write binwrite delete unlink truncate mkfifo", of: "File IO Pathname", does: "write" },
    { names: "rename link symlink", of: "File", does: "write", paths: 2 },
    { names: "chmod chown utime", of: "File", does: "run" },
    { names: "mkdir rmdir unlink delete", of: "Dir", does: "write" },
    { names: "rm rm_f rm_r rm_rf remove_dir remove_entry mkdir mkdir_p makedirs rmdir touch", of: "FileUtils", does: "write" },
    { names: "cp cp_r copy mv move ln ln_s ln_sf install", of: "FileUtils", does: "write", paths: 2 },
    { names: "chmod chmod_R chown chown_R", of: "FileUtils", does: "run" },
    { names: "system exec spawn", does: "start", form: "list" },
    { names: "system exec spawn", of: "Kernel Process", does: "start", form: "list" },
    { names: "popen", of: "IO", does: "start" },
    { names: "capture2 capture2e capture3 popen2 popen2e popen3 pipeline", of: "Open3", does: "start", form: "list" },
    { names: "kill", of: "Process", does: "run" },
    { names: "eval instance_eval", does: "run" },
    ...sshLibrary("SSH SCP SFTP", "start", "exec capture execute", "upload"),
  ]),
};

const php: Language = {
  comments: ["//", "#"],
  blockComments: true,
  quotes: ['"', "'", "`"],
  backticks: "shell",
  interpolation: (quote) => (quote === "'" ? undefined : /\{?\$\w+(?:->\w+|\[[^\]]*\])*\}?/g),
  rules: rulesOf([
    { names: "file_put_contents unlink rmdir mkdir touch chmod chown chgrp tempnam", does: "write" },
    { names: "rename copy symlink link move_uploaded_file", does: "write", paths: 2 },
    { names: "fopen", does: "open" },
    { names: "system exec shell_exec passthru popen proc_open", does: "start" },
    { names: "pcntl_exec", does: "start", form: "spawn" },
    { names: "eval posix_kill", does: "run" },
    { names: "ssh2_connect", does: "connect" },
    { names: "ssh2_exec", does: "remote", at: 1 },
    { names: "ssh2_scp_send", does: "send", at: 2 },
    ...sshLibrary("SSH2 SFTP phpseclib", "SSH2 SFTP", "exec", "put"),
  ]),
};

const lua: Language = {
  comments: ["--"],
  quotes: ['"', "'"],
  rules: rulesOf([
    { names: "execute popen", of: "os io", does: "start" },
    { names: "open output", of: "io", does: "open" },
    { names: "remove", of: "os", does: "write" },
    { names: "rename", of: "os", does: "write", paths: 2 },
    { names: "load loadstring dofile", does: "run" },
  ]),
};

const tcl: Language = {
  comments: ["#"],
  quotes: ['"'],
  bareCalls: true,
  rules: rulesOf([{ names: "exec open file socket eval source system", does: "run" }]),
};

const awk: Language = {
  comments: ["#"],
  quotes: ['"'],
  regexes: true,
  redirects: true,
  rules: rulesOf([{ names: "system", does: "start" }]),
};

const statistics: Language = {
  comments: ["#"],
  quotes: ['"""', '"', "'", "`"],
  backticks: "shell",
  rules: rulesOf([
    { names: "system shell", does: "start" },
    { names: "system2", does: "start", form: "spawn" },
    { names: "unlink writeLines rm mkdir cp mv touch dump save saveRDS sink", does: "write" },
    { names: "remove rename copy create", of: "file", does: "write" },
    { names: "csv table", of: "write", does: "write" },
    { names: "open", does: "open" },
    { names: "run eval", does: "run" },
    { names: "packages", of: "install", does: "run" },
  ]),
};

const applescript: Language = {
  comments: ["--", "#"],
  quotes: ['"'],
  bareCalls: true,
  rules: rulesOf([{ names: "script", does: "start" }]),
};

export const languages = { applescript, awk, javascript, lua, perl, php, python, ruby, statistics, tcl } as const;
