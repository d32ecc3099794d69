/** What the thread does, turn by turn: waits, reads from every source a bounded amount, and hands over once a second. */

import { Aggregation } from "@bulkhead/shared/flow/aggregation.ts";
import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import type {
  ConnectionEvent,
  EventSource,
  KernelEvents,
  LoggedPacket,
  RulesetEvent,
} from "../kernel/events.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { denialOf, Prefixes } from "./denials.ts";
import { DeniedCounters } from "./denied-counters.ts";
import { Identities } from "./identities.ts";
import { Judging } from "./judging.ts";
import { Locating } from "./locating.ts";
import type { ObserverHealth, PolicyView } from "./observer.ts";
import { type Moment, OpenConnections } from "./open-connections.ts";
import { type Attribution, NOBODY, type Owners } from "./owners.ts";

/** Milliseconds. */
const FLUSH_EVERY = 1000;
/** After a denied packet, once in `FLUSH_EVERY`: a call that is denied is known soon, and a flood of them costs no more. */
const FLUSH_DENIED = 100;
const LOOK_FOR_DROPS_EVERY = 5000;
const LIST_EVERY = 30_000;
const TRY_PACKETS_EVERY = 2000;
/** After an overrun. */
const LIST_AGAIN = 1000;
/** How many times as long as a listing took must pass before the next: at most 1 % of a core, and 10 % while events are being lost. */
const LIST_FACTOR = 100;
const LIST_AGAIN_FACTOR = 10;
/** Datagrams that are read of one source before the others have their turn. */
const MOST = { connections: 1024, packets: 16, rulesets: 64, addresses: 64 } as const;

export interface WatchParts {
  readonly events: KernelEvents;
  readonly kernel: Pick<Kernel, "conntrack" | "counters" | "host">;
  readonly owners: Owners;
  /** Of the log statements. */
  readonly group: number;
  readonly view?: PolicyView | undefined;
  readonly clock: () => Moment;
  /** How many packets found no place in conntrack so far; undefined where it is not running. */
  readonly dropped: () => number | undefined;
}

export interface WatchListener {
  seen(batch: {
    readonly records: readonly FlowRecord[];
    readonly losses: readonly Loss[];
    readonly health: ObserverHealth;
  }): void;
  rulesetChanged(event: RulesetEvent): void;
  addressesChanged(): void;
}

export class Watch implements Disposable {
  readonly #parts: WatchParts;
  readonly #listener: WatchListener;
  readonly #closing = new DisposableStack();
  readonly #connections: EventSource<ConnectionEvent>;
  /** Undefined while somebody else has the group: what is denied goes by untold, and all else is seen. */
  #packets: EventSource<LoggedPacket> | undefined;
  #packetTrouble: string | undefined;
  #nextPackets = 0;
  readonly #rulesets: EventSource<RulesetEvent>;
  readonly #addresses: EventSource<"changed">;
  readonly #aggregation = new Aggregation();
  readonly #open: OpenConnections;
  readonly #prefixes = new Prefixes();
  readonly #counters: DeniedCounters;
  #identities = new Identities(new Judging(undefined));
  #view: PolicyView | undefined;
  readonly #locating: Locating;
  #losses: Loss[] = [];
  #health = { connectionEvents: 0, deniedPackets: 0, overruns: 0 };
  /** When something of each was last read: a loss is between that and its being noticed. */
  #lastRead: { connections: number; packets: number };
  #drops: { readonly known: number; readonly at: Moment };
  #nextFlush: number;
  #nextHurry = 0;
  #nextList: number;
  #listedUntil = 0;
  #missed: "events" | "nothing" = "nothing";

  /** Opens the sources. Throws as they do, and then nothing is open. */
  constructor(parts: WatchParts, listener: WatchListener) {
    this.#parts = parts;
    this.#listener = listener;
    using closing = new DisposableStack();
    this.#connections = closing.use(parts.events.connections());
    this.#rulesets = closing.use(parts.events.rulesets());
    this.#addresses = closing.use(parts.events.addresses());
    const at = parts.clock();
    this.#lastRead = { connections: at.now, packets: at.now };
    this.#drops = { known: parts.dropped() ?? 0, at };
    this.#nextFlush = at.steady + FLUSH_EVERY;
    this.#nextList = at.steady;
    this.#locating = new Locating(parts.owners, new Set(parts.kernel.host.addresses()));
    this.#open = new OpenConnections(this.#aggregation, this.#locating.locate, this.#identities);
    this.#counters = new DeniedCounters(parts.kernel.counters, () => parts.clock().steady);
    this.#openPackets(at);
    this.follow(parts.view);
    this.#list(at);
    closing.defer(() => this.#packets?.[Symbol.dispose]());
    this.#closing = closing.move();
  }

  follow(view: PolicyView | undefined): void {
    this.#view = view;
    this.#parts.owners.name(view?.facts.users ?? {});
    this.#identities = new Identities(new Judging(view));
    this.#open.judgeBy(this.#identities);
    this.#prefixes.follow(view?.policy);
    this.#counters.follow(view?.policy);
    this.#readAddresses();
  }

  /**
   * Waits for at most so long, or until `also` is ready, and works off what there is, up to a bound. False where there was nothing. `before`: what has to be known
   * before anything is read, as by then it may have been said what the connections are to be judged by.
   */
  turn(milliseconds: number, also: readonly number[] = [], before: () => void = () => {}): boolean {
    const { events, clock } = this.#parts;
    const packets = this.#packets === undefined ? [] : [this.#packets];
    const sources = [this.#connections, ...packets, this.#rulesets, this.#addresses];
    const left = Math.ceil(this.#nextFlush - clock().steady);
    const isReady = events.wait(sources, Math.max(0, Math.min(milliseconds, left)), also);
    before();
    const at = clock();
    this.#readConnections(at);
    if (this.#packets === undefined) this.#openPackets(at);
    else this.#readPackets(this.#packets, at);
    this.#readRulesets();
    this.#readAddressChanges();
    if (at.steady >= this.#nextList) this.#list(at);
    this.#counters.look(at);
    if (at.steady >= this.#drops.at.steady + LOOK_FOR_DROPS_EVERY) this.#lookForDrops(at);
    if (at.steady >= this.#nextFlush) this.flush(at);
    return isReady;
  }

  flush(at = this.#parts.clock()): void {
    this.#nextFlush = at.steady + FLUSH_EVERY;
    this.#open.countOwed(at.now);
    const { records, losses } = this.#aggregation.flush();
    const trouble = this.#packetTrouble === undefined ? {} : { trouble: this.#packetTrouble };
    const { unattributed } = this.#locating;
    const health = { ...this.#health, unattributed, open: this.#open.size, ...trouble };
    this.#listener.seen({ records, losses: [...this.#losses, ...losses], health });
    this.#losses = [];
  }

  [Symbol.dispose](): void {
    this.#closing.dispose();
  }

  #readConnections(at: Moment): void {
    let count = 0;
    const lost = this.#connections.drain((event) => {
      count++;
      this.#open.tell(event, at);
    }, MOST.connections);
    this.#health.connectionEvents += count;
    if (lost > 0) {
      this.#lose("connections", { what: "connection-events", end: at.now, count: lost });
      this.#missed = "events";
      this.#nextList = Math.min(this.#nextList, Math.max(this.#listedUntil, at.steady) + LIST_AGAIN);
    }
    this.#lastRead.connections = at.now;
    // The kernel puts one event into a datagram, so that this many means that there were no more.
    if (count < MOST.connections && lost === 0) this.#open.settle(at);
  }

  /** Another program may have the group, and let go of it one day. */
  #openPackets(at: Moment): void {
    if (at.steady < this.#nextPackets) return;
    this.#nextPackets = at.steady + TRY_PACKETS_EVERY;
    try {
      this.#packets = this.#parts.events.packets(this.#parts.group);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#packetTrouble = `denied packets cannot be seen: ${why}`;
      return;
    }
    if (this.#packetTrouble !== undefined) {
      this.#packetTrouble = undefined;
      this.#losses.push({ what: "denied-packets", start: this.#lastRead.packets, end: at.now });
    }
    this.#lastRead.packets = at.now;
  }

  #readPackets(packets: EventSource<LoggedPacket>, at: Moment): void {
    let count = 0;
    const lost = packets.drain((packet) => {
      count++;
      this.#tellPacket(packet, at);
    }, MOST.packets);
    if (lost > 0) this.#lose("packets", { what: "denied-packets", end: at.now, count: lost });
    this.#counters.tell(lost);
    this.#lastRead.packets = at.now;
    if (count > 0) return;
    const beyond = this.#counters.settle(at);
    if (beyond !== undefined) this.#losses.push(beyond);
  }

  #tellPacket(packet: LoggedPacket, { now, steady }: Moment): void {
    const said = this.#prefixes.read(packet.prefix);
    // What would be denied passes, and is told of as a connection.
    if (said === undefined || said.verdict !== "deny") return;
    if (steady >= this.#nextHurry) this.#hurry(steady);
    this.#health.deniedPackets++;
    this.#counters.tell(1);
    const denial = denialOf(packet, said);
    if (denial === undefined) return;
    const { place, protocol, service, sourcePort, rule } = denial;
    const { owner, pid } = this.#ownerOfDenied(packet, denial);
    const identity = this.#identities.denied({ place, protocol, service, sourcePort, owner }, rule);
    const { bytes } = packet;
    this.#aggregation.denied(identity, now, { sourcePort, bytes, ...(pid !== undefined && { pid }) });
  }

  #hurry(steady: number): void {
    this.#nextHurry = steady + FLUSH_EVERY;
    this.#nextFlush = Math.min(this.#nextFlush, steady + FLUSH_DENIED);
  }

  #ownerOfDenied(packet: LoggedPacket, { place, protocol, service, sourcePort }: LocatedDenial): Attribution {
    const found = this.#locating.ownerOf({ ...place, protocol, service, sourcePort });
    if (found !== NOBODY || packet.uid === undefined) return found;
    return this.#parts.owners.ofAccount(packet.uid);
  }

  #readRulesets(): void {
    const lost = this.#rulesets.drain((event) => {
      if (event.ours.length > 0) this.#listener.rulesetChanged(event);
    }, MOST.rulesets);
    if (lost > 0)
      this.#listener.rulesetChanged({ generation: 0, by: undefined, ours: ["changes that were lost"] });
  }

  #readAddressChanges(): void {
    let isChanged = false;
    const lost = this.#addresses.drain(() => {
      isChanged = true;
    }, MOST.addresses);
    if (!isChanged && lost === 0) return;
    this.#readAddresses();
    this.#listener.addressesChanged();
  }

  #readAddresses(): void {
    const own = [...this.#parts.kernel.host.addresses(), ...(this.#view?.addresses ?? [])];
    this.#locating.takeAddresses(new Set(own));
  }

  /** Everything that is open: what carries for long is told meanwhile, and what was missed is found. */
  #list(at: Moment): void {
    const missed = this.#missed;
    const { connections, lost } = this.#parts.kernel.conntrack.connections();
    if (lost === 0) this.#missed = "nothing";
    else this.#lose("connections", { what: "connection-events", end: at.now, count: lost });
    this.#open.list(connections, at, missed);
    const end = this.#parts.clock().steady;
    const took = end - at.steady;
    this.#listedUntil = end + took * LIST_AGAIN_FACTOR;
    this.#nextList = end + Math.max(LIST_EVERY, took * LIST_FACTOR);
  }

  #lookForDrops(at: Moment): void {
    const before = this.#drops;
    const known = this.#parts.dropped() ?? 0;
    this.#drops = { known, at };
    const count = known - before.known;
    if (count > 0)
      this.#losses.push({
        what: "conntrack-full",
        start: Math.min(before.at.now, at.now),
        end: at.now,
        count,
      });
  }

  #lose(source: "connections" | "packets", loss: Omit<Loss, "start">): void {
    this.#health.overruns++;
    this.#losses.push({ start: Math.min(this.#lastRead[source], loss.end), ...loss });
  }
}

interface LocatedDenial {
  readonly place: {
    readonly direction: "ingress" | "egress";
    readonly local: string;
    readonly remote: string;
  };
  readonly protocol: number;
  readonly service: number;
  readonly sourcePort: number;
}
