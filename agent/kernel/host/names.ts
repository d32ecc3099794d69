/** DNS names and their addresses, as this machine's own programs would get them: its hosts file and its resolver's settings included. */

import { lookup } from "node:dns/promises";
import { compareAddresses, formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";

export interface NameOptions {
  /** How long one name may take; what has no answer by then is missing. */
  readonly timeoutMilliseconds: number;
  /** Names that are asked for at the same time. */
  readonly atOnce: number;
  /** Addresses of one name beyond this are left out, and said. */
  readonly mostAddresses: number;
  readonly ask: (name: string) => Promise<readonly string[]>;
}

/** libuv has four threads for this; more questions at once only wait, and their time runs. */
const DEFAULTS: NameOptions = { timeoutMilliseconds: 5_000, atOnce: 4, mostAddresses: 1_000, ask };

export interface FoundNames {
  /** Canonical addresses, IPv4 first, in order, each once. Names without any are left out. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** In words: what was not found, and why. */
  readonly missing: readonly string[];
}

/** Both families of every name. Never throws. */
export async function findNames(
  wanted: readonly string[],
  overrides: Partial<NameOptions> = {},
): Promise<FoundNames> {
  const options = { ...DEFAULTS, ...overrides };
  const names = new Map<string, readonly string[]>();
  const missing: string[] = [];
  const left = [...wanted];
  const worker = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const answer = await resolve(name, options);
      if (answer.addresses.length > 0) names.set(name, answer.addresses);
      if (answer.trouble !== undefined) missing.push(`the DNS name ${name} ${answer.trouble}`);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, worker));
  return { names: Object.fromEntries(names), missing: missing.sort() };
}

async function resolve(
  name: string,
  options: NameOptions,
): Promise<{ addresses: readonly string[]; trouble?: string }> {
  try {
    const answer = await Promise.race([options.ask(name), timeout(options.timeoutMilliseconds)]);
    if (answer === "timeout")
      return { addresses: [], trouble: `had no answer within ${options.timeoutMilliseconds / 1000} s` };
    const addresses = canonical(answer);
    if (addresses.length === 0) return { addresses, trouble: "has no address" };
    const rest = addresses.length - options.mostAddresses;
    if (rest <= 0) return { addresses };
    const trouble = `has ${addresses.length} addresses, of which the last ${rest} are left out`;
    return { addresses: addresses.slice(0, options.mostAddresses), trouble };
  } catch (error) {
    return { addresses: [], trouble: `cannot be resolved (${reason(error)})` };
  }
}

/** Zones (fe80::1%eth0) are not addresses that a policy could mean. */
function canonical(answer: readonly string[]): readonly string[] {
  const addresses = answer.flatMap((text) => parseAddress(text) ?? []);
  return [...new Set(addresses.sort(compareAddresses).map(formatAddress))];
}

async function ask(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true, order: "verbatim" })).map(({ address }) => address);
}

function timeout(milliseconds: number): Promise<"timeout"> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, "timeout").unref());
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
