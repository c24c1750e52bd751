// The fenced blocks of the documents, with what their first line says of them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Face } from "../src/decide.ts";

const root = join(import.meta.dirname, "..");

export interface Block {
  readonly file: string;
  /** Of its fence, counted from 1. */
  readonly line: number;
  readonly language: string;
  /** What follows the language: `refused`, `tty`, `face=agent`. */
  readonly words: readonly string[];
  readonly text: string;
}

/** Every document of the repository, relative to its root. */
export const documents: readonly string[] = [
  ...readdirSync(root).filter((file) => file.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`)
    .sort(),
  "deploy/ansible/roles/autobot_sh/README.md",
];

export const blocks: readonly Block[] = documents.flatMap(blocksOf);

function blocksOf(file: string): readonly Block[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^( *)(`{3,})([^\n`]*)\n(.*?)^ *\2$/gms)].map(({ 1: indent = "", 3: info = "", 4: inner = "", index }) => {
    const [language = "", ...words] = info.split(" ");
    const outdented = inner.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    return { file, line: text.slice(0, index).split("\n").length, language, words, text: outdented };
  });
}

export interface Typed {
  readonly line: string;
  readonly shown: string;
}

/** A `console` block: what follows `$ ` is typed, with lines after `> `; the rest is printed. */
export function typedIn({ text }: Block): readonly Typed[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [first = "", ...rest] = part.split("\n");
      const end = rest.findIndex((line) => !line.startsWith("> ") && line !== ">");
      const more = rest.slice(0, end).map((line) => line.slice(2));
      return { line: [first, ...more].join("\n"), shown: rest.slice(end).join("\n").trimEnd() };
    });
}

/** Where a reader is asked to save it: `file=~/f`. */
export function savedAs({ words }: Block): string | undefined {
  return words.find((word) => word.startsWith("file="))?.slice("file=".length);
}

export interface Given {
  readonly tty: boolean;
  readonly runtime: boolean;
  readonly face: Face;
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The circumstances that the words of a block name. */
export function givenBy({ words }: Block): Given {
  const value = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const cwd = value("cwd");
  const environment = words.filter((word) => word.startsWith("env.")).map((word) => word.slice("env.".length).split("=", 2) as [string, string]);
  return {
    tty: words.includes("tty"),
    runtime: words.includes("runtime"),
    face: (value("face") ?? "scripts") as Face,
    environment: Object.fromEntries(environment),
    ...(cwd === undefined ? {} : { cwd }),
  };
}
