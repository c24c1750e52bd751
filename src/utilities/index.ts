// Every built-in utility, by family.
import { utilities as cluster } from "./cluster.ts";
import { utilities as container } from "./container.ts";
import type { Utility } from "./utility.ts";

export const builtIn: readonly Utility[] = [
  ...cluster,
  ...container,
];
