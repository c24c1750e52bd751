// Dockerfiles: what RUN does while an image is built, and what CMD, ENTRYPOINT and HEALTHCHECK do in a container of it.
import type { Dialect } from "../syntax/simple-command.ts";
import { type Fragment, join, lines, slice, standIn, verbatim } from "./fragment.ts";
import type { Document, Piece, Reading } from "./piece.ts";

const escapeDirective = /^#\s*escape\s*=\s*`\s*$/im;

export function readDockerfile({ text }: Document): Reading {
  const escape = escapeDirective.test(text.slice(0, 1000)) ? "`" : "\\";
  const environment: Record<string, string> = {};
  const pieces: Piece[] = [];
  let dialect: Dialect | undefined = "sh";
  for (const instruction of instructionsIn(text, escape)) {
    const [head = "", name = ""] = /^\s*(?:ONBUILD\s+)?([A-Za-z]+)\s+/i.exec(instruction.text) ?? [];
    const rest = slice(instruction, head.length);
    switch (name.toUpperCase()) {
      case "FROM":
        dialect = "sh";
        break;
      case "SHELL":
        dialect = shellOf(rest.text);
        break;
      case "ENV":
        Object.assign(environment, assignments(rest.text));
        break;
      case "RUN":
      case "CMD":
      case "ENTRYPOINT":
      case "HEALTHCHECK": {
        const code = name.toUpperCase() === "HEALTHCHECK" ? checkOf(rest) : codeOf(rest);
        if (code !== undefined && dialect !== undefined) pieces.push({ code, dialect, directory: "", environment: { ...environment }, runner: "machine", apart: true });
        break;
      }
    }
  }
  return { pieces };
}

/** Comment lines and empty ones between continued lines are left out; here-documents belong to their instruction. */
function instructionsIn(text: string, escape: string): readonly Fragment[] {
  const all = lines(verbatim(text, 0, text.length));
  const found: Fragment[] = [];
  for (let index = 0; index < all.length; index++) {
    const parts: Fragment[] = [];
    for (; index < all.length; index++) {
      const line = all[index] as Fragment;
      if (/^\s*(#|$)/.test(line.text)) {
        if (parts.length === 0) break;
        continue;
      }
      const continued = line.text.trimEnd().endsWith(escape);
      // To the shell both end a line with a backslash.
      parts.push(
        continued && escape !== "\\"
          ? join([slice(line, 0, line.text.trimEnd().length - 1), standIn("\\", line.at(line.text.length - 1))])
          : continued
            ? slice(line, 0, line.text.trimEnd().length)
            : line,
      );
      if (!continued) break;
    }
    const first = parts.map((part) => part.text).join("\n");
    for (const [, dash, , word = ""] of first.matchAll(/<<(-?)\s*(["']?)([A-Za-z_]\w*)\2/g)) {
      while (++index < all.length) {
        const line = all[index] as Fragment;
        parts.push(line);
        if ((dash === "-" ? line.text.replace(/^\t+/, "") : line.text) === word) break;
      }
    }
    if (parts.length > 0) found.push(join(parts, "\n"));
  }
  return found;
}

/** `["/bin/bash", "-o", "pipefail", "-c"]`; undefined for what is no shell of ours, as PowerShell. */
function shellOf(text: string): Dialect | undefined {
  const name = /^\s*\[\s*"(?:[^"]*\/)?([\w.-]+)"/.exec(text)?.[1];
  return name === "bash" || name === "zsh" ? name : name === "sh" || name === "ash" || name === "dash" ? "sh" : undefined;
}

function assignments(text: string): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z_]\w*)[ \t]+([^=\s][^$]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { [name]: value.trim() };
  return Object.fromEntries([...text.matchAll(/([A-Za-z_]\w*)=(?:"([^"$\\]*)"|([^\s"'$\\]+))(?=\s|$)/g)].map(([, key = "", quoted, plain]) => [key, quoted ?? plain ?? ""]));
}

/** Without `--mount=…` and its like. The form in brackets starts a program without a shell: its words, quoted. */
function codeOf(rest: Fragment): Fragment | undefined {
  const flags = /^(?:\s*--[\w-]+(?:=\S+)?\s+)*\s*/.exec(rest.text)?.[0].length ?? 0;
  const code = slice(rest, flags);
  if (code.text.startsWith("[")) {
    const words = execForm(code.text);
    if (words !== undefined)
      return join(
        words.map(([word, at]) => quoted(word, slice(code, at))),
        " ",
      );
  }
  // `RUN <<E` gives the text to the shell itself.
  const [, marker] = /^<<-?\s*(["']?\w+["']?)\s*\n/.exec(code.text) ?? [];
  return marker === undefined ? code : hereDocument(code);
}

/** `at` is where the word stands, between double quotes and mostly as it is. */
function quoted(word: string, at: Fragment): Fragment {
  return { text: `'${word.replaceAll("'", "'\\''")}'`, at: (offset) => at.at(Math.min(Math.max(offset, 1), word.length + 1)) };
}

function hereDocument(code: Fragment): Fragment | undefined {
  const body = slice(code, code.text.indexOf("\n") + 1, Math.max(code.text.lastIndexOf("\n"), 0));
  // A first line `#!/usr/bin/env python3` chooses another program.
  return body.text.startsWith("#!") && !/^#!.*\b(ba|da|a|z)?sh\b/.test(body.text) ? undefined : body;
}

/** `HEALTHCHECK --interval=5m CMD …`; `NONE` has no command. */
function checkOf(rest: Fragment): Fragment | undefined {
  const [head] = /^[^\n]*?\bCMD\s+/i.exec(rest.text) ?? [];
  return head === undefined ? undefined : codeOf(slice(rest, head.length));
}

function execForm(text: string): readonly (readonly [string, number])[] | undefined {
  try {
    const words: unknown = JSON.parse(text.replaceAll("\\\n", "").trim());
    if (!Array.isArray(words) || !words.every((word) => typeof word === "string")) return undefined;
    let from = 0;
    return words.map((word) => {
      const at = text.indexOf(JSON.stringify(word), from);
      from = at < 0 ? from : at + 1;
      return [word, Math.max(at, 0)];
    });
  } catch {
    return undefined;
  }
}
