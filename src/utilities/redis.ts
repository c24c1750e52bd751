// redis-cli: which server it reaches, and whether its commands look, change data, or change the server itself.
import type { Grammar } from "../policy/descriptor.ts";
import { known, show, type Word } from "../syntax/word.ts";
import type { Arguments } from "./arguments.ts";
import { data, distinct, request, unknown, writes } from "./effect.ts";
import { programOnStdin } from "./program.ts";
import { hopsOf, readUrl } from "./url.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { partsOf, wordsOf } from "./word-list.ts";

const grammar: Grammar = {
  permute: false,
  short: "h:p:s:a:u:r:i:n:d:D:X:t:",
  long: "user pass sni cacert cacertdir cert key tls-ciphers tls-ciphersuites show-pushes lru-test rdb functions-rdb pipe-timeout pattern quoted-pattern count cursor intrinsic-latency eval memkeys-samples keystats-samples top"
    .split(" ")
    .map((name) => `${name}=`),
};

const reads = new Set(
  (
    "PING ECHO AUTH HELLO SELECT QUIT RESET INFO TIME DBSIZE KEYS SCAN SSCAN HSCAN ZSCAN RANDOMKEY EXISTS TYPE TTL PTTL EXPIRETIME PEXPIRETIME DUMP GET MGET GETRANGE SUBSTR STRLEN GETBIT BITCOUNT BITPOS BITFIELD_RO LCS " +
    "HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS HSTRLEN HRANDFIELD HTTL HPTTL HEXPIRETIME HPEXPIRETIME LRANGE LLEN LINDEX LPOS SMEMBERS SCARD SISMEMBER SMISMEMBER SRANDMEMBER SINTER SUNION SDIFF SINTERCARD " +
    "ZRANGE ZRANGEBYSCORE ZRANGEBYLEX ZREVRANGE ZREVRANGEBYSCORE ZREVRANGEBYLEX ZCARD ZCOUNT ZSCORE ZMSCORE ZRANK ZREVRANK ZLEXCOUNT ZRANDMEMBER ZINTER ZUNION ZDIFF ZINTERCARD XRANGE XREVRANGE XLEN XINFO XPENDING XREAD " +
    "GEOPOS GEODIST GEOHASH GEOSEARCH GEORADIUS_RO GEORADIUSBYMEMBER_RO PFCOUNT SORT_RO EVAL_RO EVALSHA_RO FCALL_RO OBJECT COMMAND MONITOR SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE PUBSUB LASTSAVE ROLE " +
    "WAIT WAITAOF LOLWUT MULTI EXEC DISCARD WATCH UNWATCH READONLY READWRITE ASKING PSYNC SYNC HELP EXIT CLEAR VERBATIM " +
    "FT.SEARCH FT.AGGREGATE FT.INFO FT._LIST FT.EXPLAIN FT.EXPLAINCLI FT.PROFILE FT.TAGVALS FT.SPELLCHECK FT.SYNDUMP FT.DICTDUMP FT.SUGGET FT.SUGLEN FT.CURSOR " +
    "JSON.GET JSON.MGET JSON.TYPE JSON.STRLEN JSON.ARRLEN JSON.ARRINDEX JSON.OBJKEYS JSON.OBJLEN JSON.RESP JSON.DEBUG TS.GET TS.MGET TS.RANGE TS.REVRANGE TS.MRANGE TS.MREVRANGE TS.INFO TS.QUERYINDEX " +
    "BF.EXISTS BF.MEXISTS BF.INFO BF.CARD CF.EXISTS CF.MEXISTS CF.COUNT CF.INFO CMS.QUERY CMS.INFO TOPK.QUERY TOPK.LIST TOPK.INFO TOPK.COUNT GRAPH.RO_QUERY GRAPH.LIST GRAPH.EXPLAIN VSIM VCARD VDIM VEMB VINFO VLINKS VRANDMEMBER"
  ).split(" "),
);

/** Commands with subcommands: the ones that look; the others change the server. */
const lookingSubcommands: Readonly<Record<string, string>> = {
  CONFIG: "GET HELP",
  "FT.CONFIG": "GET HELP",
  CLUSTER: "INFO NODES SLOTS SHARDS KEYSLOT COUNTKEYSINSLOT GETKEYSINSLOT MYID MYSHARDID LINKS COUNT-FAILURE-REPORTS REPLICAS SLAVES HELP",
  ACL: "LIST USERS WHOAMI CAT GETUSER GENPASS LOG DRYRUN HELP",
  MODULE: "LIST HELP",
  SCRIPT: "EXISTS LOAD SHOW HELP",
  FUNCTION: "LIST STATS DUMP HELP",
  CLIENT: "LIST INFO ID GETNAME SETNAME SETINFO GETREDIR TRACKINGINFO TRACKING CACHING REPLY HELP",
  LATENCY: "LATEST HISTORY GRAPH DOCTOR HISTOGRAM HELP",
  SLOWLOG: "GET LEN HELP",
  MEMORY: "USAGE STATS DOCTOR MALLOC-STATS HELP",
  SENTINEL: "MASTERS MASTER REPLICAS SLAVES SENTINELS GET-MASTER-ADDR-BY-NAME CKQUORUM MYID INFO-CACHE HELP",
  DEBUG: "OBJECT HELP",
};

const looking = new Map(Object.entries(lookingSubcommands).map(([name, list]) => [name, new Set(list.split(" "))]));

const administers = new Set(
  // Indexes of RediSearch are structure, not rows.
  "REPLICAOF SLAVEOF SHUTDOWN FLUSHALL FLUSHDB FAILOVER SWAPDB FT.CREATE FT.ALTER FT.DROP FT.DROPINDEX FT.ALIASADD FT.ALIASDEL FT.ALIASUPDATE".split(" "),
);

/** What one command, as words, does to the server at the end of `hops`. */
function commandEffects(words: readonly Word[], hops: readonly Hop[] | undefined): readonly Effect[] {
  const [word, second] = words;
  if (word === undefined) return [];
  const name = known(word)?.toUpperCase();
  if (name === undefined) return [unknown(`the Redis command is \`${show(word)}\``, word, hops)];
  const subcommands = looking.get(name);
  if (subcommands !== undefined) {
    const subcommand = known(second)?.toUpperCase();
    if (second !== undefined && subcommand === undefined) return [unknown(`the Redis command is \`${name} ${show(second)}\``, second, hops)];
    return subcommand === undefined || subcommands.has(subcommand) ? [look(hops)] : [administer(`${name} ${subcommand}`, word, hops)];
  }
  if (administers.has(name)) return [administer(name, word, hops)];
  return [reads.has(name) ? look(hops) : data({ hops, word, note: "changes data in Redis" })];
}

function look(hops: readonly Hop[] | undefined): Effect {
  return request("read", undefined, { hops });
}

function administer(name: string, word: Word, hops: readonly Hop[] | undefined): Effect {
  return request("service", undefined, { name: `redis ${name}`, hops, word, note: name.startsWith("FLUSH") ? "deletes all data in Redis" : "changes the Redis server" });
}

/** Commands a line each, as redis-cli reads them from standard input. */
export function redisLines(text: Word, hops: readonly Hop[] | undefined): readonly Effect[] {
  return distinct(partsOf(text).flatMap((line) => commandEffects(wordsOf(line, { escapes: true }), hops)));
}

const redisCli: Utility = {
  names: ["redis-cli", "valkey-cli", "keydb-cli"],
  transport: "optional",
  grammar,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const hops = serverOf(given);
    const dumps = given.all("--rdb", "--functions-rdb");
    const files = dumps.filter((file) => known(file) !== "-");
    if (dumps.length > 0) return [...writes(files, { note: "saves the server's data" }), look(hops)];
    if (
      given.has(
        "--scan",
        "--latency",
        "--latency-history",
        "--latency-dist",
        "--stat",
        "--bigkeys",
        "--memkeys",
        "--hotkeys",
        "--keystats",
        "--intrinsic-latency",
        "--replica",
        "--slave",
        "-v",
        "--version",
      )
    )
      return [look(hops)];
    if (given.has("--cluster")) return clusterEffects(given.operands, hops);
    if (given.has("--pipe", "--eval", "--lru-test")) return [data({ hops, note: "changes data in Redis" })];
    if (given.unknown.length > 0 && given.operands.length === 0) return [unknown("the Redis command is only known at run time", given.unknown[0], hops)];
    return given.operands.length > 0 ? commandEffects(given.operands, hops) : stdinEffects(invocation, hops);
  },
};

function serverOf(given: Arguments): readonly Hop[] | undefined {
  const uri = given.argument("-u");
  const url = uri === undefined ? undefined : readUrl(uri);
  if (url !== undefined) return hopsOf(url);
  const host = given.argument("-h") ?? uri;
  return host === undefined ? undefined : [{ kind: "host", destination: host }];
}

function clusterEffects([command]: readonly Word[], hops: readonly Hop[] | undefined): readonly Effect[] {
  const name = known(command) ?? "";
  if (/^(?:check|info|help|)$/.test(name)) return [look(hops)];
  return [request("service", undefined, { name: `redis --cluster ${name}`, hops, word: command, note: "changes the Redis cluster" })];
}

function stdinEffects(invocation: Invocation, hops: readonly Hop[] | undefined): readonly Effect[] {
  const program = programOnStdin(invocation);
  if (program.from === "text") return redisLines(program.text, hops);
  if (program.from === "terminal") return [data({ hops, note: "opens a session with Redis" })];
  return [unknown("Redis commands come from where the text does not show them", undefined, hops)];
}

export const utilities: readonly Utility[] = [redisCli];
