// Addresses and networks in text → whether one lies in the other (RFC 4632, RFC 4291).

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const [first = [], second = []] = groups;
  const missing = 8 - first.length - second.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...first, ...Array<string>(missing).fill("0"), ...second];
  if (!all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}

export function parseAddress(text: string): Address | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return { bits: 32, value: ipv4 };
  const ipv6 = text.includes(":") ? parseIpv6(text) : undefined;
  return ipv6 === undefined ? undefined : { bits: 128, value: ipv6 };
}

/** A network in CIDR notation, `172.16.168.0/24`. */
export interface Network {
  readonly text: string;
  contains(address: string): boolean;
  /** Whether an address that begins with these characters can lie in it. */
  mayContain(prefix: string): boolean;
}

export function parseNetwork(text: string): Network | undefined {
  const slash = text.lastIndexOf("/");
  const base = parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (slash < 0 || base === undefined || !/^\d{1,3}$/.test(length) || Number(length) > base.bits) return undefined;
  const shift = BigInt(base.bits - Number(length));
  const beginning = wholeOctets(text.slice(0, slash), base.bits, Number(length));
  return {
    text,
    contains(candidate) {
      const address = parseAddress(candidate);
      return address !== undefined && address.bits === base.bits && address.value >> shift === base.value >> shift;
    },
    mayContain: (prefix) => /^[\d.:a-f]*$/i.test(prefix) && (prefix.startsWith(beginning) || beginning.startsWith(prefix)),
  };
}

// The characters that every address of the network begins with; for IPv6, whose spelling varies, none.
function wholeOctets(address: string, bits: 32 | 128, length: number): string {
  if (bits === 128) return "";
  return address
    .split(".")
    .slice(0, Math.floor(length / 8))
    .map((octet) => `${octet}.`)
    .join("")
    .slice(0, length === 32 ? -1 : undefined);
}
