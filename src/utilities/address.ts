// Names of hosts in the one spelling by which they can be compared.

/**
 * The canonical form of an IP address: dotted decimal for every spelling that inet_aton(3) takes (`2886772757`,
 * `0xac.16.0xa815`) and for IPv4-mapped IPv6, lower-case compressed RFC 5952 form for IPv6.
 * Undefined where the text is not an address.
 */
export function canonicalAddress(text: string): string | undefined {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  return bare.includes(":") ? canonicalIpv6(bare.split("%")[0] ?? bare) : canonicalIpv4(bare);
}

/** A host name in lower case without its trailing dot. */
export function canonicalName(text: string): string {
  return text.toLowerCase().replace(/\.+$/, "");
}

/** RFC 5735 and RFC 6761: 127/8, ::1, 0.0.0.0 (which Linux connects to itself) and `localhost`. */
export function isLoopback(name: string): boolean {
  const canonical = canonicalName(name);
  if (canonical === "localhost" || canonical.endsWith(".localhost") || canonical === "localhost.localdomain" || canonical === "ip6-localhost") return true;
  const address = canonicalAddress(canonical);
  return address !== undefined && (address.startsWith("127.") || address === "0.0.0.0" || address === "::1" || address === "::");
}

function canonicalIpv4(text: string): string | undefined {
  const parts = text.split(".");
  if (parts.length > 4 || !/^[0-9]/.test(text)) return undefined;
  const numbers = parts.map(parseNumber);
  if (numbers.some((number) => number === undefined)) return undefined;
  let value = 0;
  for (const [index, number] of (numbers as readonly number[]).entries()) {
    const last = index === numbers.length - 1;
    const limit = last ? 256 ** (5 - numbers.length) : 256;
    if (number >= limit) return undefined;
    value = last ? value * limit + number : value * 256 + number;
  }
  return dotted(value);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

function parseNumber(text: string): number | undefined {
  if (/^0x[0-9a-f]+$/i.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9][0-9]*$/.test(text) ? Number(text) : undefined;
}

function canonicalIpv6(text: string): string | undefined {
  const url = `http://[${text}]/`;
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(url)) return undefined;
  const address = new URL(url).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped === null) return address;
  const value = Number.parseInt(mapped[1] ?? "", 16) * 65536 + Number.parseInt(mapped[2] ?? "", 16);
  return dotted(value);
}
