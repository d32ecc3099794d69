/** Who tries what it does not know: many services of one peer, or one service of many peers, each a few times. */

import type { Conversation, Speaker } from "./conversation.ts";

const FEW_CONNECTIONS = 3;
const SERVICES = 8;
const PEERS = 8;

/** The conversations that belong to a scan; what its source does often beside it does not. */
export function scanningAmong(conversations: readonly Conversation[]): ReadonlySet<Conversation> {
  const few = conversations.filter(({ connections }) => connections <= FEW_CONNECTIONS);
  const ofPair = Map.groupBy(few, ({ from, to }) => `${nameOf(from)} ${nameOf(to)}`);
  // A host of ours that calls many others may be there to watch them; a stranger is not.
  const strangers = few.filter(({ from }) => from.host === undefined);
  const ofService = Map.groupBy(strangers, ({ from, service }) => `${nameOf(from)} ${service}`);
  return new Set([
    ...[...ofPair.values()].filter((some) => some.length >= SERVICES).flat(),
    ...[...ofService.values()].filter((some) => some.length >= PEERS).flat(),
  ]);
}

function nameOf({ host, address }: Speaker): string {
  return host ?? address;
}
