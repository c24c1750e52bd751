// OpenSSH's options → the connection they ask for: who, with which key, and what they run on this machine on the way.

import type { Grammar } from "../policy/descriptor.ts";
import { known, prefix, show, slice, type Word } from "../syntax/word.ts";
import { type Option, readArguments } from "./arguments.ts";
import { request } from "./effect.ts";
import type { Effect, Hop } from "./utility.ts";

/** Letters that differ between ssh(1) (`-p`, `-l`) and scp(1), sftp(1) (`-P`, none). */
export interface Letters {
  readonly port: string;
  readonly user?: string | undefined;
}

export const sshLetters: Letters = { port: "-p", user: "-l" };
export const copyLetters: Letters = { port: "-P" };

export interface Connection {
  readonly user: Word | undefined;
  readonly port: Word | undefined;
  /** `-o HostName=`: the machine that is meant, whatever the destination says. */
  readonly hostName: Word | undefined;
  readonly keys: readonly Word[];
  /** What to hand to `ssh -G`. */
  readonly sshOptions: readonly string[];
  /** ssh_config(5) keywords given with `-o`, in lower case; the first counts. */
  directive(keyword: string): Word | undefined;
  /** The keyword's value is yes. */
  says(keyword: string): boolean;
  /** The option that lets a password prove the connection. */
  readonly password: Word | undefined;
}

interface Directive {
  readonly keyword: string;
  readonly value: Word;
  readonly word: Word;
}

export function connectionOf(options: readonly Option[], letters: Letters): Connection {
  const directives = options.flatMap((option) => (option.name === "-o" ? directiveOf(option.argument) : []));
  const directive = (keyword: string) => directives.find((each) => each.keyword === keyword)?.value;
  const argument = (name: string | undefined) => options.find((option) => option.name === name)?.argument;
  return {
    user: argument(letters.user) ?? directive("user"),
    port: argument(letters.port) ?? directive("port"),
    hostName: directive("hostname"),
    keys: [
      ...options.flatMap((option) => (option.name === "-i" && option.argument !== undefined ? [option.argument] : [])),
      ...directives.flatMap((each) => (each.keyword === "identityfile" && known(each.value) !== "none" ? [each.value] : [])),
    ],
    sshOptions: options.flatMap((option) => passedOn(option, letters)),
    directive,
    says: (keyword) => /^(yes|true)$/i.test(setting(directive(keyword))),
    password: passwordOption(directives),
  };
}

/** The hop to `destination` over this connection. */
export function hopTo(destination: Word | undefined, connection: Connection, port?: Word | undefined): Hop {
  const user = connection.user ?? (connection.hostName === undefined ? undefined : userOf(destination));
  return {
    kind: "host",
    destination: connection.hostName ?? destination,
    user,
    port: connection.port ?? port,
    keys: connection.keys,
    sshOptions: connection.sshOptions,
  };
}

/** What the words of an ssh command line without destination ask for: `rsync -e 'ssh -i k'`, `mosh --ssh=…`. */
export function commandConnection(words: readonly Word[], grammar: Grammar): Connection {
  const start = words.findIndex((word) => /(^|\/)ssh$/.test(known(word) ?? ""));
  return connectionOf(start < 0 ? [] : readArguments(words.slice(start + 1), grammar).options, sshLetters);
}

/** What making the connection does besides: code that its options run here, and a password as proof. */
export function connectionEffects(connection: Connection, hops: readonly Hop[]): readonly Effect[] {
  return [...localCode(connection), ...(connection.password === undefined ? [] : [passwordEffect(hops, connection.password)])];
}

export function passwordEffect(hops: readonly Hop[], word: Word | undefined): Effect {
  return request("authenticate", undefined, { name: "password", hops, word, note: "logs in with a password" });
}

/** ssh_config(5): run by the user's shell on this machine. */
const localKeywords = ["proxycommand", "localcommand", "knownhostscommand"];

function localCode(connection: Connection): readonly Effect[] {
  return localKeywords.flatMap((keyword): readonly Effect[] => {
    const value = connection.directive(keyword);
    if (value === undefined || setting(value) === "none") return [];
    if (keyword === "localcommand" && setting(connection.directive("permitlocalcommand")) === "no") return [];
    return [{ does: "code", source: [value], dialect: "bash", stdin: { from: "text", text: { pieces: [], span: value.span } } }];
  });
}

/** `Keyword=value`, `Keyword value`, `Keyword = "value"`. */
function directiveOf(word: Word | undefined): readonly Directive[] {
  if (word === undefined) return [];
  const match = /^\s*([A-Za-z0-9]+)(\s*=\s*|\s+)/.exec(prefix(word));
  if (match === null) return [];
  return [{ keyword: (match[1] ?? "").toLowerCase(), value: unquoted(slice(word, match[0].length)), word }];
}

function unquoted(word: Word): Word {
  const text = known(word);
  return text !== undefined && /^"[^"]*"$/.test(text) ? slice(word, 1, text.length - 1) : word;
}

/** BatchMode never asks for a password, whatever else is said. */
function passwordOption(directives: readonly Directive[]): Word | undefined {
  if (directives.some((each) => each.keyword === "batchmode" && setting(each.value) === "yes")) return undefined;
  return directives.find(({ keyword, value }) => allowsPassword(keyword, setting(value)))?.word;
}

function allowsPassword(keyword: string, value: string): boolean {
  switch (keyword) {
    case "passwordauthentication":
    case "kbdinteractiveauthentication":
    case "challengeresponseauthentication":
      return value === "yes";
    case "pubkeyauthentication":
      return value === "no";
    case "preferredauthentications":
      return /(^|,)(password|keyboard-interactive)(,|$)/.test(value);
    default:
      return false;
  }
}

function setting(word: Word | undefined): string {
  return (known(word) ?? "").toLowerCase();
}

function userOf(destination: Word | undefined): Word | undefined {
  if (destination === undefined) return undefined;
  const at = show(destination).lastIndexOf("@");
  return at > 0 && known(destination) !== undefined ? slice(destination, 0, at) : undefined;
}

function passedOn(option: Option, letters: Letters): readonly string[] {
  const argument = known(option.argument);
  if (argument === undefined) return [];
  if (option.name === "-o" || option.name === "-F" || option.name === "-J") return [option.name, argument];
  if (option.name === letters.port) return ["-p", argument];
  if (option.name === letters.user) return ["-l", argument];
  return [];
}
