// What a policy may give once or several times. Apart from the schema, which loads zod: deciding needs only this.

/** One item or several, as several. */
export function list<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}
