/** The fake of conntrack: entries by their original tuple. */

import type { ConnectionEvent, ConntrackEntry, ConntrackRoom, Tuple } from "../kernel.ts";
import { reversed } from "../netlink/conntrack-tuple.ts";
import { TCP, UDP } from "../netlink/protocol-numbers.ts";
import type { Knobs } from "./knobs.ts";

export function fakeConntrackRoom(entries: Map<string, ConntrackEntry>, knobs: Knobs): ConntrackRoom {
  return {
    dump: () => ({ entries: [...entries.values()], lost: knobs.lostConntrackEntries }),
    connections: () => ({
      connections: [...entries.values()].map(connectionOf),
      lost: knobs.lostConntrackEntries,
    }),
    create: (flow) => {
      const isKnown = entries.has(keyOf(flow)) || entries.has(keyOf(reversed(flow)));
      if (isKnown || (flow.protocol !== TCP && flow.protocol !== UDP)) return false;
      entries.set(keyOf(flow), { ...flow, mark: 0, replied: true, pickedUp: flow.protocol === 6 });
      return true;
    },
    delete: (flow) => entries.delete(keyOf(flow)),
    setMark: (flow, { mask, value }) => {
      const entry = entries.get(keyOf(flow));
      if (entry === undefined) return false;
      entries.set(keyOf(flow), { ...entry, mark: ((entry.mark & ~mask) | value) >>> 0 });
      return true;
    },
  };
}

/** The fake counts nothing and translates nothing. */
function connectionOf({ mark, replied, pickedUp, ...flow }: ConntrackEntry): ConnectionEvent {
  const { source, destination } = flow;
  return {
    kind: "new",
    flow,
    replySource: destination,
    replyDestination: source,
    mark,
    replied,
    pickedUp,
    packets: 0,
    bytes: 0,
  };
}

export function keyOf({ source, destination, protocol, sourcePort, service, zone = 0 }: Tuple): string {
  return `${protocol} ${source} ${sourcePort} ${destination} ${service} ${zone}`;
}
