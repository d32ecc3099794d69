/** One DNS name with the time that its answer counts. */

import { lookup, Resolver } from "node:dns/promises";
import { formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";

export interface AskedAddress {
  /** Canonical text. */
  readonly address: string;
  readonly ttlSeconds: number;
}

/** Some addresses, or what went wrong, in words that follow the name. */
export type AskedName = { readonly addresses: readonly AskedAddress[] } | { readonly trouble: string };

const TIMEOUT_MILLISECONDS = 2_000;
const TRIES = 2;
/** For what only the hosts file knows, or another of the machine's ways: they say nothing of time. */
const PLAIN_TTL_SECONDS = 30;

/** Asks the servers of /etc/resolv.conf for both families; where they know nothing, the machine's own ways (its hosts file). Never throws. */
export async function askName(name: string): Promise<AskedName> {
  // A resolver reads the machine's settings when it is made, and they may have changed.
  const resolver = new Resolver({ timeout: TIMEOUT_MILLISECONDS, tries: TRIES });
  const answers = await Promise.allSettled([
    resolver.resolve4(name, { ttl: true }),
    resolver.resolve6(name, { ttl: true }),
  ]);
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const failed = answers.flatMap((answer) => (answer.status === "rejected" ? [reasonOf(answer.reason)] : []));
  const broken = failed.find((reason) => !NOTHING_THERE.has(reason));
  // Half an answer is none: the other family's addresses would be forgotten.
  if (broken === undefined && found.length > 0)
    return { addresses: found.flatMap(({ address, ttl }) => canonical(address, ttl)) };
  const plain = await byMachine(name);
  if (plain.length > 0) return { addresses: plain };
  return { trouble: broken === undefined ? "has no address" : `cannot be resolved (${broken})` };
}

/** The server's word that there is nothing, which is an answer. */
const NOTHING_THERE: ReadonlySet<string> = new Set(["ENODATA", "ENOTFOUND"]);

async function byMachine(name: string): Promise<readonly AskedAddress[]> {
  const answers = await lookup(name, { all: true, order: "verbatim" }).catch(() => []);
  return answers.flatMap(({ address }) => canonical(address, PLAIN_TTL_SECONDS));
}

function canonical(text: string, ttlSeconds: number): readonly AskedAddress[] {
  const address = parseAddress(text);
  return address === undefined ? [] : [{ address: formatAddress(address), ttlSeconds }];
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
