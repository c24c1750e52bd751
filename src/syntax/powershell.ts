// PowerShell is not read. What it and bash read alike is judged as bash's; of the rest it is only told whether a utility that
// reaches other hosts is named in it.

/**
 * Words, quoted or not, in lists and pipelines, of characters that neither shell takes for more than themselves
 * (about_Parsing, about_Special_Characters): no `$`, backtick, backslash, bracket, brace, `#`, `,`, `@` or `%` at a word's start, and
 * within quotes no other quote.
 */
const common = /^(?:[\w ./:=+^~-]|(?<=[\w.])@(?=\w)|[;|\n]|&&|'[\w ./:=+@;|,<>()-]*'|"[\w ./:=+@;|,<>()-]*")*$/;

export function readsAsBash(text: string): boolean {
  return common.test(text);
}

/** Its names for what reaches other hosts by itself (PowerShell remoting): cmdlets, aliases and parameters, in lower case. */
export const remoting: ReadonlySet<string> = new Set(
  "invoke-command icm enter-pssession etsn new-pssession nsn connect-pssession cnsn -computername -cn -tosession -hostname -vmname -session".split(" "),
);

/** To look for names in: they are told apart by no case, a backtick in one means nothing, and `.exe` may stand behind it. */
export function folded(text: string): string {
  return text
    .replaceAll("`", "")
    .toLowerCase()
    .replaceAll(/\.exe\b/g, "");
}
