/** Counters of our own on a called host, in a table beside Bulkhead's: what arrived, and what every filter let pass. */

import type { Host } from "../estate/host.ts";
import { ASKED_PORT } from "./estates.ts";

const TABLE = `table inet counting {
  counter arrived { }
  counter passed { }
  chain arriving {
    type filter hook prerouting priority raw; policy accept;
    udp dport ${ASKED_PORT} counter name arrived
  }
  chain passing {
    type filter hook input priority filter + 500; policy accept;
    udp dport ${ASKED_PORT} ct state new counter name passed
  }
}
`;

export interface Counted {
  readonly arrived: number;
  /** Packets that begin a flow, beyond all filters: so many connections there are. */
  readonly passed: number;
}

export async function startCounting(host: Host): Promise<void> {
  await host.run(["nft", "-f", "-"], { input: TABLE });
}

/** Since the counting began. */
export async function counted(host: Host): Promise<Counted> {
  const text = await host.run(["nft", "--json", "list", "counters", "table", "inet", "counting"]);
  const objects: { counter?: { name: string; packets: number } }[] = JSON.parse(text).nftables;
  const packets = (name: string) => objects.find(({ counter }) => counter?.name === name)?.counter?.packets;
  return { arrived: packets("arrived") ?? 0, passed: packets("passed") ?? 0 };
}
