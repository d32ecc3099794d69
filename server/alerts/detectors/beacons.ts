/**
 * Services that call one outside peer again and again in equal steps, although it is denied or new: how malware asks for its orders.
 *
 * A call is the beginning of a burst: attempts that follow one another within 20 seconds are one, so what hammers all the time never counts. Sixteen calls have fifteen steps, of
 * which fourteen have to be within a quarter (or 10 seconds, as precise as records are) of the middle one. Of calls at random steps a fifth to a third are, so a false alarm takes millions of
 * them. Whom the policy and habit allow to call (a clock, a mirror of packages) is not looked at: everybody has regular traffic.
 */

import { serviceExpression } from "@bulkhead/shared/flow/suggested-service.ts";
import { z } from "zod";
import type { MemoryStore } from "../../store/alerts/memory-store.ts";
import type { ReportedRecord } from "../../store/flows/identities.ts";
import type { Finding } from "../alert-kinds.ts";
import { RecentMap } from "../recent-map.ts";
import type { FirstSeen } from "./first-seen.ts";
import { placeOf } from "./places.ts";
import type { Sighted } from "./sighted.ts";

const MOST = 4_000;
const SAME_CALL = 20_000;
export const CALLS = 16;
/** Steps that may be of any length. */
const ODD_STEPS = 1;
const PRECISION = 10_000;
const SHORTEST = 30_000;
const LONGEST = 12 * 3_600_000;

interface Caller {
  last: number;
  /** The beginnings of the latest calls. */
  calls: number[];
}

const saved = z.array(z.tuple([z.string(), z.number(), z.array(z.number()).max(CALLS)])).max(MOST);

export class Beacons {
  readonly #store: MemoryStore;
  readonly #firstSeen: FirstSeen;
  readonly #callers = new RecentMap<Caller>(MOST);

  constructor(store: MemoryStore, firstSeen: FirstSeen) {
    this.#store = store;
    this.#firstSeen = firstSeen;
    const state = saved.safeParse(store.state("beacons"));
    for (const [key, last, calls] of state.data ?? []) this.#callers.get(key, () => ({ last, calls }));
  }

  /** Callers that had to go for others. */
  get dropped(): number {
    return this.#callers.dropped;
  }

  look(seen: Sighted): readonly Finding[] {
    return seen.records.flatMap((record) => this.#one(record, seen));
  }

  /** Steps may be hours long, so they are kept over a restart. */
  save(): void {
    const callers = [...this.#callers.entries()].filter(([, { calls }]) => calls.length > 1);
    this.#store.setState(
      "beacons",
      callers.map(([key, { last, calls }]) => [key, last, calls]),
    );
  }

  #one(record: ReportedRecord, seen: Sighted): readonly Finding[] {
    const { direction, remote, local, verdict, connections, start } = record;
    if (direction !== "egress" || connections === 0 || remote.host !== undefined) return [];
    if (placeOf(remote.address) !== "outside") return [];
    const isNew = this.#firstSeen.isNewPeer(record, seen);
    if (verdict !== "deny" && !isNew) return [];
    const service = serviceExpression(record);
    const key = JSON.stringify([seen.host, local.unit ?? "", remote.address, service]);
    const caller = this.#callers.get(key, () => ({ last: Number.NEGATIVE_INFINITY, calls: [] }));
    if (start <= caller.last) return [];
    const isCall = start - caller.last >= SAME_CALL;
    caller.last = start;
    if (!isCall) return [];
    caller.calls = [...caller.calls, start].slice(-CALLS);
    const step = regularStep(caller.calls);
    if (step === undefined) return [];
    const who = local.unit === undefined ? seen.host : `${local.unit} of ${seen.host}`;
    return [
      {
        kind: "beacon",
        about: `${seen.host} ${local.unit ?? "-"} ${remote.address} ${service}`,
        words: `${who} calls ${remote.address} (${service}) every ${secondsText(step)}, ${verdict === "deny" ? "denied" : "a peer that it never called before"}`,
        facts: {
          ...{ host: seen.host, unit: local.unit ?? null, executable: local.executable ?? null },
          ...{
            peer: remote.address,
            service,
            verdict,
            stepSeconds: Math.round(step / 1000),
            since: caller.calls[0],
          },
        },
      },
    ];
  }
}

/** Milliseconds between calls; undefined where they are too few, or not regular. */
export function regularStep(calls: readonly number[]): number | undefined {
  if (calls.length < CALLS) return undefined;
  const steps = calls.slice(1).map((call, at) => call - (calls[at] ?? call));
  const middle = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  if (middle < SHORTEST || middle > LONGEST) return undefined;
  const within = Math.max(PRECISION, middle / 4);
  const odd = steps.filter((step) => Math.abs(step - middle) > within).length;
  return odd <= ODD_STEPS ? middle : undefined;
}

function secondsText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}
