/** What kind of place an internet address is: anybody's, the owner's own, or none that a function has business with. */

/**
 * `public`: the open internet. `loopback`: this machine. `private`: a local network. `special`: has to be named, as
 * nothing else tells whose it is. `never`: cloud metadata, broadcasts and what else is no host.
 */
export type Place = "public" | "loopback" | "private" | "special" | "never";

type Range = readonly [base: string, bits: number, place: Place];

const RANGES_4: readonly Range[] = [
  ["0.0.0.0", 8, "never"],
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "private"],
  ["127.0.0.0", 8, "loopback"],
  ["169.254.0.0", 16, "never"],
  ["172.16.0.0", 12, "private"],
  ["192.0.0.0", 24, "special"],
  ["192.0.2.0", 24, "special"],
  ["192.88.99.0", 24, "special"],
  ["192.168.0.0", 16, "private"],
  ["198.18.0.0", 15, "special"],
  ["198.51.100.0", 24, "special"],
  ["203.0.113.0", 24, "special"],
  ["224.0.0.0", 3, "never"],
];

/** First match counts. Prefixes that carry an IPv4 address are looked into instead. */
const RANGES_6: readonly Range[] = [
  ["0:0:0:0:0:0:0:1", 128, "loopback"],
  ["64:ff9b:1:0:0:0:0:0", 48, "special"],
  ["100:0:0:0:0:0:0:0", 64, "special"],
  ["2001:db8:0:0:0:0:0:0", 32, "special"],
  ["2001:0:0:0:0:0:0:0", 23, "special"],
  ["3fff:0:0:0:0:0:0:0", 20, "special"],
  ["5f00:0:0:0:0:0:0:0", 16, "special"],
  ["fc00:0:0:0:0:0:0:0", 7, "private"],
  ["2000:0:0:0:0:0:0:0", 3, "public"],
];

/** Where the IPv4 address lies in prefixes that carry one: `::`, `::ffff:0:0`, its translated form, NAT64, 6to4. */
const CARRIERS: readonly (readonly [base: string, bits: number, shift: bigint])[] = [
  ["0:0:0:0:0:0:0:0", 96, 0n],
  ["0:0:0:0:0:ffff:0:0", 96, 0n],
  ["0:0:0:0:ffff:0:0:0", 96, 0n],
  ["64:ff9b:0:0:0:0:0:0", 96, 0n],
  ["2002:0:0:0:0:0:0:0", 16, 80n],
];

function number4(address: string): bigint {
  return address.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function number6(address: string): bigint {
  return address.split(":").reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n);
}

function isIn(value: bigint, base: bigint, bits: number, width: number): boolean {
  const shift = BigInt(width - bits);
  return value >> shift === base >> shift;
}

function placeOf4(value: bigint): Place {
  for (const [base, bits, place] of RANGES_4)
    if (isIn(value, number4(base), bits, 32)) return place;
  return "public";
}

/** All eight groups of what URLs write with `::`. */
function spelledOut(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  if (tail === undefined) return address;
  const [before, after] = [groups(head), groups(tail)];
  return [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after].join(
    ":",
  );
}

/** An address as URLs spell it, without brackets; `undefined`: it is a name. */
export function addressIn(text: string): string | undefined {
  const bare = text.replace(/^\[|\]$/g, "");
  const literal = bare.includes(":") ? `[${bare}]` : bare;
  try {
    const { hostname } = new URL(`http://${literal}/`);
    if (hostname.startsWith("[")) return hostname.slice(1, -1);
    return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? hostname : undefined;
  } catch {
    return undefined;
  }
}

/** Whose place an address is. @param address as `addressIn` gives it */
export function placeOf(address: string): Place {
  if (!address.includes(":")) return placeOf4(number4(address));
  const value = number6(spelledOut(address));
  const [own] = RANGES_6;
  if (own !== undefined && value === number6(own[0])) return own[2];
  for (const [base, bits, shift] of CARRIERS)
    if (isIn(value, number6(base), bits, 128)) return placeOf4((value >> shift) & 0xffffffffn);
  for (const [base, bits, place] of RANGES_6)
    if (isIn(value, number6(base), bits, 128)) return place;
  return "never";
}

/** Top-level names that no registry gives away: nobody outside decides where they lead. */
const LOCAL_NAME =
  /(^[^.]+|\.(lan|local|localdomain|home|home\.arpa|internal|intranet|private|test))$/;

/** Whether a name may lead to a place without that place being named: others could let theirs lead anywhere. */
export function mayLeadTo(name: string, place: Place): boolean {
  if (place === "public") return true;
  if (place === "loopback") return /(^|\.)localhost$/.test(name);
  return place === "private" && LOCAL_NAME.test(name) && !/(^|\.)localhost$/.test(name);
}
