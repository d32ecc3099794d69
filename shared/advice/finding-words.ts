/** Questions worth asking, in words. */

import { familiarName } from "../flow/suggested-service.ts";
import type { OddFinding, OddKind } from "./estate-suggestion.ts";

export type Told = Omit<OddFinding, "words" | "rule" | "coveredBy">;

/** One sentence without a full stop. Names are as hosts and addresses have them: whoever shows it makes it printable. */
export function findingWords(told: Told): string {
  return WORDS[told.kind](told);
}

const WORDS: Readonly<Record<OddKind, (told: Told) => string>> = {
  unconfirmed: (told) =>
    `${talks(told)} by the word of one end alone, although both report: the other end knows nothing of it`,
  "lone-word": (told) => `${talks(told)}; only one end tells of it, as the other has no agent`,
  "denied-at-source": (told) =>
    `${tries(told)} by its own rules (${count(told.denied, "attempt")}), so that the other end does not know of it`,
  "one-of-many": oneOfMany,
  scan: (told) =>
    `${who(told.from)} tried ${count(told.services.length + told.moreServices, "service")} of ${who(told.to)} a few times each, as a scan does`,
  "denied-burst": (told) =>
    `${who(told.from)} was denied ${services(told)} at ${who(told.to)} ${told.denied} times within ${minutes(told)}`,
  "seen-once": (told) => `${talks(told)}; that was seen once`,
  "off-hours": (told) =>
    `${talks(told)}, and only at hours at which the estate is quiet otherwise, on ${count(told.days, "day")}`,
  "many-ports": (told) =>
    `${talks(told)}: those are ${told.services.length + told.moreServices} services, as of a protocol that takes any port or of somebody who looks for an open one`,
  "no-service": (told) => `${talks(told)}: no service has the port 0`,
};

function oneOfMany(told: Told): string {
  const { from, to } = told;
  // Those who do what others do not are the ones that are hosts of a segment with more of them.
  const isFrom = from.ofHosts !== null && from.ofHosts > from.who.length + from.more;
  const doer = isFrom ? from : to;
  const some = doer.who.length + doer.more;
  if (some > 1)
    return `${talks(told)}; the other hosts of ${doer.segment} do not, of ${doer.ofHosts} that were seen`;
  const others = (doer.ofHosts ?? 0) - some;
  if (!isFrom)
    return others === 1
      ? `${talks(told)}, and not to the other host of ${doer.segment}`
      : `${talks(told)}, and to none of the ${others} other hosts of ${doer.segment}`;
  return others === 1
    ? `${talks(told)}; the other host of ${doer.segment} does not`
    : `${talks(told)}; none of the ${others} other hosts of ${doer.segment} does`;
}

/** Who was never let in does not talk. */
function talks(told: Told): string {
  if (told.denied > 0 && told.denied >= told.seen.connections) return tries(told);
  return `${who(told.from)} ${isOne(told.from) ? "talks" : "talk"} to ${toWhom(told)} on ${services(told)}`;
}

function tries(told: Told): string {
  const [tries, is] = isOne(told.from) ? ["tries", "is"] : ["try", "are"];
  return `${who(told.from)} ${tries} ${toWhom(told)} on ${services(told)} and ${is} denied`;
}

function isOne({ who: names, more }: OddFinding["from"]): boolean {
  return names.length + more === 1;
}

/** A segment where several of it are meant. */
function toWhom({ to }: Told): string {
  return to.segment !== null && to.who.length + to.more > 1 ? to.segment : who(to);
}

function who({ who: names, more }: OddFinding["from"]): string {
  const shown = names.slice(0, 3);
  const rest = names.length - shown.length + more;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length < 2 ? (shown[0] ?? "nobody") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function services({ services: some, moreServices }: Told): string {
  const named = some.slice(0, 4).map((service) => {
    const familiar = familiarName(service);
    return familiar === undefined ? service : `${service} (${familiar})`;
  });
  const rest = some.length - named.length + moreServices;
  return rest > 0 ? `${named.join(", ")} and ${rest} more` : named.join(", ");
}

function minutes({ first, last }: Told): string {
  return count(Math.max(1, Math.ceil((last - first) / 60_000)), "minute");
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
