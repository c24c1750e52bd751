// A utility described as data: what its options take, what it runs, what it touches. The built-in utilities and
// the ones that users add in a policy file (`utilities:`) are written in the same form.
import { z } from "zod";
import { about } from "./about.ts";
import { actions } from "./request.ts";

/** How arguments divide into options, option-arguments and operands (POSIX XBD 12.2, getopt_long(3)). */
export const grammarSchema = z
  .strictObject({
    short: z
      .string()
      .optional()
      .meta(about("short options as getopt(3) takes them: `ab:c::` (`:` takes an argument, `::` an attached one only); unlisted ones take none", "p:i:v")),
    long: z
      .array(z.string())
      .optional()
      .meta(about("long options that take an argument: `file=`, or `color=?` when only attached as `--color=x`; unlisted ones take none", ["file=", "color=?"])),
    permute: z.boolean().optional().meta(about("options may follow operands; without it the first operand ends them, as with ssh and sudo; default: `true`", false)),
    singleDash: z.boolean().optional().meta(about("long options have one dash, as with find and java; default: `false`", true)),
    bundle: z.boolean().optional().meta(about("a first word without dash is options, as with tar and ps; default: `false`", true)),
  })
  .meta({ id: "grammar", description: "how arguments divide into options and operands" });
export type Grammar = z.infer<typeof grammarSchema>;

const words = z.array(z.string()).min(1);

export const actionSchema = z.enum(actions).meta({
  id: "action",
  description:
    "what is done: `edit` opens an editor on a file; `write` creates, changes, moves or removes a file, its mode or owner; `container` changes containers, images, compose projects or cluster objects; `service` changes services, processes or the host; `package` installs or removes software; `execute` runs code whose effects the text does not show; `session` opens an interactive shell; `authenticate` is how a connection proves itself; `read` is anything else, which looks",
});

/** When a clause applies. All that is given must hold. */
export const conditionSchema = z
  .strictObject({
    option: words.optional().meta(about("any of these options is given; a long one also by its unambiguous beginning", ["-i", "--in-place"])),
    subcommand: words.optional().meta(about("the first operands are one of these, each word a glob", ["up", "image rm"])),
    operand: words.optional().meta(about("any operand matches one of these globs", ["*.conf"])),
    argument: z
      .record(z.string(), words)
      .optional()
      .meta(about("an option's argument matches one of the globs", { "-X": ["POST", "PUT"] })),
    atLeast: z.int().min(0).optional().meta(about("at least so many operands", 1)),
    atMost: z.int().min(0).optional().meta(about("at most so many operands", 1)),
    ignoreCase: z.boolean().optional().meta(about("case does not count; default: `false`", true)),
  })
  .meta({ id: "condition", description: "when a clause applies; all that is given must hold" });
export type Condition = z.infer<typeof conditionSchema>;

/**
 * Which words name the thing: operands counted from 0, the last one, all from one on, all but the last,
 * or the argument of an option.
 */
export const selectorSchema = z
  .union([
    z.literal("operands"),
    z.literal("last"),
    z.literal("all-but-last"),
    z.strictObject({ operand: z.int().min(0).meta(about("one operand, counted from 0", 0)) }),
    z.strictObject({ from: z.int().min(0).meta(about("all operands from this one on", 1)) }),
    z.strictObject({ option: words.meta(about("the arguments of these options", ["-o", "--output"])) }),
  ])
  .meta({ id: "selector", description: "which words name the thing: all operands, the last, all but the last, or one of these" });
export type Selector = z.infer<typeof selectorSchema>;

/** A host: a word, a fixed name, or `unknown` where the words do not say. */
export const hostSelectorSchema = z
  .union([selectorSchema, z.strictObject({ fixed: z.string().meta(about("always this host", "web1")) }), z.literal("unknown")])
  .meta({ id: "host-selector", description: "which host: named by a word, fixed, or `unknown` where the words do not say" });
export type HostSelector = z.infer<typeof hostSelectorSchema>;

export const clauseSchema = z
  .strictObject({
    when: conditionSchema.optional().meta(about("only where this holds", { option: ["-i"] })),
    unless: conditionSchema.optional().meta(about("not where this holds", { option: ["--dry-run"] })),
    action: actionSchema.meta(about("what is done", "write")),
    path: selectorSchema.optional().meta(about("the files that it touches; one request for each", "operands")),
    existing: z.boolean().optional().meta(about("the files have to be there already: changed, removed or moved away, never created; default: `false`", true)),
    name: z
      .union([selectorSchema, z.string()])
      .optional()
      .meta(about("what else it touches, fixed or taken from words", { operand: 1 })),
    host: hostSelectorSchema.optional().meta(about("the host that it touches; default: the one it runs on", { operand: 0 })),
    sources: selectorSchema.optional().meta(about("it sends these local files there, as scp and rsync do", { operand: 1 })),
    note: z.string().optional().meta(about("what refusals say of it, in the third person", "restarts a unit")),
  })
  .meta({ id: "clause", description: "one thing that it does" });
export type Clause = z.infer<typeof clauseSchema>;

/** It starts another utility, on the same host or another. */
export const runsSchema = z
  .strictObject({
    when: conditionSchema.optional().meta(about("only where this holds", { atLeast: 2 })),
    command: z
      .union([
        z.strictObject({ from: z.int().min(0).meta(about("all operands from this one on", 1)) }),
        z.strictObject({ operand: z.int().min(0).meta(about("one operand, counted from 0", 2)) }),
        z.strictObject({ option: words.meta(about("the argument of one of these options", ["-c"])) }),
      ])
      .meta({ id: "command", description: "the words of that command" }),
    as: z.enum(["argv", "sh"]).meta(about("`argv`: the words as they are; `sh`: joined by one space and parsed again by a shell", "sh")),
    host: hostSelectorSchema.optional().meta(about("the host that it runs on; default: the same", { operand: 0 })),
    container: z.boolean().optional().meta(about("inside a container of that host; default: `false`", true)),
  })
  .meta({ id: "runs", description: "a command that it starts, here or elsewhere" });
export type Runs = z.infer<typeof runsSchema>;

export const descriptorSchema = z
  .strictObject({
    names: words.meta(about("what it is called by", ["on-vm"])),
    options: grammarSchema.optional(),
    runs: z
      .array(runsSchema)
      .optional()
      .meta(about("the commands that it starts", [{ command: { from: 1 }, as: "sh", host: { operand: 0 } }])),
    effects: z
      .array(clauseSchema)
      .optional()
      .meta(about("what it does: every clause that applies counts; default: it reads", [{ action: "write", path: "last" }])),
    unclassified: z.boolean().optional().meta(about("this form cannot describe it, so it is recorded as unclassified; default: `false`", true)),
  })
  .meta({ id: "utility", description: "a utility: what its options take, what it runs, what it touches" });
export type Descriptor = z.infer<typeof descriptorSchema>;
