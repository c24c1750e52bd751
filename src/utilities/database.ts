// Database clients and their administration: which server they reach, and whether they look, change data, restore it, or
// change the server.
import type { Descriptor, Grammar } from "../policy/descriptor.ts";
import { known, prefix, show, slice, textWord, type Word } from "../syntax/word.ts";
import { fromDescriptor, holds } from "./descriptor.ts";
import { data, request, unknown, write, writes } from "./effect.ts";
import { flat } from "./path-word.ts";
import { programOnStdin } from "./program.ts";
import { restore, restored, type Session, sqlEffects, structure } from "./sql.ts";
import { changes, reads, withSubcommands } from "./subcommand.ts";
import { hopsOf, readUrl } from "./url.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

/** How a client of a database server takes its server, its statements and its files. */
interface Client {
  readonly names: readonly string[];
  readonly options: Grammar;
  readonly host: readonly string[];
  /** Variables that name the server where no option does. */
  readonly variables?: readonly string[];
  /** Options whose argument may be a connection string; the first operand may be one too. */
  readonly connection?: readonly string[];
  readonly execute: readonly string[];
  readonly files: readonly string[];
  /** Options that name local files it writes. */
  readonly outputs?: readonly string[];
  readonly asks?: readonly string[];
  readonly escapes?: true;
}

/** A letter means another thing in each program: `-c` is psql's command, and pg_restore's --clean (PostgreSQL 16, Client Applications). */
function postgres(short: string): Grammar {
  return { short: `h:p:U:${short}`, long: postgresLong };
}

const postgresLong =
  "command= dbname= file= output= log-file= variable= set= host= port= username= field-separator= record-separator= pset= table= schema= exclude-table= exclude-schema= format= jobs= role= compress= superuser= section= pgdata= use-list= index= function= trigger= lock-wait-timeout= encoding= owner= tablespace= template=".split(
    " ",
  );

function mysql(short: string): Grammar {
  return { short: `h:P:u:p::S:${short}`, long: mysqlLong };
}

const mysqlLong =
  "host= port= user= password=? database= execute= socket= default-character-set= result-file= tab= where= defaults-file= defaults-extra-file= protocol= init-command= prompt= tee= delimiter= ssl-mode= ssl-ca= ignore-table= login-path=".split(
    " ",
  );

const clients: readonly Client[] = [
  {
    names: ["psql", "pgcli"],
    options: postgres("c:d:f:F:L:o:P:R:T:v:"),
    host: ["-h", "--host"],
    variables: ["PGHOST"],
    connection: ["-d", "--dbname"],
    execute: ["-c", "--command"],
    files: ["-f", "--file"],
    outputs: ["-o", "--output", "-L", "--log-file"],
    asks: ["-l", "--list", "-V", "-?"],
  },
  {
    names: ["mysql", "mariadb", "mycli"],
    options: mysql("D:e:"),
    host: ["-h", "--host"],
    execute: ["-e", "--execute"],
    files: [],
    outputs: ["--tee"],
    asks: ["-V", "-?"],
    escapes: true,
  },
  {
    names: ["clickhouse-client", "clickhouse"],
    options: { short: "h:u:q:d:m:f:", long: "host= port= user= password= query= queries-file= database= format= config-file=".split(" ") },
    host: ["-h", "--host"],
    execute: ["-q", "--query"],
    files: ["--queries-file"],
  },
  {
    names: ["cqlsh"],
    options: { short: "u:p:k:e:f:", long: "execute= file= username= password= keyspace=".split(" ") },
    host: [],
    connection: [],
    execute: ["-e", "--execute"],
    files: ["-f", "--file"],
  },
  { names: ["sqlcmd"], options: { short: "S:U:P:d:Q:q:i:o:" }, host: ["-S"], execute: ["-Q", "-q"], files: ["-i"], outputs: ["-o"] },
  {
    names: ["influx"],
    options: { singleDash: true, long: "host= port= username= password= database= execute= format= precision= org= token= bucket= file=".split(" ") },
    host: ["-host", "--host"],
    execute: ["-execute", "--execute"],
    files: [],
  },
];

function fromClient(client: Client): Utility {
  return {
    names: client.names,
    transport: "optional",
    grammar: client.options,
    effects: (invocation) => {
      const { arguments: given } = invocation;
      const session: Session = { hops: serverOf(client, invocation), readFile: invocation.readFile, escapes: client.escapes };
      if (given.has(...(client.asks ?? []))) return reached(session);
      const statements = given.all(...client.execute).flatMap((text) => sqlEffects(text, session));
      const files = given.all(...client.files).flatMap((file) => (known(file) === "-" ? stdinEffects(invocation, session) : restored(file, session)));
      const outputs = writes(given.all(...(client.outputs ?? [])), { note: "writes the output" });
      const told = given.has(...client.execute, ...client.files);
      return [...outputs, ...statements, ...files, ...(told ? [] : stdinEffects(invocation, session))];
    },
  };
}

function reached({ hops }: Session): readonly Effect[] {
  return hops === undefined ? [] : [request("read", undefined, { hops })];
}

function serverOf(client: Client, { arguments: given, variable, name }: Invocation): readonly Hop[] | undefined {
  const host = given.argument(...client.host) ?? client.variables?.map(variable).find((value) => value !== undefined);
  if (host !== undefined) return hostHops(host);
  if (name === "cqlsh") return given.operands[0] === undefined ? undefined : hostHops(given.operands[0]);
  return [...given.all(...(client.connection ?? [])), ...given.operands.slice(0, 1)].map(connectionHops).find((hops) => hops !== undefined);
}

/** A directory is where the server's local socket lies. */
function hostHops(host: Word): readonly Hop[] | undefined {
  const url = readUrl(host);
  if (url !== undefined) return hopsOf(url);
  const end = flat(host).search(/[,:](?!:)/);
  return prefix(host).startsWith("/") ? undefined : [{ kind: "host", destination: end > 0 ? slice(host, 0, end) : host }];
}

/** `postgresql://user@host/db`, or keywords: `host=h dbname=d` (libpq, Connection Strings). */
function connectionHops(text: Word): readonly Hop[] | undefined {
  const url = readUrl(text);
  if (url !== undefined) return hopsOf(url);
  const keyword = /(?:^|\s)host(?:addr)?\s*=\s*'?/.exec(flat(text));
  if (keyword === null) return undefined;
  const start = keyword.index + keyword[0].length;
  return hostHops(slice(text, start, start + (/^[^\s']*/.exec(flat(text).slice(start))?.[0].length ?? 0)));
}

/** Statements on standard input: judged where the text tells them; else what comes from a file or a pipe is a restore. */
function stdinEffects(invocation: Invocation, session: Session): readonly Effect[] {
  const { stdin } = invocation.command;
  if (stdin.from === "file") return known(stdin.path) === "/dev/null" ? reached(session) : restored(stdin.path, session);
  const program = programOnStdin(invocation);
  if (program.from === "text") return sqlEffects(program.text, session);
  if (program.from === "terminal")
    return [session.file === undefined ? data({ hops: session.hops, note: "opens a session with the database" }) : request("execute", undefined, { name: "data" })];
  return [restore(undefined, session)];
}

const sqlite: Utility = {
  names: ["sqlite3", "sqlite", "litecli"],
  grammar: { singleDash: true, long: "cmd= init= separator= nullvalue= newline= mmap= maxsize= lookaside= pagecache= vfs=".split(" ") },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [file, ...statements] = given.operands;
    const session: Session = { hops: undefined, file: file ?? textWord(":memory:"), readFile: invocation.readFile };
    const all = [...given.all("-cmd", "--cmd"), ...statements].flatMap((text) => sqlEffects(text, session));
    const effects = [
      ...all,
      ...given.all("-init", "--init").flatMap((each) => restored(each, session)),
      ...(statements.length > 0 || given.has("-version", "--version") ? [] : stdinEffects(invocation, session)),
    ];
    const inert = holds({ option: ["-readonly", "--readonly"] }, invocation) || file === undefined || known(file) === ":memory:";
    return inert ? effects.filter((effect) => effect.does !== "request" || effect.path !== session.file) : effects;
  },
};

/** Clients that dump a database into a local file, or out. */
const dumps = (
  [
    {
      names: ["pg_dump"],
      options: postgres("d:e:E:f:F:j:n:N:S:t:T:Z:"),
      effects: [{ when: { option: ["-f", "--file"] }, action: "write", path: { option: ["-f", "--file"] }, note: "writes the dump" }],
    },
    {
      names: ["pg_dumpall"],
      options: postgres("d:E:f:l:S:"),
      effects: [{ when: { option: ["-f", "--file"] }, action: "write", path: { option: ["-f", "--file"] }, note: "writes the dump" }],
    },
    {
      names: ["pg_basebackup"],
      options: postgres("c:d:D:F:l:r:s:S:t:T:X:Z:"),
      effects: [{ when: { option: ["-D", "--pgdata"] }, action: "write", path: { option: ["-D", "--pgdata"] }, note: "writes the backup" }],
    },
    {
      names: ["mysqldump", "mariadb-dump", "mydumper"],
      options: mysql("r:T:w:"),
      effects: [{ when: { option: ["-r", "--result-file", "-T", "--tab"] }, action: "write", path: { option: ["-r", "--result-file", "-T", "--tab"] }, note: "writes the dump" }],
    },
    {
      names: ["mongodump", "mongoexport"],
      options: { short: "h:d:c:q:o:u:p:", long: "host= port= db= collection= query= out= archive=? uri= username= password= authenticationDatabase= fields= type=".split(" ") },
      effects: [
        { when: { option: ["-o", "--out"] }, action: "write", path: { option: ["-o", "--out"] }, note: "writes the dump" },
        { when: { argument: { "--archive": ["?*"] } }, action: "write", path: { option: ["--archive"] }, note: "writes the dump" },
      ],
    },
    { names: ["redis-check-aof", "valkey-check-aof"], effects: [{ when: { option: ["--fix"] }, action: "write", path: "operands", existing: true, note: "repairs it" }] },
    { names: ["pg_isready", "pg_controldata", "pg_config", "pg_lsclusters", "pg_verifybackup", "pg_amcheck", "mysqlshow", "mysqlslap", "pgbadger", "redis-benchmark"] },
  ] satisfies readonly Descriptor[]
).map(fromDescriptor);

/** Programs that do one thing to the database of a server. */
interface Operation {
  readonly names: readonly string[];
  readonly options: Grammar;
  readonly effect: (hops: readonly Hop[] | undefined, invocation: Invocation) => readonly Effect[];
}

const changesData = (hops: readonly Hop[] | undefined): readonly Effect[] => [data({ hops, note: "changes data in the database" })];
const changesStructure = (hops: readonly Hop[] | undefined): readonly Effect[] => [structure(hops)];
const restores = (hops: readonly Hop[] | undefined): readonly Effect[] => [restore(undefined, { hops, readFile: () => undefined })];

const operations: readonly Operation[] = [
  { names: ["dropdb", "dropuser"], options: postgres(""), effect: changesStructure },
  { names: ["createdb"], options: postgres("D:E:l:O:S:T:"), effect: changesStructure },
  { names: ["createuser"], options: postgres("a:c:g:m:v:"), effect: changesStructure },
  { names: ["vacuumdb", "clusterdb"], options: postgres("d:j:n:N:P:t:"), effect: changesData },
  { names: ["reindexdb"], options: postgres("d:i:j:S:t:"), effect: changesData },
  { names: ["pgbench"], options: postgres("b:c:D:f:F:j:L:M:P:R:s:t:T:"), effect: changesData },
  {
    names: ["pg_restore"],
    options: postgres("d:f:F:I:j:L:n:N:P:S:t:T:"),
    effect: (hops, invocation) => {
      const output = invocation.arguments.argument("-f", "--file");
      if (holds({ option: ["-l", "--list"] }, invocation)) return [];
      return output !== undefined ? (known(output) === "-" ? [] : write(output)) : invocation.arguments.has("-d", "--dbname") ? restores(hops) : [];
    },
  },
  {
    names: ["pg_createcluster", "pg_dropcluster", "pg_renamecluster", "pg_upgradecluster", "pg_restorecluster", "pg_conftool", "pg_resetwal", "pg_rewind", "pg_upgrade", "initdb"],
    options: postgres("b:B:d:D:f:j:l:o:O:s:u:"),
    effect: (_, { arguments: given, name }) =>
      name === "pg_conftool" && given.operands.some((word) => known(word) === "show")
        ? []
        : [request("service", undefined, { name: "database server", note: "changes the database server" })],
  },
  { names: ["vacuumlo"], options: postgres("l:"), effect: changesData },
  { names: ["mysqlimport", "mariadb-import", "myloader"], options: mysql("c:"), effect: restores },
  {
    names: ["mongorestore", "mongoimport"],
    options: { short: "h:d:c:u:p:", long: "host= port= db= collection= uri= username= password= archive=? dir= file= authenticationDatabase= type=".split(" ") },
    effect: (hops, invocation) => (holds({ option: ["--dryRun"] }, invocation) ? [] : restores(hops)),
  },
  {
    names: ["mysqladmin", "mariadb-admin"],
    options: mysql("c:i:w::"),
    effect: (hops, { arguments: given }) =>
      given.operands.flatMap((word): readonly Effect[] => {
        const verb = known(word) ?? "";
        if (/^(?:ping|status|processlist|variables|version|extended-status)$/.test(verb)) return [];
        if (/^(?:create|drop)$/.test(verb)) return changesStructure(hops);
        return /^(?:shutdown|kill|reload|refresh|password|debug|flush|start|stop)/.test(verb)
          ? [request("service", undefined, { name: "database server", hops, word, note: "changes the database server" })]
          : [];
      }),
  },
  {
    names: ["mysqlcheck", "mariadb-check"],
    options: mysql(""),
    effect: (hops, invocation) => (holds({ option: ["-r", "--repair", "-o", "--optimize", "--auto-repair"] }, invocation) ? changesData(hops) : []),
  },
];

function fromOperation({ names, options, effect }: Operation): Utility {
  return {
    names,
    grammar: options,
    effects: (invocation) => {
      const { arguments: given, variable } = invocation;
      const uri = given.argument("--uri");
      const host = given.argument("-h", "--host") ?? (names[0] === "pg_restore" || names[0] === "dropdb" ? variable("PGHOST") : undefined);
      const hops =
        host !== undefined
          ? hostHops(host)
          : uri !== undefined
            ? connectionHops(uri)
            : given
                .all("-d", "--dbname")
                .map(connectionHops)
                .find((each) => each !== undefined);
      const effects = effect(hops, invocation);
      return effects.length === 0 && hops !== undefined ? [request("read", undefined, { hops })] : effects;
    },
  };
}

/** mongosh(1): JavaScript whose calls tell what it changes. */
const mongosh: Utility = {
  names: ["mongosh", "mongo"],
  grammar: {
    short: "u:p:f:",
    long: "host= port= username= password= eval= file= authenticationDatabase= authenticationMechanism= tlsCAFile= tlsCertificateKeyFile= apiVersion= retryWrites=".split(" "),
  },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [first, ...others] = given.operands;
    const host = given.argument("--host");
    const hops = host !== undefined ? hostHops(host) : first === undefined ? undefined : mongoHops(first);
    const files = [...given.all("-f", "--file"), ...given.operands.filter((word) => /\.js$/.test(flat(word))), ...others.filter((word) => !/\.js$/.test(flat(word)))];
    const scripts = given.all("--eval");
    if (scripts.length + files.length === 0) return mongoStdin(invocation, hops);
    return [...scripts.map((text) => mongoEffect(text, hops)), ...new Set(files)].map((each) =>
      "does" in each ? each : data({ hops, word: each, note: "runs a script in the database" }),
    );
  },
};

/** `mongodb://h/db`, `h/db`, `h:port/db`; a name alone is a database of the local server. */
function mongoHops(word: Word): readonly Hop[] | undefined {
  const url = readUrl(word);
  if (url !== undefined) return hopsOf(url);
  const slash = flat(word).indexOf("/");
  return slash > 0 && !/\.js$/.test(flat(word)) ? hostHops(slice(word, 0, slash)) : undefined;
}

function mongoStdin(invocation: Invocation, hops: readonly Hop[] | undefined): readonly Effect[] {
  const program = programOnStdin(invocation);
  if (program.from === "text") return [mongoEffect(program.text, hops)];
  return [program.from === "terminal" ? data({ hops, note: "opens a session with the database" }) : restore(undefined, { hops, readFile: invocation.readFile })];
}

function mongoEffect(text: Word, hops: readonly Hop[] | undefined): Effect {
  const source = flat(text);
  if (/child_process|\brequire\s*\(|\brun(?:Program)?\s*\(|\bload\s*\(|\beval\s*\(/.test(source)) return unknown("it runs JavaScript", text, hops);
  if (
    /shutdownServer|setParameter|replSet|\brs\.(?:initiate|reconfig|stepDown|add|remove|freeze)|\bsh\.(?:add|remove|enable|stop|start)|fsyncLock|killOp|shutdown\b/.test(source)
  ) {
    return request("service", undefined, { name: "database server", hops, word: text, note: "changes the database server" });
  }
  if (
    /\.(?:drop(?:Database|Index|Indexes|User|Role|AllUsers)?|create(?:Collection|View|Index|Indexes|User|Role)|renameCollection|updateUser|changeUserPassword|(?:grant|revoke)\w+)\s*\(/.test(
      source,
    )
  ) {
    return structure(hops, text);
  }
  const writing = /\.(?:insert|update|delete|remove|drop|create|replace|rename|save|bulkWrite|findAndModify|findOneAnd|grant|revoke|change)\w*\s*\(|\$(?:out|merge)\b|\0/.test(
    source,
  );
  return writing ? data({ hops, word: text, note: "changes data in the database" }) : request("read", undefined, { hops });
}

/** Key-value stores and message brokers: subcommands that look, change data, or change the server. */
const stores: readonly Utility[] = [
  withSubcommands({
    names: ["etcdctl"],
    options: { long: ["endpoints=", "cacert=", "cert=", "key=", "user=", "password=", "write-out=", "command-timeout=", "dial-timeout="] },
    commands: [
      reads("get watch endpoint version check elect completion help"),
      storeData("put del rm set mk mkdir update rmdir txn compaction lease lock make-mirror"),
      group("member alarm user role auth snapshot", "list get status save"),
    ],
    otherwise: changes("service", "otherwise"),
    transport: "optional",
    hops: (given) => given.flatMap((each) => each.all("--endpoints")).map(hostHops)[0] ?? [],
  }),
  withSubcommands({
    names: ["consul"],
    options: { singleDash: true, long: ["http-addr=", "token=", "datacenter=", "ca-file="] },
    commands: [
      reads("members info catalog version monitor watch validate rtt help debug"),
      group("kv", "get export", "execute"),
      group("operator acl intention config services snapshot", "list read inspect check match get-config"),
    ],
    otherwise: changes("service", "otherwise"),
    transport: "optional",
    hops: (given) => given.flatMap((each) => each.all("-http-addr", "--http-addr")).map(hostHops)[0] ?? [],
  }),
  withSubcommands({
    names: ["rabbitmq-plugins"],
    commands: [reads("list directories is_enabled version help")],
    otherwise: changes("service", "otherwise"),
  }),
];

function storeData(names: string): Utility {
  return { names: names.split(" "), grammar: {}, effects: () => [data({ note: "changes data in the store" })] };
}

/** Subcommands with subcommands of their own, of which some only look. */
function group(names: string, looking: string, action: "service" | "execute" = "service"): Utility {
  const looks = new Set(looking.split(" "));
  return {
    names: names.split(" "),
    grammar: {},
    effects: ({ arguments: given, name }) => {
      const verb = known(given.operands[0]);
      if (verb !== undefined && looks.has(verb)) return [];
      return [
        action === "execute"
          ? data({ note: "changes data in the store" })
          : request("service", undefined, { name: `${name} ${given.operands[0] === undefined ? "" : show(given.operands[0])}`.trim() }),
      ];
    },
  };
}

/** Kafka's scripts, with or without `.sh`. */
const kafka: Utility = {
  names: [
    "kafka-topics",
    "kafka-configs",
    "kafka-acls",
    "kafka-consumer-groups",
    "kafka-console-producer",
    "kafka-console-consumer",
    "kafka-delete-records",
    "kafka-get-offsets",
    "kafka-reassign-partitions",
  ].flatMap((name) => [name, `${name}.sh`]),
  grammar: {
    long: "bootstrap-server= broker-list= zookeeper= topic= partitions= replication-factor= config= group= command-config= entity-type= entity-name= add-config= delete-config=".split(
      " ",
    ),
  },
  effects: (invocation) => {
    const { arguments: given, name } = invocation;
    const server = given.argument("--bootstrap-server", "--broker-list", "--zookeeper");
    const hops = server === undefined ? undefined : hostHops(server);
    const changing = given.has("--create", "--delete", "--alter", "--add", "--remove", "--reset-offsets", "--execute") || /producer|delete-records/.test(name);
    return changing && !given.has("--dry-run") ? [data({ hops, note: "changes the message broker" })] : [request("read", undefined, { hops })];
  },
};

export const utilities: readonly Utility[] = [...clients.map(fromClient), sqlite, ...dumps, ...operations.map(fromOperation), mongosh, ...stores, kafka];
