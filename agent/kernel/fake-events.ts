/** Events in memory, for tests of what listens to them. One contract suite holds it and the real one to the same behaviour. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ConnectionEvent, KernelEvents, LoggedPacket, RulesetEvent } from "./events.ts";
import { FakeEventSource } from "./fake/event-source.ts";
import { waitFor } from "./netlink/wait.ts";

export interface FakeEvents extends KernelEvents {
  /** What happens now: whoever listens is told, later listeners are not. */
  readonly happen: {
    connection(event: ConnectionEvent): void;
    packet(group: number, packet: LoggedPacket): void;
    commit(event: RulesetEvent): void;
    addressChange(): void;
  };
  /** The kernel drops this many events for all that listen to this. */
  lose(what: EventKind, count: number): void;
  /** The next drain of this throws. */
  failNext(what: EventKind, error: Error): void;
}

export type EventKind = "connections" | "packets" | "rulesets" | "addresses";

/** Sources that are open now. */
interface Open {
  readonly connections: Set<FakeEventSource<ConnectionEvent>>;
  readonly packets: Map<number, FakeEventSource<LoggedPacket>>;
  readonly rulesets: Set<FakeEventSource<RulesetEvent>>;
  readonly addresses: Set<FakeEventSource<"changed">>;
}

/** A kernel in which nothing happens but what a test says. Sources must be disposed of, as the real ones: each holds a descriptor. */
export function fakeEvents(): FakeEvents {
  const open: Open = {
    connections: new Set(),
    packets: new Map(),
    rulesets: new Set(),
    addresses: new Set(),
  };
  const each = (what: EventKind) => [...open[what].values()];
  return {
    connections: () => opened(open.connections),
    packets: (group) => openedGroup(open.packets, group),
    rulesets: () => opened(open.rulesets),
    addresses: () => opened(open.addresses),
    wait: (sources, milliseconds, also = []) =>
      waitFor([...sources.map(({ descriptor }) => descriptor), ...also], milliseconds),
    happen: {
      connection: (event) => tell(open.connections, event),
      packet: (group, packet) => open.packets.get(group)?.push(packet),
      commit: (event) => tell(open.rulesets, event),
      addressChange: () => tell(open.addresses, "changed"),
    },
    lose: (what, count) => {
      for (const source of each(what)) source.lose(count);
    },
    failNext: (what, error) => {
      for (const source of each(what)) source.failNext(error);
    },
  };
}

function tell<Event>(sources: ReadonlySet<FakeEventSource<Event>>, event: Event): void {
  for (const source of sources) source.push(event);
}

function opened<Event>(sources: Set<FakeEventSource<Event>>): FakeEventSource<Event> {
  const source = new FakeEventSource<Event>(() => sources.delete(source));
  sources.add(source);
  return source;
}

function openedGroup(
  groups: Map<number, FakeEventSource<LoggedPacket>>,
  group: number,
): FakeEventSource<LoggedPacket> {
  if (groups.has(group))
    throw new BulkheadError("kernel/netlink-failed", `the fake NFLOG group ${group} has a listener already`);
  const source = new FakeEventSource<LoggedPacket>(() => groups.delete(group));
  groups.set(group, source);
  return source;
}
