/** `GET /v1/flows` (a `FlowRecord` a line) and `GET /v1/losses`: what was seen, and what was not. */

import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import { type FlowQuestion, parseQuestion } from "./flow-question.ts";
import { LineQueue } from "./line-queue.ts";
import type { Answer, Question, Route } from "./route.ts";

export interface FlowSource {
  /** Newest first, merged over buckets. */
  find(question: FlowQuestion): readonly FlowRecord[];
  losses(since: number): readonly Loss[];
  /** Tells of records that match, as they are seen, until the function that it returns is called. */
  follow(question: FlowQuestion, tell: (records: readonly FlowRecord[]) => void): () => void;
}

export interface LossesAnswer {
  readonly formatVersion: 1;
  readonly losses: readonly Loss[];
}

/** So many lines may wait for a follower that is slower than what happens. */
const MOST_WAITING = 20_000;

export function flowRoutes(source: FlowSource): readonly Route[] {
  return [
    { method: "GET", path: "/v1/flows", handler: (question) => flows(source, question) },
    lossesRoute(source),
  ];
}

export function lossesRoute(source: Pick<FlowSource, "losses">): Route {
  return {
    method: "GET",
    path: "/v1/losses",
    handler: ({ query }) => {
      const body: LossesAnswer = { formatVersion: 1, losses: source.losses(parseQuestion(query).since) };
      return { kind: "json", body };
    },
  };
}

function flows(source: FlowSource, { query, signal }: Question): Answer {
  const question = parseQuestion(query);
  if (query.get("follow") !== "1") return { kind: "lines", lines: source.find(question) };
  const queue = new LineQueue(MOST_WAITING, signal);
  const stop = source.follow(question, (records) => {
    for (const record of records) queue.push(record);
  });
  signal.addEventListener("abort", stop, { once: true });
  return { kind: "lines", lines: queue };
}
