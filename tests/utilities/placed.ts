// Registers a table of lines and their requests twice: as they stand, and handed to ssh, where everything local happens
// on that host and relative names start in its user's home.
import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

type Cases = readonly (readonly [line: string, ...requests: string[]])[];

/** Expected requests are those of the line run here, in `/w`. */
export function judged(title: string, cases: Cases): void {
  describe(title, () => {
    it.each(cases)("%s", (line, ...requests) => {
      expect(requestsOf(line, { cwd: "/w" })).toEqual(requests);
    });
    it.each(cases)("behind ssh: %s", (line, ...requests) => {
      expect(requestsOf(`ssh h '${line.replaceAll("'", "'\\''")}'`, { cwd: "/w" })).toEqual(requests.map(behindSsh));
    });
  });
}

/** For what depends on this machine: its files, its variables. */
export function judgedHere(title: string, cases: Cases, files: Readonly<Record<string, string>> = {}): void {
  describe(title, () => {
    it.each(cases)("%s", (line, ...requests) => {
      expect(requestsOf(line, { cwd: "/w", files })).toEqual(requests);
    });
  });
}

function behindSsh(request: string): string {
  return request.replace(/^(\w+) local\b/, "$1 h").replace(":/w/", ":~/");
}
