// An esbuild plugin: modules that most runs do not need cost them nothing. Each becomes one function, of what it imports,
// with all that only this module imports inside; it is called when something of the module is. What a module exports has to be
// functions, but for a family's `utilities`, a list to go through, which the table in place of src/utilities/built-in.ts does.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { build } from "esbuild";

/**
 * `entry`: of the bundle. `pieces`: names → the paths of modules. `options`: esbuild's, as for the bundle itself.
 * `evaluate`: esbuild's standard input → the module's exports. `place`: a piece's name and its function → the expression
 * that stands for the function in the bundle.
 */
export async function onDemand({ entry, pieces, options, evaluate, place = (_, text) => `(${text})` }) {
  const missing = Object.values(pieces)
    .flat()
    .filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`no such module: ${missing.join(", ")}`);
  const { metafile } = await build({ ...options, entryPoints: [entry], format: "esm", outdir: "none", write: false, metafile: true });
  const graph = new Map(Object.entries(metafile.inputs).map(([file, { imports }]) => [file, imports.map(({ path }) => path)]));
  const pieceOf = new Map(Object.entries(pieces).flatMap(([piece, files]) => files.filter((file) => graph.has(file)).map((file) => [file, piece])));
  const files = [...pieceOf.keys()];
  const exported = await evaluate(namespaces(files));
  const exportsOf = (file) => exported[`_${files.indexOf(file)}`];
  const families = files.filter((file) => exportsOf(file).utilities !== undefined).map((file) => ({ file, utilities: exportsOf(file).utilities }));
  return {
    name: "on-demand",
    setup(bundle) {
      bundle.onLoad({ filter: /\/src\/utilities\/built-in\.ts$/ }, () => ({ contents: utilityTable(families), resolveDir: ".", loader: "js" }));
      bundle.onResolve({ filter: /^piece:/ }, ({ path }) => ({ path: path.slice("piece:".length), namespace: "piece" }));
      bundle.onLoad({ filter: /.*/, namespace: "piece" }, async ({ path: piece }) => {
        const { imports, text } = await asFunction(
          files.filter((file) => pieceOf.get(file) === piece),
          entry,
          graph,
          options,
        );
        const contents = `${imports.join("\n")}
          let made;
          export const load = () => (made ??= ${await place(piece, text)}(${imports.flatMap(namesIn)}));`;
        return { contents, resolveDir: ".", loader: "js" };
      });
      bundle.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        const file = relative(".", path);
        const piece = pieceOf.get(file);
        if (piece === undefined) return undefined;
        const index = files.filter((each) => pieceOf.get(each) === piece).indexOf(file);
        return { contents: `import { load } from "piece:${piece}";\n${standIns(file, `load()._${index}`, exportsOf(file))}`, loader: "js" };
      });
    },
  };
}

/** The modules' exports, each module's under a name of its own. */
function namespaces(files) {
  return { contents: files.map((file, index) => `export * as _${index} from "./${file}";`).join("\n"), resolveDir: ".", loader: "ts" };
}

/** A class or a constant can have none, and esbuild does not always say so where one is missing. */
function standIns(file, module, exported) {
  return Object.entries(exported)
    .map(([name, value]) => {
      if (name === "utilities") return `export const utilities = { [Symbol.iterator]: () => ${module}.utilities.values() };`;
      const callable = typeof value === "function" && !String(value).startsWith("class");
      if (!callable) throw new Error(`\`${name}\` of ${file} is no function, so that the file cannot be on demand`);
      return `export const ${name} = (...given) => ${module}.${name}(...given);`;
    })
    .join("\n");
}

/** What is imported by these files and what they import, and by nothing else. */
function onlyThrough(files, entry, graph) {
  const others = reached([entry], graph, files);
  return new Set([...reached(files, graph)].filter((each) => !others.has(each)));
}

function reached(from, graph, without = []) {
  const found = new Set();
  const waiting = [...from];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (without.includes(file) || found.has(file)) continue;
    found.add(file);
    waiting.push(...(graph.get(file) ?? []));
  }
  return found;
}

async function asFunction(files, entry, graph, options) {
  const inside = onlyThrough(files, entry, graph);
  const { outputFiles } = await build({ ...options, minify: false, stdin: namespaces(files), format: "esm", write: false, plugins: [outside(inside)] });
  // esbuild writes imports and the one export as statements of their own, from the start of a line to its end.
  const imports = [];
  let names = "";
  const body = outputFiles[0].text
    .replaceAll(/^import (?:[^;{]|\{[^}]*\})* from "([^"]*)";$/gm, (statement, from) => {
      // Node's own are loaded with the piece: some cost more than the judge does.
      if (from.startsWith("node:")) return `const ${taken(statement)} = process.getBuiltinModule("${from}");`;
      imports.push(statement);
      return "";
    })
    .replace(/^export \{([^}]*)\};$/m, (_, list) => {
      names = list.replaceAll(/([\w$]+) as ([\w$]+)/g, "$2: $1");
      return "";
    });
  if (/^(?:import|export)\b/m.test(body) || names === "") throw new Error(`${files}: cannot be made a function`);
  return { imports, text: `(${imports.flatMap(namesIn)}) => {${body} return {${names}}; }` };
}

/** What an import statement takes of its module, as a declaration has it. */
function taken(statement) {
  const [, list] = /^import (?:\{([^}]*)\}|.*)/.exec(statement);
  return list === undefined ? namesIn(statement) : `{${list.replaceAll(" as ", ": ")}}`;
}

/** The names that an import statement gives. */
function namesIn(statement) {
  const [, list] = /^import (?:\{([^}]*)\}|.*)/.exec(statement);
  return list === undefined ? /^import (?:\* as )?(\S+) from/.exec(statement)[1] : list.split(",").map((each) => each.trim().split(" ").at(-1));
}

/** Takes the place of src/utilities/built-in.ts: a line for each utility, from which its family and its place there are read. */
function utilityTable(families) {
  const lines = families.flatMap(({ utilities }, family) => utilities.map(({ names }, index) => `${family}.${index} ${names.join(" ")} `));
  const all = families.flatMap(({ utilities }) => [...utilities]);
  const namesOf = (kind) => all.flatMap(({ names, transport }) => (transport === kind ? names : [])).join(" ");
  return `
    ${families.map(({ file }, index) => `import { utilities as family${index} } from "./${file}";`).join("\n")}
    const families = [${families.map((_, index) => `family${index}`)}];
    const table = ${JSON.stringify(`\n${lines.join("\n")}\n`)};
    export function builtInUtility(name) {
      const at = /\\s/.test(name) ? -1 : table.indexOf(" " + name + " ");
      if (at < 0) return undefined;
      const [family, index] = table.slice(table.lastIndexOf("\\n", at) + 1, at).split(/[. ]/);
      return [...families[family]][index];
    }
    const transports = ${JSON.stringify({ true: namesOf(true), optional: namesOf("optional") })};
    export function builtInNames(transport) {
      if (transport !== undefined) return transports[transport].split(" ");
      return table.trim().split("\\n").flatMap((line) => line.trim().split(" ").slice(1));
    }`;
}

/** Leaves imports of all but `inside` to the bundle. */
function outside(inside) {
  return {
    name: "outside",
    setup(bundle) {
      bundle.onResolve({ filter: /.*/ }, async ({ path, pluginData, kind, ...from }) => {
        if (pluginData === "asked" || kind === "entry-point") return undefined;
        const found = await bundle.resolve(path, { ...from, kind, pluginData: "asked" });
        return found.external || inside.has(relative(".", found.path)) ? undefined : { path: found.path, external: true };
      });
    },
  };
}

/** A piece for each family that src/utilities/index.ts imports. */
export function familiesOf(index) {
  const files = [...readFileSync(index, "utf8").matchAll(/^import \{ utilities as \w+ \} from "(.*)";$/gm)].map(([, file]) => join(dirname(index), file));
  return Object.fromEntries(files.map((file) => [basename(file, ".ts"), [file]]));
}
