/** Where a version is on its way: which of the hosts that were asked about follow it already, and so are not judged by the active one. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { AddressSet } from "@bulkhead/shared/net/address-set.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import { setOf } from "@bulkhead/shared/rules/nouns.ts";
import { Asker } from "@bulkhead/shared/rules/query.ts";
import { type Question, QuestionReader } from "@bulkhead/shared/rules/question.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import type { ApiClient } from "../../client/api-client.ts";
import type { RolloutDetails, RolloutView } from "../centre/rollout-words.ts";
import { servedPolicy } from "../centre/served-policy.ts";

export interface UnderWay {
  readonly rollout: number;
  /** The version that is on its way, and the active one. */
  readonly version: number;
  readonly active: number;
  /** Hosts of either end that follow it already: those of `from` judge by it what leaves, those of `to` what arrives. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** What it says to the same question. */
  readonly verdict: Verdict;
}

const PATH = "/api/v1/rollouts";

/** Undefined where all that was asked about follows the active version. Throws what the client throws. */
export async function underWay(
  client: ApiClient,
  resolved: ResolvedPolicy,
  question: Question,
): Promise<UnderWay | undefined> {
  const [latest] = await client.get<readonly RolloutView[]>(PATH, { limit: 1 });
  if (latest === undefined || latest.endedAt !== null) return undefined;
  const rollout = await client.get<RolloutDetails>(`${PATH}/${latest.number}`);
  const { number, version, base, hosts } = rollout;
  const moved = hosts.flatMap(({ name, movedAt }) => (movedAt === null ? [] : name));
  const reader = new QuestionReader(resolved);
  const among = (end: string) => {
    const { addresses } = reader.end(end);
    return moved.filter((name) => has(addresses, resolved.hosts.get(name)?.addresses ?? []));
  };
  const [from, to] = [among(question.from), among(question.to)];
  if (from.length + to.length === 0) return undefined;
  const { verdict } = new Asker(await servedPolicy(client, version)).ask(question);
  return { rollout: number, version, active: base, from, to, verdict };
}

function has(set: AddressSet, addresses: readonly string[]): boolean {
  return !set.intersect(setOf(addresses)).isEmpty;
}

/** So many hosts are named. */
const FEW = 5;

export function underWayText({ rollout, version, active, from, to, verdict }: UnderWay): string {
  const lines = [
    `version ${version} is on its way (rollout ${rollout}): what is said above is version ${active}'s, which is active`,
    ...(from.length === 0 ? [] : [`  what leaves ${named(from)} is judged by version ${version} already`]),
    ...(to.length === 0 ? [] : [`  what comes to ${named(to)} is judged by version ${version} already`]),
    `  version ${version} says: ${verdict}`,
  ];
  return `\n${lines.map(printable).join("\n")}\n`;
}

function named(hosts: readonly string[]): string {
  const more = hosts.length - FEW;
  return `${hosts.slice(0, FEW).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
