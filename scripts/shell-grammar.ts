// Random choices → shell code, from the grammar of POSIX XCU 2.10 and bash's additions, biased to what reaches other hosts.
import type { Random } from "./random.ts";

const names = [
  "ssh",
  "scp",
  "rsync",
  "sudo",
  "env",
  "bash",
  "sh",
  "xargs",
  "find",
  "echo",
  "cat",
  "sed",
  "tee",
  "vim",
  "docker",
  "systemctl",
  "git",
  "eval",
  "source",
  "trap",
  "timeout",
  "ansible",
  "curl",
  "printf",
  "cd",
  "export",
  "read",
  "f",
  "s",
];
const hosts = ["172.16.168.21", "autobot@172.16.168.23", "root@web1", "h", "localhost", "[::1]", "172.16.168.24:/etc/x", "user@h:~/f", "h::module"];
const options = ["-i", "-c", "-t", "-p", "22", "-o", "ProxyCommand=x", "-J", "--", "-n", "-lc", "-exec", "{}", ";", "+", "-", "-f", "--delete", "-E", "-w"];
const plain = ["a", "b", "/etc/motd", "f.txt", "~", "~/.ssh/autobot_key", "s/a/b/", "up", "restart", "nginx", "1", "x=1", "*.log", "[a-z]*", "file{1,2}", "-"];
const parameters = ["x", "H", "HOME", "1", "@", "*", "#", "?", "$", "!", "a[0]", "a[@]", "IFS", "PATH"];
const assignments = ["x=1", "H=172.16.168.21", "s=ssh", "a=(1 2)", "a+=(3)", "IFS=:", "c='ssh h'"];

const deepest = 4;

/** Whether to nest once more: seldom enough that a line stays some hundred characters long. */
function nests(random: Random, depth: number): boolean {
  return depth < deepest && random.chance(0.4);
}

export function generate(random: Random): string {
  return list(random, 0);
}

function list(random: Random, depth: number): string {
  let text = pipeline(random, depth);
  for (let more = random.below(3); more > 0; more--) text += random.pick([" ; ", " && ", " || ", " & ", "\n"]) + pipeline(random, depth);
  return text;
}

function pipeline(random: Random, depth: number): string {
  let text = (random.chance(0.05) ? "! " : "") + command(random, depth);
  while (random.chance(0.25)) text += random.pick([" | ", " |& "]) + command(random, depth);
  return text;
}

function command(random: Random, depth: number): string {
  if (!nests(random, depth) || random.chance(0.4)) return simple(random, depth);
  const inner = () => list(random, depth + 1);
  const compound = random.pick([
    () => `( ${inner()} )`,
    () => `{ ${inner()}; }`,
    () => `if ${inner()}; then ${inner()}; else ${inner()}; fi`,
    () => `for x in ${words(random, depth)}; do ${inner()}; done`,
    () => `for ((i=0; i<3; i++)); do ${inner()}; done`,
    () => `while ${inner()}; do ${inner()}; done`,
    () => `case ${word(random, depth)} in ${word(random, depth)}) ${inner()} ;; *) ${inner()} ;& esac`,
    () => `f() { ${inner()}; }; f ${words(random, depth)}`,
    () => `[[ ${word(random, depth)} == ${word(random, depth)} ]]`,
    () => `(( ${word(random, depth)} + 1 ))`,
    () => `coproc { ${inner()}; }`,
    () => `time ${inner()}`,
    () => `select x in ${words(random, depth)}; do ${inner()}; done`,
    () => `alias s='${names[random.below(names.length)]}'\n${inner()}`,
  ])();
  return compound + (random.chance(0.3) ? redirection(random, depth) : "");
}

function simple(random: Random, depth: number): string {
  const parts: string[] = [];
  if (random.chance(0.15)) parts.push(random.pick(assignments));
  parts.push(random.chance(0.85) ? random.pick(names) : word(random, depth));
  for (let count = random.below(6); count > 0; count--) parts.push(word(random, depth));
  const text = parts.join(" ");
  return random.chance(0.25) ? text + redirection(random, depth) : text;
}

function words(random: Random, depth: number): string {
  return Array.from({ length: 1 + random.below(3) }, () => word(random, depth)).join(" ");
}

function word(random: Random, depth: number): string {
  const deeper = nests(random, depth);
  return random.pick<() => string>([
    () => random.pick(hosts),
    () => random.pick(options),
    () => random.pick(plain),
    () => random.pick(plain),
    () => `'${deeper ? list(random, depth + 1).replaceAll("'", "") : random.pick(plain)}'`,
    () => `"${deeper ? list(random, depth + 1).replaceAll('"', '\\"') : random.pick(plain)}"`,
    () => `$'${random.pick(["\\x73\\x73h", "a\\nb", "\\u0073", random.pick(plain)])}'`,
    () => `$${random.pick(parameters)}`,
    () => parameter(random, depth),
    () => (deeper ? `$(${list(random, depth + 1)})` : "$(a)"),
    () => (deeper ? `\`${list(random, depth + 2).replaceAll("`", "")}\`` : "`a`"),
    () => `$((${random.pick(parameters.slice(0, 2))} + ${random.below(9)}))`,
    () => (deeper ? `${random.pick(["<", ">"])}(${list(random, depth + 1)})` : "x"),
    () => random.pick(plain) + (deeper ? word(random, depth + 1) : ""),
    () => `{${random.pick(plain)},${random.pick(names)}}`,
    () => `\\${random.pick(names)}`,
  ])();
}

function parameter(random: Random, depth: number): string {
  const name = random.pick(parameters);
  const operand = nests(random, depth) ? word(random, depth + 1) : "x";
  return random.pick([
    `\${${name}}`,
    `\${${name}:-${operand}}`,
    `\${${name}:=${operand}}`,
    `\${#${name}}`,
    `\${${name}%${operand}}`,
    `\${${name}//a/${operand}}`,
    `\${${name}:1:2}`,
    `\${!${name}}`,
    `\${${name}@Q}`,
    `\${${name}^^}`,
  ]);
}

function redirection(random: Random, depth: number): string {
  if (random.chance(0.25)) {
    const delimiter = random.pick(["E", "'E'", '"E"', "\\E"]);
    return ` ${random.pick(["<<", "<<-"])}${delimiter}\n${nests(random, depth) ? list(random, depth + 1) : "x"}\nE\n`;
  }
  const operator = random.pick([">", ">>", "<", "<>", ">|", "&>", "2>", "2>&1 >", "<<<", "{fd}>", ">&"]);
  return ` ${operator} ${random.chance(0.4) ? "/dev/null" : word(random, depth)}`;
}
