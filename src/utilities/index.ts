// Every built-in utility, by family.
import type { Utility } from "./utility.ts";

export const builtIn: readonly Utility[] = [
];
