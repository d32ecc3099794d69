import { Listener, PATIENCE, Session } from "./conversation.ts";
import { parseService, type ServiceName } from "./service.ts";
import type { Answer, Outcome, Probe, Talk } from "./worker/requests.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Addresses that a conversation can go to: a host by its name, or an address. */
export interface Directory {
  addressesOf(nameOrAddress: string): readonly string[];
}

export interface Ends {
  /** 4 or 6; else the first family that both ends have, IPv4 first. */
  readonly family?: 4 | 6;
  /** One of the speaker's addresses; its first of the family unless set. */
  readonly source?: string;
  readonly sourcePort?: number;
  /** Milliseconds until `timeout`; 700 unless set. A SYN is sent again after one second. */
  readonly timeout?: number;
}

export interface ListenOptions {
  /** `echo` unless set. */
  readonly answer?: Answer;
  /** Milliseconds between two words of `push`. */
  readonly every?: number;
  /** Messages in one word of `push` over TCP. */
  readonly burst?: number;
  readonly addresses?: readonly string[];
}

export interface ProbeRequest extends Ends {
  readonly to: string;
  readonly service: ServiceName;
}

/** Milliseconds after which what must happen at once has evidently not happened. */
const PROBE_TIMEOUT = 700;

/** Who can talk and listen inside a host: the host itself, one of its units, one of its accounts. */
export class Speaker {
  readonly name: string;
  readonly addresses: readonly string[];
  protected readonly link: WorkerLink;
  readonly #directory: Directory;

  constructor(name: string, addresses: readonly string[], link: WorkerLink, directory: Directory) {
    this.name = name;
    this.addresses = addresses;
    this.link = link;
    this.#directory = directory;
  }

  /** Serves `tcp/PORT` or `udp/PORT` on all of the host's addresses, or on `addresses` (such as `["::"]` for a socket of both families). */
  async listen(service: ServiceName, options: ListenOptions = {}): Promise<Listener> {
    const { protocol, port } = parseService(service);
    if (protocol === "icmp") throw new Error("the kernel itself answers echo requests");
    const { answer = "echo", every = 5, burst = 1, addresses = this.addresses } = options;
    const { id } = await this.link.ask("listen", { protocol, port, addresses, answer, every, burst });
    return new Listener(this.link, id, service);
  }

  /** Tries to begin one flow: a handshake for TCP, an echoed datagram for UDP (the other end must `listen` with `echo`), an echo for ICMP. */
  async connect(to: string, service: ServiceName, ends: Ends = {}): Promise<Outcome> {
    const [outcome] = await this.probe([{ to, service, ...ends }]);
    if (outcome === undefined) throw new Error("a probe without an outcome");
    return outcome;
  }

  /** Tries many flows at once; the outcomes are in the order of the requests. */
  probe(requests: readonly ProbeRequest[]): Promise<readonly Outcome[]> {
    return this.link.ask("probe", {
      probes: requests.map((request) => this.#probe(request.to, request.service, request)),
    });
  }

  /** Begins a conversation that goes on by itself, a message every few milliseconds. Rejects where it does not get through. */
  async session(
    to: string,
    service: ServiceName,
    options: Ends & { readonly talk?: Talk; readonly every?: number } = {},
  ): Promise<Session> {
    const { talk = "ask", every = 5 } = options;
    const probe = this.#probe(to, service, { timeout: PATIENCE, ...options });
    if (probe.protocol === "icmp") throw new Error("a session is TCP or UDP");
    return new Session(
      this.link,
      await this.link.ask("open", { ...probe, protocol: probe.protocol, talk, every }),
    );
  }

  /** Sends packets that were written whole, headers included; answers `sent` or an error's name for each. */
  transmit(
    packets: readonly { readonly bytes: Uint8Array; readonly destination: string }[],
  ): Promise<readonly string[]> {
    return this.link.ask("transmit", {
      packets: packets.map(({ bytes, destination }) => ({
        packet: Buffer.from(bytes).toString("base64"),
        destination,
      })),
    });
  }

  /** Resolves when everything that had arrived before has been handled, so that counts are complete. */
  async fence(): Promise<void> {
    await this.link.ask("fence", {});
  }

  /** The address pair that a conversation with `to` uses. */
  ends(to: string, wanted: Ends = {}): { readonly source: string; readonly destination: string } {
    const destinations = this.#directory.addressesOf(to);
    const family = (address: string) => (address.includes(":") ? 6 : 4);
    const sources = wanted.source === undefined ? this.addresses : [wanted.source];
    const families = wanted.family === undefined ? ([4, 6] as const) : [wanted.family];
    for (const tried of families) {
      const source = sources.find((address) => family(address) === tried);
      const destination = destinations.find((address) => family(address) === tried);
      if (source !== undefined && destination !== undefined) return { source, destination };
    }
    throw new Error(`${this.name} and ${to} have no addresses of the same family`);
  }

  #probe(to: string, service: ServiceName, ends: Ends): Probe {
    const { sourcePort = 0, timeout = PROBE_TIMEOUT } = ends;
    return { ...parseService(service), ...this.ends(to, ends), sourcePort, timeout };
  }
}
