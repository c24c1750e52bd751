// What one result shows of a stream.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createCapture, type Files } from "../../src/agent/capture.ts";
import { scratch } from "../stage/run.ts";

function files(bytes: number): Files & { readonly directory: string } {
  const directory = scratch();
  onTestFinished(() => rmSync(directory, { recursive: true }));
  let count = 0;
  return { directory, bytes, next: () => join(directory, String(count++)) };
}

it("shows what fits whole, and each part once", () => {
  const capture = createCapture(10, files(1000));
  capture.add(Buffer.from("0123456789"));
  expect(capture.take()).toEqual({ text: "0123456789", truncated: false, file: undefined });
  expect(capture.take().text).toBe("");
});

it("leaves out the middle, counts it, and keeps all of it in a file", () => {
  const capture = createCapture(10, files(1000));
  for (const part of ["abcdefg", "hijklmn", "opq"]) capture.add(Buffer.from(part));
  const { text, truncated, file } = capture.take();
  expect(truncated).toBe(true);
  expect(text).toBe(`abcde\n[… 7 characters left out; all is in ${file} …]\nmnopq`);
  expect(readFileSync(file ?? "", "utf8")).toBe("abcdefghijklmnopq");
});

it("does not break a character that comes in two chunks", () => {
  const capture = createCapture(10, files(1000));
  const bytes = Buffer.from("é");
  capture.add(bytes.subarray(0, 1));
  capture.add(bytes.subarray(1));
  expect(capture.take().text).toBe("é");
});

it("writes no more to a file than it may, and goes on without one where it cannot", () => {
  const bounded = createCapture(10, files(20));
  for (let index = 0; index < 100; index++) bounded.add(Buffer.from("0123456789"));
  const { file = "", text } = bounded.take();
  expect(readFileSync(file).length).toBeLessThanOrEqual(40);
  expect(text).toContain(`990 characters left out; the beginning is in ${file} `);
  const none = createCapture(10, { bytes: 1000, next: () => "/proc/none/file" });
  none.add(Buffer.from("0123456789abcdef"));
  expect(none.take()).toEqual({ text: "01234\n[… 6 characters left out …]\nbcdef", truncated: true, file: undefined });
});

it("says how much there is before it is taken", () => {
  const capture = createCapture(10);
  capture.add(Buffer.from("0123456789abcdef"));
  expect(capture.length()).toBe(16);
  capture.take();
  expect(capture.length()).toBe(0);
});
