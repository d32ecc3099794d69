/** All receivers: who is told, and that each of them is. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { EventStore } from "../store/estate/event-store.ts";
import type { ReceiverStore } from "../store/exports/receiver-store.ts";
import { closedBefore, placeAt } from "../store/flows/closed-flows.ts";
import type { FlowStore } from "../store/flows/flow-store.ts";
import { Delivery, type Pace } from "./delivery.ts";
import type { Origin } from "./formats/origin.ts";
import { itemOfEvent } from "./item.ts";
import type { KnownCommands } from "./known-commands.ts";
import {
  MOST_RECEIVERS,
  type Progress,
  type Receiver,
  type ReceiverSecrets,
  type ReceiverSpec,
  receiverProblem,
} from "./receiver.ts";
import { DeliveryFailure } from "./senders/sender.ts";
import { senderFor } from "./senders/senders.ts";
import { Turns } from "./turns.ts";

export interface ExportsParts {
  readonly receivers: ReceiverStore<ReceiverSpec, ReceiverSecrets, Progress>;
  readonly events: EventStore;
  readonly flows: FlowStore;
  readonly commands: KnownCommands;
  readonly origin: Origin;
  readonly now: () => number;
  readonly warn: (facts: object, words: string) => void;
  readonly pace?: Partial<Pace>;
}

export interface NewReceiver {
  readonly name: string;
  readonly spec: ReceiverSpec;
  readonly secrets: ReceiverSecrets;
  readonly by: string;
  /** From when on it is told what was; nothing of before now where it is not said. */
  readonly since?: number | undefined;
}

export type Tried = { readonly delivered: true } | { readonly delivered: false; readonly why: string };

/** Programs that run at a time. */
const MOST_COMMANDS = 4;
const TEST_MILLISECONDS = 35_000;

interface Entry {
  readonly receiver: Receiver;
  /** Undefined while it is paused. */
  readonly delivery: Delivery | undefined;
}

export class Exports implements AsyncDisposable {
  readonly #parts: ExportsParts;
  readonly #turns = new Turns(MOST_COMMANDS);
  readonly #looks = new Turns(1);
  readonly #entries = new Map<string, Entry>();

  constructor(parts: ExportsParts) {
    this.#parts = parts;
    for (const receiver of parts.receivers.all()) this.#enter(receiver);
  }

  /** By name, as they are now. */
  all(): readonly Receiver[] {
    const names = [...this.#entries.keys()].sort();
    return names.map((name) => this.find(name));
  }

  /** Throws `server/no-receiver`. */
  find(name: string): Receiver {
    return current(this.#entry(name));
  }

  /** Throws `server/name-taken`, `server/receiver-refused`. */
  add({ name, spec, secrets, by, since }: NewReceiver): Receiver {
    const { receivers, now } = this.#parts;
    if (this.#entries.has(name))
      throw new BulkheadError("server/name-taken", `there is a receiver '${name}' already`);
    if (this.#entries.size >= MOST_RECEIVERS)
      throw new BulkheadError("server/receiver-refused", `there are ${MOST_RECEIVERS} receivers already`);
    this.#check(spec, secrets);
    const receiver: Receiver = {
      ...{ name, spec, secrets, createdAt: now(), createdBy: by, pausedAt: undefined },
      progress: this.#begin(since),
    };
    receivers.set(receiver);
    this.#enter(receiver);
    return receiver;
  }

  /** Another target, choice and secrets; it goes on where it was. Throws `server/no-receiver`, `server/receiver-refused`. */
  async change(name: string, spec: ReceiverSpec, secrets: ReceiverSecrets): Promise<Receiver> {
    this.#check(spec, secrets);
    return this.#replace(name, (receiver) => ({ ...receiver, spec, secrets }));
  }

  /** Nothing is told until it is resumed, and nothing is left out then. Throws `server/no-receiver`. */
  pause(name: string): Promise<Receiver> {
    const at = this.#parts.now();
    return this.#replace(name, (receiver) => ({ ...receiver, pausedAt: receiver.pausedAt ?? at }));
  }

  /** Throws `server/no-receiver`. */
  resume(name: string): Promise<Receiver> {
    return this.#replace(name, (receiver) => ({ ...receiver, pausedAt: undefined }));
  }

  /** Throws `server/no-receiver`. */
  async remove(name: string): Promise<void> {
    const { delivery } = this.#entry(name);
    this.#entries.delete(name);
    await delivery?.[Symbol.asyncDispose]();
    this.#parts.receivers.remove(name);
  }

  /** Sends something made up at once, whether it is paused or not. Throws `server/no-receiver`. */
  async test(name: string, by: string): Promise<Tried> {
    const { spec, secrets } = this.#entry(name).receiver;
    const at = this.#parts.now();
    const event = { id: 0, at, kind: "receiver-tested", who: by, about: name, facts: { test: true } };
    try {
      const sender = senderFor(spec.target, secrets, { ...this.#parts, turns: this.#turns });
      const { refused } = await sender.send([itemOfEvent(event)], AbortSignal.timeout(TEST_MILLISECONDS));
      return refused === 0 ? { delivered: true } : { delivered: false, why: "the receiver refuses it" };
    } catch (error) {
      if (error instanceof DeliveryFailure) return { delivered: false, why: error.message };
      if (error instanceof DOMException) return { delivered: false, why: "it took too long" };
      throw error;
    }
  }

  /** Something has happened. */
  wake(): void {
    for (const { delivery } of this.#entries.values()) delivery?.wake();
  }

  /** The moment before which flows may have been told, or will be as they are at that moment; undefined where nobody is told of flows. */
  closedBefore(): number | undefined {
    return this.#ofFlows().length > 0 ? closedBefore(this.#parts.now()) : undefined;
  }

  /** Records of these moments were removed. */
  dropped(moments: readonly number[]): void {
    for (const entry of this.#ofFlows()) {
      const { moment } = current(entry).progress.flows;
      this.#miss(entry, moments.filter((one) => one >= moment).length);
    }
  }

  /** To be called every minute: late flows that everybody was told of are forgotten. */
  tick(): void {
    const { flows } = this.#parts;
    const places = this.#ofFlows().map((entry) => current(entry).progress.flows.late);
    const upTo = places.length === 0 ? flows.lastLate() : Math.min(...places);
    const gone = flows.trimLate(upTo);
    for (const entry of this.#ofFlows()) this.#miss(entry, gone - current(entry).progress.flows.late);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ delivery }) => delivery?.[Symbol.asyncDispose]()));
  }

  #check(spec: ReceiverSpec, secrets: ReceiverSecrets): void {
    const { commands } = this.#parts;
    const { target } = spec;
    const problem = receiverProblem(spec, secrets);
    if (problem !== undefined) throw new BulkheadError("server/receiver-refused", problem);
    if (target.kind === "command" && !commands.has(target.command))
      throw new BulkheadError(
        "server/receiver-refused",
        `the server was not started with a command '${target.command}'${commands.size === 0 ? ", nor with any other" : `, but with ${[...commands.keys()].join(", ")}`}`,
      );
  }

  #begin(since: number | undefined): Progress {
    const { events, flows, now } = this.#parts;
    return {
      event: events.lastId(since),
      flows: placeAt(since ?? now(), flows.lastLate()),
      ...{ told: 0, refused: 0, missedEvents: 0, missedRecords: 0 },
      ...{ toldAt: null, failingSince: null, why: null },
    };
  }

  #enter(receiver: Receiver): void {
    const { name, spec, secrets, progress, pausedAt } = receiver;
    const { receivers, events, flows, now, warn, pace } = this.#parts;
    const delivery =
      pausedAt === undefined
        ? new Delivery({
            ...{ spec, progress, events, flows, now, looks: this.#looks },
            sender: senderFor(spec.target, secrets, { ...this.#parts, turns: this.#turns }),
            save: (next) => receivers.setProgress(name, next),
            failed: (error) =>
              warn(
                { code: "export", receiver: name, err: error },
                "a delivery failed for a reason of our own",
              ),
            ...(pace && { pace }),
          })
        : undefined;
    this.#entries.set(name, { receiver, delivery });
  }

  /** Ends what it is told now, and begins anew with what has changed. */
  async #replace(name: string, change: (receiver: Receiver) => Receiver): Promise<Receiver> {
    const entry = this.#entry(name);
    await entry.delivery?.[Symbol.asyncDispose]();
    // Somebody may have removed it, or changed it as well.
    if (this.#entries.get(name) !== entry) return this.#replace(name, change);
    const next = change(current(entry));
    // What failed may be mended by it.
    const changed = { ...next, progress: { ...next.progress, failingSince: null, why: null } };
    this.#parts.receivers.set(changed);
    this.#enter(changed);
    return changed;
  }

  #miss(entry: Entry, records: number): void {
    if (records <= 0) return;
    const { receiver, delivery } = entry;
    if (delivery !== undefined) {
      delivery.miss(records);
      return;
    }
    const { name, progress } = receiver;
    const next = { ...progress, missedRecords: progress.missedRecords + records };
    this.#parts.receivers.setProgress(name, next);
    this.#entries.set(name, { ...entry, receiver: { ...receiver, progress: next } });
  }

  #ofFlows(): readonly Entry[] {
    return [...this.#entries.values()].filter(({ receiver }) => receiver.spec.what.includes("flows"));
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new BulkheadError("server/no-receiver", `there is no receiver '${name}'`);
    return entry;
  }
}

function current({ receiver, delivery }: Entry): Receiver {
  return delivery === undefined ? receiver : { ...receiver, progress: delivery.progress };
}
