// What `autobot-sh --help` prints. Its manual page is made from the same.

export const forms: readonly string[] = ["-c COMMAND [NAME [ARGUMENT…]]", "FILE [ARGUMENT…]", "[-s [ARGUMENT…]] < FILE"];

export const purpose = [
  "Reads the command first. What would change a server by hand is refused, with what to do instead, and nothing of it runs;",
  "everything else is run by bash, in this process's place, as bash would run it.",
].join("\n");

export const statuses: readonly (readonly [status: string, meaning: string])[] = [
  ["126", "refused"],
  ["125", "autobot-sh itself failed and nothing was run"],
];

export function help(): string {
  return [
    ...forms.map((form, index) => `${index === 0 ? "usage:" : "      "} autobot-sh [bash's options] ${form}`),
    "",
    purpose,
    "",
    `Status: ${statuses.map(([status, meaning]) => `${status} ${meaning}`).join(", ")}, else bash's own.`,
    "See autobotctl --help for what decides, and why.",
  ].join("\n");
}
