// The keys that were typed since the prompt → what bash does not tell before it has run a part: a block that was pasted at
// once, of which it reads one command after the other.

export interface Keyboard {
  /** Whether one of them accepts a line. */
  type(keys: Buffer): boolean;
  /** A new prompt: what was typed until now has been read. */
  atPrompt(): void;
  /** Exactly this and Enter was typed, without any editing. */
  line(): string | undefined;
  /** How often a key was typed that accepts a line. */
  accepted(): number;
  /** What was pasted, with what was typed before it, where Enter came next and the text has several lines. Once. */
  takeBlock(): string | undefined;
}

const open = "\x1b[200~";
const close = "\x1b[201~";
/** Enter, ^J, and ^O (operate-and-get-next). */
const accepting = "\r\n\x0f";
const most = 4 * 1024 * 1024;

export function createKeyboard(): Keyboard {
  let typed = "";
  let taken = false;
  let accepted = 0;
  return {
    type: (keys) => {
      const before = accepted;
      for (const key of keys) if (accepting.includes(String.fromCharCode(key))) accepted++;
      // Bytes: a character may be cut between two chunks.
      if (!taken && typed.length < most) typed += keys.toString("latin1");
      return accepted > before;
    },
    atPrompt: () => {
      typed = "";
      taken = false;
    },
    line: () => {
      const [, text] = /^([\x20-\x7e]*)[\r\n]/.exec(typed) ?? [];
      return text;
    },
    accepted: () => accepted,
    takeBlock: () => {
      if (taken) return undefined;
      taken = true;
      return blockIn(typed);
    },
  };
}

function blockIn(typed: string): string | undefined {
  const start = typed.indexOf(open);
  const end = typed.indexOf(close, start);
  if (start < 0 || end < 0 || !accepting.includes(typed.charAt(end + close.length) || " ")) return undefined;
  const before = typed.slice(0, start);
  // Edited before: what stands there now is not known.
  if (/[^\x20-\x7e\x80-\xff]/.test(before)) return undefined;
  const text = Buffer.from(before + typed.slice(start + open.length, end).replaceAll(/\r\n?/g, "\n"), "latin1").toString("utf8");
  return text.trim().includes("\n") ? text : undefined;
}
