// What a utility is to us: a name, a grammar of arguments, and what an invocation of it does.

import type { Descriptor, Grammar } from "../policy/descriptor.ts";
import type { Action } from "../policy/request.ts";
import type { Assignment, Dialect, SimpleCommand, Stdin } from "../syntax/simple-command.ts";
import type { Word } from "../syntax/word.ts";
import type { Arguments } from "./arguments.ts";
import type { World } from "./world.ts";

/** Another machine (or a container on one) that an invocation reaches, as its operands and options name it. */
export interface Hop {
  /** `host` changes the machine; `container` stays on the machine, inside a container or chroot of it. */
  readonly kind: "host" | "container";
  /** `[user@]host`, a URL's authority, a context's name. Undefined: reached, but not said which. */
  readonly destination: Word | undefined;
  readonly user?: Word | undefined;
  readonly port?: Word | undefined;
  /** Private keys named for this connection. */
  readonly keys?: readonly Word[] | undefined;
  /** Options to hand to `ssh -G` with the destination, in order, where the transport is OpenSSH. */
  readonly sshOptions?: readonly string[] | undefined;
  /** Names listed in an inventory rather than addresses (ansible, a Docker context). */
  readonly inventory?: true | undefined;
}

/**
 * One thing that an invocation does.
 *
 * - `request`: an action on the machine where the command runs, or at the end of `hops`
 * - `run`: starts another utility with these words as they are (sudo, env, xargs, `docker exec`)
 * - `code`: hands text to a shell, which parses it again (bash -c, ssh, watch); `source` words are joined by one space
 * - `unknown`: the arguments do not tell what it does
 */
export type Effect =
  | {
      readonly does: "request";
      readonly action: Action;
      readonly path?: Word | undefined;
      readonly name?: string | undefined;
      readonly hops?: readonly Hop[] | undefined;
      /** The word to point at; default the path, else the utility's name. */
      readonly word?: Word | undefined;
      readonly note?: string | undefined;
      /** The path has to be there already: it is changed, removed or moved away; nothing new appears under that name. */
      readonly existing?: true | undefined;
      /** For a program file that is executed: its arguments. */
      readonly args?: readonly Word[] | undefined;
      /** Local files that a transfer sends. */
      readonly sources?: readonly Word[] | undefined;
      readonly transfer?: true | undefined;
      readonly keys?: readonly Word[] | undefined;
      /** Paths in `path` are relative to this directory instead of the current one (`git -C`, `tar -C`, `make -C`). */
      readonly directory?: Word | undefined;
      /** What is written is the configuration of a client of this machine. */
      readonly configures?: Configuration | undefined;
    }
  | {
      readonly does: "run";
      readonly words: readonly Word[];
      readonly hops?: readonly Hop[] | undefined;
      /** Default: the invocation's own standard input. */
      readonly stdin?: Stdin | undefined;
      /** Arguments that are appended later, unknown to the text (xargs). */
      readonly more?: true | undefined;
      /** Variables that it sets for the command (env, sudo). */
      readonly assignments?: readonly Assignment[] | undefined;
      readonly cwd?: Word | undefined;
    }
  | {
      readonly does: "code";
      readonly source: readonly Word[];
      readonly dialect: Dialect;
      readonly hops?: readonly Hop[] | undefined;
      readonly stdin?: Stdin | undefined;
      /** Values of `$0`, `$1` … in that text. */
      readonly args?: readonly Word[] | undefined;
      readonly cwd?: Word | undefined;
    }
  | { readonly does: "unknown"; readonly why: string; readonly hops?: readonly Hop[] | undefined; readonly word?: Word | undefined };

/** A client's configuration after a change: `current` is the context that it now uses, absent where that stays the same. */
export interface Configuration {
  readonly of: "docker" | "kubernetes";
  readonly current?: Word | "another" | undefined;
}

/** What the clients of this machine are configured to reach. Relative paths are those of the invocation. */
export interface Clients extends Pick<World, "dockerEndpoint" | "kubernetesServer"> {
  /** The current context where the line itself has set it before; `another`: not said which. */
  current(client: Configuration["of"]): Configuration["current"];
}

/** A simple command whose utility is known. */
export interface Invocation {
  /** The name it was called by, without directories: `vim`, `docker-compose`. */
  readonly name: string;
  /** All words after the name. */
  readonly words: readonly Word[];
  readonly arguments: Arguments;
  readonly command: SimpleCommand;
  /** A variable at this point, then the environment of the process: `DOCKER_HOST`. */
  variable(name: string): Word | undefined;
  /** Text of a local file, where it can be read at once (a sed script, an sftp batch); undefined otherwise. */
  readFile(path: string): string | undefined;
  /** Absent on another host and in a container, which have their own. */
  readonly clients?: Clients | undefined;
}

export interface Utility {
  /** Names without directories. `pip3.11` is found as `pip`: a trailing version is ignored when no exact name matches. */
  readonly names: readonly string[];
  readonly grammar: Grammar;
  /** What it was made from, where that says all of it. */
  readonly descriptor?: Descriptor | undefined;
  /**
   * It reaches other hosts: text that mentions it is text with a remote utility in it. `optional`: only where an option,
   * a variable or its own configuration says so, or only in the way that changes are meant to take.
   */
  readonly transport?: true | "optional" | undefined;
  /**
   * Whatever its words are, nothing is done by it but on the machine where it runs, and no program is run or read but
   * after `commandAfter`: it looks, or changes files that are there (`existing`), or makes files as well (`new`). Absent: that is not known.
   */
  readonly confined?: "existing" | "new" | undefined;
  /** Options after which another command stands, separated by spaces. */
  readonly commandAfter?: string | undefined;
  /** Options after which it makes files: where they are absent, it is as confined as `existing` says. */
  readonly newAfter?: string | undefined;
  /** With one of these as its first word, separated by spaces, it is confined, whatever else may be said of it. */
  readonly confinedSubcommands?: string | undefined;
  /** It does nothing but start the command behind its options and so many operands of its own. */
  readonly wraps?: number | undefined;
  /** The command that it wraps is given more words than the text shows. */
  readonly givesMore?: true | undefined;
  /** The utility that its first operand chooses, and what that one is called with: for explanations. */
  inner?(invocation: Invocation): { readonly utility: Utility; readonly invocation: Invocation } | undefined;
  /** What it does. No effects at all means the same as one `read` request. */
  effects(invocation: Invocation): readonly Effect[];
}
