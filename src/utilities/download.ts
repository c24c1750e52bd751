// Clients that fetch and send by URL, or connect a socket: which local files they write, what they upload to another
// host, and what they run.
import type { Descriptor, Grammar } from "../policy/descriptor.ts";
import { known, prefix, show, slice, textWord, type Word } from "../syntax/word.ts";
import { type Arguments, readArguments } from "./arguments.ts";

import { fromDescriptor, holds } from "./descriptor.ts";
import { code, request, unknown, write, writes } from "./effect.ts";
import { baseName, flat, inside } from "./path-word.ts";
import { redisLines } from "./redis.ts";
import { hopsOf, readUrl, type Url } from "./url.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { partsOf, wordsOf } from "./word-list.ts";

const here = textWord(".");

/** The name that a server's file gets here, without a query. */
function nameIn(url: Word): string | undefined {
  const end = flat(url).search(/[?#]/);
  const path = end < 0 ? url : slice(url, 0, end);
  const rest = flat(path).replace(/^[A-Za-z][\w+.-]*:\/\//, "");
  return rest.endsWith("/") || !rest.includes("/") ? "" : baseName(path);
}

const curlGrammar: Grammar = {
  short: "A:b:c:C:d:D:e:E:F:h:H:K:m:o:P:Q:r:t:T:u:U:w:x:X:y:Y:z:",
  long: (
    "abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode " +
    "delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode " +
    "happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt " +
    "max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers " +
    "proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer " +
    "request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers " +
    "tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file upload-flags url url-query user user-agent variable vlan-priority write-out"
  )
    .split(" ")
    .map((name) => `${name}=`),
};

const curl: Utility = {
  names: ["curl", "curlie"],
  transport: "optional",
  grammar: curlGrammar,
  effects: (invocation) => [...curlEffects(invocation.arguments), ...invocation.arguments.all("-K", "--config").flatMap((file) => curlConfig(file, invocation))],
};

function curlEffects(given: Arguments): readonly Effect[] {
  const urls = [...given.candidates, ...given.all("--url")];
  const directory = given.argument("--output-dir");
  const logs = given.all("-D", "--dump-header", "-c", "--cookie-jar", "--trace", "--trace-ascii", "--stderr", "--etag-save", "--libcurl", "--alt-svc", "--hsts");
  return [
    ...writes(filesOf(given.all("-o", "--output")), { directory, note: "saves what it fetches" }),
    ...(given.has("-O", "--remote-name", "--remote-name-all")
      ? urls.flatMap((url) => write(inside(directory ?? here, nameIn(url)), { word: url, note: "saves what it fetches" }))
      : []),
    ...writes(filesOf(logs)),
    ...urls.flatMap((url) => curlUrl(url, given)),
  ];
}

/** `-` is standard output. */
function filesOf(words: readonly Word[]): readonly Word[] {
  return words.filter((word) => known(word) !== "-");
}

const fileProtocols = /^(?:sftp|scp|ftps?|smbs?|tftp)$/;

function curlUrl(word: Word, given: Arguments): readonly Effect[] {
  const url = readUrl(word);
  if (url === undefined) return [];
  const upload = given.argument("-T", "--upload-file");
  if (url.scheme === "file") return upload === undefined ? [] : write(url.path, { word });
  if (!fileProtocols.test(url.scheme)) return engineEffects(url, given, word);
  const hops = withKeys(hopsOf(url), given.all("--key"));
  const changes = given
    .all("-Q", "--quote")
    .filter((quote) => /^[-+*]?(?:rm|rmdir|rename|mkdir|chmod|chown|chgrp|ln|symlink|dele|rnfr|rnto|mkd|rmd|site|stor)\b/i.test(flat(quote)));
  const quoted = changes.map((quote) => request("write", undefined, { hops, word: quote, note: "changes files there" }));
  if (upload === undefined) return [...quoted, request("read", url.path, { hops, word })];
  return [...quoted, request("write", uploadPath(url, upload), { hops, word, sources: [upload], transfer: true, note: "uploads to it" })];
}

function withKeys(hops: readonly Hop[] | undefined, keys: readonly Word[]): readonly Hop[] | undefined {
  return keys.length === 0 ? hops : hops?.map((hop) => ({ ...hop, keys }));
}

/** A URL that ends in a slash takes the local file's name; `/~/` is the login directory. */
function uploadPath(url: Url, upload: Word): Word {
  const path = flat(url.path).startsWith("/~") ? slice(url.path, 1) : url.path;
  return flat(path).endsWith("/") || flat(path) === "" ? inside(path, baseName(upload)) : path;
}

/** The Docker engine's own API: on its socket, or on its ports on another host. */
function engineEffects(url: Url, given: Arguments, word: Word): readonly Effect[] {
  if (!changesSomething(given)) return [];
  const socket = given.argument("--unix-socket", "--abstract-unix-socket");
  if (socket !== undefined && /(?:docker|podman|containerd)[^/]*\.sock$/.test(show(socket)))
    return [request("container", undefined, { word, note: "asks the container engine for a change" })];
  return /^237[56]$/.test(known(url.port) ?? "") ? [request("container", undefined, { hops: hopsOf(url), word, note: "asks the container engine for a change" })] : [];
}

function changesSomething(given: Arguments): boolean {
  const method = given.argument("-X", "--request");
  if (method !== undefined) return !/^(?:GET|HEAD|OPTIONS)$/i.test(show(method));
  return given.has("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json", "-F", "--form", "-T", "--upload-file") && !given.has("-G", "--get");
}

/** curl(1) `-K`: an option a line, with or without dashes, its argument after a blank, `=` or `:`. */
function curlConfig(file: Word, invocation: Invocation): readonly Effect[] {
  const name = known(file);
  const text = name === undefined ? undefined : invocation.readFile(name);
  if (text === undefined) return [unknown("its options come from a file that cannot be read here", file)];
  const words = partsOf(textWord(text, file.span)).flatMap((line) => configWords(line));
  return curlEffects(readArguments(words, curlGrammar));
}

function configWords(line: Word): readonly Word[] {
  const [, indent = "", option = "", between = ""] = /^(\s*)([^\s=:#]+)(\s*[=:]?\s*)/.exec(flat(line)) ?? [];
  if (option === "") return [];
  const start = indent.length + option.length + between.length;
  const value = wordsOf(slice(line, start)).slice(0, 1);
  return [textWord(option.startsWith("-") ? option : `--${option}`, line.span), ...value];
}

const wgetGrammar: Grammar = {
  short: "e:o:a:i:B:t:O:T:w:Q:P:U:l:A:R:D:I:X:",
  long: (
    "execute output-file append-output report-speed input-file base config rejected-log tries retry-on-http-error output-document start-pos progress timeout dns-timeout connect-timeout read-timeout wait waitretry quota bind-address limit-rate " +
    "restrict-file-names prefer-family user password use-askpass local-encoding remote-encoding directory-prefix cut-dirs http-user http-password default-page header compression proxy-user proxy-password referer user-agent load-cookies " +
    "save-cookies post-data post-file method body-data body-file secure-protocol certificate certificate-type private-key private-key-type ca-certificate ca-directory crl-file pinnedpubkey ciphers ftp-user ftp-password warc-file warc-header " +
    "warc-max-size warc-dedup warc-tempdir level backups accept reject accept-regex reject-regex regex-type domains exclude-domains follow-tags ignore-tags include-directories exclude-directories hsts-file"
  )
    .split(" ")
    .map((name) => `${name}=`),
};

/** wget(1) saves into the current directory unless told otherwise. */
const wget: Utility = {
  names: ["wget", "wget2"],
  grammar: wgetGrammar,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const programs = given.all("--use-askpass").map((word) => code(word));
    const logs = writes(filesOf(given.all("-o", "--output-file", "-a", "--append-output", "--save-cookies", "--rejected-log", "--warc-file")));
    return [...programs, ...logs, ...wgetSaves(invocation)];
  },
};

function wgetSaves(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const note = "saves what it fetches";
  const output = given.argument("-O", "--output-document");
  if (output !== undefined) return known(output) === "-" ? [] : write(output, { note });
  if (holds({ option: ["--spider", "--delete-after", "-h", "-V"] }, invocation)) return [];
  const directory = given.argument("-P", "--directory-prefix") ?? here;
  const tree = holds({ option: ["-r", "--recursive", "-m", "--mirror", "-p", "--page-requisites", "-x", "--force-directories", "-i", "--input-file"] }, invocation);
  if (tree) return write(directory, { note });
  return given.candidates.flatMap((url) => write(inside(directory, nameIn(url) === "" ? "index.html" : nameIn(url)), { word: url, note }));
}

const aria2c: Utility = {
  names: ["aria2c", "axel"],
  grammar: {
    short: "d:o:i:l:j:s:x:n:H:U:k:m:t:T:",
    long: ["dir=", "out=", "output=", "input-file=", "log=", "split=", "max-connection-per-server=", "header=", "num-connections="],
  },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const directory = given.argument("-d", "--dir");
    const output = given.argument("-o", "--out", "--output");
    if (output !== undefined) return write(output, { directory, note: "saves what it fetches" });
    return given.candidates.length + given.all("-i", "--input-file").length === 0 ? [] : write(directory ?? here, { note: "saves what it fetches" });
  },
};

const others = (
  [
    {
      names: ["http", "https", "xh", "xhs", "httpie"],
      options: {
        short: "o:a:A:p:s:x:",
        long: ["output=", "auth=", "auth-type=", "session=", "session-read-only=", "print=", "style=", "proxy=", "timeout=", "verify=", "cert=", "cert-key="],
      },
      effects: [
        { when: { option: ["-o", "--output"] }, action: "write", path: { option: ["-o", "--output"] }, note: "saves what it fetches" },
        { when: { option: ["-d", "--download"] }, unless: { option: ["-o", "--output"] }, action: "write", note: "saves what it fetches" },
      ],
    },
    {
      names: ["yt-dlp", "youtube-dl"],
      options: { short: "o:f:P:r:R:a:u:p:", long: ["output=", "format=", "paths=", "exec=", "batch-file=", "cookies="] },
      runs: [{ when: { option: ["--exec"] }, command: { option: ["--exec"] }, as: "sh" }],
      effects: [
        {
          unless: { option: ["-F", "-j", "-J", "-g", "-s", "--list-formats", "--dump-json", "--get-url", "--simulate"] },
          action: "write",
          path: { option: ["-o", "--output"] },
          note: "saves what it fetches",
        },
      ],
    },
    { names: ["wscat", "websocat", "grpcurl", "ab", "wrk", "hey", "siege"] },
  ] satisfies readonly Descriptor[]
).map(fromDescriptor);

/** nc(1), ncat(1): a connection reads; `-e` and `-c` run a command for the other side. */
const netcat: Utility = {
  names: ["nc", "ncat", "netcat", "nc.openbsd", "nc.traditional"],
  grammar: {
    short: "e:c:g:G:i:I:m:M:o:O:p:P:q:s:T:V:w:W:x:X:",
    long: [
      "exec=",
      "sh-exec=",
      "lua-exec=",
      "output=",
      "hex-dump=",
      "source-port=",
      "source=",
      "wait=",
      "idle-timeout=",
      "proxy=",
      "proxy-type=",
      "proxy-auth=",
      "delay=",
      "max-conns=",
      "allow=",
      "deny=",
    ],
  },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const programs = given.all("-e", "--exec", "-c", "--sh-exec");
    return [
      ...programs.map((word): Effect => ({ does: "code", source: [word], dialect: "sh", stdin: { from: "pipe", commands: [] } })),
      ...given.all("--lua-exec").map((word) => unknown("it runs a Lua script", word)),
      ...writes(given.all("-o", "--output", "--hex-dump")),
      ...(given.has("-l", "--listen", "-z")
        ? []
        : given.has("-U", "--unixsock")
          ? given.operands.flatMap((socket) => toldBySocket(socket, invocation))
          : spoken(given.operands, invocation)),
    ];
  },
};

/** A text that is sent to a server's port is judged as its client would send it: Redis, memcached. */
function spoken([host, port]: readonly Word[], invocation: Invocation): readonly Effect[] {
  const { stdin } = invocation.command;
  if (host === undefined || stdin.from !== "text") return [];
  const hops: readonly Hop[] = [{ kind: "host", destination: host }];
  if (known(port) === "6379") return redisLines(stdin.text, hops);
  return known(port) === "11211" && /^\s*(?:flush_all|shutdown)\b/im.test(flat(stdin.text))
    ? [request("service", undefined, { name: "memcached", hops, note: "empties the cache" })]
    : [];
}

/** The socket by which a daemon is told what to do (HAProxy, Management Guide 9.3): what does not look changes it. */
function toldBySocket(socket: Word, { command: { stdin } }: Invocation): readonly Effect[] {
  if (stdin.from !== "text" || !/haproxy|admin\.sock$/.test(flat(socket))) return [];
  const commands = flat(stdin.text)
    .split(/[\n;]/)
    .map((text) => text.trim())
    .filter((text) => text !== "");
  const looks = commands.every((text) => /^(?:show|get|help|prompt|quit|wait|echo)\b/.test(text));
  return looks ? [] : [request("service", undefined, { name: "haproxy", note: "tells the load balancer what to do" })];
}

/** telnet(1): without a port, or on its own, it asks for a login. */
const telnet: Utility = {
  names: ["telnet"],
  grammar: { short: "l:X:S:b:e:n:p:", permute: false },
  effects: (invocation) => {
    const [host, port] = invocation.arguments.operands;
    if (host === undefined) return [];
    const login = port === undefined || known(port) === "23";
    return login ? [request("session", undefined, { hops: [{ kind: "host", destination: host, user: invocation.arguments.argument("-l") }] })] : spoken([host, port], invocation);
  },
};

/** socat(1): two addresses; some of them run a program or create a file. */
const socat: Utility = {
  names: ["socat", "filan", "procan"],
  grammar: { short: "b:t:T:l::d::v::", permute: true },
  effects: (invocation) => invocation.arguments.operands.flatMap((word) => socatAddress(word, invocation)),
};

function socatAddress(word: Word, invocation: Invocation): readonly Effect[] {
  if (prefix(word).startsWith("/")) return toldBySocket(word, invocation);
  const [head = "", keyword = ""] = /^([A-Za-z0-9-]+):/.exec(flat(word)) ?? [];
  const end = flat(word).indexOf(",", head.length);
  const value = slice(word, head.length, end < 0 ? undefined : end);
  if (/^(?:EXEC|SYSTEM|SHELL)$/i.test(keyword)) return [{ does: "code", source: [value], dialect: "sh", stdin: { from: "pipe", commands: [] } }];
  if (/^UNIX(?:-CONNECT|-CLIENT)?$/i.test(keyword)) return toldBySocket(value, invocation);
  const creates = /^CREATE$/i.test(keyword) || (/^(?:OPEN|FILE|GOPEN)$/i.test(keyword) && /,(?:creat|create|append|trunc)/.test(flat(word)));
  return creates ? write(value, { word }) : [];
}

export const utilities: readonly Utility[] = [curl, wget, aria2c, ...others, netcat, telnet, socat];
