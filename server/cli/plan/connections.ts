/** Recorded connections in words. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import { processWords } from "@bulkhead/shared/rules/invariant-words.ts";
import { momentText } from "../centre/words.ts";
import type { CheckedConnection } from "../check/report.ts";
import type { Decision, Foretold, PlannedEnd } from "./answer.ts";

/** `web-1 (unit shop.service) -> db-1 tcp/5432`. */
export function connectionName({ source, destination, service }: Foretold): string {
  return printable(`${endName(source)} -> ${endName(destination)} ${service}`);
}

function endName({ address, host, unit, user }: PlannedEnd): string {
  return `${host ?? address}${processWords({ ...(unit && { unit }), ...(user && { user }) })}`;
}

/** `allowed by orders (shop.yaml:12)`, `denied by default on db-1`. */
export function decisionWords({ verdict, host, rule }: Decision): string {
  const what = { allow: "allowed", deny: "denied", "would-deny": "would be denied" }[verdict];
  if (rule !== null) return printable(`${what} by ${rule.name} (${rule.file}:${rule.line})`);
  return host === null ? `${what}, as nobody judges it` : printable(`${what} by default on ${host}`);
}

/** `12 times, last 2026-11-23 19:40:12`. */
export function countWords({ connections, end }: Foretold): string {
  return `${connections === 1 ? "once" : `${connections} times`}, last ${momentText(end)}`;
}

/** As the formats of `check` take it. */
export function checkedConnection(one: Foretold, firstFile: string): CheckedConnection {
  const { rule } = one.next;
  const place =
    rule === null ? { file: firstFile, line: 1, column: 1 } : { file: rule.file, line: rule.line, column: 1 };
  const perhaps = one.unsure ? "may be broken" : "would be broken";
  return {
    place,
    name: connectionName(one),
    sentence: `${connectionName(one)} ${perhaps}: seen ${countWords(one)}`,
    reasons: [
      `then: ${decisionWords(one.recorded)}`,
      `under the draft: ${decisionWords(one.next)}: ${printable(one.why)}`,
      ...(one.unsure ? ["its process was not recorded, and some would still get through"] : []),
    ],
  };
}
