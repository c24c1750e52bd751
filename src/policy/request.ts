// What somebody asks to do: the only thing that rules speak of. (XACML and AuthZEN: Request, Action, Resource.)

/**
 * What is done.
 *
 * - `edit`: opens an editor on a file
 * - `write`: creates, changes, moves or removes a file, its mode or owner
 * - `container`: changes containers, images, compose projects, cluster objects
 * - `service`: changes services, processes or the host
 * - `package`: installs or removes software
 * - `execute`: runs code whose effects the text does not show
 * - `session`: opens an interactive shell
 * - `authenticate`: how a connection proves itself
 * - `read`: anything else that looks
 */
export const actions = ["edit", "write", "container", "service", "package", "execute", "session", "authenticate", "read"] as const;
export type Action = (typeof actions)[number];

/** Offsets in the user's line, in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The machine on which something happens. */
export type Host =
  | { readonly kind: "local" }
  | {
      readonly kind: "remote";
      /** As typed, for people; holes as they were written: `172.16.168.$vm`. */
      readonly typed: string;
      /** False when part of the name is only known at run time. */
      readonly known: boolean;
      /** Lower-case names and canonical addresses it goes by: as typed, and what `ssh -G` or /etc/hosts say. */
      readonly names: readonly string[];
      /** Where it is not known: the characters before and after the part that only run time tells, in lower case. */
      readonly prefix?: string | undefined;
      readonly suffix?: string | undefined;
      readonly user?: string | undefined;
      /** Not ssh's 22: a forwarded port, perhaps. */
      readonly port?: number | undefined;
      /** This very machine, where the policy says that it is a server (`role: managed-host`). */
      readonly here?: true | undefined;
    };

/** A file as the host's own file system names it. */
export interface Path {
  /** Absolute where the text tells it, else as typed (`~/f`, `f`); a hole as it was written. Dot segments removed. */
  readonly text: string;
  /** False when part of it is only known at run time. */
  readonly known: boolean;
  /** The known characters before the first part that is not. Equal to `text` when all is known. */
  readonly prefix: string;
  readonly glob: boolean;
}

/** An argument of the command, as it could be run again on another path. */
export type LocalWord = string | { readonly path: Path };

/** A command as it could be run again elsewhere. */
export interface LocalForm {
  readonly words: readonly LocalWord[];
  /** The directory on the host that the relative words start from; undefined: not known. */
  readonly base?: string | undefined;
  readonly redirect?: { readonly operator: string; readonly path: Path } | undefined;
}

export interface Request {
  readonly action: Action;
  readonly host: Host;
  readonly path?: Path | undefined;
  /** What else is touched: a unit, a container, a package, a key; what kind of thing is executed; the `far end` of a transfer. */
  readonly name?: string | undefined;
  /** The utility that does it. */
  readonly utility: string;
  /** How it gets there, outermost first: `["timeout", "ssh", "sudo"]`. */
  readonly via: readonly string[];
  /** The words in the user's line that say so. */
  readonly span: Span;
  /** A short phrase for people, third person: "edits it in place". */
  readonly note?: string | undefined;
  /** The path has to be there already: it is changed, removed or moved away; nothing new appears under that name. */
  readonly existing?: true | undefined;
  /** The same command as it would be typed for a local copy; undefined where a part is only known at run time. */
  readonly local?: LocalForm | undefined;
  /** For a transfer: the local files it sends. */
  readonly sources?: readonly Path[] | undefined;
  /** For a connection: the private keys it names (`-i`, IdentityFile), as typed. */
  readonly keys?: readonly string[] | undefined;
  /** It goes through a transfer utility that names its own key: scp, sftp, rsync. */
  readonly transfer?: true | undefined;
}
