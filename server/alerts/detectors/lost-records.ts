/** Records that were lost on a host or on their way, and reports that say what no host may. */

import type { Finding } from "../alert-kinds.ts";
import type { Sighted } from "./sighted.ts";

export function lostRecords({ host, losses, refused, overQuota }: Sighted): readonly Finding[] {
  const kinds = Map.groupBy(losses, ({ what }) => what);
  const lost = [...kinds].map(([what, some]) => {
    const isKnown = some.every(({ count }) => count !== undefined);
    return { what, count: isKnown ? some.reduce((sum, { count = 0 }) => sum + count, 0) : null };
  });
  const told = lost.map(({ what, count }) => `${what}: ${count ?? "nobody knows how many"}`).join("; ");
  const findings: Finding[] = [];
  if (lost.length > 0)
    findings.push({
      kind: "records-lost",
      about: host,
      words: `${host} lost records (${told})`,
      facts: { host, lost },
    });
  if (refused > 0)
    findings.push({
      kind: "records-refused",
      about: host,
      words: `${host} reported what it may not: ${refused} records were left out`,
      facts: { host, refused },
      times: refused,
    });
  if (overQuota > 0)
    findings.push({
      kind: "records-refused",
      about: `${host} quota`,
      words: `${host} reported more than it may in a minute: ${overQuota} records were left out`,
      facts: { host, overQuota },
      times: overQuota,
    });
  return findings;
}
