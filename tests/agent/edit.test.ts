// Edits of configuration texts: what is added stands where a person would have put it, nothing else moves, and undoing gives the same text.
import fc from "fast-check";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { type Edit, isMade, isMadeByAny, type Json, make, obstacle, undo } from "../../src/agent/edit.ts";
import { jsonText } from "../../src/agent/json-text.ts";
import { tomlText } from "../../src/agent/toml-text.ts";

const add: Edit = { add: ["list"], value: "x" };
const set: Edit = { set: ["a", "b"], value: 1 };

describe("in JSON", () => {
  it.each<[string, Edit, string]>([
    ["", set, '{\n  "a": {\n    "b": 1\n  }\n}\n'],
    ["{}", set, '{\n  "a": {\n    "b": 1\n  }\n}'],
    ['{"a":{}}', set, '{"a":{\n  "b": 1\n}}'],
    ['{ "a": { "c": 2 } }', set, '{ "a": { "c": 2, "b": 1 } }'],
    ['{\n\t"a": {\n\t\t"c": 2\n\t}\n}\n', set, '{\n\t"a": {\n\t\t"c": 2,\n\t\t"b": 1\n\t}\n}\n'],
    ['{\n  "a": {\n    "c": 2 // two\n  }\n}', set, '{\n  "a": {\n    "c": 2, // two\n    "b": 1\n  }\n}'],
    ['{\n  "a": {\n    "c": 2, // two\n  },\n}', set, '{\n  "a": {\n    "c": 2, // two\n    "b": 1,\n  },\n}'],
    ['{\n  "a": {\n    // nothing\n  }\n}', set, '{\n  "a": {\n    // nothing\n    "b": 1\n  }\n}'],
    ['{ "a": { "b": /* old */ 2 } }', set, '{ "a": { "b": /* old */ 1 } }'],
    ['{ "list": [] }', add, '{ "list": [\n  "x"\n] }'],
    ['{ "list": ["a"] }', add, '{ "list": ["a", "x"] }'],
    ['{ "list": ["x"] }', add, '{ "list": ["x"] }'],
    ['{\n  "list": [\n    "a"\n    /* , */\n  ]\n}', add, '{\n  "list": [\n    "a",\n    /* , */\n    "x"\n  ]\n}'],
    ["// nothing", set, '// nothing\n{\n  "a": {\n    "b": 1\n  }\n}\n'],
    ['{ "a": { "b": 3 }, "a": { "c": 2 } }', set, '{ "a": { "b": 3 }, "a": { "c": 2, "b": 1 } }'],
    ['\uFEFF{\r\n  "k": 1\r\n}', set, '\uFEFF{\r\n  "k": 1,\r\n  "a": {\r\n    "b": 1\r\n  }\r\n}'],
  ])("%j", (text, edit, expected) => {
    expect(make(text, edit, jsonText)).toBe(expected);
    expect(make(expected, edit, jsonText)).toBe(expected);
  });

  it.each<[string, Edit, string, string]>([
    ['{ "a": { "b": 1 }, "k": 2 }', set, "{}", '{ "k": 2 }'],
    ['{ "k": 2, "a": { "b": 1 } }', set, "{}", '{ "k": 2 }'],
    ['{ "k": 2, "a": { "b": 1 } }', set, '{ "a": {} }', '{ "k": 2, "a": {} }'],
    ['{ "a": { "b": 1 } }', set, '{ "a": { "b": 0 } }', '{ "a": { "b": 0 } }'],
    ['{ "a": { "b": 3 } }', set, "{}", '{ "a": { "b": 3 } }'],
    ['{\n  "k": 2, // two\n  "a": { "b": 1 }\n  // end\n}', set, "{}", '{\n  "k": 2 // two\n  // end\n}'],
    ['{ "list": ["a", "x", "b"] }', add, "{}", '{ "list": ["a", "b"] }'],
    ['{ "list": ["a", "x"] }', add, '{ "list": ["x"] }', '{ "list": ["a", "x"] }'],
  ])("undone in %j", (text, edit, before, expected) => {
    expect(undo(text, edit, parse(before), jsonText)).toBe(expected);
  });

  it("is told from what stands in its way", () => {
    expect(obstacle({ a: 1 }, set)).toBe("`a` is no object");
    expect(obstacle({ list: {} }, add)).toBe("`list` is no list");
    expect([obstacle({}, set), obstacle({ a: {} }, set), obstacle({ list: [] }, add)]).toEqual([undefined, undefined, undefined]);
  });

  it("is undone to the byte, whatever is in the file and however it is laid out", () => {
    const key = fc.constantFrom("a", "b", "list", "hooks", "x y", "//");
    const { tree } = fc.letrec<{ tree: Json; leaf: Json }>((tie) => ({
      leaf: fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom("", "a,b", "/* */", "}", '"')),
      tree: fc.oneof({ depthSize: "small" }, tie("leaf"), fc.array(tie("tree"), { maxLength: 3 }), fc.dictionary(key, tie("tree"), { maxKeys: 4, noNullPrototype: true })),
    }));
    const object = fc.dictionary(key, tree, { maxKeys: 4, noNullPrototype: true });
    const indent = fc.constantFrom<string | number>(0, 2, 4, "\t");
    const edit = fc.oneof(
      fc.record({ set: fc.array(key, { minLength: 1, maxLength: 3 }), value: tree }),
      fc.record({ add: fc.array(key, { minLength: 1, maxLength: 3 }), value: tree }),
    ) as fc.Arbitrary<Edit>;
    fc.assert(
      fc.property(object, indent, edit, (value, space, change) => {
        const plain: Json = JSON.parse(JSON.stringify(value));
        const text = JSON.stringify(plain, undefined, space);
        fc.pre(obstacle(plain, change) === undefined && !isMade(plain, change));
        const made = make(text, change, jsonText);
        const errors: never[] = [];
        expect(isMade(parse(made, errors), change)).toBe(true);
        expect(errors).toEqual([]);
        const undone = undo(made, change, plain, jsonText);
        expect(JSON.parse(undone)).toEqual(plain);
        // A value that was replaced is laid out anew.
        if (!("set" in change)) expect(undone).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe("in TOML", () => {
  it.each<[string, Edit]>([
    ["# mine\nk = 1 # one\n", set],
    ["[a]\nc = 2 # two\n\n[z]\nd = 1979-05-27T07:32:00Z\n", set],
    ["[a.c]\nd = 1\n", set],
    ['list = ["a"] # these\n', add],
  ])("%j", (text, edit) => {
    const before = tomlText.read(text);
    if ("error" in before) throw new Error(before.error);
    const made = make(text, edit, tomlText);
    const after = tomlText.read(made);
    expect("value" in after && isMade(after.value, edit)).toBe(true);
    for (const comment of text.match(/#.*/g) ?? []) expect(made).toContain(comment);
    expect(undo(made, edit, before.value, tomlText)).toBe(text);
  });
});

it.each<[string, string, boolean]>([
  ["/opt/x/bin/autobotctl hook --agent gemini", "/opt/y/bin/autobotctl hook --agent gemini", true],
  ["'/opt/o'\\''l d/bin/autobotctl' hook --agent gemini", "/opt/y/bin/autobotctl hook --agent gemini", true],
  ["/opt/o'l d/bin/autobot-bash", "/opt/y/bin/autobot-bash", true],
  ["/opt/x/bin/autobotctl hook --agent gemini", "/opt/y/bin/autobotctl hook --agent qwen", false],
  ["/usr/bin/nice /opt/x/bin/autobotctl hook --agent gemini", "/opt/y/bin/autobotctl hook --agent gemini", false],
  ["/opt/x/bin/autobotctl-mine hook --agent gemini", "/opt/y/bin/autobotctl hook --agent gemini", false],
])("%j and %j are one edit by two installations: %j", (there, value, expected) => {
  expect(isMadeByAny({ list: [there] }, { add: ["list"], value })).toBe(expected);
});
