// `autobotctl explain`: why a line is decided as it is, or what a rule is. A screen on a terminal, text or JSON elsewhere.
import { isatty } from "node:tty";
import type { Explanation } from "../report/explanation.ts";
import { explain } from "../report/explanation.ts";
import { explanationText } from "../report/explanation-text.ts";
import { ruleJson, ruleText } from "../report/rule-text.ts";
import { styleFor } from "../report/style.ts";
import { complain } from "../world/complaint.ts";
import { widthOn } from "../world/width.ts";
import { type CheckOptions, createJudge } from "./check.ts";
import { drawsHere } from "./screen.ts";

const undecided = 125;

/** Draws until the person leaves. */
export type ExplainScreen = (explanation: Explanation) => Promise<void>;

/** `line`: or a rule's id, which is explained itself. `screen`: loads what draws; asked for on a terminal alone. Exit status: 0 it would run, 126 it would be refused, 125 it cannot be decided. */
export async function explainLine(line: string, options: CheckOptions, form: "json" | "text" | "screen", screen: () => Promise<ExplainScreen>): Promise<number> {
  const judged = await createJudge({ ...options, trace: true })({ line });
  if ("failure" in judged) return complain(judged.failure, undecided);
  const { policies } = judged.loaded.engine;
  const text = { style: styleFor(process.env, isatty(1)), width: widthOn(1) };
  const rule = policies.rules.find(({ id }) => id === line);
  if (rule !== undefined) {
    process.stdout.write(form === "json" ? `${JSON.stringify(ruleJson(rule))}\n` : ruleText(rule, text));
    return 0;
  }
  const explanation = explain(line, judged.response, policies);
  if (form === "json") process.stdout.write(`${JSON.stringify(explanation)}\n`);
  else if (form === "screen" && drawsHere(process.env)) await (await screen())(explanation);
  else process.stdout.write(explanationText(explanation, text));
  return explanation.effective === "permit" ? 0 : 126;
}
