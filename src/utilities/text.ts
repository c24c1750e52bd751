// Filters, converters and editors of structured text: they print, unless an option or operand names a file to write.
import type { Descriptor } from "../policy/descriptor.ts";
import { known, prefix, textWord } from "../syntax/word.ts";
import { fromDescriptor, holds } from "./descriptor.ts";
import { code, request, write, writes } from "./effect.ts";
import { programOnStdin } from "./program.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

const here = textWord(".");

const described = (
  [
    {
      names: ["sort", "gsort"],
      options: {
        short: "k:o:S:t:T:",
        long: [
          "output=",
          "key=",
          "field-separator=",
          "buffer-size=",
          "temporary-directory=",
          "batch-size=",
          "parallel=",
          "compress-program=",
          "files0-from=",
          "random-source=",
          "sort=",
          "check=?",
        ],
      },
      runs: [{ when: { option: ["--compress-program"] }, command: { option: ["--compress-program"] }, as: "sh" }],
      effects: [{ when: { option: ["-o", "--output"] }, action: "write", path: { option: ["-o", "--output"] } }],
    },
    {
      names: ["xxd"],
      options: { short: "c:g:l:n:o:R:s:" },
      effects: [{ when: { atLeast: 2 }, action: "write", path: { operand: 1 } }],
    },
    { names: ["uudecode"], options: { short: "o:" }, effects: [{ unless: { argument: { "-o": ["-", "/dev/stdout"] } }, action: "write", path: { option: ["-o"] } }] },
    {
      names: ["crudini"],
      options: { long: ["format=", "output="] },
      effects: [
        { when: { option: ["--set", "--del", "--merge"] }, unless: { argument: { "--output": ["-"] } }, action: "write", path: { operand: 0 }, note: "changes a setting in it" },
      ],
    },
    {
      names: ["dos2unix", "unix2dos", "mac2unix", "unix2mac"],
      options: { short: "c:D:", long: ["convmode=", "display-enc="] },
      effects: [{ unless: { option: ["-i", "--info", "-O", "--to-stdout"] }, action: "write", path: "operands", existing: true, note: "converts it in place" }],
    },
    {
      names: ["ctags", "etags", "exuberant-ctags", "msgfmt", "msgmerge", "xgettext", "gettextize", "tic", "zic"],
      options: { short: "f:o:L:", long: ["output=", "output-file=", "languages="] },
      effects: [{ unless: { argument: { "-f": ["-"], "-o": ["-"], "--output-file": ["-"] } }, action: "write", path: { option: ["-f", "-o", "--output", "--output-file"] } }],
    },
    {
      names: ["pandoc"],
      options: {
        short: "f:o:t:r:w:V:M:c:A:B:H:",
        long: "from= read= to= write= output= template= metadata= variable= data-dir= css= filter= lua-filter= extract-media= log=".split(" "),
      },
      effects: [{ when: { option: ["-o", "--output", "--extract-media", "--log"] }, action: "write", path: { option: ["-o", "--output", "--extract-media", "--log"] } }],
    },
    {
      names: ["wkhtmltopdf", "wkhtmltoimage", "rsvg-convert", "inkscape", "pdftotext", "pdftoppm", "qpdf", "cwebp", "dwebp"],
      options: { short: "o:", long: ["output=", "export-filename="] },
      effects: [
        { when: { atLeast: 2 }, action: "write", path: "last" },
        { when: { option: ["-o", "--output", "--export-filename"] }, action: "write", path: { option: ["-o", "--output", "--export-filename"] } },
      ],
    },
    {
      names: [
        "base64",
        "uuencode",
        "jo",
        "xsltproc",
        "hxselect",
        "pup",
        "htmlq",
        "mlr",
        "csvsql",
        "xq",
        "gojq",
        "jaq",
        "fx",
        "diffstat",
        "filterdiff",
        "lsdiff",
        "interdiff",
        "ffprobe",
        "identify",
        "mediainfo",
        "pdfinfo",
      ],
    },
  ] satisfies readonly Descriptor[]
).map(fromDescriptor);

/** jq(1) prints; some builds and yq change the file with `-i`. The first operand is the expression, after yq's command. */
const structured: Utility = {
  names: ["jq", "yq", "dasel", "tomlq", "toml", "jql"],
  grammar: { short: "f:L:", long: ["from-file=", "indent=", "input-format=", "output-format=", "expression=", "file="] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (!holds({ option: ["-i", "--inplace", "--in-place"] }, invocation)) return [];
    const files = given.candidates.slice(/^(?:e|ea|eval|eval-all)$/.test(known(given.candidates[0]) ?? "") ? 2 : 1);
    return files.length > 0 ? writes(files, { existing: true, note: "edits it in place" }) : [request("write", undefined, { note: "edits a file in place" })];
  },
};

/** patch(1): the file it is told, or those that the patch names below `-d`. */
const patch: Utility = {
  names: ["patch", "gpatch"],
  grammar: {
    short: "B:D:d:F:g:i:o:p:r:V:Y:z:",
    long: "prefix= ifdef= directory= fuzz= get= input= output= strip= reject-file= version-control= basename-prefix= suffix= quoting-style= reject-format= read-only=".split(" "),
  },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (holds({ option: ["--dry-run", "-C", "--check"] }, invocation)) return [];
    const directory = given.argument("-d", "--directory");
    const output = given.argument("-o", "--output");
    if (output !== undefined && known(output) === "-") return [];
    return write(output ?? given.operands[0] ?? here, { directory, note: "patches it" });
  },
};

const changesTree = /^\s*(?:set|setm|rm|ins|insert|mv|move|cp|copy|rename|clear|clearm|touch|defnode|save|store|retrieve|load-file)\b/m;

/** augtool(1): a command as operands, or commands from a file or standard input. */
const augtool: Utility = {
  names: ["augtool"],
  grammar: { permute: false, short: "c:I:l:r:t:f:", long: ["root=", "include=", "file=", "transform=", "load-file=", "noload"] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const program = given.operands.length === 0 && !given.has("-f", "--file") ? programOnStdin(invocation) : undefined;
    const text = program?.from === "text" ? known(program.text) : given.operands.map((word) => prefix(word)).join(" ");
    const hidden = given.has("-f", "--file") || program?.from === "file" || program?.from === "pipe" || text === undefined;
    return hidden || changesTree.test(text) ? [request("write", undefined, { name: "configuration", note: "changes configuration files" })] : [];
  },
};

/** Converters whose last word is the file they write. */
const converters: Utility = {
  names: ["convert", "magick", "mogrify", "ffmpeg", "avconv", "sox", "montage", "composite", "gs", "optipng", "jpegoptim", "svgo"],
  grammar: { singleDash: true, long: [] },
  effects: ({ name, words, arguments: given }) => {
    const last = words.at(-1);
    if (last === undefined || words.length < 2 || prefix(last).startsWith("-")) return [];
    if (/^(?:mogrify|optipng|jpegoptim)$/.test(name)) return write(last, { existing: true });
    const input = known(words.at(-2)) === "-i" || given.has("-version", "-list", "-formats", "-codecs");
    return input || /^(?:info|null):?/.test(known(last) ?? "") ? [] : write(last, { note: "writes what it converts" });
  },
};

/** vipe(1), vidir(1): an editor on a pipeline, on a directory. */
const vipe: Utility = { names: ["vipe", "vidir"], grammar: {}, effects: ({ arguments: given }) => [request("edit", given.operands[0])] };

/** pee(1) pipes its input to each of the commands it is given. */
const pee: Utility = { names: ["pee"], grammar: {}, effects: (invocation: Invocation): readonly Effect[] => invocation.arguments.operands.map((word) => code(word)) };

export const utilities: readonly Utility[] = [...described, structured, patch, augtool, converters, vipe, pee];
