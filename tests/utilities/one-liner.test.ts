import { describe, expect, it } from "vitest";
import { show, textWord } from "../../src/syntax/word.ts";
import { type Language, languages } from "../../src/utilities/language.ts";
import { programEffects } from "../../src/utilities/one-liner.ts";
import type { Effect } from "../../src/utilities/utility.ts";

/** `write path`, `one-liner`, `run word|word`, `code text`, `unknown`. */
function shown(effect: Effect): string {
  switch (effect.does) {
    case "request":
      if (effect.hops !== undefined) return `${effect.action} ${hostIn(effect)}:${effect.path === undefined ? "" : show(effect.path)}`;
      return effect.path === undefined ? (effect.name ?? effect.action) : `${effect.action} ${show(effect.path)}`;
    case "run":
      return `run ${effect.words.map(show).join("|")}`;
    case "code":
      return `code ${effect.hops === undefined ? "" : `${hostIn(effect)}: `}${effect.source.map(show).join(" ")}`;
    case "unknown":
      return "unknown";
  }
}

function hostIn({ hops = [] }: Effect): string {
  const [hop] = hops;
  return hop?.destination === undefined ? "?" : show(hop.destination);
}

const { awk, javascript, lua, perl, php, python, ruby, tcl } = languages;

const cases: readonly (readonly [language: Language, program: string, ...effects: string[]])[] = [
  // Python: what only computes, prints or mentions
  [python, "import sys,json; print(json.load(sys.stdin))"],
  [python, "print('os.remove(1)')"],
  [python, "x = 1 # os.remove('f')"],
  [python, '"""os.remove(\'f\')"""'],
  [python, "print('a'.replace('b', 'c')); xs.remove(1)"],
  [python, "print(open('f').read())"],
  [python, "open('f', 'r'); open('f', mode='rb'); open('w')"],
  [python, "import platform; print(platform.system())"],
  [python, "def system(x): pass"],
  [python, "import asyncio, subprocess; asyncio.run(main())"],
  [python, "import os; print(os.environ, os.listdir('.'))"],
  [python, "[print(f\"{r['a']}: {'up' if r['b'] == 'up' else 'down'}\") for r in x]"],
  [python, "import re; re.compile('x').match('y')"],
  // Python: files
  [python, "open('f', 'w').write('x')", "write f"],
  [python, "open('f', mode='a')", "write f"],
  [python, "open(file='f', mode='x')", "write f"],
  [python, "open(name, 'w')", "one-liner"],
  [python, "open('f', m)", "write f"],
  [python, "with open(r'f','r+') as g: pass", "write f"],
  [python, "import io; io.open('f', 'wb')", "write f"],
  [python, "from pathlib import Path; Path('f').write_text('x')", "write f"],
  [python, "p.write_text('x')", "one-liner"],
  [python, "Path('f').open('w')", "one-liner"],
  [python, "import os; os.remove('f')", "write f"],
  [python, "import os as o; o.remove('f')", "write f"],
  [python, "from os import remove; remove('f')", "write f"],
  [python, "os.rename('a', 'b')", "write a", "write b"],
  [python, "import shutil; shutil.rmtree('d')", "write d"],
  [python, "shutil.copy(a, 'b')", "one-liner"],
  // Python: processes
  [python, "import os; os.system('ssh h ls')", "code ssh h ls"],
  [python, 'os.popen("ssh h ls").read()', "code ssh h ls"],
  [python, "from os import system as s; s('ls')", "code ls"],
  [python, "__import__('os').system('ls')", "code ls"],
  [python, "print(f\"{os.system('ls')}\")", "code ls"],
  [python, "import subprocess; subprocess.run(['ssh', 'h', 'ls'])", "run ssh|h|ls"],
  [python, "import subprocess; subprocess.run('ssh h ls', shell=True)", "code ssh h ls"],
  [python, "import subprocess as s; s.check_output(args=['ls'])", "run ls"],
  [python, "from subprocess import Popen\nPopen(\n  ['ssh',\n   'h'],\n)", "run ssh|h"],
  [python, "import subprocess; subprocess.run(['ssh', host, 'ls'])", "run ssh|…|ls"],
  [python, "import subprocess; subprocess.run(['ssh'] + rest)", "run ssh|…"],
  [python, "import subprocess; subprocess.run(cmd)", "code …", "one-liner"],
  [python, "os.system('ssh ' + h + ' ls')", "code ssh … ls"],
  [python, "os.system(f'ssh {h} ls')", "code ssh {h} ls"],
  [python, "os.system('ssh %s ls' % h)", "code ssh %s ls…"],
  [python, "os.execvp('ssh', ['ssh', 'h', 'ls'])", "run ssh|h|ls"],
  [python, "os.execlp('ssh', 'ssh', 'h')", "run ssh|h"],
  [python, "exec(x)", "one-liner"],
  [python, "app.serve_forever()", "one-liner"],
  // JavaScript
  [javascript, "console.log(require('fs').readFileSync('f', 'utf8'))"],
  [javascript, "/unlink('f')/.exec('x')"],
  [javascript, "'fs.unlinkSync(1)' // fs.unlinkSync('f')"],
  [javascript, "const a = b / c; const d = e / f"],
  [javascript, "require('fs').writeFileSync('f', 'x')", "write f"],
  [javascript, "const fs = require('fs'); fs.rmSync('d', { recursive: true })", "write d"],
  [javascript, "import fs from 'node:fs/promises'; await fs.unlink('f')", "write f"],
  [javascript, "const { unlinkSync } = require('fs'); unlinkSync('f')", "write f"],
  [javascript, "require('child_process').execSync('ssh h ls')", "code ssh h ls"],
  [javascript, "const cp = require('child_process'); cp.spawn('ssh', ['h', 'ls'])", "run ssh|h|ls"],
  [javascript, "const { exec } = require('child_process'); exec(`ssh ${h} ls`)", "code ssh ${h} ls"],
  [javascript, "Deno.writeTextFile('f', 'x')", "write f"],
  [javascript, "require('http').createServer().listen(80)", "one-liner"],
  // Perl
  [perl, "print if /unlink x/"],
  [perl, "s/system/exec/"],
  [perl, "s{system}{exec}g; tr/a-z/A-Z/; y/a/b/"],
  [perl, "$h{system} = 1; print $system"],
  [perl, "my %x = (unlink => 1)"],
  [perl, "print q(system('ls')), qw(unlink f)"],
  [perl, "open(F, '<', 'f'); open F, 'f'"],
  [perl, "system('ssh h ls')", "code ssh h ls"],
  [perl, "system 'ssh', 'h', 'ls'", "run ssh|h|ls"],
  [perl, "exec qq{ssh h ls}", "code ssh h ls"],
  [perl, "print `ssh h ls`", "code ssh h ls"],
  [perl, "my $x = qx{ssh h ls};", "code ssh h ls"],
  [perl, "s/x/system('ls')/e", "code ls"],
  [perl, 'system("ssh $h ls")', "code ssh $h ls"],
  [perl, "open(F, '>', 'f')", "write f"],
  [perl, "open F, '>f'", "write f"],
  [perl, "open(F, 'ssh h ls |')", "code ssh h ls "],
  [perl, "open(F, '-|', 'ssh', 'h')", "run ssh|h"],
  [perl, "unlink 'f'", "write f"],
  [perl, "unlink glob '*'", "one-liner"],
  // Ruby
  [ruby, "puts File.read('f'), 'system(1)'"],
  [ruby, "puts x.gsub(/unlink/, '')"],
  [ruby, "system('ssh h ls')", "code ssh h ls"],
  [ruby, "system 'ssh', 'h'", "run ssh|h"],
  [ruby, "puts `ssh h ls`", "code ssh h ls"],
  [ruby, "puts %x(ssh h ls)", "code ssh h ls"],
  [ruby, "File.write('f', 'x')", "write f"],
  [ruby, "File.open('f', 'w') { |f| f.puts 1 }", "write f"],
  [ruby, "FileUtils.rm_rf('d')", "write d"],
  // PHP
  [php, "echo file_get_contents('f'); // unlink('f')"],
  [php, "shell_exec('ssh h ls');", "code ssh h ls"],
  [php, "echo `ssh h ls`;", "code ssh h ls"],
  [php, "file_put_contents('f', 'x');", "write f"],
  [php, "fopen('f', 'r');"],
  [php, "fopen('f', 'w');", "write f"],
  // awk
  [awk, "{ print $2 }"],
  [awk, "$3 > 5 { print $1 }"],
  [awk, "{ print ($1 > $2) }"],
  [awk, '/system("x")/ { n++ } END { print n }'],
  [awk, '{ if ($1 > 2) print $1 } # print > "f"'],
  [awk, '{ n++ } /"/ { print } /system("x")/'],
  [awk, '{ n++ } /"/ { system("ls") }', "code ls"],
  [awk, '{ print > "f" }', "write f"],
  [awk, '{ printf "%s", $1 >> "f" }', "write f"],
  [awk, '{ print $1 > $2 ".txt" }', "one-liner"],
  [awk, 'BEGIN { system("ssh h ls") }', "code ssh h ls"],
  [awk, '{ system("ssh " $1 " ls") }', "code ssh … ls"],
  [awk, '{ print | "ssh h tee f" }', "code ssh h tee f"],
  [awk, 'BEGIN { "ssh h ls" | getline x }', "code ssh h ls"],
  // Lua, Tcl
  [lua, "print(io.open('f'):read()) -- os.remove('f')"],
  [lua, "os.execute('ssh h ls')", "code ssh h ls"],
  [lua, "io.open('f', 'w')", "write f"],
  [tcl, "puts hello"],
  [tcl, "exec ssh h ls", "one-liner"],
  // Libraries of ssh: only where the program names one
  [python, "import paramiko; c = paramiko.SSHClient(); c.connect('h', username='u'); c.exec_command('rm f')", "read h:", "code h: rm f"],
  [python, "import paramiko; c = paramiko.SSHClient(); c.connect(hostname='h'); c.open_sftp().put('a', '/b')", "read h:", "write h:/b"],
  [python, "import paramiko; c.connect('h'); c.exec_command(cmd)", "read h:", "code h: …"],
  [python, "from fabric import Connection; Connection('u@h:22').sudo('rm f')", "read h:", "code h: rm f"],
  [python, "import fabric; c.run('rm f')", "code ?: rm f"],
  [python, "import sqlite3; c = sqlite3.connect('f.db'); c.run('rm f')"],
  [python, "import asyncio; asyncio.run(main())"],
  [javascript, "const {Client} = require('ssh2'); c.on('ready', () => c.exec('rm f')).connect({host: 'h', port: 22})", "code h: rm f", "read h:"],
  [javascript, "/a/.exec('rm f')"],
  [ruby, "Net::SSH.start('h', 'u') { |s| s.exec!('rm f') }", "read h:", "code h: rm f"],
  [perl, "my $s = Net::OpenSSH->new('h'); $s->system('rm f')", "read h:", "code h: rm f"],
  [php, "$c = ssh2_connect('h'); ssh2_exec($c, 'rm f');", "read h:", "code h: rm f"],
];

describe("a program's text", () => {
  it.each(cases.map(([language, program, ...effects]) => ({ language, program, effects })))("$program", ({ language, program, effects }) => {
    expect(programEffects(textWord(program), language).map(shown)).toEqual(effects);
  });

  it("points at the command in the user's line", () => {
    const text = { pieces: [{ text: "import os; os.system('ssh h rm f')", at: 12 }], span: { start: 11, end: 48 } };
    const [effect] = programEffects(text, python);
    expect(effect?.does === "code" && effect.source[0]?.pieces).toEqual([{ text: "ssh h rm f", at: 34 }]);
  });

  it("reads a long unbalanced text in time that grows with its length", () => {
    for (const part of ["'", "(", "s/", "f'{", "system(", "a>", "print>", "import os as o\n", "${`"]) {
      const start = performance.now();
      for (const language of [python, perl, javascript, awk]) programEffects(textWord(part.repeat(20_000 / part.length)), language);
      expect(performance.now() - start).toBeLessThan(5000);
    }
  });
});
