// A file of another program's configuration → what is made of it, made again only when the file has changed.
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { isAbsolute } from "node:path";

/** `damaged`: it is there, but cannot be read, is larger than 1 MiB, or is not what it should be. */
export type ClientFile<Content> = { readonly content: Content } | "absent" | "damaged";

const maximumBytes = 1024 * 1024;

/** `parse` returns undefined, or throws, for a text that it cannot use. `~/` begins in `home`. */
export function createReader<Content>(parse: (text: string) => Content | undefined, home: string): (path: string) => ClientFile<Content> {
  const files = new Map<string, { readonly stamp: string; readonly file: ClientFile<Content> }>();
  return (path) => {
    const absolute = path.startsWith("~/") ? `${home}${path.slice(1)}` : path;
    if (!isAbsolute(absolute)) return "damaged";
    if (absolute === "/dev/null") return parsed("", parse);
    let descriptor: number | undefined;
    try {
      // Not to block on a pipe that somebody put there.
      descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
      const stat = fstatSync(descriptor);
      const stamp = stampOf(stat);
      const cached = files.get(absolute);
      if (cached?.stamp === stamp) return cached.file;
      const file = stat.isFile() && stat.size <= maximumBytes ? parsed(readFileSync(descriptor, "utf8"), parse) : "damaged";
      files.set(absolute, { stamp, file });
      return file;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT" ? "absent" : "damaged";
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  };
}

function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(" ");
}

function parsed<Content>(text: string, parse: (text: string) => Content | undefined): ClientFile<Content> {
  try {
    const content = parse(text);
    return content === undefined ? "damaged" : { content };
  } catch {
    return "damaged";
  }
}

/** A value of a parsed file, by the keys that lead to it. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  let current = value;
  for (const key of keys) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[key];
  }
  return current;
}

/** The text that the keys lead to; undefined where there is none, or an empty one. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = valueAt(value, ...keys);
  return typeof found === "string" && found !== "" ? found : undefined;
}
