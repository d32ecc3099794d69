/** What a receiver is still to be told: the next of the events that were kept, and of the flows of closed minutes. Nothing is kept twice; a batch at a time is in memory. */

import { setTimeout as pause } from "node:timers/promises";
import type { EventStore } from "../store/estate/event-store.ts";
import type { FlowPlace } from "../store/flows/closed-flows.ts";
import type { FlowStore } from "../store/flows/flow-store.ts";
import { isChosen } from "./choosing.ts";
import { type Item, itemOfEvent, itemOfFlow } from "./item.ts";
import type { Progress, ReceiverSpec } from "./receiver.ts";
import type { Turns } from "./turns.ts";

/** What is told, and how far that is. */
export interface Batch {
  readonly items: readonly Item[];
  readonly event: number;
  readonly flows: FlowPlace;
  readonly missedEvents: number;
  /** Whether nothing more was there. */
  readonly isEnd: boolean;
}

export interface OutboxParts {
  readonly events: Pick<EventStore, "after">;
  readonly flows: Pick<FlowStore, "closed">;
  /** Shared by all receivers: one of them looks for flows at a time, whatever they all have to catch up with. */
  readonly looks: Turns;
}

const EVENTS = 500;
/** Sources, destinations and services of one look: some milliseconds in which nobody else has a turn. */
const FLOWS = 50;
/** Between two looks others have theirs. */
const PAUSE_MILLISECONDS = 10;
const ENOUGH = 500;
const MOST_LOOKS = 100;

export async function nextBatch(
  { events, flows, looks }: OutboxParts,
  spec: ReceiverSpec,
  progress: Progress,
  signal: AbortSignal,
): Promise<Batch> {
  const happened = events.after(progress.event, EVENTS);
  const [first] = happened;
  const missedEvents = first === undefined ? 0 : first.id - progress.event - 1;
  const event = happened.at(-1)?.id ?? progress.event;
  const items: Item[] = happened.map(itemOfEvent).filter((item) => isChosen(spec, item));
  // Alerts do not wait until a day of flows was told.
  let place = progress.flows;
  let isEnd = happened.length < EVENTS;
  if (spec.what.includes("flows")) {
    isEnd = false;
    for (let look = 0; look < MOST_LOOKS && items.length < ENOUGH && !isEnd; look++) {
      const from = place;
      const page = await looks.take(async () => {
        const found = flows.closed(from, FLOWS);
        if (!found.isEnd) await pause(PAUSE_MILLISECONDS, undefined, { signal });
        return found;
      }, signal);
      items.push(...page.flows.map(itemOfFlow).filter((item) => isChosen(spec, item)));
      place = page.place;
      isEnd = page.isEnd && happened.length < EVENTS;
      if (page.isEnd) break;
    }
  }
  return { items, event, flows: place, missedEvents, isEnd };
}
