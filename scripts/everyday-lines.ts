// Random choices → lines such as people type: utilities that stay on this machine, with now and then one that does not,
// hidden in ways that a reader of text may miss. What the prefilter has to tell apart.
import type { Random } from "./random.ts";

const staying = ["ls", "cat", "grep", "find", "echo", "cd", "true", "test", "[", "head", "sort", "touch", "cp", "rm", "mkdir", "tee", "wc", "printf", "export", "diff"];
const starting = [
  "xargs",
  "xargs -0",
  "xargs -n 1",
  "xargs -I {}",
  "xargs -I ls",
  "xargs -i",
  "nice",
  "nice -n 5",
  "nohup",
  "timeout 5",
  "timeout -s KILL 5",
  "time",
  "find . | xargs",
];
const choosing = ["git status", "git log", "git commit -m", "git push", "git -C x diff", "git", "split", "split --filter"];
const leaving = ["ssh", "scp", "rsync", "./deploy.sh", "bash", "sh", "sudo", "env", "docker", "vim", "source", ".", "eval", "trap", "alias", "python3", "deploy.sh"];
const words = [
  "-la",
  "-n",
  "1",
  "/etc/hosts",
  "~/x",
  "*.c",
  "a.log",
  "test_a.py",
  "API.md",
  "/home/kali/Desktop/AutoBot/backend.log",
  "vm:/etc/x",
  "172.16.168.21",
  "x=1",
  "{}",
  "--",
  "#",
];
const starters = ["-exec", "-fprint a.log", "-execdir", "-ok", "--compress-program=./x.sh", '"-exec"', "-ex'ec'", "\\-exec", "-delete"];
const separators = [" ; ", " && ", " || ", " | ", " & ", "\n", ";", "|", "&&", " \\; ", " \\\\; ", " \\\n", "\\\\\n", " |& ", " &> f ", " >& ", " \\>& ", " 2>&1 "];
const marks = ["'", '"', "\\", "`", "$(", ")", "(", "{", "}", "$", "${", "$'", '$"', "<(", "<<E\n", "\nE\n", "<<<", "#", "!", "\t", "\r", "\u00a0", "é", "[[ ", " ]]", "((", "))"];
const reserved = [
  "if ",
  "then ",
  "else ",
  "fi",
  "for f in a b; do ",
  "for f do ",
  "done",
  "while ",
  "until ",
  "do ",
  "case a in a) ",
  "esac",
  "! ",
  "time ",
  "coproc ",
  "function f ",
  "f() ",
  "x=1 ",
  "x=$y ",
  "PATH=. ",
  "select x in a; do ",
];
const redirections = [" > f", " >> a.log", " < f", " 2>/dev/null", " > $f", " <> f", " >| f", " > test_x.py"];

/** `everyday` often, and what may hide something in it. */
export function everydayLine(random: Random): string {
  let line = command(random);
  while (random.chance(0.45)) line += random.pick(separators) + command(random);
  return random.chance(0.4) ? spoiled(random, line) : line;
}

function command(random: Random): string {
  const parts = [random.chance(0.15) ? random.pick(reserved) : "", name(random)];
  for (let count = random.below(4); count > 0; count--) parts.push(" ", word(random));
  if (random.chance(0.2)) parts.push(random.pick(redirections));
  return parts.join("");
}

function name(random: Random): string {
  const plain = random.chance(0.93) ? random.pick(random.chance(0.15) ? choosing : staying) : random.pick(leaving);
  if (random.chance(0.1)) return `${random.pick(starting)} ${plain}`;
  return random.pick([() => plain, () => plain, () => plain, () => plain, () => `/usr/bin/${plain}`, () => quoted(random, plain), () => `${plain}\\\n`])();
}

function word(random: Random): string {
  return random.pick<() => string>([
    () => random.pick(words),
    () => random.pick(words),
    () => quoted(random, random.pick(words)),
    () => quoted(random, command(random)),
    () => random.pick(staying),
    () => random.pick(["$x", '"$x"', "$HOME/a", "$(ls)", "$((1 + 2))", "${x}", "${x%.*}", "${x:-ls}", "${x@P}", "`ls`", '"$(ls)"', "<(ls)", "{a,b}"]),
    () => `${random.pick(starters)} ${name(random)}`,
    () => (random.chance(0.1) ? random.pick(leaving) : random.pick(words)),
  ])();
}

function quoted(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  return random.pick([
    () => `'${text.replaceAll("'", "")}'`,
    () => `"${text.replaceAll('"', "")}"`,
    () => `${text.slice(0, at)}\\${text.slice(at)}`,
    () => `${text.slice(0, at)}""${text.slice(at)}`,
  ])();
}

function spoiled(random: Random, line: string): string {
  const at = random.below(line.length + 1);
  const rest = random.chance(0.3) ? line.slice(at + random.below(4)) : line.slice(at);
  return line.slice(0, at) + random.pick(marks) + (random.chance(0.3) ? random.pick(leaving) : "") + rest;
}
