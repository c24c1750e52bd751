// The form of `autobotctl init`: which of what was found is the fleet's, and what that makes of the policy, before it is written.
import { Box, type Key, render, Text, useApp, useInput } from "ink";
import { useEffect, useMemo, useReducer } from "react";
import { type Planning, viewOf } from "../commands/init.ts";
import { wrap } from "../report/columns.ts";
import { plain } from "../report/style.ts";
import { nameWidth, noteLines, policyDiff, rowText, type SurveyRow } from "../report/survey-text.ts";
import type { Choice, Findings } from "../survey/fleet-draft.ts";
import { Lines, useWindow, type Window, windowStart } from "./window.tsx";

/** Draws until the person has decided. */
export async function showInit(findings: Findings, first: Choice, plan: (choice: Choice) => Planning): Promise<Choice | undefined> {
  let decided: Choice | undefined;
  const decide = (choice: Choice | undefined) => {
    decided = choice;
  };
  await render(<Form findings={findings} first={first} plan={plan} decide={decide} />).waitUntilExit();
  return decided;
}

const questions = {
  hosts: "which of these hosts are your servers?",
  ways: "which of these may bring changes to them?",
  words: "how are they logged in to?",
  difference: "this is what it makes of your policy",
} as const;
type Step = keyof typeof questions;

const keys: Readonly<Record<Step, string>> = {
  hosts: "space: yes or no   enter: next   escape: leave",
  ways: "space: yes or no   enter: next   escape: back",
  words: "type   up, down   enter: next   escape: back",
  difference: "w: write it   up, down: scroll   escape: back   q: leave",
};

interface FormProperties {
  readonly findings: Findings;
  readonly first: Choice;
  readonly plan: (choice: Choice) => Planning;
  readonly decide: (choice: Choice | undefined) => void;
}

interface State {
  readonly at: number;
  readonly selected: number;
  readonly choice: Choice;
  /** Of the last step. */
  readonly difference: readonly string[];
  readonly valid: boolean;
  readonly left?: "written" | "unwritten";
}

interface Press {
  readonly input: string;
  readonly key: Key;
  readonly window: Window;
}

function Form({ findings, first, plan, decide }: FormProperties) {
  const { exit } = useApp();
  const window = useWindow();
  const steps = useMemo(() => (Object.keys(questions) as Step[]).filter((step) => step !== "ways" || findings.ways.length > 0), [findings]);
  // Keys may come faster than anything is drawn: each is for the state that the one before it left.
  const [state, press] = useReducer((before: State, pressed: Press) => pressedIn(before, pressed, steps, findings, plan), {
    at: 0,
    selected: 0,
    choice: first,
    difference: [],
    valid: false,
  });
  useInput((inputs, given) => {
    for (const [input, key] of singly(inputs, given)) press({ input, key, window });
  });
  useEffect(() => {
    if (state.left === undefined) return;
    decide(state.left === "written" ? state.choice : undefined);
    exit();
  }, [state, decide, exit]);
  const { at, selected, choice, difference } = state;
  const step = steps[at] ?? "hosts";
  const view = viewOf(findings, choice);
  return (
    <Box flexDirection="column">
      <Text bold wrap="truncate">{`${at + 1} of ${steps.length}: ${questions[step]}`}</Text>
      <Text> </Text>
      {step === "words" ? (
        <Words choice={choice} selected={selected} window={window} />
      ) : step === "difference" ? (
        <Difference lines={difference} scrolled={selected} window={window} />
      ) : (
        <Rows rows={view[step]} selected={selected} notes={step === "hosts" ? view.notes : []} window={window} />
      )}
      <Text> </Text>
      <Text dimColor wrap="truncate">
        {keys[step]}
      </Text>
    </Box>
  );
}

function pressedIn(state: State, { input, key, window }: Press, steps: readonly Step[], findings: Findings, plan: (choice: Choice) => Planning): State {
  const { at, selected, choice } = state;
  const step = steps[at] ?? "hosts";
  if (key.escape) return at === 0 ? { ...state, left: "unwritten" } : { ...state, at: at - 1, selected: 0 };
  if (key.return) return step === "difference" ? state : entered({ ...state, at: at + 1, selected: 0 }, steps, plan);
  const by = stepOf(key, window);
  if (by !== undefined) return { ...state, selected: Math.min(Math.max(selected + by, 0), lastOf(state, step, findings, window)) };
  if (step === "words") return { ...state, choice: typed(choice, selected === 0 ? "user" : "key", input, key) };
  if (step !== "difference") return input === " " ? { ...state, choice: toggled(choice, step, nameAt(findings, step, selected)) } : state;
  if (input === "w" && state.valid) return { ...state, left: "written" };
  return input === "q" ? { ...state, left: "unwritten" } : state;
}

function entered(state: State, steps: readonly Step[], plan: (choice: Choice) => Planning): State {
  if (steps[state.at] !== "difference") return state;
  const planned = plan(state.choice);
  return { ...state, difference: differenceLines(planned), valid: !("fault" in planned) };
}

function lastOf({ difference }: State, step: Step, { hosts, ways }: Findings, window: Window): number {
  const counts: Readonly<Record<Step, number>> = { hosts: hosts.length, ways: ways.length, words: 2, difference: difference.length - roomIn(window) + 1 };
  return Math.max(counts[step] - 1, 0);
}

function nameAt({ hosts, ways }: Findings, step: "hosts" | "ways", index: number): string | undefined {
  return step === "hosts" ? hosts[index]?.host.name : ways[index]?.path;
}

function stepOf(key: Key, { rows }: Window): number | undefined {
  const page = Math.max(rows - 8, 1);
  if (key.upArrow) return -1;
  if (key.downArrow) return 1;
  return key.pageUp ? -page : key.pageDown ? page : undefined;
}

function toggled(choice: Choice, step: "hosts" | "ways", name: string | undefined): Choice {
  const names = new Set(choice[step]);
  if (name !== undefined && !names.delete(name)) names.add(name);
  return { ...choice, [step]: names };
}

function typed(choice: Choice, field: "user" | "key", input: string, key: Key): Choice {
  if (key.ctrl && input === "u") return { ...choice, [field]: "" };
  if (key.backspace || key.delete) return { ...choice, [field]: choice[field].slice(0, -1) };
  return key.ctrl || key.meta || key.tab ? choice : { ...choice, [field]: choice[field] + input.replaceAll(/[^!-~]/g, "") };
}

/** Keys that were typed ahead come as one input. */
function singly(input: string, key: Key): readonly (readonly [string, Key])[] {
  if (input.length < 2 || key.ctrl || key.meta) return [[input, key]];
  return [...input].map((character) => {
    if (character === "\r" || character === "\n") return ["", { ...key, return: true }] as const;
    if (character === "\u0015") return ["u", { ...key, ctrl: true }] as const;
    return character === "\u007f" ? (["", { ...key, backspace: true }] as const) : ([character, key] as const);
  });
}

interface RowsProperties {
  readonly rows: readonly SurveyRow[];
  readonly selected: number;
  readonly notes: readonly string[];
  readonly window: Window;
}

function Rows({ rows, selected, notes, window }: RowsProperties) {
  const minded = noteLines(notes, window.columns).slice(0, Math.max(Math.floor(window.rows / 3), 1));
  const most = Math.max(window.rows - minded.length - 6, 1);
  const start = windowStart(selected, rows.length, most);
  const widest = nameWidth(rows, window.columns);
  return (
    <Box flexDirection="column">
      {rows.slice(start, start + most).map((row, index) => (
        <Text key={row.name} wrap="truncate" bold={start + index === selected}>
          {`${start + index === selected ? ">" : " "} ${rowText(row, widest, window.columns - 2)}`}
        </Text>
      ))}
      <Lines lines={minded.length === 0 ? [] : ["", ...minded]} />
    </Box>
  );
}

function Words({ choice, selected, window }: { readonly choice: Choice; readonly selected: number; readonly window: Window }) {
  const fields = [
    ["account", choice.user, "whom ssh logs in as there; empty: as ssh's configuration says"],
    ["key", choice.key, "every scp and rsync to them then has to name it; empty: ssh chooses"],
  ] as const;
  return fields.map(([name, value, help], index) => (
    <Box key={name} flexDirection="column">
      <Text wrap="truncate" bold={index === selected}>{`${index === selected ? ">" : " "} ${name}: ${value}${index === selected ? "_" : ""}`}</Text>
      <Lines lines={wrap(help, window.columns - 4).map((line) => `    ${line}`)} />
    </Box>
  ));
}

function differenceLines(planned: Planning): readonly string[] {
  if ("fault" in planned) return ["this would not be a valid policy:", ...planned.fault.split("\n")];
  const lines = policyDiff(planned.file, planned.before, planned.after, plain);
  return lines.length === 0 ? ["it says all of it already: nothing would change"] : lines;
}

function roomIn({ rows }: Window): number {
  return Math.max(rows - 6, 1);
}

function Difference({ lines, scrolled, window }: { readonly lines: readonly string[]; readonly scrolled: number; readonly window: Window }) {
  const end = scrolled + roomIn(window);
  return (
    <Box flexDirection="column">
      <Lines lines={lines.slice(scrolled, end)} />
      <Text dimColor>{end < lines.length ? `${lines.length - end} more lines` : " "}</Text>
    </Box>
  );
}
