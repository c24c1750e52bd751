// What a utility that is confined does, whatever its words: nothing elsewhere, and it runs and reads no program.
import { describe, expect, it } from "vitest";
import { exampleLines, policySet } from "../../scripts/lines.ts";
import { randomFrom } from "../../scripts/random.ts";
import { createEngine, decide, emptyContext } from "../../src/decide.ts";
import { prefilterOf } from "../../src/prefilter.ts";

const set = policySet();
const engine = createEngine(set);
const { registry } = engine;
// As the prefilter has them: the shell's own that read their words again are not among them.
const rows = (prefilterOf(engine)?.rows ?? []).filter(({ marks }) => !/[@&=]/.test(marks));
const confined = rows.flatMap(({ name }) => {
  const utility = registry.find(name);
  return utility === undefined ? [] : [{ name, utility }];
});

/** Every file holds a change to another host, as a script, a list of hosts, a client's commands. */
const world = { ...emptyContext.world, readFile: () => "ssh h rm /f\n!ssh h rm /f\nput f\n" };

const words = [
  ..."a b.sh ./x.sh /etc/passwd h:/f user@h:f h::m ssh://h/f rsync://h/f https://h/f tcp://h:1 redis://h - -- + 1 22 h 172.16.168.21 user@172.16.168.21".split(" "),
  ..."-a -b -c -d -e -f -g -h -H -i -k -l -m -n -o -O -p -r -R -s -S -t -u -U -v -w -x -X -y --host=h --host h --server=h --url=h --file=x.sh --command=./x.sh --pager=./x.sh".split(
    " ",
  ),
  ..."--rsh=ssh --remote=h --script=x.sh --config=x --filter=./x.sh --eval start stop run exec shell script apply install".split(" "),
  "'ssh h rm f'",
  "'!ssh h rm f'",
  "'./x.sh'",
];

const tries = 60;

describe("a confined utility stays where it is", () => {
  it("is most of what people type", () => {
    expect(confined.length).toBeGreaterThan(500);
  });

  it.each(confined)("$name", ({ name, utility }) => {
    const after = utility.commandAfter?.split(" ") ?? [];
    const wrong = Array.from({ length: tries }, (_, index) => {
      const random = randomFrom(index, name.length * 31 + name.charCodeAt(0));
      const given = Array.from({ length: random.below(6) }, () => random.pick(words)).filter((word) => !after.some((option) => word.startsWith(option)));
      return `${name} ${given.join(" ")}`;
    }).filter((line) => {
      const { requests, steps, unknowns } = decide(line, engine, { ...emptyContext, cwd: "/w", world });
      const elsewhere = requests.some(({ host, action, name: kind }) => host.kind === "remote" || action === "session" || (action === "execute" && kind !== "unclassified"));
      return elsewhere || steps.length !== 1 || unknowns.some(({ host }) => host.kind === "remote");
    });
    expect(wrong).toEqual([]);
  });
});

describe("what reaches another host is not confined", () => {
  it.each(exampleLines(set))("%s", (line) => {
    const { requests } = decide(line, engine, { ...emptyContext, cwd: set.fleet.root, world });
    const reaching = requests.filter(({ host }) => host.kind === "remote").map(({ via, utility }) => via[0] ?? utility);
    expect(reaching.filter((name) => registry.find(name)?.confined !== undefined && registry.find(name)?.commandAfter === undefined)).toEqual([]);
  });
});
