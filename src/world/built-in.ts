// The default policies as the build has validated and embedded them: no YAML and no schema on the way to a decision.

import policies from "#built-in-policies" with { type: "json" };
import type { Layer } from "../policy/policies.ts";

// The build writes the file from policies/*.yaml, after parsePolicy has accepted each.
export const builtIn: Layer = { origin: "built-in", policies: policies as unknown as Layer["policies"] };
