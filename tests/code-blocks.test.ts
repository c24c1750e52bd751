// Every fenced block of every document: what is typed in it is run, or judged as it says; what is written in it is valid.
// The words after a fence's language are for this test: CONTRIBUTING.md, "Documentation".
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse as parseToml } from "@decimalturn/toml-patch";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { contextOf, defaultPolicies } from "../scripts/manual/policies.ts";
import { width } from "../scripts/manual/rule-pages.ts";
import { exampleFaults } from "../src/check.ts";
import { decide, type Engine, type Response } from "../src/decide.ts";
import { readOptions } from "../src/options.ts";
import { combine } from "../src/policy/policies.ts";
import { parsePolicy, ruleSchema } from "../src/policy/schema.ts";
import { refusal } from "../src/report/refusal.ts";
import { plain } from "../src/report/style.ts";
import { quotedLine } from "../src/world/words.ts";
import { type Block, blocks, givenBy, savedAs, typedIn } from "./blocks.ts";
import { follow, hasOwnHome } from "./reader.ts";
import { root, run } from "./stage/run.ts";

const policies = defaultPolicies(root);

/** A page of a rule that a setting stands for speaks of that setting. */
function engineFor({ file }: Block): Engine {
  return file.startsWith("docs/rules/settings/") ? policies.strictest : policies.engine;
}

function decided(line: string, block: Block): Response {
  const engine = engineFor(block);
  const { environment, runtime, ...given } = givenBy(block);
  return decide(line, engine, { ...contextOf({ ...given, env: environment }, engine), runtime });
}

const titled = (found: readonly Block[]) => found.map((block) => [`${block.file}:${block.line}`, block] as const);
const inLanguage = (...languages: readonly string[]) => titled(blocks.filter(({ language }) => languages.includes(language)));

it("have a language that is tested here", () => {
  const known = ["console", "sh", "yaml", "json", "toml", "ts", "ini", "rsyslog", "js", "text"];
  expect(blocks.filter(({ language }) => !known.includes(language)).map(({ file, line, language }) => `${file}:${line}: ${language}`)).toEqual([]);
});

describe("`console`: a line that is", () => {
  const judged = blocks.filter(({ language, words }) => language === "console" && (words.includes("refused") || words.includes("permitted")));
  const lines = judged.flatMap((block) => typedIn(block).map(({ line, shown }) => ({ title: `${block.file}: ${line}`, block, line, shown })));
  const refused = lines.filter(({ block }) => block.words.includes("refused"));
  const permitted = lines.filter(({ block }) => block.words.includes("permitted"));

  it("judged is there", () => expect(Math.min(refused.length, permitted.length)).toBeGreaterThan(50));

  it.each(refused)("refused is refused: $title", ({ block, line, shown }) => {
    const response = decided(line, block);
    expect(response.effective).toBe("deny");
    if (shown !== "") expect(refusal(line, response, { policies: engineFor(block).policies, style: plain, width }).trimEnd()).toBe(shown);
  });

  it.each(permitted)("permitted is permitted: $title", ({ block, line }) => expect(decided(line, block).effective).toBe("permit"));

  const ofRules = refused.filter(({ block }) => block.file.startsWith("docs/rules/") && !block.words.includes("other"));
  it.each(ofRules)("on a rule's page is refused by that rule: $title", ({ block, line }) => {
    const rule = `${basename(dirname(block.file))}/${basename(block.file, ".md")}`;
    expect(decided(line, block).denials.map((denial) => denial.rule.id)).toContain(rule);
  });
});

describe.skipIf(!existsSync(join(root, "dist/judge.cjs")))("`console`: lines that are typed one after the other print what is shown, in", { timeout: 180_000 }, () => {
  const executed = blocks.filter(({ language, words }) => language === "console" && !words.includes("refused") && !words.includes("permitted"));
  const files = [...new Set(executed.map(({ file }) => file))];
  const saved = (file: string) => blocks.flatMap((block) => (block.file === file ? [[savedAs(block) ?? "", block.text] as const] : [])).filter(([name]) => name !== "");
  const needsHome = (file: string) => saved(file).some(([name]) => name.startsWith("~/.config/autobot-sh/"));

  it.each(files.filter((file) => hasOwnHome || !needsHome(file)))("%s", (file) => {
    const lines = executed.filter((block) => block.file === file).flatMap(typedIn);
    const printed = follow(
      lines.map(({ line }) => line),
      saved(file),
    );
    expect(printed.join("\n")).not.toContain("was started");
    lines.forEach(({ line, shown }, index) => {
      expect(`${line}\n${printed[index]?.trimEnd()}`).toMatch(withGaps(`${line}\n${shown}`));
    });
  });
});

describe.skipIf(!existsSync(join(root, "dist/index.js")))("`js`", { timeout: 60_000 }, () => {
  it.each(inLanguage("js"))("%s prints what the `text` behind it shows", (_, block) => {
    const next = blocks[blocks.indexOf(block) + 1];
    expect([next?.file, next?.language]).toEqual([block.file, "text"]);
    const [printed = ""] = follow([`(cd ${root} && ${quotedLine([process.execPath, "--input-type=module", "-e", block.text])})`]);
    expect(printed.trimEnd()).toMatch(withGaps(next?.text.trimEnd() ?? ""));
  });
});

/** `…` stands for whatever was printed there. */
function withGaps(shown: string): RegExp {
  const literal = shown.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join("[^]*")}$`);
}

describe("`sh`", () => {
  it.each(inLanguage("sh"))("%s is valid, and decided as it says", (_, block) => {
    expect(run("/bin/bash", ["-n"], { input: block.text }).stderr).toBe("");
    expect(decided(block.text, block).effective).toBe(block.words.includes("refused") ? "deny" : "permit");
  });

  it.each(inLanguage("sh", "console"))("%s calls autobotctl as it is to be called", (_, block) => {
    const lines = block.language === "sh" ? [block.text] : typedIn(block).map(({ line }) => line);
    const steps = lines.flatMap((line) => decided(line, block).steps);
    const calls = steps.filter(({ utility, words }) => basename(utility ?? words[0] ?? "") === "autobotctl").map(({ words }) => words.slice(1));
    // A placeholder or an expansion may stand where one of a few words has to.
    expect(calls.map((words) => readOptions(words)).filter((options) => "error" in options)).toEqual([]);
  });
});

describe("`yaml`", () => {
  const isPolicy = ({ text }: Block) => /^policy:/m.test(text);
  const all = blocks.filter(({ language }) => language === "yaml");

  it.each(titled(all.filter((block) => isPolicy(block) && !block.words.includes("wrong"))))("%s is a policy whose examples hold", (_, { text }) => {
    const parsed = parsePolicy(parseYaml(text));
    expect(parsed).toHaveProperty("policy");
    if (!("policy" in parsed)) return;
    const combined = combine([policies.layer, { origin: "system", policies: [{ file: "example.yaml", policy: parsed.policy }] }]);
    expect(combined).toHaveProperty("set");
    if (!("set" in combined)) return;
    const own = combined.set.rules.filter(({ policy }) => policy === parsed.policy.policy);
    expect(exampleFaults(combined.set, own)).toEqual([]);
  });

  it.each(titled(all.filter(({ words }) => words.includes("rule"))))("%s is part of a rule", (_, { text }) => {
    expect(z.strictObject(ruleSchema.shape).partial().safeParse(parseYaml(text)).error).toBeUndefined();
  });

  it.each(titled(all.filter((block) => !isPolicy(block))))("%s is valid", (_, { text }) => {
    parseYaml(text);
  });
});

describe("data", () => {
  it.each(inLanguage("json"))("%s is valid", (_, { text }) => {
    JSON.parse(text);
  });
  it.each(inLanguage("toml"))("%s is valid", (_, { text }) => {
    parseToml(text);
  });
  it.each(inLanguage("ini"))("%s is sections and keys", (_, { text }) => {
    expect(text.split("\n").filter((line) => !/^\s*(\[\w+\]|\w+\s+\S.*|[#;].*)?$/.test(line))).toEqual([]);
  });
  it.each(inLanguage("ts"))("%s is TypeScript", (_, { text }) => {
    transformSync(text, { loader: "ts" });
  });
});
