/** What is asked about flows, as it stands in the query of `GET /v1/flows`. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";

export interface FlowQuestion {
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly since: number;
  readonly until?: number;
  readonly verdicts?: readonly Verdict[];
  readonly direction?: Direction;
  readonly unit?: string;
  /** A host's name, a segment, an address or a block. */
  readonly peer?: string;
  readonly perBucket?: boolean;
  readonly most: number;
}

const VERDICTS: readonly Verdict[] = ["allow", "deny", "would-deny"];
const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];
/** Of lines in one answer. */
export const MOST_LINES = 100_000;

export function questionText(question: FlowQuestion): Readonly<Record<string, string | number | undefined>> {
  const { since, until, verdicts, direction, unit, peer, perBucket, most } = question;
  const narrowed = { verdict: verdicts?.join(","), direction, unit, peer };
  return { since, until, ...narrowed, "per-bucket": perBucket ? 1 : undefined, limit: most };
}

/** Throws `daemon/bad-request` for what no question is. */
export function parseQuestion(query: URLSearchParams): FlowQuestion {
  const since = numberIn(query, "since") ?? 0;
  const until = numberIn(query, "until");
  const verdicts = query
    .get("verdict")
    ?.split(",")
    .map((word) => known(word, VERDICTS, "verdict"));
  const direction = query.get("direction");
  const unit = query.get("unit");
  const peer = query.get("peer");
  return {
    since,
    most: Math.min(numberIn(query, "limit") ?? MOST_LINES, MOST_LINES),
    ...(until === undefined ? {} : { until }),
    ...(verdicts === undefined ? {} : { verdicts }),
    ...(direction === null ? {} : { direction: known(direction, DIRECTIONS, "direction") }),
    ...(unit === null ? {} : { unit }),
    ...(peer === null ? {} : { peer }),
    ...(query.get("per-bucket") === "1" ? { perBucket: true } : {}),
  };
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new BulkheadError("daemon/bad-request", `${name} is '${text}', expected a number`);
}

function known<Word extends string>(text: string, words: readonly Word[], name: string): Word {
  const word = words.find((word) => word === text);
  if (word !== undefined) return word;
  throw new BulkheadError("daemon/bad-request", `${name} is '${text}', expected ${words.join(" or ")}`);
}
