// The JSON Schema of policies → its mappings and their keys, as the reference and the manual page list them.
import { policyJsonSchema } from "../../src/policy/json-schema.ts";

export interface Mapping {
  /** Its name in the schema; "policy" for the whole file. */
  readonly name: string;
  readonly description: string;
  /** None where it is words only. */
  readonly keys: readonly Key[];
}

export interface Key {
  readonly name: string;
  readonly required: boolean;
  /** `` `deny` or `ask` ``, `glob or list`, `list: rule`. */
  readonly type: string;
  /** The mapping that its value is, or that its items are. */
  readonly mapping?: string | undefined;
  readonly description: string;
  readonly default?: string | undefined;
  /** A value that it may have. */
  readonly example: unknown;
}

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

type Definitions = Readonly<Record<string, Schema>>;

const definitionPath = "#/$defs/";

/** The whole file first, then each mapping where it is first met. */
export function policyMappings(): readonly Mapping[] {
  const schema: Schema = JSON.parse(policyJsonSchema());
  const definitions = schema.$defs ?? {};
  const mappings: Mapping[] = [];
  const visit = (name: string, definition: Schema): void => {
    if (mappings.some((each) => each.name === name)) return;
    mappings.push({ name, description: definition.description ?? "", keys: keysOf(definition, definitions) });
    for (const reference of referencesIn(definition)) visit(reference, definitions[reference] ?? {});
  };
  visit("policy", schema);
  return mappings;
}

/** Of the definition alone, in order: what stands below another definition is found there. */
function referencesIn({ $defs: _, ...schema }: Schema): readonly string[] {
  return [...new Set([...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name ?? ""))];
}

function keysOf(definition: Schema, definitions: Definitions): readonly Key[] {
  const forms = (definition.anyOf ?? [definition]).filter(({ properties }) => properties !== undefined);
  return forms.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([name, value]) => keyOf(name, value, forms.length === 1 && required.includes(name), definitions)),
  );
}

function keyOf(name: string, value: Schema, required: boolean, definitions: Definitions): Key {
  const [mapping] = referencesIn(value);
  const [description = "", fallback] = (value.description ?? definitions[mapping ?? ""]?.description ?? "").split("; default: ");
  return { name, required, type: typeOf(value), mapping, description, default: fallback, example: exampleOf(value, definitions) };
}

/** Its own, else one made of those of the keys that it needs, or of its first key's. */
function exampleOf(value: Schema, definitions: Definitions): unknown {
  if (value.examples !== undefined) return value.examples[0];
  if (value.$ref !== undefined) return exampleOf(definitions[value.$ref.slice(definitionPath.length)] ?? {}, definitions);
  if (value.type === "array") return [exampleOf(value.items ?? {}, definitions)];
  if (value.anyOf !== undefined) return exampleOf(value.anyOf[0] ?? {}, definitions);
  const keys = Object.entries(value.properties ?? {});
  const needed = value.required === undefined ? keys.slice(0, 1) : keys.filter(([name]) => value.required?.includes(name));
  return Object.fromEntries(needed.map(([name, inner]) => [name, exampleOf(inner, definitions)]));
}

function typeOf(value: Schema): string {
  if (value.$ref !== undefined) return value.$ref.slice(definitionPath.length);
  if (value.anyOf !== undefined) return choice(value.anyOf.map((form) => (form.type === "array" ? "list" : typeOf(form))));
  if (value.enum !== undefined) return choice(value.enum.map((word) => `\`${String(word)}\``));
  if (value.const !== undefined) return `\`${String(value.const)}\``;
  if (value.type === "array") return `list: ${typeOf(value.items ?? {})}`;
  if (value.type === "boolean") return "`true` or `false`";
  if (value.type === "integer") return "number";
  if (value.type === "object") return `mapping: ${typeof value.additionalProperties === "object" ? typeOf(value.additionalProperties) : "any"}`;
  return value.title ?? "text";
}

function choice(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
