/** Where things are broken: the host whose card data is closed from the first minute on, with what must not get there and what must go on. */

import type { ApiClient } from "@bulkhead/server/client/api-client.ts";
import type { Listener, Session } from "../../estate/conversation.ts";
import type { Host } from "../../estate/host.ts";
import { AGENT } from "../../estate/place.ts";
import type { Floor } from "../tour/floor.ts";
import { CUSTOMERS } from "../tour/shop.ts";

/** The host that is broken, and by whom it is called. */
export const TARGET = "cards-1";
const FRIEND = "api-1";
const ALLOWED = "tcp/8443";
/** No rule of any policy here allows it, and it comes from a machine without an agent: nothing but the target's own kernel stops it. */
const FORBIDDEN = "udp/514";
/** Milliseconds between two messages of the session that must go on. */
const EVERY = 5;
const ANSWERS_BEFORE = 20;
/** Milliseconds in which what is still under way arrives. */
const PATIENCE = 10_000;

/** What passed while something was broken. */
export interface Passage {
  readonly milliseconds: number;
  /** Forbidden packets that were sent, and those of them that got through. */
  readonly tried: number;
  readonly leaked: number;
  /** Messages of the allowed session, and those of them that were answered. */
  readonly sent: number;
  readonly answered: number;
}

export interface HostView {
  readonly name: string;
  readonly connected: boolean;
  readonly sync: { readonly state: string; readonly why?: string };
}

export class Scene {
  readonly floor: Floor;
  readonly say: (line: string) => void;
  readonly client: ApiClient;
  readonly #sink: Listener;

  private constructor(floor: Floor, say: (line: string) => void, sink: Listener) {
    this.floor = floor;
    this.say = say;
    this.client = floor.agents.client;
    this.#sink = sink;
  }

  /** Lets nothing but counting listen for what is forbidden, until it is disposed of. */
  static async open(floor: Floor, say: (line: string) => void): Promise<Scene> {
    return new Scene(floor, say, await floor.estate.host(TARGET).listen(FORBIDDEN, { answer: "sink" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sink.close();
  }

  get target(): Host {
    return this.floor.estate.host(TARGET);
  }

  /** Does something while the forbidden is tried without a pause, and the allowed goes on. */
  async under(work: () => Promise<void>): Promise<Passage> {
    const { estate } = this.floor;
    const session = await estate.host(FRIEND).session(TARGET, ALLOWED, { every: EVERY });
    await session.receivesMore(ANSWERS_BEFORE);
    const flood = await estate.host(CUSTOMERS).flood(TARGET, FORBIDDEN);
    const before = await this.#sink.received();
    const began = performance.now();
    try {
      await work();
    } finally {
      await flood.stop();
    }
    const milliseconds = performance.now() - began;
    const { sent, answered } = await whole(session);
    await this.target.fence();
    return {
      milliseconds,
      tried: flood.sent,
      leaked: (await this.#sink.received()) - before,
      sent,
      answered,
    };
  }

  /** What passed, in two lines. @param open whether the target was open for a while: then what got through is no surprise. */
  tell({ tried, leaked, sent, answered }: Passage, { open = false } = {}): void {
    const way = `${CUSTOMERS} → ${TARGET} ${FORBIDDEN}`;
    const sign = leaked === 0 ? "✓" : open ? "–" : "✗";
    this.say(
      `${sign} ${amount(tried)} forbidden packets (${way}): ${leaked === 0 ? "none" : amount(leaked)} got through`,
    );
    const all = answered === sent ? "all" : amount(answered);
    this.say(
      `${answered === sent ? "✓" : "✗"} the allowed session ${FRIEND} → ${TARGET} ${ALLOWED}: ${all} of ${amount(sent)} messages answered`,
    );
  }

  /** Whether the allowed service of the target can be reached now. */
  async reaches(timeout: number): Promise<boolean> {
    const friend = this.floor.estate.host(FRIEND);
    return (await friend.connect(TARGET, ALLOWED, { timeout })) === "connected";
  }

  /** The target's table, without what only counts. */
  table(): Promise<string> {
    return this.target.run(["nft", "--stateless", "list", "table", "inet", "bulkhead"]);
  }

  /** What the target's agent says of itself. */
  async status<Facts>(): Promise<Facts> {
    const { stdout, stderr } = await this.target.exec([AGENT, "status", "--json"]);
    if (stdout === "") throw new Error(`bulkhead-agent status says nothing: ${stderr}`);
    return JSON.parse(stdout) as Facts;
  }

  /** Milliseconds until these hosts (all, where none is named) are connected and enforce what they should. */
  async healthy(names: readonly string[] = this.floor.managed.map(({ name }) => name)): Promise<number> {
    const began = performance.now();
    for (;;) {
      const hosts = await this.client.get<readonly HostView[]>("/api/v1/hosts").catch(() => []);
      const wanted = hosts.filter(({ name }) => names.includes(name));
      const isWell = ({ connected, sync }: HostView) => connected && sync.state === "in-sync";
      if (wanted.length === names.length && wanted.every(isWell)) return performance.now() - began;
      await pause(50);
    }
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** `1,234`. */
export function amount(number: number): string {
  return Math.round(number).toLocaleString("en");
}

/** Ends a session once what was under way has arrived. */
async function whole(session: Session): Promise<{ readonly sent: number; readonly answered: number }> {
  await session.pause();
  const { sent, received } = await session.traffic();
  if (sent > received) await session.receivesMore(sent - received, PATIENCE);
  const { received: answered } = await session.traffic();
  await session.close();
  return { sent, answered };
}
