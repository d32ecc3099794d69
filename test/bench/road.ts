/** Two ends and what is between them: a caller without a firewall, and a called host for each ruleset that is compared. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";
import { ANSWERING_PORT, ASKED_PORT } from "./estates.ts";
import type { Order } from "./traffic/caller.ts";

const CALLER = fileURLToPath(new URL("traffic/caller.ts", import.meta.url));
const SERVER = fileURLToPath(new URL("traffic/server.ts", import.meta.url));
/** Above all addresses of the groups (10.0.0.0/9 at most). */
export const CALLER_ADDRESS = "10.255.0.1";
/** So many destinations, so many times 64,000 flows to one port. */
const ADDRESSES_OF_A_HOST = 16;

/** Both ends on cores of their own, where there are two, and before all other programs, where this account may say so. */
function onCore(core: 0 | 1, argv: readonly string[]): string[] {
  const first = process.getuid?.() === 0 ? ["nice", "-n", "-20"] : [];
  const pinned = availableParallelism() > 1 ? ["taskset", "--cpu-list", String(core)] : [];
  return [...first, ...pinned, ...argv];
}

export class Road<Name extends string> implements AsyncDisposable {
  readonly estate: Estate;
  readonly #caller: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  private constructor(estate: Estate, caller: ChildProcess, lines: Interface) {
    this.estate = estate;
    this.#caller = caller;
    this.#answers = lines[Symbol.asyncIterator]();
  }

  /** `rulesets`: what `nft -f` loads on each called host before anything is measured. */
  static async build<Name extends string>(rulesets: Readonly<Record<Name, string>>): Promise<Road<Name>> {
    const names = Object.keys(rulesets) as Name[];
    const hosts = Object.fromEntries(names.map((name, at) => [name, addressesOfHost(at)]));
    const estate = await Estate.create({ hosts: { caller: [CALLER_ADDRESS], ...hosts } });
    await Promise.all(names.map((name) => prepare(estate.host(name), rulesets[name])));
    const caller = estate
      .host("caller")
      .namespace.spawn(onCore(0, [PINNED_NODE, CALLER]), { stdio: ["pipe", "pipe", "inherit"] });
    if (caller.stdout === null) throw new Error("the caller has no output");
    return new Road(estate, caller, createInterface({ input: caller.stdout }));
  }

  host(name: Name): Host {
    return this.estate.host(name);
  }

  /** Resolves when somebody listens there. */
  async listening(on: Name, port: number): Promise<void> {
    const isThere = ["ss", "--no-header", "--listening", "--tcp", "--numeric", `sport = ${port}`];
    while ((await this.host(on).run(isThere)) === "") await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** TCP connections per second. */
  async connections(to: Name, count: number): Promise<number> {
    const { done, seconds } = await this.#order("connect", to, count);
    return done / seconds;
  }

  /** TCP connections per second that carry a request and its answer. */
  async answers(to: Name, count: number): Promise<number> {
    const { done, seconds } = await this.#order("ask", to, count);
    return done / seconds;
  }

  /** Packets that begin a flow each (UDP), per second, as many as arrived. */
  flows(to: Name, count: number): Promise<number> {
    return this.#arriving("flows", to, count);
  }

  /** Begins so many UDP flows, not more than `perSecond` of them a second; gives how many there were. */
  async pacedFlows(to: Name, count: number, perSecond: number): Promise<number> {
    const { done } = await this.#order("flows", to, count, perSecond);
    return done;
  }

  /** Packets that begin a flow each (UDP), as fast as they go, or so many a second: from one address, or each from another one. */
  flood(
    to: Name,
    { from, count, perSecond }: { from: "one" | "many"; count: number; perSecond?: number },
  ): Promise<{ done: number; seconds: number }> {
    return this.#order(from === "one" ? "flows" : "strangers", to, count, perSecond);
  }

  /** Packets of one established flow (UDP) per second, as many as arrived. */
  packets(to: Name, count: number): Promise<number> {
    return this.#arriving("packets", to, count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#caller.stdin?.end();
    await this.estate.remove();
  }

  async #arriving(verb: Order["verb"], to: Name, count: number): Promise<number> {
    const before = await arrived(this.host(to));
    const { seconds } = await this.#order(verb, to, count);
    return ((await arrived(this.host(to))) - before) / seconds;
  }

  async #order(
    verb: Order["verb"],
    to: Name,
    count: number,
    perSecond?: number,
  ): Promise<{ done: number; seconds: number }> {
    const destinations = verb === "packets" ? this.host(to).addresses.slice(0, 1) : this.host(to).addresses;
    const port = verb === "ask" ? ANSWERING_PORT : ASKED_PORT;
    const pace = perSecond === undefined ? {} : { perSecond };
    const order: Order = { verb, source: CALLER_ADDRESS, destinations, port, count, ...pace };
    this.#caller.stdin?.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error("the caller ended");
    const answer: { count: number; seconds: number } = JSON.parse(value);
    return { done: answer.count, seconds: answer.seconds };
  }
}

function addressesOfHost(at: number): string[] {
  return Array.from({ length: ADDRESSES_OF_A_HOST }, (_, n) => `10.254.${at}.${n + 1}`);
}

async function prepare(host: Host, ruleset: string): Promise<void> {
  await host.run(["nft", "-f", "-"], { input: ruleset });
  // Entries of the last round shall be gone before the next, and the table never full.
  const timeouts = ["tcp_timeout_close", "udp_timeout"].map((name) => `net.netfilter.nf_conntrack_${name}=1`);
  await host.run(["sysctl", "-q", ...timeouts]);
  await serve(host, ASKED_PORT, "close");
  await serve(host, ANSWERING_PORT, "answer");
}

async function serve(host: Host, port: number, manner: "close" | "answer"): Promise<void> {
  const server = host.namespace.spawn(onCore(1, [PINNED_NODE, SERVER, String(port), manner]), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (server.stdout !== null) await once(server.stdout, "data");
}

/** UDP datagrams that the kernel has handled for this host: delivered, or dropped at a socket that nobody reads. */
async function arrived(host: Host): Promise<number> {
  const lines = (await host.run(["cat", "/proc/net/snmp"]))
    .split("\n")
    .filter((line) => line.startsWith("Udp:"));
  const [names = [], values = []] = lines.map((line) => line.split(" "));
  const counted = new Set(["InDatagrams", "NoPorts", "InErrors"]);
  return names.reduce((sum, name, at) => sum + (counted.has(name) ? Number(values[at]) : 0), 0);
}
