import { passed, type Result, senderName } from "./attempts.ts";
import type { Report } from "./lab.ts";

/** What was promised and measured, for programs. */
export function reportJson({ formatVersion, held, results, revocation }: Report): string {
  const document = {
    formatVersion,
    held,
    connections: results.map(connection),
    ...(revocation === undefined
      ? {}
      : {
          change: {
            rule: revocation.rule,
            sessions: revocation.fates.map(({ attempt, ...fate }) => ({ ...ends(attempt), ...fate })),
            connections: revocation.results.map(connection),
          },
        }),
  };
  return JSON.stringify(document, null, 2);
}

function connection(result: Result): object {
  const { attempt, promised, outcome } = result;
  return {
    ...ends(attempt),
    promised: promised.passes ? "allow" : "deny",
    measured: passed(result) ? "allow" : "deny",
    outcome,
    why: promised.why,
  };
}

function ends({ from, to, probe, family }: Result["attempt"]): object {
  return { from: senderName(from), to: to.name, service: probe.service, family };
}
