/** On whose behalf the server works at the moment: known through everything that a request or a message sets off, so that each event bears who, by what, and from where. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { Origin } from "../store/estate/event-store.ts";

/** Who the server works for. */
export interface Actor extends Origin {
  /** As events name it; undefined for whomever they name, as at the door where somebody signs in. */
  readonly who: string | undefined;
}

/** One request or message. */
export interface Errand extends Actor {
  /** Whether it was answered: what goes on afterwards is the server's own. */
  isOver: boolean;
  /** Events that were kept on its behalf. */
  events: number;
}

const errands = new AsyncLocalStorage<Errand>();

/** For `EventStore`, called once for each event: where it comes from, if what is done at the moment is done for whom it names. */
export function originOf(who: string): Origin | undefined {
  const errand = errands.getStore();
  if (errand === undefined || errand.isOver || who === "server") return undefined;
  if (errand.who !== undefined && errand.who !== who) return undefined;
  errand.events++;
  return { credential: errand.credential, address: errand.address };
}

/** Does the work in this name, until it has ended. */
export async function onBehalfOf<Result>(
  actor: Actor,
  work: (errand: Errand) => Result | Promise<Result>,
): Promise<Result> {
  const errand = { ...actor, isOver: false, events: 0 };
  return errands.run(errand, async () => {
    try {
      return await work(errand);
    } finally {
      errand.isOver = true;
    }
  });
}
