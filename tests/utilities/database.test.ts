import { judged, judgedHere } from "./placed.ts";

judged("statements that look", [
  ["psql -h m -U u -d d -c 'SELECT a, last_update FROM t;'", "read m"],
  ["psql -c '\\dt'", "read local"],
  ["psql -lqt", "read local"],
  ['psql -h m -tAc "select 1; show all"', "read m"],
  ["psql postgresql://u:p@m:5432/d -c 'select 1'", "read m"],
  ["psql 'host=m dbname=d' -c 'select 1'", "read m"],
  ["psql -h m -c 'explain select 1'", "read m"],
  ["psql -h m -c 'with x as (select 1) select * from x'", "read m"],
  ["psql -h m -c \"select 'drop table x'\"", "read m"],
  ["psql -h /var/run/postgresql -c 'select 1'", "read local"],
  ["PGHOST=m psql -c 'select 1'", "read m"],
  ["psql -h m <<'E'\nselect 1;\n-- drop table x\nselect 2;\nE\n", "read m"],
  ["pg_isready -h m", "read local"],
  ["mysql -h m -u u -psecret -e 'show create table t'", "read m"],
  ["mysql -h m -e \"select 'it\\'s; drop table t' # drop\"", "read m"],
  ["mysqladmin -h m status", "read m"],
  ["pg_dump -h m d", "read local"],
  ["mysqldump -h m d", "read local"],
  ["pg_dump -c -O -h m d", "read local"],
  ["pg_restore -l /f.dump", "read local"],
  ["pg_restore -c -O /f.dump", "read local"],
  ["sqlite3 /a.db .tables", "read local"],
  ["sqlite3 /a.db 'select * from t'", "read local"],
  ["sqlite3 -readonly /a.db 'delete from t'", "read local"],
  ["mongosh mongodb://m/d --eval 'db.a.find()'", "read m"],
  ["etcdctl get a", "read local"],
  ["consul kv get a", "read local"],
  ["kafka-topics.sh --bootstrap-server m:9092 --list", "read m"],
]);

judged("statements that change data", [
  ["psql -h m -c 'UPDATE t SET a=1'", "execute m (data)"],
  ["vacuumdb -v -h m d", "execute m (data)"],
  ["psql -h m -c 'explain analyze delete from t'", "execute m (data)"],
  ["psql -h m -c 'with x as (delete from t returning *) select * from x'", "execute m (data)"],
  ["psql -h m -c 'select * into b from a'", "execute m (data)"],
  ["psql -h m", "execute m (data)"],
  ["mysql -h m -e 'insert into t values (1)'", "execute m (data)"],
  ["mongosh mongodb://m/d --eval 'db.a.deleteMany({})'", "execute m (data)"],
  ["etcdctl --endpoints=http://m:2379 put a b", "execute m (data)"],
  ["consul kv put -http-addr=http://m:8500 a b", "execute m (data)"],
  ["psql -h m -c 'create temp table t (a int); analyze t'", "execute m (data)"],
  ["kafka-topics --bootstrap-server m:9092 --create --topic t", "execute m (data)"],
  ["sqlite3 /a.db 'delete from t'", "write local:/a.db"],
  ["sqlite3 /a.db <<'E'\ndelete from t;\nE\n", "write local:/a.db"],
]);

judged("statements that change the structure or the accounts", [
  ["psql -h m -c 'select 1; drop table t'", "service m (database)"],
  ["mysql -h m -e '/*!50000 drop table t */'", "service m (database)"],
  ["psql -h m -c \"select '\\'; drop table t; --'\"", "service m (database)"],
  ['psql -h m -c "GRANT ALL ON t TO bob"', "service m (database)"],
  ["cqlsh m -e 'truncate t'", "service m (database)"],
  ["createuser -l -h m u", "service m (database)"],
  ["dropdb -h m d", "service m (database)"],
  ["mongosh mongodb://m/d --eval 'db.dropDatabase()'", "service m (database)"],
  ["sqlite3 /a.db 'drop table t'", "write local:/a.db"],
]);

judged("statements that change the server", [
  ["psql -h m -c \"alter system set a='b'\"", "service m (database server)"],
  ["psql -h m -c 'select pg_reload_conf()'", "service m (database server)"],
  ["mysql -h m -e 'SET GLOBAL a=1'", "service m (database server)"],
  ["pg_dropcluster 15 main", "service local (database server)"],
  ["mysqladmin -h m shutdown", "service m (database server)"],
  ["mongosh mongodb://m/admin --eval 'db.shutdownServer()'", "service m (database server)"],
]);

judged("restores", [
  ["psql -h m < /dump.sql", "write m (database)"],
  ["psql -h m -f /dump.sql", "write m (database)"],
  ["gunzip -c /dump.sql.gz | psql -h m d", "write m (database)"],
  ["mysql -h m d < /dump.sql", "write m (database)"],
  ["pg_restore -h m -d d /f.dump", "write m (database)"],
  ["pg_restore -c -h m -d d /f.dump", "write m (database)"],
  ["pg_restore -cOxv -hm -dd /f.dump", "write m (database)"],
  ["mongorestore --host m /dump", "write m (database)"],
]);

judged("files and commands of the clients", [
  ["pg_dump -v -f /out d", "write local:/out"],
  ["mysqldump -e -C -r /out d", "write local:/out"],
  ["psql -h m -o /out -c 'select 1'", "write local:/out"],
  ["psql -c '\\! rm /x'", "write local:/x"],
  ["psql -c '\\o /out'", "write local:/out"],
  ["psql -c '\\copy t to /out'", "write local:/out"],
  ["psql -c \"\\copy t to program 'rm /x'\"", "write local:/x"],
  ["mysql -e 'system rm /x'", "write local:/x"],
  ["sqlite3 /a.db '.shell rm /x'", "write local:/x"],
  ["sqlite3 /a.db '.backup /b.db'", "write local:/b.db"],
  ["pg_dump -h m -f /out.sql d", "write local:/out.sql"],
  ["mysqldump -h m d > /out.sql", "write local:/out.sql"],
  ["mongodump -h m -o /out", "write local:/out"],
  ['psql -h m -c "$SQL"', "execute m (data)"],
]);

judgedHere(
  "files of statements that can be read",
  [
    ["psql -h m -f /look.sql", "read m"],
    ["psql -h m -f /change.sql", "write m (database)"],
    ["psql -h m < /look.sql", "read m"],
  ],
  { "/look.sql": "select 1;\n\\dt\n", "/change.sql": "create table t (a int);\n" },
);
