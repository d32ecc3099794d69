/** What was not recorded, for people: nobody shall take a gap for silence. */

import type { Loss, LossKind } from "@bulkhead/shared/flow/record.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import { plural } from "./quantities.ts";

const WORDS: Readonly<Record<LossKind, readonly [one: string, many: string, why: string]>> = {
  "connection-events": [
    "message about connections",
    "messages about connections",
    "came faster than they were read",
  ],
  "denied-packets": ["denied packet", "denied packets", "came faster than they were read"],
  "denied-beyond-rate": ["denied packet", "denied packets", "beyond the rate at which single ones are told"],
  "bucket-full": [
    "connection",
    "connections",
    "told together as 'others', as there were too many different ones",
  ],
  "conntrack-full": ["packet", "packets", "dropped by the kernel, whose connection table was full"],
  "spool-full": ["record", "records", "dropped, the oldest first, to stay within the limits"],
  "spool-broken": ["record", "records", "lost to a disk that is full or damaged"],
};

/** Lines below a table; none where nothing was lost. */
export function lossesText(losses: readonly Loss[], paint: Paint): string {
  if (losses.length === 0) return "";
  const byKind = Map.groupBy(losses, ({ what }) => what);
  const lines = [...byKind].map(([what, all]) => `  ${kindText(what, all)}\n`);
  return `${paint("warning", "not recorded in this time:")}\n${lines.join("")}`;
}

function kindText(what: LossKind, losses: readonly Loss[]): string {
  const [one, many, why] = WORDS[what] ?? ["thing", "things", what];
  const known = losses.filter(({ count }) => count !== undefined);
  const count = known.reduce((sum, { count = 0 }) => sum + count, 0);
  const isUnknown = known.length < losses.length;
  if (!isUnknown) return `${plural(count, one, many)}: ${why}`;
  return count === 0
    ? `${many}, nobody knows how many: ${why}`
    : `more than ${plural(count, one, many)}: ${why}`;
}
