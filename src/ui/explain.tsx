// The screen of `autobotctl explain`: the line with one of its commands marked, and what is known of that command.
import { Box, render, Text, useApp, useInput } from "ink";
import { useState } from "react";
import { wrap } from "../report/columns.ts";
import { excerpt } from "../report/excerpt.ts";
import type { Explanation } from "../report/explanation.ts";
import { detailLines, verdictLines } from "../report/explanation-text.ts";
import { plain } from "../report/style.ts";
import { Lines, useWindow, type Window, windowStart } from "./window.tsx";

/** Draws until the person leaves. */
export async function showExplanation(explanation: Explanation): Promise<void> {
  await render(<Screen explanation={explanation} />).waitUntilExit();
}

const keys = "up, down: command   page up, page down: scroll   q: leave";

function Screen({ explanation }: { readonly explanation: Explanation }) {
  const { exit } = useApp();
  const window = useWindow();
  const [selected, select] = useState(0);
  const [scrolled, scroll] = useState(0);
  const last = Math.max(explanation.commands.length - 1, 0);
  const move = (by: number) => {
    select((current) => Math.min(Math.max(current + by, 0), last));
    scroll(0);
  };
  useInput((input, key) => {
    if (input === "q" || key.escape) exit();
    else if (key.upArrow || input === "k") move(-1);
    else if (key.downArrow || input === "j") move(1);
    else if (key.pageUp) scroll((current) => Math.max(current - 5, 0));
    else if (key.pageDown || input === " ") scroll((current) => current + 5);
  });
  const list = Math.min(last + 1, Math.max(Math.floor(window.rows / 4), 1));
  return (
    <Box flexDirection="column">
      <Lines lines={wrap(explanation.summary, window.columns)} bold />
      <Marked explanation={explanation} selected={selected} window={window} />
      <Commands explanation={explanation} selected={selected} most={list} />
      <Text> </Text>
      <Detail explanation={explanation} selected={selected} scrolled={scrolled} window={window} most={Math.max(window.rows - list - 9, 3)} />
      <Text dimColor wrap="truncate">
        {keys}
      </Text>
    </Box>
  );
}

function Marked({ explanation, selected, window }: { readonly explanation: Explanation; readonly selected: number; readonly window: Window }) {
  const { line, mark } = excerpt(explanation.line, explanation.commands[selected]?.span ?? { start: 0, end: explanation.line.length }, window.columns);
  return (
    <Box flexDirection="column" marginY={1}>
      <Text wrap="truncate">{line}</Text>
      <Text wrap="truncate" color="cyan">
        {mark}
      </Text>
    </Box>
  );
}

function Commands({ explanation, selected, most }: { readonly explanation: Explanation; readonly selected: number; readonly most: number }) {
  const { commands } = explanation;
  const start = windowStart(selected, commands.length, most);
  return commands.slice(start, start + most).map((command, index) => {
    const at = start + index;
    const denied = command.requests.some(({ rules }) => rules.length > 0);
    return (
      <Text key={`${at}`} wrap="truncate" bold={at === selected}>
        {`${at === selected ? ">" : " "} ${denied ? "refused " : "        "}${"  ".repeat(command.depth)}${command.text}`}
      </Text>
    );
  });
}

interface DetailProperties {
  readonly explanation: Explanation;
  readonly selected: number;
  readonly scrolled: number;
  readonly window: Window;
  readonly most: number;
}

function Detail({ explanation, selected, scrolled, window, most }: DetailProperties) {
  const command = explanation.commands[selected];
  const lines = [...(command === undefined ? [] : detailLines(command, window.columns)), ...verdictLines(explanation, { style: plain, width: window.columns })];
  const start = Math.min(scrolled, Math.max(lines.length - most, 0));
  return (
    <Box flexDirection="column">
      <Lines lines={lines.slice(start, start + most)} />
      <Text dimColor>{start + most < lines.length ? `${lines.length - start - most} more lines` : " "}</Text>
    </Box>
  );
}
