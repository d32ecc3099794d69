import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { Flow } from "@bulkhead/shared/rules/flow.ts";
import type { Listener } from "../estate/conversation.ts";
import type { ServiceName } from "../estate/service.ts";
import type { Speaker } from "../estate/speaker.ts";
import type { Attempt } from "./attempt.ts";

const ECHO_REQUESTS: Readonly<Record<number, number>> = {
  [PROTOCOLS.icmp]: 8 * 256,
  [PROTOCOLS.icmpv6]: 128 * 256,
};

/** The listeners that attempts need at their far end, opened when they are first needed. */
export class Services {
  /** By address and service; one process can have it at a time. */
  readonly #open = new Map<string, { readonly speaker: Speaker; readonly listener: Listener }>();

  /** What a socket can speak: undefined where a packet has to be written by hand. */
  nameOf({ protocol, number }: Flow): ServiceName | undefined {
    if (protocol === PROTOCOLS.tcp) return `tcp/${number}`;
    if (protocol === PROTOCOLS.udp) return `udp/${number}`;
    return ECHO_REQUESTS[protocol] === number ? "icmp" : undefined;
  }

  /** Has `speaker` serve what the attempt calls, in place of any other process of that host. */
  async serve(speaker: Speaker, { flow, destination }: Attempt): Promise<void> {
    const service = this.nameOf(flow);
    if (service === undefined || service === "icmp" || flow.number === 0) return;
    const key = `${destination} ${service}`;
    const open = this.#open.get(key);
    if (open?.speaker === speaker) return;
    await this.#close(key);
    this.#open.set(key, { speaker, listener: await speaker.listen(service, { addresses: [destination] }) });
  }

  /** Gives up the port that the attempt is to be sent from, where it names one. */
  async vacate({ flow, source }: Attempt): Promise<void> {
    if (flow.sourcePort !== undefined) await this.#close(`${source} udp/${flow.sourcePort}`);
  }

  async #close(key: string): Promise<void> {
    await this.#open.get(key)?.listener.close();
    this.#open.delete(key);
  }
}
