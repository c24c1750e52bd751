// What one result shows of a stream.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createCapture } from "../../src/agent/capture.ts";

it("shows what fits whole, and each part once", () => {
  const capture = createCapture(10, 1000);
  capture.add(Buffer.from("0123456789"));
  expect(capture.take()).toEqual({ text: "0123456789", truncated: false, file: undefined });
  expect(capture.take().text).toBe("");
});

it("leaves out the middle, counts it, and keeps all of it in a file", () => {
  const capture = createCapture(10, 1000);
  for (const part of ["abcdefg", "hijklmn", "opq"]) capture.add(Buffer.from(part));
  const { text, truncated, file } = capture.take();
  expect(truncated).toBe(true);
  expect(text).toBe(`abcde\n[… 7 characters left out; all is in ${file} …]\nmnopq`);
  expect(readFileSync(file ?? "", "utf8")).toBe("abcdefghijklmnopq");
});

it("does not break a character that comes in two chunks", () => {
  const capture = createCapture(10, 1000);
  const bytes = Buffer.from("é");
  capture.add(bytes.subarray(0, 1));
  capture.add(bytes.subarray(1));
  expect(capture.take().text).toBe("é");
});
