// What `npm run generate` writes for people: that it is there as it would be written now, and that all of the schema is in it.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedFolders, manual } from "../scripts/manual/manual.ts";
import { type Key, type Mapping, policyMappings } from "../scripts/manual/policy-keys.ts";
import { parsePolicy } from "../src/policy/schema.ts";
import { families } from "../src/utilities/index.ts";
import { root, run } from "./stage/run.ts";

const pages = manual(root);

describe("`npm run generate` writes", () => {
  it.each(Object.keys(pages))("%s", (file) => {
    expect(readFileSync(join(root, file), "utf8"), "run `npm run generate`").toBe(pages[file]);
  });

  it.each(generatedFolders)("all that is in %s", (folder) => {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`);
    expect(files.filter((file) => statSync(join(root, file)).isFile() && pages[file] === undefined)).toEqual([]);
  });
});

describe("a page for each family of utilities", () => {
  const all = Object.keys(families).map((name) => [name, pages[`docs/utilities/${name}.md`] ?? ""] as const);

  // The rest of them only look.
  it.each(all.filter(([name]) => name !== "read"))("shows lines that are refused: %s", (_, page) => expect(page).toContain("```console refused\n$ "));

  it.each(all)("shows lines that pass: %s", (_, page) => expect(page).toContain("```console permitted\n$ "));

  it.each(all)("names all of them: %s", (name, page) => {
    expect(families[name]?.flatMap(({ names }) => names).filter((utility) => !page.includes(`\`${utility}\``))).toEqual([]);
  });
});

describe("the manual pages", () => {
  const files = Object.keys(pages).filter((file) => file.startsWith("man/"));
  const { man }: { readonly man: readonly string[] } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const has = (program: string) => run("/bin/sh", ["-c", `command -v ${program}`]).status === 0;

  it("are all in the package", () => expect([...man].sort()).toEqual(files.map((file) => `./${file}`).sort()));

  it.skipIf(!has("mandoc")).each(files)("%s has nothing that mandoc's lint finds", (file) => {
    expect(run("mandoc", ["-Tlint", join(root, file)]).stdout).toBe("");
  });

  it.skipIf(!has("groff")).each(files)("%s has nothing that groff warns of", (file) => {
    expect(run("groff", ["-man", "-Tutf8", "-wall", "-z", join(root, file)]).stderr).toBe("");
  });
});

describe("the reference of policies", () => {
  const mappings = policyMappings();
  const all = mappings.flatMap((mapping) => mapping.keys.map((key) => ({ mapping, key, title: `${mapping.name}: ${key.name}` })));

  it("says of every mapping what it is", () => {
    expect(mappings.filter(({ description }) => description === "").map(({ name }) => name)).toEqual([]);
  });

  it.each(all)("says what $title is for", ({ key }) => expect(key.description).not.toBe(""));

  it.each(all)("shows a value that $title may have", ({ mapping, key }) => {
    const value = inPolicy(mapping, { ...neededBy(mapping, key), [key.name]: key.example });
    expect(parsePolicy(value)).toHaveProperty("policy");
  });

  /** One of several forms stands alone; else what the mapping cannot be without. */
  function neededBy({ keys }: Mapping, key: Key): object {
    return Object.fromEntries(keys.filter((each) => each.required && each !== key).map((each) => [each.name, each.example]));
  }

  /** The mapping's value where a policy has such a one. */
  function inPolicy({ name }: Mapping, value: object): unknown {
    if (name === "policy") return value;
    const holder = all.find(({ key }) => key.mapping === name);
    if (holder === undefined) throw new Error(`no key is a ${name}`);
    const { mapping, key } = holder;
    return inPolicy(mapping, { ...neededBy(mapping, key), [key.name]: key.type.startsWith("list") ? [value] : value });
  }
});
