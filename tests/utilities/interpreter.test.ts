import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/a.awk": "{ print $1 }\n", "/w/b.awk": 'BEGIN { system("ssh h rm /f") }\n', "/w/p.py": "import os\nos.system('ssh h rm /f')\n" };

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  // Python
  ["python3 --version", "read local"],
  ["ssh h 'python3 -V'", "read h"],
  ["ssh h python3", "session h"],
  ["python3 -i", "session local"],
  ["ssh h 'python3 app.py --port 1'", "execute h:~/app.py (script)"],
  ["ssh h 'nohup python3 worker.py > /tmp/l 2>&1 &'", "write h:/tmp/l", "execute h:~/worker.py (script)"],
  ["ssh h 'python3 /x/check.py --check'", "read h"],
  ["python3.11 -u app.py", "execute local:/w/app.py (script)"],
  ["ssh h \"python3 -c 'import sys; print(sys.version)'\"", "read h"],
  ['ssh h "python3 -c \'open(\\"/f\\", \\"w\\")\'" ', "write h:/f"],
  ['ssh h "python3 -Bc \'open(\\"/f\\", \\"w\\")\' --version"', "write h:/f"],
  ["python3 - <<'E'\nimport os\nos.system('ssh h rm /f')\nE", "write h:/f"],
  ["python3 < p.py", "write h:/f"],
  ['python3 -c "$CODE"', "unknown the program is only known at run time"],
  ["ssh h 'python3 -c \"$CODE\"'", "unknown the program is only known at run time"],
  ["python3 -c \"print('$X')\"", "read local"],
  ["ssh h 'curl x | python3'", "execute h (code)", "unknown code that another command prints"],
  ["python3 <(curl x)", "execute local (code)", "unknown code that another command prints"],
  ["ssh h 'python3 -m json.tool /f'", "read h"],
  ["ssh h 'python3 -m json.tool /f /g'", "write h:/g"],
  ["ssh h 'python3 -m http.server 8000'", "service h (http.server)"],
  ["ssh h 'python3 -m venv /x'", "package h:/x (venv)"],
  ["ssh h 'python3 -m site'", "read h"],
  ["ssh h 'python3 -m zipfile -l a.zip'", "read h"],
  ["ssh h 'python3 -m zipfile -e a.zip /d'", "write h:/d"],
  ["ssh h 'python3 -m backend.main'", "execute h (script)"],
  ["ssh h 'python3 -m uvicorn app:app'", "service h (uvicorn)"],
  ["ssh h 'python3 -m pip list'", "read h"],
  ["ssh h 'python3 -m pip install x'", "package h (x)"],
  ["ssh h 'python3 -m pytest tests'", "execute h (build)"],
  ["ssh h 'python3 manage.py showmigrations'", "read h"],
  ["ssh h 'python3 manage.py migrate'", "execute h (script)"],
  ["ssh h 'python3 manage.py runserver'", "service h (django)"],
  // Perl
  ["perl -v", "read local"],
  ["ssh h \"perl -ne 'print if /x/' /f\"", "read h"],
  ["ssh h \"perl -pe 's/a/b/' /f\"", "read h"],
  ["ssh h \"perl -pi -e 's/a/b/' /f\"", "write h:/f"],
  ["ssh h \"perl -i.bak -pe 's/a/b/' /f /g\"", "write h:/f", "write h:/g"],
  ["ssh h \"perl -i -lane 'print' /f\"", "write h:/f"],
  ["ssh h 'perl fix.pl'", "execute h:~/fix.pl (script)"],
  ["ssh h \"perl -MJSON -e 'print 1'\"", "read h"],
  ["perl -e 'system(\"ssh h rm /f\")'", "write h:/f"],
  // Ruby
  ["ruby --version", "read local"],
  ["ssh h 'ruby -v'", "read h"],
  ["ssh h 'ruby -v fix.rb'", "execute h:~/fix.rb (script)"],
  ["ruby -ne 'puts $_' /f", "read local"],
  ["ssh h \"ruby -i -pe 'gsub(/a/, %q(b))' /f\"", "write h:/f"],
  ["ruby -e 'system(\"ssh h rm /f\")'", "write h:/f"],
  ["ruby fix.rb", "execute local:/w/fix.rb (script)"],
  // Node
  ["ssh h 'node -v'", "read h"],
  ["node -p process.version", "read local"],
  ["node -pe '1 + 1'", "read local"],
  ["ssh h 'cd web && node server.js'", "execute h:~/web/server.js (script)"],
  ["ssh h 'node --env-file=.env server.js'", "execute h:~/server.js (script)"],
  ['node -e \'require("child_process").execSync("ssh h rm /f")\'', "write h:/f"],
  ['ssh h "node -e \'require(\\"fs\\").writeFileSync(\\"/f\\", \\"\\")\'"', "write h:/f"],
  ["ssh h \"node -e 'console.log(1)'\"", "read h"],
  ["ssh h node", "session h"],
  ["node -c x.js", "read local"],
  // PHP
  ["php -v", "read local"],
  ["php -l x.php", "read local"],
  ["php -r 'echo PHP_VERSION;'", "read local"],
  ["php -r 'unlink(\"/f\");'", "write local:/f"],
  ["ssh h 'php -S 0.0.0.0:80'", "service h"],
  ["ssh h 'php job.php'", "execute h:~/job.php (script)"],
  // awk
  ["ssh h \"awk '{print \\$2}' /f\"", "read h"],
  ["ssh h \"awk -F: '\\$3 > 5 {print \\$1}' /f\"", "read h"],
  ['ssh h "awk -v a=1 \'{print > \\"/o\\"}\' /f"', "write h:/o"],
  ["ssh h \"gawk -i inplace '{print}' /f\"", "write h:/f"],
  ["awk 'BEGIN{system(\"ssh h rm /f\")}'", "write h:/f"],
  ["awk -f a.awk /f", "read local"],
  ["awk -f b.awk /f", "write h:/f"],
  ["awk -f missing.awk /f", "execute local:/w/missing.awk (script)", "unknown code from a file that cannot be read here"],
  // Others
  ["lua -e 'os.execute(\"ssh h rm /f\")'", "write h:/f"],
  ["lua -v", "read local"],
  ["lua x.lua", "execute local:/w/x.lua (script)"],
  ["tclsh x.tcl", "execute local:/w/x.tcl (script)"],
  ["Rscript -e 'print(1)'", "read local"],
  ["Rscript -e 'system(\"ssh h rm /f\")'", "write h:/f"],
  ["julia -e 'println(1)'", "read local"],
  ["osascript -e 'do shell script \"ssh h rm /f\"'", "write h:/f"],
  ["java -version", "read local"],
  ["ssh h 'java -Xmx1g -jar app.jar'", "execute h:~/app.jar (script)"],
  ["java -cp x Main", "execute local:/w/Main (script)"],
];

describe("interpreter", () => {
  it.each(cases)("%s", (line, ...requests) => {
    const found = requestsOf(line, { cwd: "/w", files }).filter((each) => !each.startsWith("read") || requests.includes(each));
    expect(found.sort()).toEqual([...requests].sort());
  });
});
