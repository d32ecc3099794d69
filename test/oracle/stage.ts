/** Hosts on which flows are tried with real packets: the kernel's answer, to be held beside `evaluate()`'s. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Estate } from "../estate/estate.ts";
import type { Host, Unit } from "../estate/host.ts";
import type { Speaker } from "../estate/speaker.ts";
import { type Attempt, type Fate, fateOf } from "./attempt.ts";
import { type Counters, parseCounters } from "./counters.ts";
import { Services } from "./services.ts";
import { transmitAttempt } from "./transmission.ts";

/** The host that has all addresses of the unmanaged ends. */
const OUTSIDE = "outside";
/** Milliseconds until a packet that should be dropped counts as dropped. Here an answer takes less than one. */
const DROPPED_AFTER = 80;
const PATIENCE = 10_000;

export interface StageOptions {
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** Addresses of no host. */
  readonly outside: readonly string[];
  /** Units that have a cgroup on every host. */
  readonly units?: readonly string[];
  /** Accounts by name. */
  readonly users?: Readonly<Record<string, number>>;
  /** Files that the hosts see in place of the machine's own. */
  readonly files?: Readonly<Record<string, string>>;
}

export class Stage implements AsyncDisposable {
  readonly estate: Estate;
  readonly #users: Readonly<Record<string, number>>;
  readonly #owners: ReadonlyMap<string, Host>;
  readonly #speakers = new Map<string, Promise<Speaker>>();
  readonly #services = new Services();

  private constructor(estate: Estate, users: Readonly<Record<string, number>>) {
    this.estate = estate;
    this.#users = users;
    const owned = [...estate.hosts.values()].flatMap((host) =>
      host.addresses.map((address) => [address, host] as const),
    );
    this.#owners = new Map(owned);
  }

  static async create({ hosts, outside, units = [], users = {}, files = {} }: StageOptions): Promise<Stage> {
    const managed = [...hosts].map(([name, addresses]) => [name, { addresses, files }] as const);
    const wanted = outside.length > 0 ? [...managed, [OUTSIDE, outside] as const] : managed;
    const estate = await Estate.create({ hosts: Object.fromEntries(wanted) });
    for (const { cgroup } of estate.hosts.values())
      for (const unit of units)
        if (cgroup !== undefined) await mkdir(join(cgroup, "system.slice", unit), { recursive: true });
    return new Stage(estate, users);
  }

  /** Lets nft judge a table without loading it, then loads it in place of what is there. Rejects with nft's words. */
  async load(host: string, table: string): Promise<void> {
    const input = `table inet bulkhead\ndelete table inet bulkhead\n${table}`;
    await this.estate.host(host).run(["nft", "--check", "-f", "-"], { input });
    await this.estate.host(host).run(["nft", "-f", "-"], { input });
  }

  async unload(host: string): Promise<void> {
    await this.estate
      .host(host)
      .run(["nft", "-f", "-"], { input: "table inet bulkhead\ndelete table inet bulkhead\n" });
  }

  /** What the table of a host has counted so far; empty for the outside. */
  async counters(host: string): Promise<Counters> {
    const { code, stdout } = await this.estate.host(host).exec(["nft", "list", "table", "inet", "bulkhead"]);
    return code === 0 ? parseCounters(stdout) : new Map();
  }

  /** Tries all flows at once; the fates are in the order of the attempts. One port of a host can be served by one unit at a time. */
  async try(attempts: readonly Attempt[]): Promise<Fate[]> {
    for (const attempt of attempts) {
      await this.#services.vacate(attempt);
      await this.#serve(attempt);
    }
    return Promise.all(attempts.map((attempt) => this.#try(attempt)));
  }

  /** The host, or the outside, that has an address. */
  hostOf(address: string): Host {
    const host = this.#owners.get(address);
    if (!host) throw new Error(`nobody on this stage has ${address}`);
    return host;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.estate.remove();
  }

  async #try(attempt: Attempt): Promise<Fate> {
    const service = this.#services.nameOf(attempt.flow);
    const timeout = fateOf(attempt) === "timeout" ? DROPPED_AFTER : PATIENCE;
    if (service === undefined)
      return transmitAttempt(
        attempt,
        { from: this.hostOf(attempt.source), to: this.hostOf(attempt.destination) },
        timeout,
      );
    const { source, destination, flow } = attempt;
    const speaker = await this.#speaker(this.hostOf(source), flow);
    const outcome = await speaker.connect(destination, service, {
      source,
      sourcePort: flow.sourcePort ?? 0,
      timeout,
    });
    if (outcome === "unreachable") throw new Error(`no route from ${source} to ${destination}`);
    return outcome;
  }

  async #serve(attempt: Attempt): Promise<void> {
    const host = this.hostOf(attempt.destination);
    const { listener } = attempt.flow;
    // Where there can be no units, the host's own process is of none.
    const isUnit = listener !== undefined && this.estate.can.units;
    const speaker = await this.#speaker(host, isUnit ? { unit: listener } : {});
    await this.#services.serve(speaker, attempt);
  }

  /** The process that sends or listens: the host's own worker, or one in a unit, of an account, or both. */
  #speaker(host: Host, { unit, user }: { readonly unit?: string; readonly user?: string }): Promise<Speaker> {
    const key = JSON.stringify([host.name, unit, user]);
    const known = this.#speakers.get(key) ?? this.#start(host, unit, user);
    this.#speakers.set(key, known);
    return known;
  }

  async #start(host: Host, unit: string | undefined, user: string | undefined): Promise<Speaker | Unit> {
    const uid = user === undefined ? undefined : this.#users[user];
    if (user !== undefined && uid === undefined) throw new Error(`no uid is known for ${user}`);
    if (unit !== undefined) return host.unit(unit, uid === undefined ? {} : { uid });
    return uid === undefined || uid === 0 ? host : host.account(uid);
  }
}
