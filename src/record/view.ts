// The record as somebody looks through it: the lines that match, newest first, found a slice at a time so that keys are never
// waited for, and those that are written meanwhile.
import { type AuditLine, type AuditRecord, parseLine } from "./audit.ts";
import { filtered, parseFilter } from "./filter.ts";
import { followsUp } from "./follow-up.ts";
import { type Line, openRecord, type Place } from "./reader.ts";

export interface RecordView {
  /** How many match so far. */
  count(): number;
  /** How many of these were written since the view was made; they come first. */
  fresh(): number;
  /** True until all has been looked at. */
  searching(): boolean;
  /** The newest first. */
  line(index: number): AuditLine | undefined;
  filter(text: string): void;
  /** Looks for what was written meanwhile. */
  poll(): void;
  /** The deployment that followed a refusal, once it is found; call what is returned to look no further. */
  follower(refusal: AuditRecord, found: (follower: AuditRecord | undefined) => void): () => void;
  close(): void;
}

/** Milliseconds: of looking in one go, and between two reports of what has been found. */
const slice = 10;
const pause = 100;

/** Holds nothing before it is given a filter, which may be empty. `changed`: there is more to show. */
export function createRecordView(path: string, changed: () => void): RecordView {
  const reader = openRecord(path);
  const written: Place[] = [];
  let chosen = parseFilter("");
  let older: Place[] = [];
  let fresh: Place[] = [];
  let stop = () => {};
  let searching = false;
  const matches = (place: Place) => filtered(reader.text(place), chosen) !== undefined;
  const filter = (text: string) => {
    stop();
    chosen = parseFilter(text);
    older = [];
    fresh = written.filter(matches);
    searching = true;
    const take = (line: Line) => {
      if (chosen.terms.length === 0 || filtered(line.text(), chosen) !== undefined) older.push({ file: line.file, start: line.start, length: line.length });
      return false;
    };
    stop = inSlices(reader.newestFirst(), take, changed, () => {
      searching = false;
      changed();
    });
    changed();
  };
  return {
    count: () => fresh.length + older.length,
    fresh: () => fresh.length,
    searching: () => searching,
    line: (index) => {
      const place = index < fresh.length ? fresh[fresh.length - 1 - index] : older[index - fresh.length];
      return place === undefined ? undefined : parseLine(reader.text(place));
    },
    filter,
    poll() {
      const places = reader.fresh();
      if (places.length === 0) return;
      written.push(...places);
      fresh.push(...places.filter(matches));
      changed();
    },
    follower: (refusal, found) => {
      let first = firstFollower(
        refusal,
        written.map((place) => reader.text(place)),
      );
      const take = (line: Line) => {
        const text = line.text();
        if (text.includes(refusal.id) && recordIn(text)?.id === refusal.id) return true;
        first = firstFollower(refusal, [text]) ?? first;
        return false;
      };
      return inSlices(
        reader.newestFirst(),
        take,
        () => {},
        () => found(first),
      );
    },
    close() {
      stop();
      reader.close();
    },
  };
}

/** Of lines from the oldest on. */
function firstFollower(refusal: AuditRecord, texts: readonly string[]): AuditRecord | undefined {
  for (const text of texts) {
    const record = text.includes('"route":') ? recordIn(text) : undefined;
    if (record !== undefined && followsUp(refusal, record)) return record;
  }
  return undefined;
}

function recordIn(text: string): AuditRecord | undefined {
  const line = parseLine(text);
  return "record" in line ? line.record : undefined;
}

/** Gives each line to `take` until it returns true, or until what is returned is called. */
function inSlices(lines: Generator<Line>, take: (line: Line) => boolean, progress: () => void, done: () => void): () => void {
  let stopped = false;
  let reported = performance.now();
  const step = () => {
    for (const end = performance.now() + slice; !stopped && performance.now() < end; ) {
      for (let few = 0; few < 64; few++) {
        const next = lines.next();
        if (next.done !== true && !take(next.value)) continue;
        stopped = true;
        done();
        return;
      }
    }
    if (stopped) return;
    if (performance.now() - reported > pause) {
      reported = performance.now();
      progress();
    }
    setImmediate(step);
  };
  setImmediate(step);
  return () => {
    stopped = true;
  };
}
