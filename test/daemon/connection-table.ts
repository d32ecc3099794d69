/** Entries in bulk for a host's conntrack table, as if others had called it. */

import type { Host } from "../estate/host.ts";
import { parseService, type ServiceName } from "../estate/service.ts";

const FIRST_PORT = 1024;
const PORTS = 60_000;

export interface Calls {
  readonly from: string;
  readonly service: ServiceName;
  /** At most so many as there are ports. */
  readonly count: number;
}

/** How many entries there are, and how many there may be: the latter is the machine's, and not to be changed from a namespace. */
export async function tableSize(host: Host): Promise<{ readonly count: number; readonly most: number }> {
  const read = async (name: string) =>
    Number(await host.run(["cat", `/proc/sys/net/netfilter/nf_conntrack_${name}`]));
  return { count: await read("count"), most: await read("max") };
}

/** Calls that were answered, so that the kernel does not push them out for others. Resolves when the table has them all. */
export async function fillTable(host: Host, ...calls: readonly Calls[]): Promise<void> {
  const path = await host.write("entries", calls.flatMap((call) => entriesOf(host, call)).join("\n"));
  await host.run(["conntrack", "-R", path]);
}

function entriesOf(host: Host, { from, service, count }: Calls): string[] {
  const { protocol, port } = parseService(service);
  if (count > PORTS) throw new Error(`${count} calls, but ${PORTS} ports`);
  const state = protocol === "tcp" ? "--state ESTABLISHED " : "";
  const entry = `-I -p ${protocol} -s ${from} -d ${host.addresses[0]} --dport ${port} -t 600 -u ASSURED,SEEN_REPLY ${state}--sport`;
  return Array.from({ length: count }, (_, at) => `${entry} ${FIRST_PORT + at}`);
}
