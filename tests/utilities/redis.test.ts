import { judged, judgedHere } from "./placed.ts";

judged("redis-cli looks", [
  ["redis-cli ping", "read local"],
  ["redis-cli -p 6380 INFO memory", "read local"],
  ["redis-cli config get databases", "read local"],
  ["redis-cli -h m PING", "read m"],
  ["redis-cli -h m -p 6379 -a \"$PW\" --no-auth-warning KEYS 'x:*'", "read m"],
  ["redis-cli -h m MODULE LIST", "read m"],
  ["redis-cli -h m client list", "read m"],
  ["redis-cli -h m cluster info", "read m"],
  ["redis-cli -h m FT.SEARCH i '@a:{b}' LIMIT 0 10", "read m"],
  ["redis-cli -h m JSON.GET x", "read m"],
  ['redis-cli -h m GET "$KEY"', "read m"],
  ["redis-cli -h m --scan --pattern 'x:*'", "read m"],
  ["redis-cli -h m --latency-history -i 1", "read m"],
  ["redis-cli -h m --bigkeys", "read m"],
  ["redis-cli -u redis://:pw@m:6379/0 ping", "read m"],
  ["redis-cli -h m <<< PING", "read m"],
  ["echo 'GET a' | redis-cli -h m > /dev/null", "read local", "read m"],
  ["redis-cli --cluster check m:6379", "read local"],
]);

judged("redis-cli changes data", [
  ["redis-cli -h m SET a b", "execute m (data)"],
  ["redis-cli -h m -n 5 del a", "execute m (data)"],
  ["redis-cli -h m hset a b c", "execute m (data)"],
  ["redis-cli -h m BGSAVE", "execute m (data)"],
  ["redis-cli -h m bgrewriteaof", "execute m (data)"],
  ["redis-cli -h m FT.DROPINDEX i", "service m (redis FT.DROPINDEX)"],
  ["redis-cli -h m --eval /s.lua a , b", "execute m (data)"],
  ["redis-cli -h m --pipe", "execute m (data)"],
  ["redis-cli -h m", "execute m (data)"],
]);

judged("redis-cli changes the server", [
  ["redis-cli -h m CONFIG SET appendonly yes", "service m (redis CONFIG SET)"],
  ["echo FLUSHALL | redis-cli -h m", "service m (redis FLUSHALL)"],
  ["redis-cli -h m config rewrite", "service m (redis CONFIG REWRITE)"],
  ["redis-cli -h m REPLICAOF no one", "service m (redis REPLICAOF)"],
  ["redis-cli -h m FLUSHALL", "service m (redis FLUSHALL)"],
  ["redis-cli -n 4 flushdb", "service local (redis FLUSHDB)"],
  ["redis-cli -h m SHUTDOWN NOSAVE", "service m (redis SHUTDOWN)"],
  ["redis-cli -h m DEBUG SLEEP 5", "service m (redis DEBUG SLEEP)"],
  ["redis-cli -h m ACL SETUSER x on", "service m (redis ACL SETUSER)"],
  ["redis-cli -h m SCRIPT FLUSH", "service m (redis SCRIPT FLUSH)"],
  ["redis-cli -h m --cluster reshard m:6379", "service m (redis --cluster reshard)"],
  ["redis-cli -h m <<'E'\nPING\nSET a b\nCONFIG SET a b\nE\n", "execute m (data)", "service m (redis CONFIG SET)"],
]);

judged("redis-cli otherwise", [
  ["redis-cli -h m --rdb /dump.rdb", "write local:/dump.rdb"],
  ["redis-cli -h m $COMMAND", "unknown the Redis command is only known at run time"],
  ['redis-cli -h m "$COMMAND" x', "unknown the Redis command is `$COMMAND`"],
  ['redis-cli -h m CONFIG "$X"', "unknown the Redis command is `CONFIG $X`"],
  ["some-command | redis-cli -h m", "execute local (unclassified)", "unknown Redis commands come from where the text does not show them"],
  ["redis-cli -h m --rdb -", "read m"],
  ["ssh m 'redis-cli --rdb /var/lib/dump.rdb'", "write m:/var/lib/dump.rdb"],
  ["redis-cli --version", "read local"],
]);

judgedHere(
  "commands from a file that can be read",
  [
    ["redis-cli -h m < /c", "service m (redis FLUSHALL)"],
    ["redis-cli -h m < /none", "unknown Redis commands come from where the text does not show them"],
  ],
  { "/c": "PING\nFLUSHALL\n" },
);
