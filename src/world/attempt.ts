// What may fail where a failure is an answer like another.

/** Its value; undefined where it throws. */
export function attempt<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
