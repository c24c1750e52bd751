// What the documents say is so: paths exist, links lead somewhere, names are exported. Their examples: code-blocks.test.ts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { builtIn } from "../src/utilities/index.ts";
import { documents as all } from "./blocks.ts";

const root = join(import.meta.dirname, "..");

function text(file: string): string {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
}

/** Superseded decisions speak of what was there. */
const isInForce = (file: string) => !text(file).includes("\nStatus: superseded");
const documents = all.filter(isInForce);

/** Code spans, without fenced blocks. */
function spans(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/^( *)```.*?^\1```/gms, "");
  return [...new Set([...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? ""))];
}

/** As code hosts make them of headings. */
function anchorsOf(file: string): readonly string[] {
  return [...text(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe.each(documents)("%s", (file) => {
  const ours = spans(text(file)).filter((span) => /^(\.ci|bin|deploy|docs|libexec|policies|scripts|src|tests)\/[\w./-]*$/.test(span));
  const links = [...text(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, target = "", anchor]) => ({
    target: target === "" ? file : join(file, "..", target),
    anchor,
  }));

  it("names only paths that exist", () => {
    expect(ours.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("links only to what exists", () => {
    expect(links.filter(({ target }) => !existsSync(join(root, target)))).toEqual([]);
  });

  it("links only to headings that exist", () => {
    expect(links.filter(({ target, anchor }) => anchor !== undefined && !anchorsOf(target).includes(anchor))).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  const architecture = text("ARCHITECTURE.md");
  const exported = (source: string) => [...source.matchAll(/^export (?:declare )?(?:async )?(?:const|function\*?|interface|type) (\w+)/gm)].map(([, name]) => name ?? "");
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const names = new Set(sources.flatMap((file) => exported(text(join("src", file)))));
  const utilities = new Set(builtIn.flatMap((utility) => utility.names));

  it("names only what is exported, or a utility", () => {
    const words = spans(architecture).filter((span) => /^[A-Za-z]\w+$/.test(span));
    expect(words.filter((word) => !names.has(word) && !utilities.has(word))).toEqual([]);
  });

  it("names functions with the files that export them", () => {
    const pairs = [...architecture.matchAll(/`(\w+)` \(`(src\/[\w./-]+\.ts)`/g)];
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.filter(([, name, file]) => !exported(text(file ?? "")).includes(name ?? "")).map(([whole]) => whole)).toEqual([]);
  });
});
