// The screen of `autobotctl audit`: the record, newest first, with a filter as one types and the details of one record.
import { Box, type Key, render, Text, useApp, useInput } from "ink";
import { useEffect, useMemo, useReducer, useState } from "react";
import type { AuditLine, AuditRecord } from "../record/audit.ts";
import { createRecordView, type RecordView } from "../record/view.ts";
import { recordLines, recordRow } from "../report/record-text.ts";
import { Lines, useWindow, type Window, windowStart } from "./window.tsx";

/** Draws until the person leaves. */
export async function showRecords(path: string, filter: string): Promise<void> {
  await render(<Screen path={path} initial={filter} />).waitUntilExit();
}

const pollInterval = 500;
const keys = "type to filter: user: host: rule: decision: path: or text   up, down   escape: clear, leave";

/** `live`: the newest, whatever is written; else the place among those that were there at the start. */
type Position = "live" | number;

function Screen({ path, initial }: { readonly path: string; readonly initial: string }) {
  const { exit } = useApp();
  const window = useWindow();
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const view = useMemo(() => createRecordView(path, changed), [path]);
  const [filter, setFilter] = useState(initial);
  const [position, setPosition] = useState<Position>("live");
  useEffect(() => view.filter(filter), [view, filter]);
  useEffect(() => {
    const timer = setInterval(view.poll, pollInterval);
    return () => {
      clearInterval(timer);
      view.close();
    };
  }, [view]);
  const selected = position === "live" ? 0 : Math.min(Math.max(position + view.fresh(), 0), Math.max(view.count() - 1, 0));
  const rows = Math.max(Math.floor((window.rows - 6) / 2), 2);
  useInput((input, key) => {
    const step = stepOf(key, rows);
    if (step !== undefined) {
      const next = Math.min(Math.max(selected + step, 0), Math.max(view.count() - 1, 0));
      setPosition(next === 0 ? "live" : next - view.fresh());
    } else if (key.escape && filter === "") exit();
    else {
      setFilter(edited(filter, input, key));
      setPosition("live");
    }
  });
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">{`${view.count()} records${filter === "" ? "" : " match"}${view.searching() ? ", searching" : ""}${position === "live" ? ", live" : ""}`}</Text>
      <Text wrap="truncate" bold>{`filter: ${filter}_`}</Text>
      <Rows view={view} selected={selected} most={rows} />
      <Text> </Text>
      <Detail view={view} line={view.line(selected)} window={window} most={window.rows - rows - 5} />
      <Text wrap="truncate" dimColor>
        {keys}
      </Text>
    </Box>
  );
}

function stepOf(key: Key, rows: number): number | undefined {
  if (key.upArrow) return -1;
  if (key.downArrow) return 1;
  if (key.pageUp) return -rows;
  return key.pageDown ? rows : undefined;
}

function edited(filter: string, input: string, key: Key): string {
  if (key.escape || (key.ctrl && input === "u")) return "";
  if (key.backspace || key.delete) return filter.slice(0, -1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what keys send that are no text
  return key.ctrl || key.meta || key.tab || key.return ? filter : filter + input.replaceAll(/[\u0000-\u001f\u007f]/g, "");
}

function Rows({ view, selected, most }: { readonly view: RecordView; readonly selected: number; readonly most: number }) {
  const start = windowStart(selected, view.count(), most);
  const shown = Array.from({ length: Math.min(most, view.count() - start) }, (_, index) => start + index);
  return shown.map((index) => (
    <Text key={index - view.fresh()} wrap="truncate" bold={index === selected}>
      {`${index === selected ? ">" : " "} ${rowOf(view.line(index))}`}
    </Text>
  ));
}

function rowOf(line: AuditLine | undefined): string {
  if (line === undefined) return "";
  return "record" in line ? recordRow(line.record) : "damaged line";
}

interface DetailProperties {
  readonly view: RecordView;
  readonly line: AuditLine | undefined;
  readonly window: Window;
  readonly most: number;
}

function Detail({ view, line, window, most }: DetailProperties) {
  const record = line !== undefined && "record" in line ? line.record : undefined;
  const follower = useFollower(view, record);
  const lines = record === undefined ? [] : recordLines(record, follower, window.columns);
  return <Lines lines={lines.slice(0, most)} />;
}

function useFollower(view: RecordView, record: AuditRecord | undefined): AuditRecord | undefined {
  const [found, setFound] = useState<{ readonly of: string; readonly follower: AuditRecord | undefined }>();
  const id = record?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a record is its id, and is read anew for each drawing
  useEffect(() => {
    if (record === undefined || record.effective !== "deny") return undefined;
    return view.follower(record, (follower) => setFound({ of: record.id, follower }));
  }, [view, id]);
  return found !== undefined && found.of === id ? found.follower : undefined;
}
