import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { read } from "../../src/syntax/read.ts";
import { rootSource } from "../../src/syntax/source.ts";
import { known } from "../../src/syntax/word.ts";

// Each script is run by bash, where `p` prints its arguments, and read: the same calls of `p` with the same arguments must come out.
const scripts = [
  // quoting
  `p a 'b c' "d e" f\\ g $'h\\ti' "\\$x \\\\ \\a" 'it'\\''s'`,
  `p "" '' a""b`,
  `p a\\\nb "c\\\nd"`,
  // parameters
  `x=1; p $x "$x" \${x} a\${x}b '$x' \\$x`,
  `x='a  b'; p $x "$x" c$x"d"`,
  `x=' a b '; p -$x- "$x"`,
  `x=; p $x "$x" a$x`,
  `unset x; p \${x:-d} \${x-d} \${x:+e} \${x+e} "\${x:-a b}" \${x:-a b} \${x:-"a b"}`,
  `x=; p "\${x:-d}" "\${x-d}" "\${x:+e}" "\${x+e}"`,
  `x=v; p \${x:-d} \${x:+e} \${x+e}`,
  `p \${x:=new} $x; p $x`,
  `x=a/b/c.tar.gz; p \${x#*/} \${x##*/} \${x%.*} \${x%%.*} \${x/b/Z} \${x//[abc]/Z} \${x/#a/Z} \${x/%gz/Z} \${#x}`,
  `x=hello; p \${x:1} \${x:1:2} \${x: -2} \${x:(-3):2} \${x^} \${x^^} \${x,,}; y=HEY; p \${y,} \${y,,}`,
  `x=name; name=v; p \${!x}; a=(1 2); i='a[1]'; p \${!i}`,
  `x="a*b"; p "\${x%'*b'}" "\${x%\\*b}" \${x%"*"*}`,
  `x=abc; y=b; p \${x/$y/Q} \${x#a$y} "\${x%"$y"*}"`,
  `x=1; x+=2; p $x; x=$x$x; p $x`,
  `x='*'; p "$x" '?' "[a]"`,
  // positional parameters
  `set -- a 'b c' d; p "$@"; p $@; p "$*"; p $*; p $# $1 "$2" \${3}`,
  `set -- a b c; p x"$@"y; p "\${@:2}" "\${@:1:1}" \${*:3}`,
  `set --; p "$@" x; p "$*"; p a"$@"`,
  `set -- a b; set -euo pipefail; set +o nounset; p "$@"; set -euo pipefail c; p "$@"`,
  `set -- a b c; shift; p $1; shift 2; p "$#"`,
  `set -e -- -x y; p "$@"`,
  `f() { p "$@" $#; }; f 1 '2 3'; p $#`,
  `f() { local v=in; p $v; }; v=out; f; p $v`,
  `f() { g=set; }; f; p $g`,
  `f() { p a; return; p b; }; f; p c`,
  `f() { if [ "$1" -gt 0 ]; then p "$1"; fi; }; f 1`,
  // arrays
  `a=(x 'y z' w); p "\${a[@]}"; p \${a[1]} "\${a[1]}" \${#a[@]} \${#a[1]} "\${a[-1]}" $a`,
  `a=(x y); a+=(z); a[5]=q; p "\${a[@]}" "\${!a[@]}" "\${a[*]}"`,
  `a=([2]=c [0]=a d); p "\${a[@]}" "\${!a[@]}"`,
  `declare -A m=([k]=v ["l m"]="n o"); p "\${m[k]}" "\${m[l m]}"; m[x]=y; k=x; p \${m[$k]} \${#m[@]}`,
  `a=(1 2 3); p "\${a[@]:1}" "\${a[@]:0:2}" "\${a[@]/#/n}" "\${a[@]%3}"`,
  `a=(); p "\${a[@]}" x`,
  `i=1; a=(x y z); p \${a[i]} \${a[$i]} \${a[i+1]}`,
  // braces
  `p {a,b}c x{1..3}y {1..10..4} {c..a} {01..03} {a,{b,c}}d {a} {} a{,b} {a,b}{1,2}`,
  `x=1; p {$x,"a b"} '{a,b}' "{a,b}" \\{a,b} \${x}{a,b}`,
  `p {,x} "{a}" {a,b\\,c} {3..1}`,
  // splitting
  `IFS=,; x=a,b,,c; p $x "$x"; p a,b`,
  `IFS=': '; x='a: b:c  d'; p $x`,
  `IFS=; x='a b'; p $x`,
  `IFS=-; set -- a b; p "$*"`,
  // arithmetic
  `p $((1+2)) $((2**3)) $(( (1+2)*3 )) $((7/2)) $((7%3)) $((-7/2)) $[1+1] $((1<2)) $((1==2)) $((0x10)) $((010)) $((!0))`,
  `x=3; p $((x+1)) $(($x*2)) $((x++)) $x $((++x)) $x $((x+=5)) $x; ((x=1)); p $x; ((x++)); p $x`,
  `x=3; p $((x>2?10:20)) $((x,4)) $((1&&0)) $((0||2))`,
  // substitutions
  `x=$(echo hi); p $x "$(echo a b)" $(echo a b) \`echo c\``,
  `p "$(printf '%s-%s\\n' a b c)" "$(printf '%d%%' 5)" "$(printf '%03d' 7)" "$(printf '%-4s|' ab)" "$(printf 'a\\tb\\x41')"`,
  `p "$(echo -n a; echo b; echo)" "$(echo -e 'a\\nb')" "$(echo 'a\\nb')" "$(echo -E x -e)"`,
  `p $(cat <<E\na b\nE\n) "$(cat <<'E'\n$x\nE\n)"`,
  `p "$(echo "$(echo 'a b')")" $(seq 2 4) "$(seq 3)"`,
  `x=5; p "$(x=6; echo $x)" $x`,
  `p $(:)x "$(true)"`,
  // statements
  `for x in a 'b c' $(echo d e); do p "$x"; done; p $x`,
  `set -- u v; for x; do p $x; done`,
  `for ((i=0;i<3;i++)); do p $i; done; p $i`,
  `case abc in a*) p yes;; *) p no;; esac; case x in y) p no;; x|z) p yes;; esac; case q in [a-c]) p no;; ?) p one;; esac`,
  `case a in a) p 1;& b) p 2;; c) p 3;; esac`,
  `true && p a; false || p b; false && p c; true || p d; ! false && p e`,
  `if true; then p a; else p b; fi; if false; then p c; else p d; fi; if false; then p e; elif true; then p f; fi`,
  `(x=1; p $x); x=2; { x=3; }; p $x; x=4 | true; p $x`,
  `x=a; x=b p $x; p $x; x=c true; p $x`,
  `x=1; f() { p $x; }; x=2 f; p $x`,
  `while read -r l; do p "$l"; break; done <<< one`,
  // builtins
  `eval 'p a; x=1'; p $x; y='p "$x"'; eval "$y"; eval p '"a  b"'`,
  `printf -v x '%s-' a b; p $x; read a b <<< 'one two three'; p "$a" "$b"`,
  `IFS=: read a b <<< 'x:y:z'; p "$a" "$b"; read -r -a arr <<< '1 2'; p "\${arr[1]}"`,
  `export x=1 y='a b'; p $x "$y"; declare z=$x; p $z; readonly r=5; p $r`,
  `unset x; x=1; unset x; p "\${x-gone}"`,
  `mapfile -t a <<< $'l 1\\nl 2'; p "\${a[@]}"`,
  `declare -n r=t; t=5; p $r; r=6; p $t`,
  `let x=1+2 'y = x * 2'; p $x $y`,
  `command eval 'x=in'; p $x; builtin printf -v y z; p $y`,
  `. <(echo 'p sourced; s=1'); p $s`,
  `cd /usr; p "$PWD"; cd bin; p "$PWD"; cd ..; p "$PWD"; (cd /; p "$PWD"); p "$PWD"; pushd /tmp >/dev/null; p "$PWD"; popd >/dev/null; p "$PWD"`,
  `HOME=/h; p ~ ~/x "~" a~; y=~/z; p $y`,
];

const prelude = `p() { printf '<%s>' "$@"; printf '\\n'; }\n`;

const outcomes = execFileSync("/bin/bash", ["--norc", "-s"], {
  encoding: "utf8",
  cwd: "/",
  env: { PATH: "/usr/bin:/bin", HOME: "/h" },
  input: prelude + scripts.map((script) => `printf '\\001\\n'; cd /; (eval ${quote(script)}) 2>&1\n`).join(""),
})
  .split("\u0001\n")
  .slice(1);

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function readCalls(script: string): string {
  const { commands } = read(rootSource(script), {
    dialect: "bash",
    environment: { HOME: "/h" },
    environmentComplete: true,
    args: [],
    cwd: { pieces: [{ text: "/" }], span: { start: 0, end: 0 } },
  });
  const calls = commands.filter(({ words }) => known(words[0]) === "p");
  return calls
    .map(
      ({ words }) =>
        `${
          words.length === 1
            ? "<>"
            : words
                .slice(1)
                .map((word) => `<${known(word) ?? "?"}>`)
                .join("")
        }\n`,
    )
    .join("");
}

it.each(scripts.map((script, index) => [script, outcomes[index]] as const))("reads %j as bash runs it", (script, outcome) => {
  expect(readCalls(script)).toBe(outcome);
});
