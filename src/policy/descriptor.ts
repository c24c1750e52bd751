// A utility described as data: what its options take, what it runs, what it touches. The built-in utilities and
// the ones that users add in a policy file (`utilities:`) are written in the same form.
import { z } from "zod";
import { actions } from "./request.ts";

/** How arguments divide into options, option-arguments and operands (POSIX XBD 12.2, getopt_long(3)). */
export const grammarSchema = z
  .strictObject({
    /** Short options as getopt(3) takes them: `ab:c::` (`:` takes an argument, `::` an attached one only). Unlisted ones take none. */
    short: z.string().optional(),
    /** Long options that take an argument: `file=`, or `color=?` when only attached as `--color=x`. Unlisted ones take none. */
    long: z.array(z.string()).optional(),
    /** Options may follow operands (GNU). False: the first operand ends them (ssh, sudo, docker exec). Default true. */
    permute: z.boolean().optional(),
    /** Long options with one dash: find, java, terraform. */
    singleDash: z.boolean().optional(),
    /** Options with `+`, `/` or none are operands by default; "tar" and "ps" read a first word without dash as options. */
    bundle: z.boolean().optional(),
  })
  .describe("how arguments divide into options and operands");
export type Grammar = z.infer<typeof grammarSchema>;

const words = z.array(z.string()).min(1);

/** When a clause applies. All that is given must hold. */
export const conditionSchema = z.strictObject({
  /** Any of these options is given: `-i`, `--in-place`. A long one also by its unambiguous beginning. */
  option: words.optional(),
  /** The first operands are one of these, words separated by one space, each a glob: `compose up`, `config set`. Case does not count with `ignoreCase`. */
  subcommand: words.optional(),
  /** Any operand (any word) matches one of these globs. */
  operand: words.optional(),
  /** An option's argument matches one of the globs: `{ "-X": ["POST", "PUT"] }`. */
  argument: z.record(z.string(), words).optional(),
  /** At least, at most so many operands. */
  atLeast: z.int().min(0).optional(),
  atMost: z.int().min(0).optional(),
  ignoreCase: z.boolean().optional(),
});
export type Condition = z.infer<typeof conditionSchema>;

/**
 * Which words name the thing: operands counted from 0, the last one, all from one on, all but the last,
 * or the argument of an option.
 */
export const selectorSchema = z.union([
  z.literal("operands"),
  z.literal("last"),
  z.literal("all-but-last"),
  z.strictObject({ operand: z.int().min(0) }),
  z.strictObject({ from: z.int().min(0) }),
  z.strictObject({ option: words }),
]);
export type Selector = z.infer<typeof selectorSchema>;

/** A host: a word, a fixed name, or `unknown` where the words do not say. */
export const hostSelectorSchema = z.union([selectorSchema, z.strictObject({ fixed: z.string() }), z.literal("unknown")]);
export type HostSelector = z.infer<typeof hostSelectorSchema>;

export const clauseSchema = z.strictObject({
  when: conditionSchema.optional(),
  unless: conditionSchema.optional(),
  action: z.enum(actions),
  /** The files it touches; one request for each. */
  path: selectorSchema.optional(),
  /** The files have to be there already: changed, removed or moved away, never created. */
  existing: z.boolean().optional(),
  /** What else it touches, fixed or taken from words. */
  name: z.union([selectorSchema, z.string()]).optional(),
  /** The host it touches, where that is not the one it runs on. */
  host: hostSelectorSchema.optional(),
  /** It sends these local files there, as scp and rsync do. */
  sources: selectorSchema.optional(),
  /** Third person, for people: "restarts a unit". */
  note: z.string().optional(),
});
export type Clause = z.infer<typeof clauseSchema>;

/** It starts another utility, on the same host or another. */
export const runsSchema = z.strictObject({
  when: conditionSchema.optional(),
  /** The words of that command: all operands from this one on, one operand, or an option's argument. */
  command: z.union([z.strictObject({ from: z.int().min(0) }), z.strictObject({ operand: z.int().min(0) }), z.strictObject({ option: words })]),
  /** `argv`: the words as they are. `sh`: joined by one space and parsed again by a shell. */
  as: z.enum(["argv", "sh"]),
  /** The host it runs on. Absent: the same. */
  host: hostSelectorSchema.optional(),
  /** Inside a container of that host. */
  container: z.boolean().optional(),
});
export type Runs = z.infer<typeof runsSchema>;

export const descriptorSchema = z
  .strictObject({
    names: words,
    options: grammarSchema.optional(),
    runs: z.array(runsSchema).optional(),
    /** Every clause that applies yields its requests; none: it reads. */
    effects: z.array(clauseSchema).optional(),
    /** Where the form cannot describe it, say so: it is then recorded as unclassified. */
    unclassified: z.boolean().optional(),
  })
  .describe("a utility: what its options take, what it runs, what it touches");
export type Descriptor = z.infer<typeof descriptorSchema>;
