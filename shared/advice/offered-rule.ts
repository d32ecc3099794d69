/** A line of a policy for somebody who knows that an odd finding is right. */

import { sortedAddresses } from "../flow/strangers.ts";
import { serviceOfExpression } from "../flow/suggested-service.ts";
import { formatService, unionServices } from "../net/service.ts";
import type { Conversation, Speaker } from "./conversation.ts";
import type { OddKind } from "./estate-suggestion.ts";
import { type Parties, partyKey } from "./parties.ts";
import { ruleLine } from "./policy-line.ts";

/** More than these nobody would write in a line. */
const MOST_ENDS = 16;
/** What nobody but one end knows of, or what looks for a way in, is not helped along. */
const NOT_OFFERED: ReadonlySet<OddKind> = new Set(["unconfirmed", "scan", "no-service", "denied-burst"]);
/** Here single hosts are meant, not all that are in their segment. */
const BY_ADDRESS: ReadonlySet<OddKind> = new Set(["one-of-many", "lone-word"]);

/** Null where none is offered. A rule that is not beside others needs no name. */
export function lineFor(
  kind: OddKind,
  conversations: readonly Conversation[],
  parties: Parties,
): string | null {
  if (NOT_OFFERED.has(kind)) return null;
  const [from, to] = [
    endsOf(conversations, { end: "from", kind, parties }),
    endsOf(conversations, { end: "to", kind, parties }),
  ];
  if (from.length > MOST_ENDS || to.length > MOST_ENDS) return null;
  const service = unionServices(...conversations.map(({ service }) => serviceOfExpression(service)));
  return ruleLine({ name: "", services: formatService(service), from, to, same: [], note: "" });
}

function endsOf(
  conversations: readonly Conversation[],
  { end, kind, parties }: { readonly end: "from" | "to"; readonly kind: OddKind; readonly parties: Parties },
): readonly string[] {
  const speakers = conversations.map((one) => one[end]);
  const isFew = BY_ADDRESS.has(kind) && areFewOf(speakers, parties);
  const segments = speakers.map((speaker) => (isFew ? "" : partyKey(parties.of(speaker))));
  const addresses = speakers.filter((_, at) => segments[at] === "").map(({ address }) => address);
  return [...new Set(segments)]
    .filter((name) => name !== "")
    .sort()
    .concat(sortedAddresses(addresses));
}

/** Whether they are hosts of a segment that has more. */
function areFewOf(speakers: readonly Speaker[], parties: Parties): boolean {
  const hosts = new Set(speakers.map(({ host }) => host));
  return speakers.every((speaker) => {
    const party = parties.of(speaker);
    return party.kind === "hosts" && party.hosts > hosts.size;
  });
}
