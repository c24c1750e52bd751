// A program called by its path or file name, `./deploy.sh` or `bash deploy.sh`: what it does, the text does not show.
import { known, suffix, type Word } from "../syntax/word.ts";
import { request } from "./effect.ts";
import type { Effect, Invocation } from "./utility.ts";

const systemDirectory = /^\/(?:usr\/(?:local\/)?|opt\/[^/]+\/|snap\/)?s?bin\/[^/]+$|^\/usr\/games\/[^/]+$/;
const extension = /\.(?:sh|bash|zsh|ksh|fish|py|pl|rb|js|mjs|cjs|ts|php|lua|tcl|r|R|jl|ps1|exp|awk|run|bin|jar|AppImage)$/;

const lookingOption = new Set([
  "--status",
  "--check",
  "--dry-run",
  "--dryrun",
  "--help",
  "--list",
  "--version",
  "--info",
  "--show",
  "--test-connection",
  "--plan",
  "--diff",
  "-n",
  "-h",
]);
const lookingOperand = new Set(["status", "help", "list", "version", "info", "show"]);

/** The effects of a name that no utility goes by: a script where it looks like one, else unclassified. */
export function scriptEffects({ command, words }: Invocation): readonly Effect[] {
  const name = command.words[0];
  if (name === undefined || !looksLikeScript(name)) return [request("execute", undefined, { name: "unclassified" })];
  return scriptRun(name, words);
}

/** Runs the program in `file` with `words`; none where they say that it only looks. */
export function scriptRun(file: Word, words: readonly Word[]): readonly Effect[] {
  if (onlyLooks(words)) return [];
  return [request("execute", file.process === undefined ? file : undefined, { name: "script", word: file, note: "runs a program file", args: words })];
}

/** A relative path, or a name with a script's extension; not a utility named by the directory where it is installed. */
function looksLikeScript(name: Word): boolean {
  const text = known(name) ?? suffix(name);
  return extension.test(text) || (text.includes("/") && !systemDirectory.test(text));
}

function onlyLooks(words: readonly Word[]): boolean {
  return lookingOperand.has(known(words[0]) ?? "") || words.some((word) => lookingOption.has(known(word) ?? ""));
}
